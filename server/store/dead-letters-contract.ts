/** The part of the store's contract about commits that cannot be published. Called by `contract.ts`, on every adapter. */
import { describe, expect, test } from 'vitest'
import { asCanvasId, asPosition, asSeq, asTile, type CommitId } from '../../lib/brand.ts'
import { placementId } from '../../lib/commit.ts'
import type { PlaceRequest, RequestOutcome } from '../../lib/plan-group.ts'
import type { Store, UnpublishedCommit } from './port.ts'
import { paint, testCanvas, testPainter } from './store.fixture.ts'

interface Given {
  readonly store: Store
  readonly place: (requests: PlaceRequest | readonly PlaceRequest[], nowMs?: number) => Promise<RequestOutcome[]>
}

const main = asCanvasId('main')
const tile = asTile(0)
const position = (gx: number) => asPosition(gx)

export const describeDeadLetters = (given: () => Given) => {
  describe('what cannot be published', () => {
    let deadGroups = 0
    const only = async (): Promise<UnpublishedCommit> => {
      const [commit] = await given().store.getUnpublished({ limit: 1 })
      if (!commit) throw new Error('nothing waits')
      return commit
    }
    const log = async () => {
      const page = await given().store.readCommits({ canvas: main, tile, after: asSeq(0), limit: 100 })
      if (page?.kind !== 'page') throw new Error('no log')
      return page.commits.map(({ seq, cause, pixels }) => ({ seq, cause, pixels: pixels.map(({ color, previous }) => [color, previous]) }))
    }
    const publishAll = async () => {
      const { store } = given()
      await store.sequence({ limit: 100 })
      await store.markAsPublished(await store.getUnpublished({ limit: 100 }), 9_000)
    }
    const moveToDeadLetters = async (id: CommitId, attempts: number) =>
      given().store.moveToDeadLetters({ id, attempts, groupId: `deadLetterPlan${deadGroups++}`, nowMs: 5_000 })
    /** A4: what the log says is what the pixels show. */
    const expectFold = async () => {
      const { store } = given()
      const board = await store.readBoard({ canvas: main, tile })
      const page = await store.readCommits({ canvas: main, tile, after: asSeq(0), limit: 100 })
      const fold = new Uint8Array(64 * 64)
      if (page?.kind !== 'page') throw new Error('no log')
      for (const { pixels } of page.commits) {
        for (const pixel of pixels) {
          expect(pixel.previous).toBe(fold[pixel.position])
          fold[pixel.position] = pixel.color
        }
      }
      expect(Buffer.from(board?.colors ?? []).equals(fold)).toBe(true)
    }

    test('attempts are counted: the first by the number, further ones before they are made, and taken back when the transport was at fault', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }))
      const { fresh } = await store.sequence({ limit: 10 })
      const { id, attempts } = await only()
      expect(attempts).toBe(1)
      expect(fresh).toEqual(await store.getUnpublished({ limit: 10 }))
      await store.countAttempts([id])
      await store.countAttempts([id])
      expect((await only()).attempts).toBe(3)
      await store.noteFailure({ ids: [id], error: 'bad', uncount: false })
      expect((await only()).attempts).toBe(3)
      await store.noteFailure({ ids: [id], error: 'down', uncount: true })
      expect((await only()).attempts).toBe(2)
      expect((await store.sequence({ limit: 10 })).fresh).toEqual([])
    })

    test('of each tile the first commit that was tried several times is stuck, until its attempts are counted anew or it is published', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      for (const gx of [0, 70, 1, 71, 130]) await place(paint({ gx, gy: 0, color: 1 }), 1_000 + gx)
      await store.sequence({ limit: 10 })
      const waiting = await store.getUnpublished({ limit: 10 })
      const ids = waiting.filter(({ tile: of }) => of !== 2).map(({ id }) => id)
      await store.countAttempts(waiting.map(({ id }) => id))
      expect(await store.listStuck({ limit: 10 })).toEqual([])
      await store.countAttempts(ids)
      const [first] = waiting
      if (!first) throw new Error('nothing waits')
      await store.noteFailure({ ids: [first.id], error: 'bad', uncount: false })
      const stuck = await store.listStuck({ limit: 10 })
      expect(stuck.map(({ tile: of, seq, attempts, error }) => [of, seq, attempts, error])).toEqual([
        [0, 1, 3, 'bad'],
        [1, 1, 3, null],
      ])
      expect(stuck[0]).toMatchObject({ id: first.id, canvas: main, cause: 'paint', atMs: 1_000 })
      expect(await store.listStuck({ limit: 1 })).toEqual(stuck.slice(0, 1))

      expect(await store.resetAttempts(first.id)).toBe(true)
      expect(await only()).toMatchObject({ id: first.id, attempts: 0 })
      expect((await store.listStuck({ limit: 10 })).map(({ tile: of, seq }) => [of, seq])).toEqual([
        [0, 2],
        [1, 1],
      ])
      await store.markAsPublished(waiting, 9_000)
      expect(await store.listStuck({ limit: 10 })).toEqual([])
      expect(await store.resetAttempts(first.id)).toBe(false)
      expect(await store.resetAttempts('nocommit-0' as CommitId)).toBe(false)
    })

    test('A2 a tombstone does not become a dead letter, however often it was tried: its seq must be published', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }))
      await store.sequence({ limit: 10 })
      const { id } = await only()
      expect(await moveToDeadLetters(id, 1)).toBe(true)
      for (let attempt = 0; attempt < 5; attempt++) await store.countAttempts([id])
      expect(await moveToDeadLetters(id, 5)).toBe(false)
      expect(await store.listStuck({ limit: 10 })).toMatchObject([{ id, cause: 'skipped', attempts: 5 }])
    })

    test('A4 a dead letter leaves a tombstone with its seq, and the colour before it is restored', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 2 }), 500)
      await publishAll()
      await place(
        paint([
          { gx: 0, gy: 0, color: 1 },
          { gx: 1, gy: 0, color: 1 },
        ]),
        1_000,
      )
      await store.sequence({ limit: 10 })
      const dying = await only()
      await store.noteFailure({ ids: [dying.id], error: 'too bad', uncount: false })
      expect(await moveToDeadLetters(dying.id, 2), 'tried again meanwhile').toBe(false)
      expect(await moveToDeadLetters(dying.id, 1)).toBe(true)
      expect(await moveToDeadLetters(dying.id, 1), 'only once').toBe(false)
      expect(await log()).toEqual([
        { seq: 1, cause: 'paint', pixels: [[2, 0]] },
        { seq: 2, cause: 'skipped', pixels: [] },
      ])
      expect((await store.readBoard({ canvas: main, tile }))?.colors.slice(0, 2)).toEqual(new Uint8Array([2, 0]))
      await expectFold()
      expect(await store.getPixel({ canvas: main, tile, position: position(1) })).toMatchObject({ color: 0, cause: 'skipped', atMs: 5_000 })
      expect(await only()).toMatchObject({ id: dying.id, seq: 2, cause: 'skipped', pixels: [], attempts: 0 })
      expect(await store.backlog()).toMatchObject({ unpublished: 1, dead: 1 })
      const receipt = await store.getReceipt(placementId(dying.id, 1))
      expect(receipt, 'the receipt is kept with the letter').toMatchObject({ seq: 2, state: 'sequenced', position: 1 })
      const { attempts: _, ...commit } = dying
      expect(await store.listDeadLetters({ limit: 10 })).toEqual([
        { ...commit, attempts: 1, error: 'too bad', diedAtMs: 5_000, restoredAtMs: 5_000 },
      ])
      await store.sequence({ limit: 10 })
      expect((await log()).at(-1), 'whoever saw it hears that it is gone').toEqual({
        seq: 3,
        cause: 'rollback',
        pixels: [
          [2, 2],
          [0, 0],
        ],
      })
      await expectFold()
    })

    test('A4 whoever painted over it meanwhile has painted over the colour before it', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }), 1_000)
      await place(
        paint([
          { gx: 0, gy: 0, color: 2 },
          { gx: 5, gy: 0, color: 2 },
        ]),
        1_001,
      )
      await store.sequence({ limit: 10 })
      await place(
        paint([
          { gx: 1, gy: 0, color: 3 },
          { gx: 0, gy: 0, color: 3 },
        ]),
        1_002,
      )
      const [first, second] = await store.getUnpublished({ limit: 10 })
      expect(await moveToDeadLetters(second?.id as CommitId, 1)).toBe(true)
      expect((await store.readBoard({ canvas: main, tile }))?.colors.slice(0, 2)).toEqual(new Uint8Array([1, 0]))
      expect(await moveToDeadLetters(first?.id as CommitId, 1)).toBe(true)
      expect((await store.readBoard({ canvas: main, tile }))?.colors.slice(0, 2)).toEqual(new Uint8Array([0, 0]))
      await store.sequence({ limit: 10 })
      expect(await log()).toEqual([
        { seq: 1, cause: 'skipped', pixels: [] },
        { seq: 2, cause: 'skipped', pixels: [] },
        {
          seq: 3,
          cause: 'paint',
          pixels: [
            [3, 0],
            [3, 0],
          ],
        },
        // The second one's other pixel was still its own.
        { seq: 4, cause: 'rollback', pixels: [[0, 0]] },
      ])
      await expectFold()
    })

    test('a retry paints again what nobody has painted over since, and forgets the letter', async () => {
      const { store, place } = given()
      const painter = testPainter()
      await store.ensureCanvas(testCanvas())
      await place(
        paint(
          [
            { gx: 0, gy: 0, color: 1 },
            { gx: 1, gy: 0, color: 1 },
            { gx: 2, gy: 0, color: 1 },
          ],
          { painter },
        ),
        1_000,
      )
      await store.sequence({ limit: 10 })
      const { id } = await only()
      await moveToDeadLetters(id, 1)
      const retry = () => store.retryDeadLetter({ id, groupId: 'retrygroup', nowMs: 900 })
      await place(paint({ gx: 1, gy: 0, color: 3 }), 6_000)
      expect(await retry()).toEqual({ placed: 2 })
      expect(await retry()).toBeNull()
      await publishAll()
      expect((await store.readBoard({ canvas: main, tile }))?.colors.slice(0, 3)).toEqual(new Uint8Array([1, 3, 1]))
      expect(await store.getPixel({ canvas: main, tile, position: position(0) })).toEqual({
        color: 1,
        by: painter.id,
        atMs: 5_001,
        cause: 'paint',
      })
      await expectFold()
      expect(await store.backlog()).toMatchObject({ dead: 0 })
    })

    test('a retry of what is all painted over adds nothing', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }))
      await store.sequence({ limit: 10 })
      const { id } = await only()
      await moveToDeadLetters(id, 1)
      await place(paint({ gx: 0, gy: 0, color: 2 }), 6_000)
      await publishAll()
      expect(await store.retryDeadLetter({ id, groupId: 'retrygroup', nowMs: 3_000 })).toEqual({ placed: 0 })
      expect(await store.backlog()).toMatchObject({ unsequenced: 0, dead: 0 })
    })

    test('a letter is discarded', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }))
      await store.sequence({ limit: 10 })
      const { id } = await only()
      expect(await store.discardDeadLetter(id)).toBe(false)
      await moveToDeadLetters(id, 1)
      expect(await store.discardDeadLetter(id)).toBe(true)
      expect(await store.listDeadLetters({ limit: 10 })).toEqual([])
      await expectFold()
    })

    test('a published commit does not become a dead letter', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }))
      await store.sequence({ limit: 10 })
      const { id } = await only()
      await store.markAsPublished([await only()], 9_000)
      expect(await moveToDeadLetters(id, 1)).toBe(false)
    })

    test('a store that is well can be written to, and that shows nowhere', async () => {
      const { store } = given()
      await store.ensureCanvas(testCanvas())
      await store.checkWritable()
      await store.checkWritable()
      expect(await store.backlog()).toEqual({ unsequenced: 0, unpublished: 0, oldestAtMs: null, dead: 0 })
      expect(await store.isPublishingPaused()).toBe(false)
    })

    test('publishing is paused until it is resumed', async () => {
      const { store } = given()
      expect(await store.isPublishingPaused()).toBe(false)
      await store.pausePublishing(true)
      await store.pausePublishing(true)
      expect(await store.isPublishingPaused()).toBe(true)
      await store.pausePublishing(false)
      expect(await store.isPublishingPaused()).toBe(false)
    })
  })
}
