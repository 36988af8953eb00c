import { expect, test } from 'vitest'
import { canvasOf } from './canvas.fixture.ts'
import { canvasLimits } from './canvas.ts'
import { planCanvasChange } from './plan-canvas-change.ts'
import type { ScheduledStep } from './schedule.ts'

const canvas = canvasOf()
const announce = (id: string, text: string): ScheduledStep => ({
  id,
  atMs: 5_000,
  action: { type: 'announce', text, level: 'info', lastsMs: null },
})

test('an archive is closed at once, and its schedule is dropped', () => {
  const scheduled = { ...canvas, schedule: [announce('one', 'Soon')] }
  expect(planCanvasChange(scheduled, { archived: true, title: 'Past' }, 7_000)).toEqual({
    ok: true,
    change: { title: 'Past', state: 'closed', schedule: [], archivedAtMs: 7_000 },
  })
})

test('an archive cannot be opened or scheduled in the same change', () => {
  const planned = planCanvasChange(canvas, { archived: true, state: 'open', schedule: [announce('one', 'Soon')] }, 7_000)
  expect(planned).toMatchObject({ ok: false, refusal: { code: 'invalid_request', errors: [{ path: 'state' }, { path: 'schedule' }] } })
})

test('a change checks only what it changes', () => {
  const odd = { ...canvas, startCharges: 9, maxCharges: 2 }
  expect(planCanvasChange(odd, { title: 'New' }, 0)).toEqual({ ok: true, change: { title: 'New' } })
  expect(planCanvasChange(odd, { maxCharges: 3 }, 0)).toMatchObject({ ok: false, refusal: { errors: [{ path: 'startCharges' }] } })
})

test('the settings of a canvas are at most 60 KiB together', () => {
  const withBytes = (bytes: number) => {
    const rest = JSON.stringify({ ...canvas, schedule: [announce('one', '')] }).length
    return planCanvasChange(canvas, { schedule: [announce('one', 'x'.repeat(bytes - rest))] }, 0)
  }
  expect(withBytes(canvasLimits.maxSettingsBytes)).toMatchObject({ ok: true })
  expect(withBytes(canvasLimits.maxSettingsBytes + 1)).toMatchObject({ ok: false, refusal: { code: 'too_large' } })
})
