import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canvasOf } from './canvas.fixture.ts'
import { type Canvas, canvasLimits, settingsOf } from './canvas.ts'
import { planDueStep } from './plan-step.ts'
import { announceOf, anySchedule, stepOf } from './schedule.fixture.ts'
import type { StepAction } from './schedule.ts'

const run = { nowMs: 5_000, entryId: 'entry-0' }

/** The canvas after one due step. */
const afterStep = (action: StepAction, change: Partial<Canvas> = {}, atMs = 4_000) => {
  const canvas = canvasOf({ ...change, schedule: [stepOf('one', atMs, action)] })
  const planned = planDueStep(canvas, run)
  return { ...planned, canvas: { ...canvas, ...planned?.change } }
}

test('E1 a step is due from its time on, and then leaves the schedule', () => {
  const schedule = [stepOf('one', 5_000, { type: 'open' }), stepOf('two', 5_000, { type: 'pause' })]
  const canvas = canvasOf({ state: 'closed', schedule })
  expect(planDueStep(canvas, { ...run, nowMs: 4_999 })).toBeNull()
  expect(planDueStep(canvasOf(), run)).toBeNull()
  const finished = { id: 'one', atMs: 5_000, action: { type: 'open' }, ranAtMs: 5_000, error: null }
  const change = { state: 'open', onlyColor: null, schedule: schedule.slice(1), finishedSteps: [finished] }
  expect(planDueStep(canvas, run)).toEqual({ finished, change })
})

describe('E1 each type of step changes what it names', () => {
  test.each<[StepAction, Partial<Canvas>]>([
    [{ type: 'pause' }, { state: 'paused' }],
    [
      { type: 'pace', cooldownMs: 9 },
      { cooldownMs: 9, maxCharges: 5, startCharges: 3 },
    ],
    [
      { type: 'pace', maxCharges: 8, startCharges: 8 },
      { cooldownMs: 1_000, maxCharges: 8, startCharges: 8 },
    ],
    [
      { type: 'grow', width: 100, height: 500 },
      { width: 100, height: 500 },
    ],
    [{ type: 'finale', color: 3 }, { onlyColor: 3 }],
    [
      { type: 'colors', colors: ['#123456'], names: ['night'] },
      {
        palette: ['#FFFFFF', '#FF0000', '#00FF00', '#0000FF', '#123456'],
        colorNames: ['white', 'dark red', 'green', 'indigo', 'night'],
      },
    ],
    [
      { type: 'announce', text: 'Hello', level: 'important', lastsMs: null },
      { announcement: { id: 'entry-0', text: 'Hello', level: 'important', atMs: 5_000, untilMs: null } },
    ],
  ])('%j', (action, changed) => {
    const { finished, canvas } = afterStep(action)
    expect(finished?.error).toBeNull()
    expect(canvas).toMatchObject(changed)
  })
})

test('E1 colors without names get the names of the nearest known colors', () => {
  const { canvas } = afterStep({ type: 'colors', colors: ['#FE0000'], names: [] })
  expect(canvas.colorNames).toBeUndefined()
  expect(settingsOf(canvas).colorNames).toHaveLength(5)
})

test.each<[StepAction, number | null]>([
  [{ type: 'open' }, null],
  [{ type: 'close' }, null],
  [{ type: 'finale', color: null }, null],
  [{ type: 'pause' }, 1],
  [{ type: 'grow', width: 200, height: 200 }, 1],
])('E1 after %j the only color of a finale is %j', (action, expected) => {
  expect(afterStep(action, { onlyColor: 1 }).canvas.onlyColor).toBe(expected)
})

test('E3 an announcement that runs late still ends at the time that the host meant', () => {
  const { canvas } = afterStep(announceOf('Ten minutes left', 600_000), {}, -400_000)
  expect(canvas.announcement).toMatchObject({ atMs: 5_000, untilMs: 200_000 })
})

describe('E1 a step that cannot change the canvas any more is finished with an error, and changes nothing else', () => {
  test.each<[StepAction, Partial<Canvas>, string]>([
    [{ type: 'grow', width: 99, height: 500 }, {}, 'width must be at least 100, because a board never shrinks.'],
    [{ type: 'grow', width: 500, height: 69 }, {}, 'height must be at least 70, because a board never shrinks.'],
    [{ type: 'colors', colors: ['#123456', '#00FF00'], names: [] }, {}, 'palette must not have #00FF00 twice.'],
    [{ type: 'colors', colors: ['#123456'], names: ['green'] }, {}, 'colorNames must not have "green" twice.'],
    [{ type: 'pace', maxCharges: 2 }, {}, 'startCharges must not be more than maxCharges, which is 2.'],
    [{ type: 'finale', color: 4 }, {}, 'onlyColor must be null or an index into the palette: 0 to 3.'],
    [{ type: 'open' }, { archivedAtMs: 1 }, 'The board is an archive.'],
    [announceOf('Hello'), { rules: 'x'.repeat(61_300) }, 'all settings together must be at most 61440 bytes.'],
  ])('%j on a canvas with %j', (action, change, error) => {
    const { finished, change: planned } = afterStep(action, change)
    expect(planned).toEqual({ schedule: [], finishedSteps: [finished] })
    expect(finished).toMatchObject({ id: 'one', ranAtMs: 5_000, error })
  })

  test('a palette has at most 256 colors', () => {
    const palette = Array.from({ length: 255 }, (_, index) => `#0000${index.toString(16).padStart(2, '0').toUpperCase()}`)
    const grow = (colors: string[]) => afterStep({ type: 'colors', colors, names: [] }, { palette }).finished?.error
    expect(grow(['#111111'])).toBeNull()
    expect(grow(['#111111', '#222222'])).toBe('palette must be at most 256 colours.')
  })
})

test('E1 the newest finished steps are kept, 64 of them and at most 8 KiB', () => {
  const finishAll = (action: StepAction, count: number) => {
    let canvas = canvasOf({ schedule: Array.from({ length: count }, (_, index) => stepOf(`step-${index}`, 0, action)) })
    for (let planned = planDueStep(canvas, run); planned; planned = planDueStep(canvas, run)) canvas = { ...canvas, ...planned.change }
    return settingsOf(canvas).finishedSteps
  }
  const small = finishAll({ type: 'open' }, 70)
  expect([small.length, small[0]?.id, small[63]?.id]).toEqual([64, 'step-69', 'step-6'])
  const large = finishAll(announceOf('x'.repeat(280)), 64)
  expect(JSON.stringify(large).length).toBeLessThanOrEqual(8_192 + 64)
  expect([large.length > 15, large[0]?.id]).toEqual([true, 'step-63'])
})

test('E1 every schedule runs to its end, each step once and in order, and the canvas never shrinks or loses a color', () => {
  fc.assert(
    fc.property(anySchedule, fc.array(fc.integer({ min: 0, max: 70_000 }), { maxLength: 20 }), (steps, pauses) => {
      const schedule = steps.map((step, index) => ({ id: `step-${index}`, ...step }))
      let canvas = canvasOf({ schedule })
      let nowMs = 999_000
      const ran: string[] = []
      for (const pause of [...pauses, 10_000_000]) {
        nowMs += pause
        for (let planned = planDueStep(canvas, { nowMs, entryId: 'e' }); planned; planned = planDueStep(canvas, { nowMs, entryId: 'e' })) {
          const changed = { ...canvas, ...planned.change }
          expect(planned.finished.atMs).toBeLessThanOrEqual(nowMs)
          expect([changed.width >= canvas.width, changed.height >= canvas.height]).toEqual([true, true])
          expect(changed.palette.slice(0, canvas.palette.length)).toEqual(canvas.palette)
          expect(changed.palette.length).toBeLessThanOrEqual(canvasLimits.maxColors)
          expect(changed.startCharges).toBeLessThanOrEqual(changed.maxCharges)
          ran.push(planned.finished.id)
          canvas = changed
        }
        expect(canvas.schedule?.every(({ atMs }) => atMs > nowMs)).toBe(true)
      }
      expect(ran).toEqual(schedule.map(({ id }) => id))
    }),
  )
})
