/** The one logger: an event name and fields, never a line per pixel, never a secret. */
import { pino } from 'pino'

export type Logger = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export const createLogger = (options: { level: LogLevel }): Logger =>
  pino({
    level: options.level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['*.token', '*.cookie', '*.authorization', '*.secret'],
  })

export const silentLogger: Logger = pino({ level: 'silent' })
