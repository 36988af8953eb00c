/**
 * What a step of a schedule changes. A runner saves this change, which also takes the step off the schedule, in one transaction that compares
 * `rev`. So each step takes effect once, however many runners there are.
 */
import { type Canvas, type CanvasChange, canvasLimits, settingsOf } from './canvas.ts'
import { bytesOf, changeMistakes } from './change-mistakes.ts'
import type { FinishedStep, ScheduledStep, StepAction } from './schedule.ts'

export interface StepRun {
  readonly nowMs: number
  /** The id of the control entry that will have the change. */
  readonly entryId: string
}

export interface PlannedStep {
  readonly finished: FinishedStep
  readonly change: CanvasChange
}

/** The first step of the schedule. It is due when its time has come. */
export const nextStep = (canvas: Canvas): ScheduledStep | null => canvas.schedule?.[0] ?? null

/** Null when no step is due. A step that cannot change the canvas any more only leaves the schedule, with an error. */
export const planDueStep = (canvas: Canvas, run: StepRun): PlannedStep | null => {
  const step = nextStep(canvas)
  if (!step || step.atMs > run.nowMs) return null
  const error = stepError(canvas, step, run)
  const finished: FinishedStep = { ...step, ranAtMs: run.nowMs, error: error && `${error}.` }
  const change = {
    ...(error === null && stepChange(canvas, step, run)),
    schedule: settingsOf(canvas).schedule.slice(1),
    finishedSteps: newest([finished, ...settingsOf(canvas).finishedSteps]),
  }
  return { finished, change }
}

/** Why the step cannot change this canvas, without a full stop. Null when it can. */
export const stepError = (canvas: Canvas, step: ScheduledStep, run: StepRun): string | null => {
  if (canvas.archivedAtMs != null) return 'The board is an archive'
  const change = stepChange(canvas, step, run)
  const mistakes = changeMistakes(canvas, change).map(({ path, message }) => `${path} ${message}`)
  if (mistakes.length === 0 && bytesOf({ ...canvas, ...change }) > canvasLimits.maxSettingsBytes) {
    mistakes.push(`all settings together must be at most ${canvasLimits.maxSettingsBytes} bytes`)
  }
  return mistakes.length === 0 ? null : mistakes.join('; ')
}

/** What the step changes when it can. */
export const stepChange = (canvas: Canvas, { atMs, action }: ScheduledStep, { nowMs, entryId }: StepRun): CanvasChange => {
  switch (action.type) {
    case 'open':
      return { state: 'open', onlyColor: null }
    case 'pause':
      return { state: 'paused' }
    case 'close':
      return { state: 'closed', onlyColor: null }
    case 'pace':
      return given({ cooldownMs: action.cooldownMs, maxCharges: action.maxCharges, startCharges: action.startCharges })
    case 'grow':
      return { width: action.width, height: action.height }
    case 'colors':
      return colorsChange(canvas, action)
    case 'announce': {
      const { text, level, lastsMs } = action
      // An announcement that runs late still ends in time.
      return { announcement: { id: entryId, text, level, atMs: nowMs, untilMs: lastsMs === null ? null : atMs + lastsMs } }
    }
    case 'finale':
      return { onlyColor: action.color }
  }
}

const colorsChange = (canvas: Canvas, { colors, names }: Extract<StepAction, { type: 'colors' }>): CanvasChange => ({
  palette: [...canvas.palette, ...colors],
  ...(names.length > 0 && { colorNames: [...settingsOf(canvas).colorNames, ...names] }),
})

const given = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: NonNullable<Fields[Name]>
  }

/** They must not take the room of the settings that a host can change. */
const maxFinishedBytes = 8_192

const newest = (finished: readonly FinishedStep[]): readonly FinishedStep[] => {
  let bytes = 0
  const tooMany = finished.findIndex((step, index) => {
    bytes += new TextEncoder().encode(JSON.stringify(step)).length
    return index >= canvasLimits.maxFinishedSteps || (index > 0 && bytes > maxFinishedBytes)
  })
  return tooMany === -1 ? finished : finished.slice(0, tooMany)
}
