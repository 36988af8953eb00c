/** The part of the store's contract about painters' profiles and the order of painters. */
import { beforeEach, describe, expect, test } from 'vitest'
import { asCommitId, asEpoch, asPainterId, asPosition, asSeq, asTile } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import type { AuditReading } from './audit-port.ts'
import type { Store } from './port.ts'
import { testCanvas } from './store.fixture.ts'
import { main, type StoreContext } from './store-context.fixture.ts'

const tile = asTile(1)
const epoch = asEpoch('epoch001')
const day = 86_400_000

const commit = (seq: number, atMs: number, by: string, pixels: readonly [position: number, color: number, previous: number][]) => ({
  ...{ canvas: main, tile, epoch, atMs, cause: 'paint' as const },
  id: asCommitId(`commit00-${seq}`),
  seq: asSeq(seq),
  pixels: pixels.map(([position, color, previous]) => ({ position: asPosition(position), color, previous, by: asPainterId(by) })),
})
const at = (position: number): [number, number, number] => [position, 1, 0]

/** `p_a` and `p_b` have three each in all, `p_c` has four. On the second day `p_b` has one and `p_c` two. */
const twoDays = [
  commit(1, 1_000, 'p_a', [at(0), at(1), at(2)]),
  commit(2, 2_000, 'p_b', [at(0), at(1)]),
  commit(3, day - 1, 'p_c', [at(0), at(1)]),
  commit(4, day, 'p_c', [at(5), at(70)]),
  commit(5, day + 5_000, 'p_b', [at(64)]),
]

const projectAll = async ({ projections }: Store, after: number, commits: readonly SequencedCommit[]) => {
  for (const name of ['stats', 'profiles'] as const) {
    const range = { after: asSeq(after), to: asSeq(after + commits.length) }
    expect(await projections.project({ canvas: main, tile, name, epoch, tileSize: 64, ...range, commits })).toBe(true)
  }
}
const leaders = ({ projections }: Store, ofDay: number | null, limit = 100) => projections.readLeaders({ canvas: main, day: ofDay, limit })

export const describeProfiles = (given: () => StoreContext) => {
  describe('painters', () => {
    beforeEach(() => given().store.ensureCanvas(testCanvas()))

    test('N1 the order of painters is by pixels placed, in all and on a day', async () => {
      const { store } = given()
      await projectAll(store, 0, twoDays)
      expect(await leaders(store, null)).toEqual({
        painters: [
          { by: 'p_c', placed: 4 },
          { by: 'p_a', placed: 3 },
          { by: 'p_b', placed: 3 },
        ],
        placed: 10,
        painterCount: 3,
      })
      expect(await leaders(store, 1)).toEqual({
        painters: [
          { by: 'p_c', placed: 2 },
          { by: 'p_b', placed: 1 },
        ],
        placed: 3,
        painterCount: 2,
      })
      expect((await leaders(store, null, 1)).painters).toEqual([{ by: 'p_c', placed: 4 }])
      expect(await leaders(store, 2)).toEqual({ painters: [], placed: 0, painterCount: 0 })
    })

    test('N1 a profile has the places, the colors, and the first and latest pixels, after a restart, too', async () => {
      const context = given()
      // In two parts: a profile is merged with what is stored.
      await projectAll(context.store, 0, twoDays.slice(0, 3))
      await projectAll(context.store, 3, twoDays.slice(3))
      const { projections } = await context.reopen()
      const read = (painter: string) => projections.readProfile({ canvas: main, painter: asPainterId(painter), day: 1 })
      expect(await read('p_b')).toEqual({
        profile: {
          ...{ day: 1, placedThatDay: 1, placed: 3, colors: { 1: 3 } },
          first: { atMs: 2_000, gx: 64, gy: 0, color: 1 },
          recent: [
            { atMs: day + 5_000, gx: 64, gy: 1, color: 1 },
            { atMs: 2_000, gx: 65, gy: 0, color: 1 },
            { atMs: 2_000, gx: 64, gy: 0, color: 1 },
          ],
        },
        all: { placed: 3, ahead: 1, next: 4 },
        day: { placed: 1, ahead: 1, next: 2 },
      })
      expect((await read('p_a')).day).toEqual({ placed: 0, ahead: 2, next: 1 })
      expect((await read('p_c')).all).toEqual({ placed: 4, ahead: 0, next: null })
      expect(await read('p_x')).toEqual({ profile: null, all: { placed: 0, ahead: 3, next: 3 }, day: { placed: 0, ahead: 2, next: 1 } })
    })

    test('N1 repainting the same color earns nothing, and the sums of the statistics still agree', async () => {
      const { store } = given()
      await projectAll(store, 0, [commit(1, 1_000, 'p_a', [at(0), [1, 2, 2]]), commit(2, 2_000, 'p_b', [[0, 1, 1]])])
      const onlyA = { painters: [{ by: 'p_a', placed: 1 }], placed: 1, painterCount: 1 }
      expect([await leaders(store, null), await leaders(store, 0)]).toEqual([onlyA, onlyA])
      expect((await store.projections.readStats({ canvas: main, maxPainters: 9, sinceMs: 0 })).painters).toEqual(onlyA.painters)
      if (store.kind === 'memory') return
      const audited = store as Store & AuditReading
      expect(await audited.sumStats(main)).toMatchObject({ painters: 3, minutes: 3, cells: 3 })
      expect(await audited.sumProfiles(main)).toMatchObject({ placed: 1, newestDay: { day: 0, placed: 1 } })
    })
  })
}
