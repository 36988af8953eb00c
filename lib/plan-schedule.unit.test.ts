import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canvasOf } from './canvas.fixture.ts'
import { planSchedule, type WantedStep } from './plan-schedule.ts'
import { planDueStep } from './plan-step.ts'
import { anySchedule, stepOf } from './schedule.fixture.ts'

const nowMs = 1_000_000
const open = (atMs: number, id?: string): WantedStep => ({ ...(id !== undefined && { id }), atMs, action: { type: 'open' } })
const mistakesOf = (wanted: readonly WantedStep[], canvas = canvasOf()) => {
  const planned = planSchedule(canvas, wanted, nowMs)
  return planned.ok ? [] : planned.mistakes.map(({ path, message }) => `${path} ${message}`)
}

test('E1 a schedule may have steps at the same time, and none at all', () => {
  expect(mistakesOf([])).toEqual([])
  expect(mistakesOf([open(nowMs), open(nowMs), open(nowMs + 1)])).toEqual([])
})

test('E1 steps out of order are refused', () => {
  expect(mistakesOf([open(nowMs + 2), open(nowMs + 3), open(nowMs + 1)])).toEqual(['schedule.2.at must not be before that of schedule.1'])
})

test('E1 a new step may be ten seconds before now, and no more', () => {
  expect(mistakesOf([open(nowMs - 10_000)])).toEqual([])
  expect(mistakesOf([open(nowMs - 10_001)])).toEqual(['schedule.0.at must not be in the past; now it is 1970-01-01T00:16:40.000Z'])
})

test('E1 a late step that stays as it was does not prevent changes of other steps, and cannot be moved inside the past', () => {
  const canvas = canvasOf({ schedule: [stepOf('late', 1_000, { type: 'open' })] })
  expect(mistakesOf([open(1_000, 'late'), open(nowMs)], canvas)).toEqual([])
  expect(mistakesOf([open(2_000, 'late')], canvas)).toHaveLength(1)
  expect(mistakesOf([open(1_000, 'other')], canvas)).toHaveLength(1)
})

test('E1 each step has its own id, and new ones get one that no other step has had', () => {
  expect(mistakesOf([open(nowMs, 'a'), open(nowMs, 'b'), open(nowMs, 'a')])).toEqual([
    'schedule.2.id must be another id than that of schedule.0',
  ])
  const finished = { ...stepOf('step-1', 0, { type: 'open' }), ranAtMs: 0, error: null }
  const planned = planSchedule(canvasOf({ finishedSteps: [finished] }), [open(nowMs), open(nowMs, 'step-2'), open(nowMs)], nowMs)
  expect(planned.ok && planned.schedule.map(({ id }) => id)).toEqual(['step-3', 'step-2', 'step-4'])
})

test('E1 a step that could not change the canvas after those before it is refused', () => {
  const wanted: WantedStep[] = [
    { atMs: nowMs, action: { type: 'grow', width: 200, height: 200 } },
    { atMs: nowMs, action: { type: 'colors', colors: ['#111111'], names: [] } },
    { atMs: nowMs, action: { type: 'finale', color: 4 } },
    { atMs: nowMs, action: { type: 'grow', width: 150, height: 200 } },
    { atMs: nowMs, action: { type: 'colors', colors: ['#111111'], names: [] } },
    { atMs: nowMs, action: { type: 'finale', color: 5 } },
  ]
  expect(mistakesOf(wanted)).toEqual([
    'schedule.3 could not run: width must be at least 200, because a board never shrinks',
    'schedule.4 could not run: palette must not have #111111 twice',
    'schedule.5 could not run: onlyColor must be null or an index into the palette: 0 to 4',
  ])
})

test('E1 every step of an accepted schedule changes the canvas when nobody else does', () => {
  let accepted = 0
  fc.assert(
    fc.property(anySchedule, (wanted) => {
      const planned = planSchedule(canvasOf(), wanted, nowMs)
      if (!planned.ok) return
      accepted++
      let canvas = canvasOf({ schedule: planned.schedule })
      const run = { nowMs: nowMs + 10_000_000, entryId: 'entry-0' }
      for (let step = planDueStep(canvas, run); step; step = planDueStep(canvas, run)) {
        expect(step.finished.error).toBeNull()
        canvas = { ...canvas, ...step.change }
      }
    }),
    { numRuns: 300 },
  )
  expect(accepted).toBeGreaterThan(30)
})
