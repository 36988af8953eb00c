/** Checks the schedule that a host wants for a canvas. A refusal changes nothing. */
import type { Canvas } from './canvas.ts'
import { stepChange, stepError } from './plan-step.ts'
import type { FieldError } from './refusal.ts'
import type { ScheduledStep, StepAction } from './schedule.ts'

export interface WantedStep {
  /** Left out for a new step. */
  readonly id?: string
  readonly atMs: number
  readonly action: StepAction
}

export type PlannedSchedule = { ok: true; schedule: readonly ScheduledStep[] } | { ok: false; mistakes: readonly FieldError[] }

/** How long before now a new step may be: the time that a host's request takes, and the difference of the clocks. */
export const pastToleranceMs = 10_000

/** `canvas` is the one with the other changes of the same request. */
export const planSchedule = (canvas: Canvas, wanted: readonly WantedStep[], nowMs: number): PlannedSchedule => {
  const schedule = withIds(canvas, wanted)
  const mistakes = [...idMistakes(schedule), ...timeMistakes(canvas, schedule, nowMs)]
  if (mistakes.length === 0) mistakes.push(...effectMistakes(canvas, schedule))
  return mistakes.length === 0 ? { ok: true, schedule } : { ok: false, mistakes }
}

/** Ids that neither the schedule nor the finished steps have. */
const withIds = ({ schedule = [], finishedSteps = [] }: Canvas, wanted: readonly WantedStep[]): ScheduledStep[] => {
  const taken = new Set([...schedule, ...finishedSteps, ...wanted].map(({ id }) => id))
  let number = 0
  const free = () => {
    for (;;) {
      number++
      if (!taken.has(`step-${number}`)) return `step-${number}`
    }
  }
  return wanted.map(({ id, atMs, action }) => ({ id: id ?? free(), atMs, action }))
}

const idMistakes = (schedule: readonly ScheduledStep[]): FieldError[] =>
  schedule.flatMap(({ id }, index) => {
    const first = schedule.findIndex((step) => step.id === id)
    return first < index ? [{ path: `schedule.${index}.id`, message: `must be another id than that of schedule.${first}` }] : []
  })

const timeMistakes = (canvas: Canvas, schedule: readonly ScheduledStep[], nowMs: number): FieldError[] => {
  // A step that is late stays in the schedule while the host changes other steps.
  const isKept = ({ id, atMs }: ScheduledStep) => canvas.schedule?.some((step) => step.id === id && step.atMs === atMs) ?? false
  return schedule.flatMap((step, index) => {
    const path = `schedule.${index}.at`
    const former = schedule[index - 1]
    if (former && step.atMs < former.atMs) return [{ path, message: `must not be before that of schedule.${index - 1}` }]
    const isPast = step.atMs < nowMs - pastToleranceMs && !isKept(step)
    return isPast ? [{ path, message: `must not be in the past; now it is ${new Date(nowMs).toISOString()}` }] : []
  })
}

/** Runs the steps on a copy, so that a host learns now which of them could not change the canvas at its time. */
const effectMistakes = (canvas: Canvas, schedule: readonly ScheduledStep[]): FieldError[] => {
  let changed: Canvas = { ...canvas, schedule: [] }
  return schedule.flatMap((step, index) => {
    const run = { nowMs: step.atMs, entryId: step.id }
    const error = stepError(changed, step, run)
    if (error !== null) return [{ path: `schedule.${index}`, message: `could not run: ${error}` }]
    changed = { ...changed, ...stepChange(changed, step, run) }
    return []
  })
}
