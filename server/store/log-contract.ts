/** The part of the store's contract about reading boards and the log. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asCanvasId, asPosition, asSeq, asTile } from '../../lib/brand.ts'
import { pointOf, positionOf, tileOf, tilesOf } from '../../lib/geometry.ts'
import { paint, testCanvas, testPainter } from './store.fixture.ts'
import { main, type StoreContext, tile0 } from './store-context.fixture.ts'

export const describeLog = (given: () => StoreContext) => {
  describe('the log', () => {
    test('A4 a board is the one at its head, without later pixels that have no seq yet', async () => {
      const { store, place, sequenceAll, publishAll } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }))
      await publishAll()
      await place(paint({ gx: 0, gy: 0, color: 2 }))
      await place(paint({ gx: 0, gy: 0, color: 3 }), 500)
      await place(paint({ gx: 1, gy: 0, color: 3 }))
      const board = await store.readBoard({ canvas: main, tile: tile0 })
      expect([board?.seq, board?.colors[0], board?.colors[1]]).toEqual([1, 1, 0])
      expect(board?.colors).toHaveLength(64 * 64)
      await sequenceAll()
      const later = await store.readBoard({ canvas: main, tile: tile0 })
      expect([later?.seq, later?.colors[0], later?.colors[1]]).toEqual([4, 3, 3])
    })

    test('the unsequenced commits of one pixel are read oldest first, from a limited number of commits', async () => {
      const { store, place, sequenceAll } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }))
      await sequenceAll()
      await place(paint({ gx: 0, gy: 0, color: 2 }), 2_000)
      await place(paint({ gx: 1, gy: 0, color: 3 }), 3_000)
      await place(paint({ gx: 0, gy: 0, color: 3 }), 4_000)
      const ref = { canvas: main, tile: tile0, position: asPosition(0) }
      const { id: by } = testPainter()
      const [second, third] = [
        { color: 2, previous: 1, by, atMs: 2_000, cause: 'paint', undoesAtMs: null },
        { color: 3, previous: 2, by, atMs: 4_000, cause: 'paint', undoesAtMs: null },
      ]
      expect(await store.readUnsequencedPixels({ ...ref, maxCommits: 3 })).toEqual([second, third])
      expect(await store.readUnsequencedPixels({ ...ref, maxCommits: 2 })).toEqual([second])
      expect(await store.readUnsequencedPixels({ ...ref, tile: asTile(1), maxCommits: 3 })).toEqual([])
      await sequenceAll()
      expect(await store.readUnsequencedPixels({ ...ref, maxCommits: 3 })).toEqual([])
    })

    test('pixels outside the canvas and unpainted pixels have the background color', async () => {
      const { store } = given()
      const canvas = await store.ensureCanvas(testCanvas({ background: 2 }))
      const board = await store.readBoard({ canvas: main, tile: asTile(257) })
      expect(board).toEqual({ epoch: canvas.epoch, seq: 0, colors: new Uint8Array(64 * 64).fill(2) })
      expect(await store.readBoard({ canvas: main, tile: asTile(2) })).toBeNull()
      expect(await store.readBoard({ canvas: asCanvasId('nowhere'), tile: tile0 })).toBeNull()
    })

    test('pages continue one another and end at the head', async () => {
      const { store, place, sequenceAll } = given()
      await store.ensureCanvas(testCanvas())
      for (let i = 0; i < 5; i++) await place(paint({ gx: i, gy: 0, color: 1 }))
      await sequenceAll()
      const page = async (after: number, limit: number) => {
        const read = await store.readCommits({ canvas: main, tile: tile0, after: asSeq(after), limit })
        return read?.kind === 'page' ? { head: read.head, seqs: read.commits.map((commit) => commit.seq) } : read
      }
      expect(await page(0, 2)).toEqual({ head: 5, seqs: [1, 2] })
      expect(await page(2, 2)).toEqual({ head: 5, seqs: [3, 4] })
      expect(await page(4, 2)).toEqual({ head: 5, seqs: [5] })
      expect(await page(5, 2)).toEqual({ head: 5, seqs: [] })
      expect(await page(99, 2)).toEqual({ head: 5, seqs: [] })
      expect(await store.readCommits({ canvas: main, tile: asTile(99), after: asSeq(0), limit: 1 })).toBeNull()
    })

    test('A6 a page ends with the commit that reaches the bound of pixels, and holds at least one commit', async () => {
      const { store, place, sequenceAll } = given()
      await store.ensureCanvas(testCanvas({ width: 64, height: 64 }))
      const full = Array.from({ length: 4_096 }, (_, i) => ({ gx: i % 64, gy: Math.floor(i / 64), color: 1 }))
      for (let i = 0; i < 18; i++) await place(paint(full), 1_000 + i)
      const firstSixteen = Array.from({ length: 16 }, (_, i) => i + 1)
      expect((await store.sequence({ limit: 1_000 })).fresh.map(({ seq }) => seq)).toEqual(firstSixteen)
      await sequenceAll()
      const page = await store.readCommits({ canvas: main, tile: tile0, after: asSeq(0), limit: 1_000 })
      expect(page?.kind === 'page' && page.commits.map((commit) => commit.seq)).toEqual(firstSixteen)
      const small = await store.readCommits({ canvas: main, tile: tile0, after: asSeq(0), limit: 1_000, maxPixels: 4_097 })
      expect(small?.kind === 'page' && small.commits.length).toBe(2)
      const rest = await store.readCommits({ canvas: main, tile: tile0, after: asSeq(16), limit: 1_000 })
      expect(rest?.kind === 'page' && rest.commits.length).toBe(2)
      expect((await store.getUnpublished({ limit: 1_000 })).map((commit) => commit.seq)).toEqual(firstSixteen)
      // An interpreted stand-in for MongoDB takes minutes for these 70,000 pixels.
    }, 600_000)

    test('heads are read of every tile that has a sequenced commit', async () => {
      const { store, place, sequenceAll } = given()
      await store.ensureCanvas(testCanvas())
      expect(await store.readHeads(main)).toEqual(new Map())
      await place([paint({ gx: 0, gy: 0, color: 1 }), paint({ gx: 99, gy: 69, color: 1 })])
      expect(await store.readHeads(main)).toEqual(new Map())
      await sequenceAll()
      expect(await store.readHeads(main)).toEqual(
        new Map([
          [0, 1],
          [257, 1],
        ]),
      )
    })

    test('A4 after any placements, the board is the fold of its log and agrees with the pixels', async () => {
      const { store, place, sequenceAll, readLog } = given()
      const canvas = await store.ensureCanvas(testCanvas())
      const pixel = fc.record({ gx: fc.constantFrom(0, 1, 63, 64, 99), gy: fc.constantFrom(0, 63, 64, 69), color: fc.nat(3) })
      const step = fc.oneof(
        fc.record({ do: fc.constant('place' as const), pixels: fc.array(pixel, { minLength: 1, maxLength: 8 }), nowMs: fc.nat(50) }),
        fc.record({ do: fc.constant('sequence' as const), limit: fc.integer({ min: 1, max: 4 }) }),
        fc.record({ do: fc.constant('publish' as const), limit: fc.integer({ min: 1, max: 4 }) }),
      )
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
          for (const action of steps) {
            if (action.do === 'place')
              await place(
                action.pixels.map((wanted) => paint(wanted)),
                action.nowMs,
              )
            if (action.do === 'sequence') await store.sequence({ limit: action.limit })
            if (action.do === 'publish') await store.markAsPublished(await store.getUnpublished({ limit: action.limit }), 1)
          }
          for (const tile of tilesOf(canvas)) {
            const fold = new Uint8Array(64 * 64)
            for (const commit of await readLog(tile)) for (const { position, color } of commit.pixels) fold[position] = color
            const board = await store.readBoard({ canvas: main, tile })
            expect(board?.colors).toEqual(fold)
          }
        }),
        { numRuns: 25 },
      )
      await sequenceAll()
      for (const tile of tilesOf(canvas)) {
        const board = await store.readBoard({ canvas: main, tile })
        for (const position of [0, 1, 63, 64 * 63]) {
          const point = pointOf(64, tile, asPosition(position))
          expect([tileOf(64, point), positionOf(64, point)]).toEqual([tile, position])
          const stored = await store.getPixel({ canvas: main, tile, position: asPosition(position) })
          expect(board?.colors[position]).toBe(stored?.color ?? 0)
        }
      }
    })
  })
}
