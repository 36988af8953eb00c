/** A step of a load test, for tests. */
import { bucketOf } from '../../../lib/time-counts.ts'
import type { StepResult } from './load-steps.ts'

interface StepOptions extends Partial<StepResult> {
  readonly answerMs?: number
  readonly deliveryMs?: number
}

export const stepOf = (rate: number, { answerMs = 20, deliveryMs = 40, ...rest }: StepOptions = {}): StepResult => ({
  kind: 'ramp',
  rate,
  seconds: 6,
  clicks: rate * 6,
  acknowledged: rate * 6,
  shown: rate * 60,
  toShow: rate * 60,
  answer: { [bucketOf(answerMs)]: rate * 6 },
  delivery: { [bucketOf(deliveryMs)]: rate * 60 },
  setbacks: new Map(),
  processes: [{ id: 'aaaa', roles: ['web', 'publisher'], cpu: 0.3, rssBytes: 2e8, loopDelayMs: 5 }],
  crowd: { busyPart: 0.3, cores: 0.3 },
  machineBusy: 0.4,
  ...rest,
})

export const busyProcess = { id: 'aaaa', roles: ['web', 'publisher'], cpu: 0.93, rssBytes: 2e8, loopDelayMs: 80 }
