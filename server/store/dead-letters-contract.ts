/** The part of the store's contract about commits that cannot be published. */
import { describe, expect, test } from 'vitest'
import { asPosition, type CommitId } from '../../lib/brand.ts'
import { placementId } from '../../lib/commit.ts'
import type { UnpublishedCommit } from './port.ts'
import { countAttempts, paint, testCanvas, testPainter } from './store.fixture.ts'
import { main, type StoreContext, tile0 as tile } from './store-context.fixture.ts'

export const describeDeadLetters = (given: () => StoreContext) => {
  describe('commits that cannot be published', () => {
    const readFirst = async (): Promise<UnpublishedCommit> => {
      const [commit] = await given().store.getUnpublished({ limit: 1 })
      if (!commit) throw new Error('no commit is unpublished')
      return commit
    }
    const log = async () =>
      (await given().readLog()).map(({ seq, cause, pixels }) => ({
        seq,
        cause,
        pixels: pixels.map(({ color, previous }) => [color, previous]),
      }))
    const moveToDeadLetters = async (id: CommitId, attempts: number) =>
      given().store.moveToDeadLetters({ id, attempts, groupId: given().nextGroupId(), nowMs: 5_000 })
    /** A4: the board is the fold of the log. */
    const expectFold = async () => {
      const board = await given().store.readBoard({ canvas: main, tile })
      const fold = new Uint8Array(64 * 64)
      for (const { pixels } of await given().readLog()) {
        for (const pixel of pixels) {
          expect(pixel.previous).toBe(fold[pixel.position])
          fold[pixel.position] = pixel.color
        }
      }
      expect(Buffer.from(board?.colors ?? []).equals(fold)).toBe(true)
    }

    test('sequencing counts the first attempt, later ones are counted before they begin, and a failure of the transport does not count', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }))
      const { fresh } = await store.sequence({ limit: 10 })
      const { id, attempts } = await readFirst()
      expect(attempts).toBe(1)
      expect(fresh).toEqual(await store.getUnpublished({ limit: 10 }))
      await countAttempts(store, [id])
      await countAttempts(store, [id])
      expect((await readFirst()).attempts).toBe(3)
      await store.noteFailure({ ids: [id], error: 'bad', uncount: false })
      expect((await readFirst()).attempts).toBe(3)
      await store.noteFailure({ ids: [id], error: 'down', uncount: true })
      expect((await readFirst()).attempts).toBe(2)
      expect((await store.sequence({ limit: 10 })).fresh).toEqual([])
    })

    test('an attempt is counted once, however often the call is repeated or arrives late', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }))
      await store.sequence({ limit: 10 })
      const read = await store.getUnpublished({ limit: 10 })
      for (let round = 0; round < 3; round++) await store.countAttempts(read)
      const counted = await store.getUnpublished({ limit: 10 })
      expect(counted.map(({ attempts }) => attempts)).toEqual([2])
      await store.countAttempts(counted)
      await store.countAttempts(read)
      expect((await readFirst()).attempts).toBe(3)
      for (let round = 0; round < 5; round++) await store.noteFailure({ ids: read.map(({ id }) => id), error: 'down', uncount: true })
      expect((await readFirst()).attempts).toBe(0)
    })

    test('the first commit of a tile that was tried several times is stuck, until its attempts are reset or it is published', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      for (const gx of [0, 70, 1, 71, 130]) await place(paint({ gx, gy: 0, color: 1 }), 1_000 + gx)
      await store.sequence({ limit: 10 })
      const waiting = await store.getUnpublished({ limit: 10 })
      const ids = waiting.filter(({ tile: of }) => of !== 2).map(({ id }) => id)
      await store.countAttempts(waiting)
      expect(await store.listStuck({ limit: 10 })).toEqual([])
      await countAttempts(store, ids)
      const [first] = waiting
      if (!first) throw new Error('no commit is unpublished')
      await store.noteFailure({ ids: [first.id], error: 'bad', uncount: false })
      const stuck = await store.listStuck({ limit: 10 })
      expect(stuck.map(({ tile: of, seq, attempts, error }) => [of, seq, attempts, error])).toEqual([
        [0, 1, 3, 'bad'],
        [1, 1, 3, null],
      ])
      expect(stuck[0]).toMatchObject({ id: first.id, canvas: main, cause: 'paint', atMs: 1_000 })
      expect(await store.listStuck({ limit: 1 })).toEqual(stuck.slice(0, 1))

      expect(await store.resetAttempts(first.id)).toBe(true)
      expect(await readFirst()).toMatchObject({ id: first.id, attempts: 0 })
      expect((await store.listStuck({ limit: 10 })).map(({ tile: of, seq }) => [of, seq])).toEqual([
        [0, 2],
        [1, 1],
      ])
      await store.markAsPublished(waiting, 9_000)
      expect(await store.listStuck({ limit: 10 })).toEqual([])
      expect(await store.resetAttempts(first.id)).toBe(false)
      expect(await store.resetAttempts('nocommit-0' as CommitId)).toBe(false)
    })

    test('A2 a tombstone never becomes a dead letter, because its seq must be published', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }))
      await store.sequence({ limit: 10 })
      const { id } = await readFirst()
      expect(await moveToDeadLetters(id, 1)).toBe(true)
      for (let attempt = 0; attempt < 5; attempt++) await countAttempts(store, [id])
      expect(await moveToDeadLetters(id, 5)).toBe(false)
      expect(await store.listStuck({ limit: 10 })).toMatchObject([{ id, cause: 'skipped', attempts: 5 }])
    })

    test('A4 a dead letter leaves a tombstone with its seq, and its pixels get their previous colors', async () => {
      const { store, place, publishAll } = given()
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
      const failed = await readFirst()
      await store.noteFailure({ ids: [failed.id], error: 'too bad', uncount: false })
      expect(await moveToDeadLetters(failed.id, 2), 'the count of attempts has changed').toBe(false)
      expect(await moveToDeadLetters(failed.id, 1)).toBe(true)
      expect(await moveToDeadLetters(failed.id, 1), 'only once').toBe(false)
      expect(await log()).toEqual([
        { seq: 1, cause: 'paint', pixels: [[2, 0]] },
        { seq: 2, cause: 'skipped', pixels: [] },
      ])
      expect((await store.readBoard({ canvas: main, tile }))?.colors.slice(0, 2)).toEqual(new Uint8Array([2, 0]))
      await expectFold()
      expect(await store.getPixel({ canvas: main, tile, position: asPosition(1) })).toMatchObject({
        color: 0,
        cause: 'skipped',
        atMs: 5_000,
      })
      expect(await readFirst()).toMatchObject({ id: failed.id, seq: 2, cause: 'skipped', pixels: [], attempts: 0 })
      expect(await store.backlog()).toMatchObject({ unpublished: 1, dead: 1 })
      const receipt = await store.getReceipt(placementId(failed.id, 1))
      expect(receipt, 'the dead letter keeps the receipt').toMatchObject({ seq: 2, state: 'sequenced', position: 1 })
      const { attempts: _, ...commit } = failed
      expect(await store.listDeadLetters({ limit: 10 })).toEqual([
        { ...commit, attempts: 1, error: 'too bad', diedAtMs: 5_000, restoredAtMs: 5_000 },
      ])
      await store.sequence({ limit: 10 })
      expect((await log()).at(-1), 'a new commit states the restored colours').toEqual({
        seq: 3,
        cause: 'rollback',
        pixels: [
          [2, 2],
          [0, 0],
        ],
      })
      await expectFold()
    })

    test('A4 a later commit on a pixel of a dead letter has replaced the color before the dead letter', async () => {
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
        // Nobody has painted the other pixel of the second commit since.
        { seq: 4, cause: 'rollback', pixels: [[0, 0]] },
      ])
      await expectFold()
    })

    test('a retry places again the pixels that nobody has painted since, and removes the dead letter', async () => {
      const { store, place, publishAll } = given()
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
      const { id } = await readFirst()
      await moveToDeadLetters(id, 1)
      const retry = () => store.retryDeadLetter({ id, groupId: 'retrygroup', nowMs: 900 })
      await place(paint({ gx: 1, gy: 0, color: 3 }), 6_000)
      expect(await retry()).toEqual({ placed: 2 })
      expect(await retry()).toBeNull()
      await publishAll()
      expect((await store.readBoard({ canvas: main, tile }))?.colors.slice(0, 3)).toEqual(new Uint8Array([1, 3, 1]))
      expect(await store.getPixel({ canvas: main, tile, position: asPosition(0) })).toEqual({
        color: 1,
        by: painter.id,
        atMs: 5_001,
        cause: 'paint',
      })
      await expectFold()
      expect(await store.backlog()).toMatchObject({ dead: 0 })
    })

    test('a retry adds no commit when all pixels were painted since', async () => {
      const { store, place, publishAll } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }))
      await store.sequence({ limit: 10 })
      const { id } = await readFirst()
      await moveToDeadLetters(id, 1)
      await place(paint({ gx: 0, gy: 0, color: 2 }), 6_000)
      await publishAll()
      expect(await store.retryDeadLetter({ id, groupId: 'retrygroup', nowMs: 3_000 })).toEqual({ placed: 0 })
      expect(await store.backlog()).toMatchObject({ unsequenced: 0, dead: 0 })
    })

    test('a discarded dead letter is gone, and the board stays the fold of the log', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }))
      await store.sequence({ limit: 10 })
      const { id } = await readFirst()
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
      const { id } = await readFirst()
      await store.markAsPublished([await readFirst()], 9_000)
      expect(await moveToDeadLetters(id, 1)).toBe(false)
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
