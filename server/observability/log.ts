/** The one logger: an event name and fields, never a line per pixel, never a secret. */
import { pino } from 'pino'

export type Logger = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export const createLogger = (options: { level: LogLevel }): Logger => {
  const destination = pino.destination({ dest: 1, sync: true })
  // Lines are written at once. The flush that `fatal` asks for would try for ever where nobody reads them any more, and the process could not end.
  destination.flushSync = () => undefined
  return pino(
    {
      level: options.level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['*.token', '*.cookie', '*.authorization', '*.secret'],
    },
    destination,
  )
}

export const silentLogger: Logger = pino({ level: 'silent' })
