import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asPainterId, type PlacementId } from './brand.ts'
import { refund } from './charges.ts'
import { nobody } from './painter.ts'
import type { GroupRequest, RequestOutcome } from './plan-group.ts'
import { accepted, GroupModel, slow } from './plan-group-model.fixture.ts'
import { countUndo, undosPerMinute, undoWindowMs } from './undo-rate.ts'

type Act = { kind: 'paint'; by: number; gx: number; color: number } | { kind: 'undo'; by: number; back: readonly number[] }

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('paint' as const), by: fc.nat(2), gx: fc.nat(2), color: fc.nat(2) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('undo' as const), by: fc.nat(2), back: fc.array(fc.nat(8), { minLength: 1, maxLength: 4 }) }),
  },
)
const groups = fc.array(fc.array(act, { minLength: 1, maxLength: 5 }), { maxLength: 25 })
const canvas = { ...slow, maxCharges: 6, startCharges: 6, cooldownMs: 5_000, undoMs: 60_000 }

interface Placed {
  readonly id: PlacementId
  readonly by: string
  readonly gx: number
  readonly color: number
}

/** Plays groups, and keeps what stands on each pixel as a list, without a history. */
const play = (played: readonly (readonly Act[])[], onGroup: (world: { model: GroupModel; standing: Map<number, Placed[]> }) => void) => {
  const model = new GroupModel([canvas])
  const standing = new Map<number, Placed[]>()
  const placed: Placed[] = []
  const undone = new Map<string, unknown>()
  for (const [index, acts] of played.entries()) {
    const requests = acts.map((one): GroupRequest => {
      const painter = { id: asPainterId(`p_${one.by}`), createdAtMs: 0 }
      if (one.kind === 'paint') return { painter, canvas: canvas.id, pixels: [{ gx: one.gx, gy: 0, color: one.color }], cause: 'paint' }
      return { painter, undo: one.back.flatMap((back) => placed.at(-1 - back)?.id ?? []) }
    })
    const { outcomes } = model.place(requests, 10_000 + index * 700)
    for (const [at, outcome] of outcomes.entries()) {
      const by = requests[at]?.painter.id ?? ''
      for (const { id, gx, color } of accepted(outcome)) {
        placed.push({ id, by, gx, color })
        standing.set(gx, [...(standing.get(gx) ?? []), { id, by, gx, color }])
      }
      for (const undo of undosOf(outcome)) {
        const repeated = undone.get(undo.id)
        if (repeated) expect(undo, 'a repeat').toEqual(repeated)
        else takeOff(standing, undo, by)
        undone.set(undo.id, undo)
      }
    }
    onGroup({ model, standing })
  }
}

const undosOf = (outcome: RequestOutcome) => {
  if (outcome.kind !== 'undone') return []
  // The newest placement of a pixel is taken off first.
  const undos = outcome.results.flatMap((result) => (result.ok ? [result.undo] : []))
  return undos.toSorted((a, b) => b.atMs - a.atMs || a.gx - b.gx).reverse()
}

const takeOff = (standing: Map<number, Placed[]>, undo: { id: string; gx: number; color: number; by: string }, by: string) => {
  const list = standing.get(undo.gx) ?? []
  expect(list.at(-1), 'only what stands on top is undone').toMatchObject({ id: undo.id, by })
  list.pop()
  expect([undo.color, undo.by]).toEqual([list.at(-1)?.color ?? canvas.background, list.at(-1)?.by ?? nobody])
}

describe('undos of random groups', () => {
  test('U3: U5: each placement is taken back at most once, and the pixel shows what stands below', () => {
    fc.assert(
      fc.property(groups, (played) => {
        play(played, ({ model, standing }) => {
          for (const [gx, list] of standing) {
            expect(model.pixels.get(`${canvas.id} 0 ${gx}`)?.color).toBe(list.at(-1)?.color ?? canvas.background)
          }
        })
      }),
      { numRuns: 300 },
    )
  })

  test('A5 no painter ever has more charges than the most, whatever is undone', () => {
    fc.assert(
      fc.property(groups, (played) => {
        play(played, ({ model }) => {
          for (const { count } of model.charges.values()) {
            expect(count).toBeGreaterThanOrEqual(0)
            expect(count).toBeLessThanOrEqual(canvas.maxCharges)
          }
        })
      }),
      { numRuns: 100 },
    )
  })
})

test('U3: the charge comes back after the refill, and never above the most', () => {
  const rules = { cooldownMs: 1_000, maxCharges: 5, startCharges: 5 }
  expect(refund(rules, { count: 2, sinceMs: 0 }, 1_500)).toEqual({ count: 4, sinceMs: 1_000 })
  expect(refund(rules, { count: 4, sinceMs: 0 }, 999)).toEqual({ count: 5, sinceMs: 0 })
  expect(refund(rules, { count: 4, sinceMs: 0 }, 1_000)).toMatchObject({ count: 5 })
  expect(refund(rules, { count: 5, sinceMs: 0 }, 10).count).toBe(5)
})

test('U7: thirty a minute, or twice the charges of a canvas that has more than fifteen', () => {
  expect([1, 15, 16, 10_000].map((maxCharges) => undosPerMinute({ maxCharges }))).toEqual([30, 30, 32, 20_000])
  const most = { count: 30, sinceMs: 1_000 }
  expect(countUndo({ maxCharges: 10 }, { count: 29, sinceMs: 1_000 }, 1_000 + undoWindowMs - 1)).toEqual({ ok: true, undone: most })
  expect(countUndo({ maxCharges: 10 }, most, 1_000 + undoWindowMs - 1)).toEqual({ ok: false, retryAfterMs: 1 })
  expect(countUndo({ maxCharges: 10 }, most, 1_000 + undoWindowMs)).toEqual({ ok: true, undone: { count: 1, sinceMs: 61_000 } })
})
