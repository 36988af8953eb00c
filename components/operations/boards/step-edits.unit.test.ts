import { expect, test } from 'vitest'
import type { AdminCanvas, ShownStep } from '../../../lib/show-canvas.ts'
import { localTimeText, nextFullHour, timeOfLocal } from './local-time.ts'
import { newStep, type StepEdits, scheduleOf, shownStepOf, stepsOf, stepTextsOf } from './step-edits.ts'
import { board } from './testing/board.ts'

const at = '2026-12-04T17:00:00.000Z'
const local = localTimeText(Date.parse(at))
const opening: ShownStep = { id: 'opening', at, type: 'open' }
const closing: ShownStep = { id: 'closing', at: '2026-12-06T17:00:00.500Z', type: 'close' }
const planned: AdminCanvas = { ...board, schedule: [opening, closing] }
const added = { ...newStep(board, 'added', local), type: 'grow' as const, width: '300', height: '120' }

test.each<ShownStep>([
  opening,
  closing,
  { id: 'a', at, type: 'pace', cooldownMs: 500 },
  { id: 'a', at, type: 'pace', cooldownMs: 0, maxCharges: 20, startCharges: 0 },
  { id: 'a', at, type: 'grow', width: 512, height: 256 },
  { id: 'a', at, type: 'colors', colors: ['#FF6F91', '#123456'], names: ['coral', 'night'] },
  { id: 'a', at, type: 'announce', text: 'The finale begins.', level: 'important', lastsMs: null },
  { id: 'a', at, type: 'finale', color: 1 },
  { id: 'a', at, type: 'finale', color: null },
])('the step $type keeps its meaning when it is shown and sent', (step) => {
  expect(shownStepOf(stepTextsOf(board, step))).toEqual(step)
})

test('a changed, a removed and a new step make the whole schedule, by time', () => {
  const edits: StepEdits = { opening: { ...stepTextsOf(board, opening), type: 'pause' }, closing: null, added }
  expect(scheduleOf(planned, edits)).toEqual([
    { ...opening, type: 'pause' },
    { id: 'added', at, type: 'grow', width: 300, height: 120 },
  ])
})

test('a step that somebody else has planned meanwhile stays, and one that has run is not planned again', () => {
  const edits: StepEdits = { opening: { ...stepTextsOf(board, opening), type: 'pause' }, added }
  const newer = { ...planned, schedule: [closing], finishedSteps: [{ ...opening, ranAt: at, error: null }] }
  expect(scheduleOf(newer, edits)?.map(({ id }) => id)).toEqual(['added', 'closing'])
})

test('a step keeps its place on the page while its time is typed', () => {
  const edits: StepEdits = { opening: { ...stepTextsOf(board, opening), at: '' } }
  expect(stepsOf(planned, edits).map(({ id }) => id)).toEqual(['opening', 'closing'])
  expect(scheduleOf(planned, edits)).toBeNull()
})

test.each([
  ['no time', { at: '' }],
  ['a pace without a value', { type: 'pace' }],
  ['a pace below its limit', { type: 'pace', maxCharges: '0' }],
  ['a size of nothing', { type: 'grow', width: '0' }],
  ['a color that is none', { type: 'colors', hex: 'red', name: 'red' }],
  ['a color without a name', { type: 'colors', name: ' ' }],
  ['an empty announcement', { type: 'announce', text: ' ' }],
  ['an announcement of 281 characters', { type: 'announce', text: 'x'.repeat(281) }],
] as const)('a step with %s is not sent', (_, parts) => {
  expect(shownStepOf({ ...newStep(board, 'a', local), ...parts })).toBeNull()
})

test('a schedule has at most 64 steps', () => {
  const steps = (count: number): StepEdits =>
    Object.fromEntries(Array.from({ length: count }, (_, id) => [`s${id}`, newStep(board, `s${id}`, local)]))
  expect(scheduleOf(board, steps(64))).toHaveLength(64)
  expect(scheduleOf(board, steps(65))).toBeNull()
})

test('a local time keeps seconds and milliseconds, and has none when there are none', () => {
  for (const text of ['2026-12-04T18:00', '2026-12-04T18:00:30', '2026-12-04T18:00:30.500']) {
    expect(localTimeText(timeOfLocal(text) ?? 0)).toBe(text)
  }
  expect([timeOfLocal(''), timeOfLocal('2026-12-04'), timeOfLocal('2026-13-45T18:00')]).toEqual([null, null, null])
  expect(nextFullHour(timeOfLocal('2026-12-04T17:20') ?? 0)).toBe('2026-12-04T19:00')
})
