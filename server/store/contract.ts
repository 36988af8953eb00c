/**
 * What every store must do, whichever database is behind it. Written for adapters that race, stall and lose replies: it calls
 * concurrently wherever a server would, and never assumes a single writer.
 */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { asCanvasId, asPosition, asSeq, asTile, type PainterId } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { Commit, SequencedCommit, UnknownContent } from '../../lib/commit.ts'
import { pointOf, positionOf, tileOf, tilesOf } from '../../lib/geometry.ts'
import type { Placement, PlaceRequest, RequestOutcome } from '../../lib/plan-group.ts'
import { describeAdminSessions } from './admin-sessions-contract.ts'
import { describeDeadLetters } from './dead-letters-contract.ts'
import { describeEntryKinds } from './entry-kinds-contract.ts'
import { describeMembership } from './membership-contract.ts'
import type { LogPage, Store } from './port.ts'
import { describeProjections } from './projections-contract.ts'
import { paint, testCanvas, testPainter } from './store.fixture.ts'

export interface StoreUnderTest {
  readonly store: Store
  /** Writes an outbox entry of another kind, as a newer version would. */
  addUnknown(entry: Omit<Commit, 'pixels' | 'unknown'> & { readonly unknown: UnknownContent }): Promise<void>
  /** Closes the store and opens it again on the same data; the same store where nothing outlives it. */
  reopen(): Promise<Store>
  dispose(): Promise<void>
}

const main = asCanvasId('main')
const tile0 = asTile(0)

export const describeStore = (name: string, make: () => Promise<StoreUnderTest>) => {
  describe(`${name} keeps the store's contract`, () => {
    let subject: StoreUnderTest
    let store: Store
    let groups = 0

    beforeEach(async () => {
      subject = await make()
      store = subject.store
    })
    afterEach(() => subject.dispose())

    const place = (requests: PlaceRequest | readonly PlaceRequest[], nowMs = 1_000) =>
      store.place({ id: `group${(groups++).toString(36).padStart(8, '0')}`, requests: [requests].flat(), nowMs })

    /** What everybody fights for may be refused as `unavailable` on a busy machine, and nothing was saved: it is sent again, as a client does. */
    const placeAtLast = async (requests: PlaceRequest | readonly PlaceRequest[]) => {
      const all = [requests].flat()
      const outcomes: (RequestOutcome | undefined)[] = await place(all)
      for (;;) {
        const contested = outcomes.flatMap((outcome, index) => (codes(outcome).includes('unavailable') ? [index] : []))
        if (contested.length === 0) return outcomes
        const again = await place(contested.flatMap((index) => all[index] ?? []))
        for (const [position, index] of contested.entries()) outcomes[index] = again[position]
      }
    }

    const placements = (outcome: RequestOutcome | undefined): Placement[] => {
      expect(outcome?.kind).toBe('done')
      return outcome?.kind === 'done' ? outcome.results.flatMap((result) => (result.ok ? [result.placement] : [])) : []
    }

    const codes = (outcome: RequestOutcome | undefined) =>
      outcome?.kind === 'done' ? outcome.results.map((result) => (result.ok ? 'placed' : result.refusal.code)) : [outcome?.refusal.code]

    const sequenceAll = async () => {
      for (;;) {
        const { sequenced, raced } = await store.sequence({ limit: 100 })
        if (sequenced === 0 && !raced) return
      }
    }

    const log = async (canvas: Canvas, tile = tile0): Promise<SequencedCommit[]> => {
      const commits: SequencedCommit[] = []
      for (;;) {
        const page = await store.readCommits({ canvas: canvas.id, tile, after: commits.at(-1)?.seq ?? asSeq(0), limit: 1_000 })
        expect(page?.kind).toBe('page')
        if (page?.kind !== 'page' || page.commits.length === 0) return commits
        commits.push(...page.commits)
      }
    }

    const publishAll = async (nowMs = 2_000) => {
      await sequenceAll()
      for (;;) {
        const commits = await store.getUnpublished({ limit: 100 })
        if (commits.length === 0) return
        await store.markAsPublished(commits, nowMs)
      }
    }

    describe('canvases', () => {
      test('the first one made with an id stays', async () => {
        const first = await store.ensureCanvas(testCanvas())
        const second = await store.ensureCanvas(testCanvas({ title: 'Other', epoch: first.epoch }))
        expect(second).toEqual(first)
        expect(await store.getCanvas(main)).toEqual(first)
        expect(await store.getCanvas(asCanvasId('nowhere'))).toBeNull()
      })

      test('they are listed in the order of their making', async () => {
        for (const id of ['zebra', 'main', 'apple']) await store.ensureCanvas(testCanvas({ id: asCanvasId(id) }))
        expect((await store.listCanvases()).map((canvas) => canvas.id)).toEqual(['zebra', 'main', 'apple'])
      })

      test('a change raises rev by one and is there for the next placement', async () => {
        await store.ensureCanvas(testCanvas())
        const paused = await store.updateCanvas(main, { state: 'paused' })
        expect(paused).toEqual(testCanvas({ state: 'paused', rev: 2 }))
        expect(codes((await place(paint({ gx: 0, gy: 0, color: 1 })))[0])).toEqual(['canvas_paused'])
        expect((await store.updateCanvas(main, { width: 200 }))?.rev).toBe(3)
        expect(await store.updateCanvas(asCanvasId('nowhere'), { width: 200 })).toBeNull()
      })

      test('parallel changes each raise rev', async () => {
        await store.ensureCanvas(testCanvas())
        await Promise.all([1, 2, 3].map((cooldownMs) => store.updateCanvas(main, { cooldownMs })))
        expect((await store.getCanvas(main))?.rev).toBe(4)
      })
    })

    describe('placing', () => {
      test('A1 an acknowledged placement is in the pixels, the charges and the outbox', async () => {
        await store.ensureCanvas(testCanvas({ cooldownMs: 1_000 }))
        const painter = testPainter()
        const [placement] = placements((await place(paint({ gx: 5, gy: 6, color: '#ff0000' }, { painter })))[0])
        expect(placement).toMatchObject({ canvas: 'main', gx: 5, gy: 6, color: 1, tile: 0, atMs: 1_000, charges: { available: 4, max: 5 } })
        expect(await store.getPixel({ canvas: main, tile: tile0, position: asPosition(6 * 64 + 5) })).toEqual({
          color: 1,
          by: painter.id,
          atMs: 1_000,
          cause: 'paint',
        })
        expect(await store.getCharges(painter.id, main)).toEqual({ count: 4, sinceMs: 1_000 })
        expect(await store.backlog()).toEqual({ unsequenced: 1, unpublished: 0, oldestAtMs: 1_000, dead: 0 })
      })

      test('A1 a refused placement leaves nothing, and its neighbours are saved', async () => {
        await store.ensureCanvas(testCanvas())
        const outcomes = await place([
          paint({ gx: 0, gy: 0, color: 1 }),
          paint({ gx: 100, gy: 0, color: 1 }),
          paint({ gx: 0, gy: 70, color: 1 }),
          paint({ gx: 0, gy: 1, color: 4 }),
          paint({ gx: 0, gy: 1, color: '#123456' }),
          paint({ gx: 0, gy: 1, color: 1 }, { canvas: asCanvasId('nowhere') }),
          paint({ gx: 99, gy: 69, color: 3 }),
        ])
        expect(outcomes.flatMap(codes)).toEqual([
          'placed',
          'out_of_bounds',
          'out_of_bounds',
          'color_not_in_palette',
          'color_not_in_palette',
          'canvas_not_found',
          'placed',
        ])
        expect(await store.backlog()).toMatchObject({ unsequenced: 2 })
        expect(await store.getPixel({ canvas: main, tile: tile0, position: asPosition(64) })).toBeNull()
      })

      test('A5 parallel placements of one painter spend no more than the charges', async () => {
        await store.ensureCanvas(testCanvas({ cooldownMs: 60_000 }))
        const painter = testPainter()
        const outcomes = await Promise.all(
          Array.from({ length: 12 }, (_, i) =>
            placeAtLast([paint({ gx: i, gy: 0, color: 1 }, { painter }), paint({ gx: i, gy: 1, color: 1 }, { painter })]),
          ),
        )
        const all = outcomes.flat().flatMap(codes)
        expect(all.filter((code) => code === 'placed')).toHaveLength(5)
        expect(all.filter((code) => code === 'cooldown')).toHaveLength(19)
        expect(await store.getCharges(painter.id, main)).toMatchObject({ count: 0 })
      })

      test('charges come back with time, and are per canvas', async () => {
        const other = asCanvasId('other')
        await store.ensureCanvas(testCanvas({ cooldownMs: 1_000, startCharges: 1 }))
        await store.ensureCanvas(testCanvas({ id: other, cooldownMs: 1_000, startCharges: 1 }))
        const at = (nowMs: number, canvas = main) => {
          const painter = { ...testPainter(), createdAtMs: 1_000 }
          return place(paint({ gx: 0, gy: 0, color: 1 }, { canvas, painter }), nowMs).then(([outcome]) => codes(outcome)[0])
        }
        expect([await at(1_000), await at(1_000), await at(1_999), await at(2_000), await at(2_000), await at(2_000, other)]).toEqual([
          'placed',
          'cooldown',
          'cooldown',
          'placed',
          'cooldown',
          'placed',
        ])
      })

      test('charges grow and keys age by a clock of their own, and the latest time of charges is known', async () => {
        await store.ensureCanvas(testCanvas({ cooldownMs: 1_000, startCharges: 1 }))
        expect(await store.latestChargeMs()).toBeNull()
        const painter = testPainter()
        const at = async (nowMs: number, chargesNowMs: number) => {
          const request = paint({ gx: 0, gy: 0, color: 1 }, { painter, key: `k${chargesNowMs}` })
          const id = `group${(groups++).toString(36).padStart(8, '0')}`
          const [outcome] = await store.place({ id, requests: [request], nowMs, chargesNowMs })
          return codes(outcome)[0]
        }
        expect(await at(9_000, 5_000)).toBe('placed')
        expect(await at(1_000, 5_999)).toBe('cooldown')
        expect(await at(1_000, 6_000)).toBe('placed')
        expect(await store.latestChargeMs()).toBe(6_000)
        await store.trim({ publishedBeforeMs: 0, keysBeforeMs: 6_000 })
        expect(await at(1_000, 6_000)).toBe('placed')
        expect(await at(1_000, 5_000)).toBe('cooldown')
      })

      test('a pixel set three times at once has three commits, in order, later each', async () => {
        const canvas = await store.ensureCanvas(testCanvas())
        await place([1, 2, 3].map((color) => paint({ gx: 7, gy: 7, color })))
        await sequenceAll()
        const commits = await log(canvas)
        expect(commits.map((commit) => commit.pixels.map(({ color, previous }) => [color, previous]))).toEqual([
          [[1, 0]],
          [[2, 1]],
          [[3, 2]],
        ])
        expect(commits.map((commit) => commit.atMs)).toEqual([1_000, 1_001, 1_002])
      })

      test('a clock that went back does not turn the order of a pixel around', async () => {
        const canvas = await store.ensureCanvas(testCanvas())
        await place(paint({ gx: 7, gy: 7, color: 1 }), 60_000)
        await place(paint({ gx: 7, gy: 7, color: 2 }), 1_000)
        await sequenceAll()
        const commits = await log(canvas)
        expect(commits.map((commit) => commit.pixels[0]?.color)).toEqual([1, 2])
        expect(commits.map((commit) => commit.atMs)).toEqual([60_000, 60_001])
      })

      test('the same key gets the first answer again and places nothing', async () => {
        await store.ensureCanvas(testCanvas({ cooldownMs: 1_000 }))
        const [first] = await place(paint({ gx: 1, gy: 1, color: 1 }, { key: 'k' }))
        const [second] = await place(paint({ gx: 1, gy: 1, color: 1 }, { key: 'k' }), 5_000)
        expect(second).toEqual(first)
        expect(await store.backlog()).toMatchObject({ unsequenced: 1 })
        const [other] = await place(paint({ gx: 1, gy: 1, color: 2 }, { key: 'k', fingerprint: 'two' }))
        expect(codes(other)).toEqual(['idempotency_key_reused'])
        const [stranger] = await place(paint({ gx: 1, gy: 1, color: 2 }, { key: 'k', painter: testPainter('bbbb') }))
        expect(codes(stranger)).toEqual(['placed'])
      })

      test('the same key twice in parallel places once', async () => {
        await store.ensureCanvas(testCanvas())
        const request = paint({ gx: 1, gy: 1, color: 1 }, { key: 'k' })
        const outcomes = (await Promise.all([placeAtLast([request, request]), placeAtLast(request), placeAtLast(request)])).flat()
        expect(new Set(outcomes.map((outcome) => placements(outcome)[0]?.id)).size).toBe(1)
        expect(await store.backlog()).toMatchObject({ unsequenced: 1 })
      })

      test('a refusal is not remembered, and a key is forgotten when it is trimmed', async () => {
        await store.ensureCanvas(testCanvas())
        expect(codes((await place(paint({ gx: 500, gy: 1, color: 1 }, { key: 'k' })))[0])).toEqual(['out_of_bounds'])
        expect(codes((await place(paint({ gx: 1, gy: 1, color: 1 }, { key: 'k', fingerprint: 'two' })))[0])).toEqual(['placed'])
        await store.trim({ publishedBeforeMs: 0, keysBeforeMs: 1_000 })
        expect(codes((await place(paint({ gx: 2, gy: 1, color: 1 }, { key: 'k', fingerprint: 'three' })))[0])).toEqual([
          'idempotency_key_reused',
        ])
        await store.trim({ publishedBeforeMs: 0, keysBeforeMs: 1_001 })
        expect(codes((await place(paint({ gx: 2, gy: 1, color: 1 }, { key: 'k', fingerprint: 'three' })))[0])).toEqual(['placed'])
      })

      test('a commit holds at most 4,096 pixels', async () => {
        const canvas = await store.ensureCanvas(testCanvas({ width: 128, height: 64, tileSize: 128 }))
        const pixels = Array.from({ length: 4_097 }, (_, i) => ({ gx: i % 128, gy: Math.floor(i / 128), color: i % 4 }))
        await place(paint(pixels))
        await sequenceAll()
        expect((await log(canvas)).map((commit) => commit.pixels.length)).toEqual([4_096, 1])
      })

      test('A1 what was acknowledged is there after a restart', async () => {
        await store.ensureCanvas(testCanvas())
        const [placement] = placements((await place(paint({ gx: 5, gy: 6, color: 1 })))[0])
        store = await subject.reopen()
        expect(await store.getReceipt(placement?.id as Placement['id'])).toMatchObject({ state: 'committed', seq: null, atMs: 1_000 })
        await sequenceAll()
        expect(await store.getReceipt(placement?.id as Placement['id'])).toMatchObject({ state: 'sequenced', seq: 1 })
        await publishAll()
        expect(await store.getReceipt(placement?.id as Placement['id'])).toMatchObject({
          state: 'published',
          seq: 1,
          tile: 0,
          position: 6 * 64 + 5,
        })
        await store.trim({ publishedBeforeMs: 2_001, keysBeforeMs: 0 })
        expect(await store.getReceipt(placement?.id as Placement['id'])).toBeNull()
      })
    })

    describe('the outbox', () => {
      test('sequencers that race give each commit one number, without a gap, in the order of each pixel', async () => {
        const canvas = await store.ensureCanvas(testCanvas())
        const colors = new Map<number, number[]>()
        const commitQueue = async (painter: PainterId, seed: number) => {
          for (let i = 0; i < 30; i++) {
            const gx = (i * seed) % 5
            const request = paint({ gx, gy: 0, color: (i + seed) % 4 }, { painter: { ...testPainter(), id: painter } })
            // A pixel that everybody fights for may be refused as `unavailable`; a client sends it again.
            for (let saved = false; !saved; ) {
              const [outcome] = await place(request, 1_000 + ((i * 7) % 3))
              if (outcome?.kind === 'refused') expect(outcome.refusal.code).toBe('unavailable')
              saved = outcome?.kind === 'done'
            }
          }
        }
        let placing = true
        const sequencer = async () => {
          while (placing) await store.sequence({ limit: 3 })
        }
        const sequencers = [sequencer(), sequencer(), sequencer()]
        await Promise.all([commitQueue('p_a' as PainterId, 1), commitQueue('p_b' as PainterId, 2), commitQueue('p_c' as PainterId, 3)])
        placing = false
        await Promise.all(sequencers)
        await sequenceAll()

        const commits = await log(canvas)
        expect(commits.map((commit) => commit.seq)).toEqual(commits.map((_, index) => index + 1))
        expect(commits.reduce((sum, commit) => sum + commit.pixels.length, 0)).toBe(90)
        for (const commit of commits) {
          for (const { position, color, previous } of commit.pixels) {
            expect(previous, `the colour before seq ${commit.seq}`).toBe(colors.get(position)?.at(-1) ?? 0)
            colors.set(position, [...(colors.get(position) ?? []), color])
          }
        }
      })

      test('the limits are kept', async () => {
        await store.ensureCanvas(testCanvas())
        for (let i = 0; i < 5; i++) await place(paint({ gx: i, gy: 0, color: 1 }))
        const { fresh, ...result } = await store.sequence({ limit: 2 })
        expect(result).toEqual({ sequenced: 2, raced: false })
        expect(fresh, 'whole, as they wait to be published').toEqual(await store.getUnpublished({ limit: 2 }))
        expect(await store.backlog()).toEqual({ unsequenced: 3, unpublished: 2, oldestAtMs: 1_000, dead: 0 })
        await sequenceAll()
        expect((await store.getUnpublished({ limit: 3 })).map((commit) => commit.seq)).toEqual([1, 2, 3])
      })

      test('unpublished commits come tile by tile without holes, until they are marked', async () => {
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

      test('sequencing and reading what waits can be limited to some tiles', async () => {
        const { id: canvas } = await store.ensureCanvas(testCanvas())
        const only = (...tiles: number[]) => tiles.map((tile) => ({ canvas, tile: asTile(tile) }))
        for (const [index, gx] of [0, 64, 1, 65].entries()) await place(paint({ gx, gy: 0, color: 1 }), 1_000 + index)
        expect(await store.sequence({ limit: 10, tiles: [] })).toMatchObject({ sequenced: 0 })
        expect(await store.sequence({ limit: 10, tiles: only(1) })).toMatchObject({ sequenced: 2 })
        expect(await store.sequence({ limit: 10, tiles: only(1) })).toMatchObject({ sequenced: 0 })
        expect(await store.sequence({ limit: 10 })).toMatchObject({ sequenced: 2 })
        const waiting = async (tiles: ReturnType<typeof only> | null = null) =>
          (await store.getUnpublished({ limit: 10, tiles })).map(({ tile, seq }) => `${tile}/${seq}`).sort()
        expect(await waiting([])).toEqual([])
        expect(await waiting(only(1))).toEqual(['1/1', '1/2'])
        expect(await waiting(only(0, 1))).toEqual(['0/1', '0/2', '1/1', '1/2'])
        expect(await waiting()).toEqual(['0/1', '0/2', '1/1', '1/2'])
      })

      test('a quiet tile keeps counting after its last commit expired', async () => {
        const canvas = await store.ensureCanvas(testCanvas())
        for (let i = 0; i < 3; i++) await place(paint({ gx: i, gy: 0, color: 1 }))
        await publishAll(2_000)
        expect(await store.trim({ publishedBeforeMs: 2_000, keysBeforeMs: 0 })).toEqual({ removed: 0 })
        expect(await store.trim({ publishedBeforeMs: 2_001, keysBeforeMs: 0 })).toEqual({ removed: 3 })
        expect(await store.readHeads(main)).toEqual(new Map([[0, 3]]))
        store = await subject.reopen()
        await place(paint({ gx: 9, gy: 0, color: 1 }), 9_000)
        await sequenceAll()
        expect((await store.getUnpublished({ limit: 1 }))[0]?.seq).toBe(4)
        expect(await store.readCommits({ canvas: canvas.id, tile: tile0, after: asSeq(0), limit: 10 })).toMatchObject({
          kind: 'trimmed',
          head: 4,
          oldestKept: 4,
        })
        expect(await store.readCommits({ canvas: canvas.id, tile: tile0, after: asSeq(3), limit: 10 })).toMatchObject({ kind: 'page' })
      })

      test('a page ends before a hole: commits expire by the clocks of those who published them', async () => {
        const canvas = await store.ensureCanvas(testCanvas())
        for (let i = 0; i < 4; i++) await place(paint({ gx: i, gy: 0, color: 1 }))
        await sequenceAll()
        const commits = await store.getUnpublished({ limit: 10 })
        for (const commit of commits) await store.markAsPublished([commit], commit.seq === 2 ? 1_000 : 3_000)
        expect(await store.trim({ publishedBeforeMs: 2_000, keysBeforeMs: 0 })).toEqual({ removed: 1 })
        const read = (after: number) => store.readCommits({ canvas: canvas.id, tile: tile0, after: asSeq(after), limit: 10 })
        const seqs = (page: LogPage | null) => (page?.kind === 'page' ? page.commits.map((commit) => commit.seq) : page)
        expect(seqs(await read(0))).toEqual([1])
        expect(await read(1)).toMatchObject({ kind: 'trimmed', head: 4, oldestKept: 3 })
        expect(seqs(await read(2))).toEqual([3, 4])
      })

      test('an unpublished commit never expires', async () => {
        const farAwayMs = Date.parse('9000-01-01')
        await store.ensureCanvas(testCanvas())
        await place(paint({ gx: 0, gy: 0, color: 1 }), 1)
        expect(await store.trim({ publishedBeforeMs: farAwayMs, keysBeforeMs: farAwayMs })).toEqual({ removed: 0 })
        await sequenceAll()
        expect(await store.trim({ publishedBeforeMs: farAwayMs, keysBeforeMs: farAwayMs })).toEqual({ removed: 0 })
      })
    })

    describeDeadLetters(() => ({ store, place }))
    describeEntryKinds(() => ({ store, place, addUnknown: subject.addUnknown }))
    describeProjections(() => ({ store, place, reopen: async () => (store = await subject.reopen()) }))
    describeAdminSessions(() => ({ store, reopen: async () => (store = await subject.reopen()) }))
    describeMembership(() => ({ store, reopen: async () => (store = await subject.reopen()) }))

    describe('the log', () => {
      test('A4 a board is exactly the one at its head while later pixels wait for their number', async () => {
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

      test('what has no number yet is found at its pixel, oldest first, in so many commits', async () => {
        await store.ensureCanvas(testCanvas())
        await place(paint({ gx: 0, gy: 0, color: 1 }))
        await sequenceAll()
        await place(paint({ gx: 0, gy: 0, color: 2 }), 2_000)
        await place(paint({ gx: 1, gy: 0, color: 3 }), 3_000)
        await place(paint({ gx: 0, gy: 0, color: 3 }), 4_000)
        const ref = { canvas: main, tile: tile0, position: asPosition(0) }
        const { id: by } = testPainter()
        const [second, third] = [
          { color: 2, by, atMs: 2_000, cause: 'paint' },
          { color: 3, by, atMs: 4_000, cause: 'paint' },
        ]
        expect(await store.readUnsequencedPixels({ ...ref, maxCommits: 3 })).toEqual([second, third])
        expect(await store.readUnsequencedPixels({ ...ref, maxCommits: 2 })).toEqual([second])
        expect(await store.readUnsequencedPixels({ ...ref, tile: asTile(1), maxCommits: 3 })).toEqual([])
        await sequenceAll()
        expect(await store.readUnsequencedPixels({ ...ref, maxCommits: 3 })).toEqual([])
      })

      test('cells outside the canvas and untouched ones hold the background', async () => {
        const canvas = await store.ensureCanvas(testCanvas({ background: 2 }))
        const board = await store.readBoard({ canvas: main, tile: asTile(257) })
        expect(board).toEqual({ epoch: canvas.epoch, seq: 0, colors: new Uint8Array(64 * 64).fill(2) })
        expect(await store.readBoard({ canvas: main, tile: asTile(2) })).toBeNull()
        expect(await store.readBoard({ canvas: asCanvasId('nowhere'), tile: tile0 })).toBeNull()
      })

      test('pages follow each other and end at the head', async () => {
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

      test('A6 a page ends with the commit that makes it large, and holds at least one', async () => {
        await store.ensureCanvas(testCanvas({ width: 64, height: 64 }))
        const full = Array.from({ length: 4_096 }, (_, i) => ({ gx: i % 64, gy: Math.floor(i / 64), color: 1 }))
        for (let i = 0; i < 18; i++) await place(paint(full), 1_000 + i)
        expect((await store.sequence({ limit: 1_000 })).fresh.map(({ seq }) => seq)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1))
        await sequenceAll()
        const page = await store.readCommits({ canvas: main, tile: tile0, after: asSeq(0), limit: 1_000 })
        expect(page?.kind === 'page' && page.commits.map((commit) => commit.seq)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1))
        const small = await store.readCommits({ canvas: main, tile: tile0, after: asSeq(0), limit: 1_000, maxPixels: 4_097 })
        expect(small?.kind === 'page' && small.commits.length).toBe(2)
        const rest = await store.readCommits({ canvas: main, tile: tile0, after: asSeq(16), limit: 1_000 })
        expect(rest?.kind === 'page' && rest.commits.length).toBe(2)
        expect((await store.getUnpublished({ limit: 1_000 })).map((commit) => commit.seq)).toEqual(
          Array.from({ length: 16 }, (_, i) => i + 1),
        )
        // Seventy thousand pixels: a store that is written in an interpreted language takes minutes.
      }, 600_000)

      test('heads name every tile that has a commit', async () => {
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

      test('A4 whatever is painted, the board is the fold of its log and agrees with the pixels', async () => {
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
              for (const commit of await log(canvas, tile)) for (const { position, color } of commit.pixels) fold[position] = color
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

    test('a closed store says so', async () => {
      await store.ping()
      await store.close()
      await expect(store.ping()).rejects.toMatchObject({ code: 'closed' })
      await expect(place(paint({ gx: 0, gy: 0, color: 1 }))).rejects.toMatchObject({ code: 'closed' })
    })
  })
}
