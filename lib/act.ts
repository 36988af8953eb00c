/** Acts of staff, as they are on record (A8): who did what, when, and how it ended. */

export type ActVia = 'session' | 'token' | 'command_line'

/** Who acts. `by` is the id of a painter, or `command line`. */
export interface Actor {
  readonly by: string
  readonly via: ActVia
}

export type ActValue = string | number | boolean | null

/** What changed, by name. Bounded by `boundDetails`, and without secrets. */
export type ActDetails = Readonly<Record<string, ActValue | { readonly from: ActValue; readonly to: ActValue }>>

/** `refused`: nothing was changed. `failed`: the act began and did not succeed. */
export type ActOutcome = 'done' | 'refused' | 'failed'

export interface Act extends Actor {
  /** Sorts by time. */
  readonly id: string
  readonly atMs: number
  /** A kind, a dot and a verb, such as `canvas.change`. */
  readonly action: string
  /** The board of an act on a board, the commit of an act on a dead letter; null for an act on the site. */
  readonly target: string | null
  readonly details: ActDetails
  /** Null while the act runs, and for good when the process ended or the store failed meanwhile. */
  readonly outcome: ActOutcome | null
  /** Of a refusal or a failure. */
  readonly code: string | null
}

export const kindOf = ({ action }: Pick<Act, 'action'>) => action.split('.', 1)[0] ?? action

export const actLimits = {
  /** Older acts are removed. */
  maxActs: 10_000,
  keptMs: 400 * 86_400_000,
  maxDetails: 40,
  maxTextLength: 200,
  /** Of the acts in one answer. */
  maxPage: 100,
} as const

const cut = (text: string) => {
  const { maxTextLength } = actLimits
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength - 1)}…` : text
}

/** A list or an object becomes its JSON. */
const shownValue = (value: unknown): ActValue => {
  if (value === undefined || value === null) return null
  if (typeof value === 'number' || typeof value === 'boolean') return value
  return cut(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
}

export const boundDetails = (details: ActDetails): ActDetails => {
  const entries = Object.entries(details).slice(0, actLimits.maxDetails)
  return Object.fromEntries(
    entries.map(([name, detail]) => {
      const isChange = typeof detail === 'object' && detail !== null
      return [cut(name), isChange ? { from: shownValue(detail.from), to: shownValue(detail.to) } : shownValue(detail)]
    }),
  )
}

/** The fields of `after` that differ in `before`. */
export const changesOf = (before: object, after: object): ActDetails => {
  const known = before as Readonly<Record<string, unknown>>
  const changed = Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(known[name]))
  return Object.fromEntries(changed.map(([name, value]) => [name, { from: shownValue(known[name]), to: shownValue(value) }]))
}
