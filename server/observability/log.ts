/** The logger. A line has an event name and fields. There is never a line per pixel, and never a secret. */
import { pino } from 'pino'
import { printable } from '../../lib/printable.ts'

export type Logger = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** Longer texts are cut. Stacks stay whole. */
const maxFieldLength = 1_000

/** Cuts the texts of fields. */
const safeFields = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? cut(value) : value]))

const cut = (text: string) => (text.length > maxFieldLength ? `${text.slice(0, maxFieldLength)}…` : text)

/** Escapes characters that JSON leaves in texts, such as those that reverse the reading direction. Inside a JSON text the escapes are valid. */
const safeLine = (line: string) => `${printable(line.trimEnd(), Number.POSITIVE_INFINITY)}\n`

export const createLogger = (options: { level: LogLevel; write?: (line: string) => void }): Logger => {
  const destination = pino.destination({ dest: 1, sync: true })
  // Lines are written at once. The flush of `fatal` would retry forever on a closed pipe, and the process could not end.
  destination.flushSync = () => undefined
  const write = options.write ?? ((line: string) => void destination.write(line))
  return pino(
    {
      level: options.level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: safeFields },
      redact: ['*.token', '*.cookie', '*.authorization', '*.secret'],
    },
    { write: (line: string) => write(safeLine(line)) },
  )
}

export const silentLogger: Logger = pino({ level: 'silent' })
