/** The schedule as a host edits it. */
import type { AnnouncementLevel } from '../../../lib/announcement.ts'
import { canvasLimits, isColorName, isLine } from '../../../lib/canvas.ts'
import { hexPattern } from '../../../lib/palette.ts'
import type { StepAction } from '../../../lib/schedule.ts'
import type { AdminCanvas, ShownStep } from '../../../lib/show-canvas.ts'
import { localTimeText, timeOfLocal } from './local-time.ts'
import { countOf, msOf, secondsText } from './number-texts.ts'

export const stepTypes = ['open', 'pause', 'close', 'pace', 'grow', 'colors', 'announce', 'finale'] as const
export type StepType = (typeof stepTypes)[number]

/** A step as a host types it, with the fields of every type, so that a change of the type loses nothing. */
export interface StepTexts {
  readonly id: string
  /** Of a `datetime-local` input, in the zone of the browser. */
  readonly at: string
  readonly type: StepType
  readonly cooldownMs: string
  readonly maxCharges: string
  readonly startCharges: string
  readonly width: string
  readonly height: string
  readonly hex: string
  readonly name: string
  /** The further colors of a step that adds several. */
  readonly moreColors: readonly { readonly hex: string; readonly name: string }[]
  readonly text: string
  readonly level: AnnouncementLevel
  /** Milliseconds, or null for as long as nothing replaces it. */
  readonly lastsMs: number | null
  readonly color: number | null
}

/** The edited steps by id, and null for a removed one. Edits and not a list, so that steps of somebody else stay. */
export type StepEdits = Readonly<Record<string, StepTexts | null>>

export const noStepEdits: StepEdits = {}

const { maxCooldownMs, maxCharges, maxSide, maxAnnouncement, maxSteps } = canvasLimits

export const isAnnouncement = (text: string) => isLine(text.trim(), maxAnnouncement)

type Board = Pick<AdminCanvas, 'schedule' | 'finishedSteps' | 'width' | 'height'>

export const newStep = (board: Pick<Board, 'width' | 'height'>, id: string, at: string): StepTexts => ({
  id,
  at,
  type: 'open',
  cooldownMs: '',
  maxCharges: '',
  startCharges: '',
  width: String(board.width),
  height: String(board.height),
  hex: '#FF6F91',
  name: '',
  moreColors: [],
  text: '',
  level: 'info',
  lastsMs: 3_600_000,
  color: 0,
})

export const stepTextsOf = (board: Pick<Board, 'width' | 'height'>, step: ShownStep): StepTexts => {
  const blank = { ...newStep(board, step.id, localTimeText(Date.parse(step.at))), type: step.type }
  switch (step.type) {
    case 'open':
    case 'pause':
    case 'close':
      return blank
    case 'pace':
      return {
        ...blank,
        cooldownMs: step.cooldownMs === undefined ? '' : secondsText(step.cooldownMs),
        maxCharges: String(step.maxCharges ?? ''),
        startCharges: String(step.startCharges ?? ''),
      }
    case 'grow':
      return { ...blank, width: String(step.width), height: String(step.height) }
    case 'colors': {
      const [first, ...moreColors] = step.colors.map((hex, index) => ({ hex, name: step.names[index] ?? hex }))
      return { ...blank, ...first, moreColors }
    }
    case 'announce':
      return { ...blank, text: step.text, level: step.level, lastsMs: step.lastsMs }
    case 'finale':
      return { ...blank, color: step.color }
  }
}

/** The steps with the edits, by time. A step that has run meanwhile is not in it, although it was edited. */
export const stepsOf = (board: Board, edits: StepEdits): StepTexts[] => {
  const known = new Set([...board.schedule, ...board.finishedSteps].map(({ id }) => id))
  const kept = board.schedule.flatMap((step) => {
    const edit = edits[step.id]
    return edit === null ? [] : [edit ?? stepTextsOf(board, step)]
  })
  const added = Object.values(edits).flatMap((edit) => (edit === null || known.has(edit.id) ? [] : [edit]))
  // A step keeps its place while its time is typed.
  return [...kept, ...added]
}

const optional = (text: string, value: (text: string) => number | null) => (text.trim() === '' ? undefined : value(text))

const paceOf = (step: StepTexts): StepAction | null => {
  const pace = {
    cooldownMs: optional(step.cooldownMs, (text) => msOf(text, maxCooldownMs)),
    maxCharges: optional(step.maxCharges, (text) => countOf(text, 1, maxCharges)),
    startCharges: optional(step.startCharges, (text) => countOf(text, 0, maxCharges)),
  }
  const given = Object.entries(pace).filter(([, value]) => value !== undefined)
  if (given.length === 0 || given.some(([, value]) => value === null)) return null
  return { type: 'pace', ...(Object.fromEntries(given) as Partial<Record<keyof typeof pace, number>>) }
}

const sizeOf = ({ width, height }: StepTexts): StepAction | null => {
  const size = { width: countOf(width, 1, maxSide), height: countOf(height, 1, maxSide) }
  return size.width === null || size.height === null ? null : { type: 'grow', width: size.width, height: size.height }
}

const colorsOf = ({ hex, name, moreColors }: StepTexts): StepAction | null => {
  const all = [{ hex, name }, ...moreColors]
  if (!all.every((color) => hexPattern.test(color.hex) && isColorName(color.name.trim()))) return null
  return { type: 'colors', colors: all.map((color) => color.hex.toUpperCase()), names: all.map((color) => color.name.trim()) }
}

const actionOf = (step: StepTexts): StepAction | null => {
  const { type, level, lastsMs, color } = step
  switch (type) {
    case 'open':
    case 'pause':
    case 'close':
      return { type }
    case 'pace':
      return paceOf(step)
    case 'grow':
      return sizeOf(step)
    case 'colors':
      return colorsOf(step)
    case 'announce':
      return isAnnouncement(step.text) ? { type, text: step.text.trim(), level, lastsMs } : null
    case 'finale':
      return { type, color }
  }
}

/** The step as the server gets it, or null. */
export const shownStepOf = (step: StepTexts): ShownStep | null => {
  const atMs = timeOfLocal(step.at)
  const action = actionOf(step)
  return atMs === null || action === null ? null : { ...action, id: step.id, at: new Date(atMs).toISOString() }
}

/** The whole schedule as the server gets it, or null while a step is wrong. A step that nobody edited stays as it is. */
export const scheduleOf = (board: Board, edits: StepEdits): ShownStep[] | null => {
  const stored = new Map(board.schedule.map((step) => [step.id, step]))
  const steps = stepsOf(board, edits).map((step) => (edits[step.id] ? shownStepOf(step) : (stored.get(step.id) ?? null)))
  const right = steps.flatMap((step) => step ?? [])
  return right.length === steps.length && steps.length <= maxSteps ? right.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)) : null
}
