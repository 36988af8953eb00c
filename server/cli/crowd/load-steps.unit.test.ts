import { expect, test } from 'vitest'
import {
  highestCarried,
  highestRate,
  holdSeconds,
  isCarried,
  lowestRate,
  maxClicks,
  nextStep,
  type StepResult,
  shortfallsOf,
} from './load-steps.ts'
import { stepOf } from './step.fixture.ts'

/** Runs the steps on a server that carries `capacity`. */
const rise = (capacity: number, held = capacity) => {
  const steps: StepResult[] = []
  for (let step = nextStep(steps); step; step = nextStep(steps)) {
    const isFine = step.rate <= (step.kind === 'hold' ? held : capacity)
    steps.push(stepOf(step.rate, { ...step, ...(isFine ? {} : { answerMs: 900 }) }))
  }
  return steps
}

const shapeOf = (steps: readonly StepResult[]) => steps.map(({ kind, rate }) => `${kind} ${rate}`)

test('the load doubles until it is not carried, is narrowed down twice, and the highest carried one is held', () => {
  const steps = rise(700)
  expect(shapeOf(steps)).toEqual(['ramp 50', 'ramp 100', 'ramp 200', 'ramp 400', 'ramp 800', 'refine 566', 'refine 673', 'hold 673'])
  expect(highestCarried(steps)).toMatchObject({ kind: 'hold', rate: 673, seconds: holdSeconds })
})

test('a load that cannot be held is lowered, at most twice', () => {
  expect(shapeOf(rise(700, 400)).slice(-3)).toEqual(['hold 673', 'hold 505', 'hold 379'])
  expect(highestCarried(rise(700, 400))?.rate).toBe(379)
  expect(shapeOf(rise(700, 10)).slice(-3)).toEqual(['hold 673', 'hold 505', 'hold 379'])
})

test('a server that does not carry the first load gets lower ones, and the search ends', () => {
  expect(highestCarried(rise(12))?.rate).toBeLessThanOrEqual(12)
  expect(highestCarried(rise(12))?.rate).toBeGreaterThanOrEqual(10)
  expect(highestCarried(rise(0))).toBeNull()
  expect(rise(0).at(-1)?.rate).toBe(lowestRate)
})

test('the highest load is held, and all steps together need no more clicks than there are', () => {
  const steps = rise(Number.POSITIVE_INFINITY)
  expect(steps.at(-1)).toMatchObject({ kind: 'hold', rate: highestRate })
  const upTo = (capacity: number) => rise(capacity).reduce((sum, { rate, seconds }) => sum + rate * seconds, 0)
  expect(Math.max(upTo(3_000), upTo(5_000))).toBeLessThan(maxClicks)
})

test.each([
  [{}, []],
  [{ answerMs: 900 }, ['answer']],
  [{ deliveryMs: 900 }, ['delivery']],
  // More than a hundredth never arrived.
  [{ shown: 5_900 }, ['delivery']],
  [{ setbacks: new Map([['overloaded', 1]]) }, ['refused']],
  // Not because of load.
  [{ setbacks: new Map([['canvas_paused', 1]]) }, []],
  [{ acknowledged: 560 }, ['rate']],
  // Nobody watches.
  [{ toShow: 0, shown: 0, delivery: {} }, []],
] as const)('a step with %j falls short of %j', (change, shortfalls) => {
  const step = stepOf(100, change)
  expect(shortfallsOf(step)).toEqual(shortfalls)
  expect(isCarried(step)).toBe(shortfalls.length === 0)
})
