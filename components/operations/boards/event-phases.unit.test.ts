import { expect, test } from 'vitest'
import { eventPhases } from './event-phases.ts'
import { newStep, type StepTexts } from './step-edits.ts'
import { board } from './testing/board.ts'

const hourMs = 3_600_000
const at = (hour: number) => `2026-12-04T${String(hour).padStart(2, '0')}:00`
const step = (hour: number, type: StepTexts['type'], color: number | null = 0): StepTexts => ({
  ...newStep(board, `${hour}-${type}`, at(hour)),
  type,
  color,
})

test('an event is open, then paused, then open, then in its finale, until it closes', () => {
  const steps = [
    step(9, 'open'),
    step(10, 'pause'),
    step(11, 'grow'),
    step(12, 'open'),
    step(14, 'finale'),
    step(15, 'close'),
    step(16, 'open'),
  ]
  expect(eventPhases(steps, null)).toEqual([
    { kind: 'open', ms: hourMs },
    { kind: 'paused', ms: 2 * hourMs },
    { kind: 'open', ms: 2 * hourMs },
    { kind: 'finale', ms: hourMs },
  ])
})

test('the order of the steps on the page does not matter', () => {
  expect(eventPhases([step(12, 'close'), step(9, 'open')], null)).toEqual([{ kind: 'open', ms: 3 * hourMs }])
})

test('a finale that ends before the closing is followed by an open phase', () => {
  expect(
    eventPhases([step(9, 'open'), step(10, 'finale'), step(11, 'finale', null), step(12, 'close')], null).map(({ kind }) => kind),
  ).toEqual(['open', 'finale', 'open'])
})

test('the event of a board that is open already begins now', () => {
  expect(eventPhases([step(12, 'close')], new Date(at(10)).getTime())).toEqual([{ kind: 'open', ms: 2 * hourMs }])
})

test('without a closing or an opening there is no event', () => {
  expect([eventPhases([step(9, 'open')], null), eventPhases([step(9, 'close')], null), eventPhases([], 0)]).toEqual([[], [], []])
})
