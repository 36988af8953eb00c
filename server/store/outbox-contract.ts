/** The part of the store's contract about the outbox: sequencing, publishing and trimming. */
import { describe, expect, test } from 'vitest'
import { asPainterId, asSeq, asTile } from '../../lib/brand.ts'
import type { LogPage } from './port.ts'
import { paint, testCanvas, testPainter } from './store.fixture.ts'
import { main, type StoreContext, tile0 } from './store-context.fixture.ts'

export const describeOutbox = (given: () => StoreContext) => {
  describe('the outbox', () => {
    test('A3 concurrent sequencers give each commit one seq, without gaps, and in the order of each pixel', async () => {
      const { store, placeUntilSaved, sequenceAll, readLog } = given()
      await store.ensureCanvas(testCanvas())
      const colors = new Map<number, number[]>()
      const paintMany = async (painter: string, seed: number) => {
        for (let i = 0; i < 30; i++) {
          const pixel = { gx: (i * seed) % 5, gy: 0, color: (i + seed) % 4 }
          await placeUntilSaved(paint(pixel, { painter: { ...testPainter(), id: asPainterId(painter) } }), 1_000 + ((i * 7) % 3))
        }
      }
      let placing = true
      const sequencer = async () => {
        while (placing) await store.sequence({ limit: 3 })
      }
      const sequencers = [sequencer(), sequencer(), sequencer()]
      await Promise.all([paintMany('p_a', 1), paintMany('p_b', 2), paintMany('p_c', 3)])
      placing = false
      await Promise.all(sequencers)
      await sequenceAll()

      const commits = await readLog()
      expect(commits.map((commit) => commit.seq)).toEqual(commits.map((_, index) => index + 1))
      expect(commits.reduce((sum, commit) => sum + commit.pixels.length, 0)).toBe(90)
      for (const commit of commits) {
        for (const { position, color, previous } of commit.pixels) {
          expect(previous, `the colour before seq ${commit.seq}`).toBe(colors.get(position)?.at(-1) ?? 0)
          colors.set(position, [...(colors.get(position) ?? []), color])
        }
      }
    })

    test('sequencing and reading stop at the limit', async () => {
      const { store, place, sequenceAll } = given()
      await store.ensureCanvas(testCanvas())
      for (let i = 0; i < 5; i++) await place(paint({ gx: i, gy: 0, color: 1 }))
      const { fresh, ...result } = await store.sequence({ limit: 2 })
      expect(result).toEqual({ sequenced: 2, raced: false })
      expect(fresh, 'whole commits').toEqual(await store.getUnpublished({ limit: 2 }))
      expect(await store.backlog()).toEqual({ unsequenced: 3, unpublished: 2, oldestAtMs: 1_000, dead: 0 })
      await sequenceAll()
      expect((await store.getUnpublished({ limit: 3 })).map((commit) => commit.seq)).toEqual([1, 2, 3])
    })

    test('unpublished commits come tile by tile in the order of their seqs, until they are marked', async () => {
      const { store, place, sequenceAll } = given()
      const canvas = await store.ensureCanvas(testCanvas())
      for (const gx of [0, 70, 1, 71, 2]) await place(paint({ gx, gy: 0, color: 1 }))
      await sequenceAll()
      const commits = await store.getUnpublished({ limit: 10 })
      const seqsOf = (tile: number) => commits.filter((commit) => commit.tile === tile).map((commit) => commit.seq)
      expect([seqsOf(0), seqsOf(1)]).toEqual([
        [1, 2, 3],
        [1, 2],
      ])
      expect(commits[0]).toMatchObject({ canvas: 'main', epoch: canvas.epoch, cause: 'paint', atMs: 1_000 })
      await store.markAsPublished(commits.slice(0, 1), 2_000)
      await store.markAsPublished(commits.slice(0, 1), 3_000)
      expect(await store.getUnpublished({ limit: 10 })).toHaveLength(4)
      await store.markAsPublished([...commits].reverse(), 2_000)
      expect(await store.backlog()).toEqual({ unsequenced: 0, unpublished: 0, oldestAtMs: null, dead: 0 })
    })

    test('sequencing and reading can be limited to some tiles', async () => {
      const { store, place } = given()
      const { id: canvas } = await store.ensureCanvas(testCanvas())
      const only = (...tiles: number[]) => tiles.map((tile) => ({ canvas, tile: asTile(tile) }))
      for (const [index, gx] of [0, 64, 1, 65].entries()) await place(paint({ gx, gy: 0, color: 1 }), 1_000 + index)
      const sequence = async (tiles: ReturnType<typeof only> | null) => (await store.sequence({ limit: 10, tiles })).sequenced
      expect([await sequence([]), await sequence(only(1)), await sequence(only(1)), await sequence(null)]).toEqual([0, 2, 0, 2])
      const waiting = async (tiles: ReturnType<typeof only> | null = null) =>
        (await store.getUnpublished({ limit: 10, tiles })).map(({ tile, seq }) => `${tile}/${seq}`).sort()
      expect(await waiting([])).toEqual([])
      expect(await waiting(only(1))).toEqual(['1/1', '1/2'])
      expect(await waiting(only(0, 1))).toEqual(['0/1', '0/2', '1/1', '1/2'])
      expect(await waiting()).toEqual(['0/1', '0/2', '1/1', '1/2'])
    })

    test("A3 a tile's seqs continue after all its commits have expired", async () => {
      const { store: before, place, sequenceAll, publishAll, reopen } = given()
      await before.ensureCanvas(testCanvas())
      for (let i = 0; i < 3; i++) await place(paint({ gx: i, gy: 0, color: 1 }))
      await publishAll(2_000)
      expect(await before.trim({ publishedBeforeMs: 2_000, keysBeforeMs: 0 })).toEqual({ removed: 0 })
      expect(await before.trim({ publishedBeforeMs: 2_001, keysBeforeMs: 0 })).toEqual({ removed: 3 })
      expect(await before.readHeads(main)).toEqual(new Map([[0, 3]]))
      const store = await reopen()
      await place(paint({ gx: 9, gy: 0, color: 1 }), 9_000)
      await sequenceAll()
      expect((await store.getUnpublished({ limit: 1 }))[0]?.seq).toBe(4)
      expect(await store.readCommits({ canvas: main, tile: tile0, after: asSeq(0), limit: 10 })).toMatchObject({
        kind: 'trimmed',
        head: 4,
        oldestKept: 4,
      })
      expect(await store.readCommits({ canvas: main, tile: tile0, after: asSeq(3), limit: 10 })).toMatchObject({ kind: 'page' })
    })

    test('A3 the seqs of several tiles continue while more than a thousand commits are not published', async () => {
      const { store, place, sequenceAll } = given()
      await store.ensureCanvas(testCanvas())
      const oneTile = Array.from({ length: 1_001 }, (_, i) => paint({ gx: 0, gy: 0, color: i % 4 }))
      await place([paint({ gx: 70, gy: 0, color: 1 }), ...oneTile])
      await sequenceAll()
      await place([paint({ gx: 71, gy: 0, color: 1 }), paint({ gx: 1, gy: 0, color: 1 })], 9_000)
      await sequenceAll()
      expect(await store.readHeads(main)).toEqual(
        new Map([
          [0, 1_002],
          [1, 2],
        ]),
      )
    })

    test('a page of the log ends before a commit that has expired earlier than its neighbours', async () => {
      const { store, place, sequenceAll } = given()
      await store.ensureCanvas(testCanvas())
      for (let i = 0; i < 4; i++) await place(paint({ gx: i, gy: 0, color: 1 }))
      await sequenceAll()
      const commits = await store.getUnpublished({ limit: 10 })
      for (const commit of commits) await store.markAsPublished([commit], commit.seq === 2 ? 1_000 : 3_000)
      expect(await store.trim({ publishedBeforeMs: 2_000, keysBeforeMs: 0 })).toEqual({ removed: 1 })
      const read = (after: number) => store.readCommits({ canvas: main, tile: tile0, after: asSeq(after), limit: 10 })
      const seqs = (page: LogPage | null) => (page?.kind === 'page' ? page.commits.map((commit) => commit.seq) : page)
      expect(seqs(await read(0))).toEqual([1])
      expect(await read(1)).toMatchObject({ kind: 'trimmed', head: 4, oldestKept: 3 })
      expect(seqs(await read(2))).toEqual([3, 4])
    })

    test('A2 an unpublished commit never expires', async () => {
      const { store, place, sequenceAll } = given()
      const farAwayMs = Date.parse('9000-01-01')
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }), 1)
      expect(await store.trim({ publishedBeforeMs: farAwayMs, keysBeforeMs: farAwayMs })).toEqual({ removed: 0 })
      await sequenceAll()
      expect(await store.trim({ publishedBeforeMs: farAwayMs, keysBeforeMs: farAwayMs })).toEqual({ removed: 0 })
    })
  })
}
