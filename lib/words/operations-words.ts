/** The messages of the operations page, and the figures in them. */
import { createFormatter, createTranslator } from 'use-intl/core'
import type { FaultKind, Overview } from '../overview.ts'
import type { ProblemCode } from '../refusal.ts'
import { enOperations } from './en-operations.ts'
import { formats } from './formats.ts'

const createOperationsWords = () => {
  const t = createTranslator({ locale: 'en', messages: enOperations, formats })
  const format = createFormatter({ locale: 'en', formats })
  const duration = (ms: number): string => {
    if (ms < 1_000) return t('measure.milliseconds', { value: ms })
    if (ms < 60_000) return t('measure.seconds', { value: ms / 1_000 })
    return t('measure.minutes', { value: ms / 60_000 })
  }
  return {
    t,
    number: (value: number) => format.number(value),
    /** Short enough for an axis or a narrow card: 1.2M. */
    compact: (value: number) => format.number(value, 'compact'),
    list: (names: readonly string[]) => format.list(names, 'names'),
    clock: (atMs: number) => t('charts.time', { at: new Date(atMs) }),
    /** The time zone of all times, such as `Europe/Berlin`. */
    zone: () => new Intl.DateTimeFormat().resolvedOptions().timeZone,
    duration,
    /** About how long something takes or is ago. */
    rough: (ms: number): string => {
      const minutes = Math.max(1, Math.round(ms / 60_000))
      if (minutes < 120) return t('boards.rough.minutes', { minutes })
      if (minutes < 2_880) return t('boards.rough.hours', { hours: Math.round(minutes / 60) })
      return t('boards.rough.days', { days: Math.round(minutes / 1_440) })
    },
    /** Without tenths of a second, which would only distract. */
    wholeSeconds: (ms: number) => (ms < 90_000 ? t('measure.wholeSeconds', { value: ms / 1_000 }) : duration(ms)),
    /** To a tenth of a second: heartbeats are a second apart. */
    age: (ms: number) => (ms < 1_000 ? t('measure.seconds', { value: ms / 1_000 }) : duration(ms)),
    axisTime: (ms: number) => {
      if (ms === 0) return format.number(0)
      return ms >= 1_000 ? t('measure.axisSeconds', { value: ms / 1_000 }) : t('measure.milliseconds', { value: ms })
    },
    bytes: (bytes: number) =>
      bytes < 1_048_576 ? t('measure.kibibytes', { value: bytes / 1_024 }) : t('measure.mebibytes', { value: bytes / 1_048_576 }),
    freeSpace: (bytes: number) => t('measure.megabytes', { value: Math.floor(bytes / 1_048_576) }),
  }
}

export type OperationsWords = ReturnType<typeof createOperationsWords>

/** The operations pages are in English. */
export const operationsWords = createOperationsWords()

/** `foreign`: something in front of Fresco answered. `seconds`: how long to wait; 0 if unknown. */
export type Problem =
  | { readonly kind: 'no_answer' }
  | { readonly kind: 'foreign'; readonly status: number }
  | {
      readonly kind: 'refused'
      readonly code: ProblemCode
      readonly detail: string
      readonly seconds: number
      /** The fields that the server refused. */
      readonly fields: readonly string[]
    }

export const problemText = ({ t }: OperationsWords, problem: Problem): string => {
  if (problem.kind === 'no_answer') return t('problem.noAnswer')
  if (problem.kind === 'foreign') return t('problem.foreign', { status: problem.status })
  const { code, detail, seconds } = problem
  switch (code) {
    case 'unauthenticated':
      return t('problem.unauthenticated')
    case 'rate_limited':
    case 'overloaded':
    case 'unavailable':
      return t(`problem.${code}`, { retry: seconds > 0 ? t('problem.retryIn', { seconds }) : t('problem.retrySoon') })
    default:
      // The server's own sentence says enough.
      return detail
  }
}

export const faultText = (
  { t }: OperationsWords,
  { store, stream }: Overview['mode'],
  fault: { kind: FaultKind; time: string },
): string => {
  const { kind, time } = fault
  if (kind === 'store') return t(store === 'mongo' ? 'faults.mongo' : 'faults.store', { time })
  if (kind === 'stream') return t(stream === 'redis' ? 'faults.redis' : 'faults.stream', { time })
  return t(`faults.${kind}`, { time })
}

/** A role that a newer process reports is shown as it is. */
export const roleText = ({ t }: OperationsWords, role: string): string =>
  role === 'web' || role === 'publisher' || role === 'projector' ? t(`roles.${role}`) : role
