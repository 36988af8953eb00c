/** The one logger: an event name and fields, never a line per pixel, never a secret. */
import { pino } from 'pino'
import { printable } from '../../lib/printable.ts'

export type Logger = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** A longer text of a field is cut; stacks are not fields of text, and stay whole. */
const maxFieldLength = 1_000

/** Text from outside is cut and escaped. JSON leaves what turns the direction of reading as it is, and some control characters. */
const safeFields = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? cut(value) : value]))

const cut = (text: string) => (text.length > maxFieldLength ? `${text.slice(0, maxFieldLength)}…` : text)

/** A line is JSON that ends with a line feed. What `printable` escapes can stand inside its texts only, where its escapes mean the same character. */
const safeLine = (line: string) => `${printable(line.trimEnd(), Number.POSITIVE_INFINITY)}\n`

export const createLogger = (options: { level: LogLevel; write?: (line: string) => void }): Logger => {
  const destination = pino.destination({ dest: 1, sync: true })
  // Lines are written at once. The flush that `fatal` asks for would try for ever where nobody reads them any more, and the process could not end.
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
