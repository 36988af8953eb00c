/** How acts are named: details as texts, outcomes as words, and days. */
import { type ActDetails, type ActValue, kindOf } from '../../../lib/act.ts'
import { enLog } from '../../../lib/words/en-log.ts'
import type { OperationsWords } from '../../../lib/words/operations-words.ts'
import type { ShownAct } from './log-store.ts'

export const actKinds = Object.keys(enLog.kinds) as (keyof typeof enLog.kinds)[]

/** An act without an outcome still runs for this long. */
const runsForMs = 60_000

export const isUnknown = ({ outcome, at }: Pick<ShownAct, 'outcome' | 'at'>, nowMs: number) =>
  outcome === null && nowMs - Date.parse(at) > runsForMs

type ActKey = { [Kind in keyof typeof enLog.acts]: `log.acts.${Kind}.${keyof (typeof enLog.acts)[Kind] & string}` }[Exclude<
  keyof typeof enLog.acts,
  'other' | 'otherTarget'
>]

/** The key of the sentence. An act that only a newer version has gets a general one. */
export const actKey = ({ action, target }: Pick<ShownAct, 'action' | 'target'>): ActKey | 'log.acts.other' | 'log.acts.otherTarget' => {
  const kind = kindOf({ action })
  const verbs: object = Object.hasOwn(enLog.kinds, kind) ? enLog.acts[kind as keyof typeof enLog.kinds] : {}
  const verb = action.slice(kind.length + 1)
  if (Object.hasOwn(verbs, verb)) return `log.acts.${kind}.${verb}` as ActKey
  return target === null ? 'log.acts.other' : 'log.acts.otherTarget'
}

export const whoText = ({ t }: OperationsWords, { by, via }: Pick<ShownAct, 'by' | 'via'>): string => {
  if (via === 'command_line' || via === 'token') return t(`log.who.${via}`)
  return by === 'p_admin' ? t('log.who.operator') : t('log.who.painter', { name: `Guest ${by.slice(-4)}` })
}

const fieldText = ({ t }: OperationsWords, name: string): string => {
  if (Object.hasOwn(enLog.fields, name)) return t(`log.fields.${name as keyof typeof enLog.fields}`)
  const board = `boards.fields.${name}` as const
  if (t.has(board as 'boards.fields.title')) return t(board as 'boards.fields.title')
  const site = `settings.fields.${name}` as const
  return t.has(site as 'settings.fields.name') ? t(site as 'settings.fields.name') : name
}

/** A list or an object as JSON, perhaps cut. A Markdown link begins with a letter after its bracket. */
const isList = (value: ActValue) => typeof value === 'string' && /^(\[["{\]\d]|\{")/.test(value)

/** The others are words and addresses. */
const prose: ReadonlySet<string> = new Set(['title', 'text', 'name', 'description', 'contact', 'privacy', 'rules'])

const valueText = (words: OperationsWords, name: string, value: ActValue): string => {
  const { t, number } = words
  if (value === null || value === '') return t('log.details.nothing')
  if (typeof value === 'boolean') return t(value ? 'log.details.on' : 'log.details.off')
  if (typeof value === 'string') return prose.has(name) ? t('log.details.text', { text: value }) : value
  if (name.endsWith('AtMs')) return t('log.details.moment', { at: new Date(value) })
  return name.endsWith('Ms') ? t('boards.seconds', { seconds: value / 1_000 }) : number(value)
}

/** Each detail as a short text. */
export const detailTexts = (words: OperationsWords, details: ActDetails): string[] =>
  Object.entries(details).map(([name, detail]) => {
    const field = fieldText(words, name)
    if (typeof detail !== 'object' || detail === null) {
      return isList(detail)
        ? words.t('log.details.list', { field })
        : words.t('log.details.value', { field, value: valueText(words, name, detail) })
    }
    const { from, to } = detail
    if (isList(from) || isList(to)) return words.t('log.details.list', { field })
    // A switch that was never set is off.
    const before = from === null && typeof to === 'boolean' ? false : from
    return words.t('log.details.change', { field, before: valueText(words, name, before), after: valueText(words, name, to) })
  })

const reasonText = ({ t }: Pick<OperationsWords, 't'>, code: string | null): string =>
  code !== null && Object.hasOwn(enLog.reasons, code) ? t(`log.reasons.${code as keyof typeof enLog.reasons}`) : (code ?? t('none'))

export const outcomeText = ({ t }: OperationsWords, act: ShownAct, nowMs: number): string => {
  const { outcome, code } = act
  if (outcome === null) return t(isUnknown(act, nowMs) ? 'log.outcomes.unknown' : 'log.outcomes.running')
  return outcome === 'done' ? t('log.outcomes.done') : t(`log.outcomes.${outcome}`, { reason: reasonText({ t }, code) })
}

export interface Day {
  /** The start of the day, in the time of the browser. */
  readonly atMs: number
  readonly acts: readonly ShownAct[]
}

const startOfDay = (ms: number) => {
  const at = new Date(ms)
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime()
}

/** In the given order. */
export const byDay = (acts: readonly ShownAct[]): Day[] => {
  const days: { atMs: number; acts: ShownAct[] }[] = []
  for (const act of acts) {
    const atMs = startOfDay(Date.parse(act.at))
    const day = days.at(-1)
    if (day?.atMs === atMs) day.acts.push(act)
    else days.push({ atMs, acts: [act] })
  }
  return days
}

export const isToday = ({ at }: Pick<ShownAct, 'at'>, nowMs: number) => startOfDay(Date.parse(at)) === startOfDay(nowMs)
