/** Whatever a host sends: a change is refused as a whole, or the canvas stays one that painters and clients can rely on. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canvasOf } from './canvas.fixture.ts'
import { type Canvas, canvasLimits, settingsOf } from './canvas.ts'
import { planCanvasChange, type WantedChange } from './plan-canvas-change.ts'

const colors = ['#FFFFFF', '#FF0000', '#00FF00', '#0000FF', '#ABCDEF', '#123456']
const names = ['Snow', 'red', 'green', 'blue', 'Sky', 'Night', 'red 2']
const side = fc.integer({ min: 60, max: 130 })

const fields = {
  title: fc.constantFrom('One', 'Two'),
  state: fc.constantFrom('open', 'paused', 'closed'),
  width: side,
  height: side,
  palette: fc.oneof(
    fc.nat(2).map((more) => colors.slice(0, 4 + more)),
    fc.array(fc.constantFrom(...colors), { minLength: 2, maxLength: 7 }),
  ),
  colorNames: fc.uniqueArray(fc.constantFrom(...names), { minLength: 3, maxLength: 7 }),
  maxCharges: fc.integer({ min: 1, max: 6 }),
  startCharges: fc.nat(6),
  cooldownMs: fc.constantFrom(0, 1_000),
  protectedAreas: fc.array(
    fc.record({ gx: fc.nat(120), gy: fc.nat(120), width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) }),
    { maxLength: 2 },
  ),
  onlyColor: fc.option(fc.nat(7)),
  archived: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
}
/** Some fields of a change: with all of them almost every change would be refused. */
const change = fc
  .tuple(fc.record(fields), fc.subarray(Object.keys(fields) as (keyof typeof fields)[], { minLength: 1, maxLength: 3 }))
  .map(([all, given]) => Object.fromEntries(given.map((name) => [name, all[name]])) as WantedChange)

const expectSound = (before: Canvas, after: Canvas) => {
  const { colorNames, protectedAreas, onlyColor, archivedAtMs } = settingsOf(after)
  expect(after.width).toBeGreaterThanOrEqual(before.width)
  expect(after.height).toBeGreaterThanOrEqual(before.height)
  expect(after.palette.slice(0, before.palette.length)).toEqual(before.palette)
  expect(new Set(after.palette).size).toBe(after.palette.length)
  expect(new Set(colorNames).size).toBe(after.palette.length)
  expect(after.colorNames?.length ?? 0).toBeLessThanOrEqual(after.palette.length)
  expect(after.startCharges).toBeLessThanOrEqual(after.maxCharges)
  for (const area of protectedAreas) {
    expect([area.gx + area.width <= after.width, area.gy + area.height <= after.height]).toEqual([true, true])
  }
  if (onlyColor !== null) expect(after.palette[onlyColor]).toBeDefined()
  if (archivedAtMs !== null) expect(after.state).toBe('closed')
  expect(JSON.stringify(after).length).toBeLessThanOrEqual(canvasLimits.maxSettingsBytes)
}

test('B2 after any sequence of changes the canvas is sound, and an archive stays one', () => {
  let accepted = 0
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
      let canvas = canvasOf()
      for (const [index, wanted] of changes.entries()) {
        const planned = planCanvasChange(canvas, wanted, index)
        if (!planned.ok) continue
        accepted++
        const after = { ...canvas, ...planned.change }
        expectSound(canvas, after)
        if (typeof canvas.archivedAtMs === 'number') expect(after).toEqual({ ...canvas, title: after.title })
        canvas = after
      }
    }),
  )
  expect(accepted).toBeGreaterThan(50)
})
