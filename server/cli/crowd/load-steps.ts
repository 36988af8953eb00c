/** Which load a report tries next. The rate doubles until a step fails, is narrowed down, and is then held for longer. */
import { percentilesOf, type TimeCounts } from '../../../lib/time-counts.ts'

/** The highest p99 with which a step counts as carried, for the answer and for the delivery. */
export const boundMs = 500
/** Answers that a painter gets because of load. */
export const loadCodes = ['overloaded', 'unavailable', 'rate_limited', 'no_answer'] as const
/** From this part of the rate on, the rate counts as reached. */
const reachedPart = 0.95

export const firstRate = 50
export const lowestRate = 2
export const highestRate = 12_800
export const stepSeconds = 6
export const holdSeconds = 15

const maxRefinements = 2
const maxHolds = 3

export interface ProcessLoad {
  readonly id: string
  readonly roles: readonly string[]
  /** The part of one core. */
  readonly cpu: number
  readonly rssBytes: number
  readonly loopDelayMs: number
}

export interface StepResult {
  readonly kind: 'ramp' | 'refine' | 'hold'
  readonly rate: number
  readonly seconds: number
  readonly clicks: number
  readonly acknowledged: number
  /** How many watchers' deliveries were measured and arrived, and how many had to arrive. */
  readonly shown: number
  readonly toShow: number
  readonly answer: TimeCounts
  readonly delivery: TimeCounts
  readonly setbacks: ReadonlyMap<string, number>
  readonly processes: readonly ProcessLoad[]
  /** The crowd itself: the busiest of its event loops, and its CPU in cores. */
  readonly crowd: { readonly busyPart: number; readonly cores: number }
  /** The part of all cores of this machine that was in use. */
  readonly machineBusy: number
}

export interface Step {
  readonly kind: StepResult['kind']
  readonly rate: number
  readonly seconds: number
}

export const loadRefusals = ({ setbacks }: Pick<StepResult, 'setbacks'>): number =>
  loadCodes.reduce((sum, code) => sum + (setbacks.get(code) ?? 0), 0)

/** Null when more than a hundredth did not arrive at all. */
export const deliveryP99 = ({ delivery, shown, toShow }: Pick<StepResult, 'delivery' | 'shown' | 'toShow'>): number | null =>
  shown < toShow * 0.99 ? null : percentilesOf(delivery).p99

export type Shortfall = 'refused' | 'rate' | 'answer' | 'delivery'

/** Why a step does not count as carried; empty when it does. */
export const shortfallsOf = (step: StepResult): Shortfall[] => {
  const { p99 } = percentilesOf(step.answer)
  const shown = deliveryP99(step)
  const isLate = step.toShow > 0 && (shown === null || shown > boundMs)
  return [
    ...(loadRefusals(step) > 0 ? (['refused'] as const) : []),
    ...(step.acknowledged < step.clicks * reachedPart ? (['rate'] as const) : []),
    ...(p99 === null || p99 > boundMs ? (['answer'] as const) : []),
    ...(isLate ? (['delivery'] as const) : []),
  ]
}

export const isCarried = (step: StepResult) => shortfallsOf(step).length === 0

/** The lowest rate that was not carried. */
export const lowestFailed = (steps: readonly StepResult[]): StepResult | null =>
  steps.filter((step) => !isCarried(step)).sort((one, other) => one.rate - other.rate)[0] ?? null

/** The highest carried rate below every one that failed: one that was held, if there is any. */
export const highestCarried = (steps: readonly StepResult[]): StepResult | null => {
  const limit = lowestFailed(steps)?.rate ?? Number.POSITIVE_INFINITY
  const carried = steps.filter((step) => isCarried(step) && step.rate < limit).sort((one, other) => other.rate - one.rate)
  return carried.find(({ kind }) => kind === 'hold') ?? carried[0] ?? null
}

const hold = (rate: number): Step => ({ kind: 'hold', rate: Math.max(lowestRate, Math.round(rate)), seconds: holdSeconds })

/** Null when the load is known. */
export const nextStep = (steps: readonly StepResult[]): Step | null => {
  const last = steps.at(-1)
  if (!last) return { kind: 'ramp', rate: firstRate, seconds: stepSeconds }
  const holds = steps.filter(({ kind }) => kind === 'hold')
  if (last.kind === 'hold') {
    if (isCarried(last) || holds.length === maxHolds || last.rate <= lowestRate) return null
    return hold(last.rate * 0.75)
  }
  const failed = lowestFailed(steps)
  const carried = highestCarried(steps)
  if (!failed) return last.rate >= highestRate ? hold(last.rate) : { kind: 'ramp', rate: last.rate * 2, seconds: stepSeconds }
  if (!carried)
    return failed.rate <= lowestRate
      ? null
      : { kind: 'ramp', rate: Math.max(lowestRate, Math.round(failed.rate / 5)), seconds: stepSeconds }
  const refinements = steps.filter(({ kind }) => kind === 'refine').length
  if (refinements < maxRefinements && failed.rate / carried.rate > 1.25) {
    return { kind: 'refine', rate: Math.round(Math.sqrt(failed.rate * carried.rate)), seconds: stepSeconds }
  }
  return hold(carried.rate)
}

/** The most clicks that all steps together may need. */
export const maxClicks = 250_000
