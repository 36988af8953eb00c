/**
 * The logger. A line has an event name and fields. There is never a line per pixel, and never a secret.
 *
 * While a part is away, many calls fail for the same reason. So lines about an expected fault are throttled by their event and place.
 */
import { pino } from 'pino'
import { printable } from '../../lib/printable.ts'
import { monotonicNow } from '../clock.ts'
import { isExpected } from './log-error.ts'
import { safeFields } from './safe-fields.ts'

export type Logger = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** Of one event and place, about an expected fault, in a minute. Further lines are counted. */
const maxFaultLines = 3
const minuteMs = 60_000
/** With more places the oldest is dropped (A6). */
const maxPlaces = 1_000

/** Events about errors that no code handles. */
const unexpectedEvents: ReadonlySet<unknown> = new Set(['unexpected_error', 'request_failed', 'page_failed', 'fatal', 'stop_failed'])

/** pino's number. */
const warnLevel = 40

type Fields = Record<string, unknown>

/** Escapes characters that JSON leaves in texts, such as those that reverse the reading direction. Inside a JSON text the escapes are valid. */
const safeLine = (line: string) => `${printable(line.trimEnd(), Number.POSITIVE_INFINITY)}\n`

/** The fields that name where something failed. */
const placeOf = ({ event, path, service, canvas, projection, message, part }: Fields) =>
  [event, path, service, canvas, projection, message, part].join(' ')

const createFaultThrottle = (now: () => number) => {
  const places = new Map<string, { startsAtMs: number; lines: number; more: number }>()
  /** The fields to log, with the number of lines that were left out before. Null: this one is left out. */
  return (fields: Fields): Fields | null => {
    const place = placeOf(fields)
    const known = places.get(place)
    if (known && now() - known.startsAtMs < minuteMs) {
      if (known.lines < maxFaultLines) known.lines++
      else known.more++
      return known.more > 0 ? null : fields
    }
    places.delete(place)
    places.set(place, { startsAtMs: now(), lines: 1, more: 0 })
    const [oldest] = places.keys()
    if (places.size > maxPlaces && oldest !== undefined) places.delete(oldest)
    return known && known.more > 0 ? { ...fields, alsoSince: known.more } : fields
  }
}

const isFault = (fields: unknown): fields is Fields =>
  isExpected((fields as { err?: unknown } | null)?.err) && !unexpectedEvents.has((fields as Fields)['event'])

export const createLogger = (options: { level: LogLevel; write?: (line: string) => void; now?: () => number }): Logger => {
  const destination = pino.destination({ dest: 1, sync: true })
  // Lines are written at once. The flush of `fatal` would retry forever on a closed pipe, and the process could not end.
  destination.flushSync = () => undefined
  const write = options.write ?? ((line: string) => void destination.write(line))
  const throttle = createFaultThrottle(options.now ?? monotonicNow)
  return pino(
    {
      level: options.level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: (fields) => safeFields(fields, { isUnexpected: unexpectedEvents.has(fields['event']) }) },
      // `safeFields` has serialized it.
      serializers: { err: (value: unknown) => value },
      redact: ['*.token', '*.cookie', '*.authorization', '*.secret'],
      hooks: {
        logMethod([fields, ...rest], method, level) {
          const shown = level >= warnLevel && isFault(fields) ? throttle(fields) : fields
          if (shown !== null) method.apply(this, [shown as object, ...rest] as unknown as Parameters<typeof method>)
        },
      },
    },
    { write: (line: string) => write(safeLine(line)) },
  )
}

export const silentLogger: Logger = pino({ level: 'silent' })
