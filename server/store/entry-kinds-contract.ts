/** The part of the store's contract about outbox entries that are no pixels. */
import { describe, expect, test } from 'vitest'
import { asCommitId, asSeq, type CommitId } from '../../lib/brand.ts'
import { canvasOfEntry, controlTile } from '../../lib/control-log.ts'
import { maxAttempts } from '../../lib/dead-letter.ts'
import { countAttempts, paint, readWholeLog, testCanvas, updateCanvas } from './store.fixture.ts'
import { main, type StoreContext, tile0 as tile } from './store-context.fixture.ts'

const bytes = new Uint8Array([255, 255, 7])
const id = asCommitId('fromanewerversion')

export const describeEntryKinds = (given: () => StoreContext) => {
  describe('an entry of an unknown kind', () => {
    const setUp = async () => {
      const { store, place, addUnknown } = given()
      const canvas = await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }), 1_000)
      const content = { kind: 'sticker', bytes }
      await addUnknown({ id, canvas: main, tile, epoch: canvas.epoch, atMs: 2_000, cause: 'paint', content })
      await place(paint({ gx: 1, gy: 0, color: 2 }), 3_000)
      return store
    }
    const contents = (commits: readonly { seq: number; pixels: readonly unknown[]; content?: { kind: string; bytes: Uint8Array } }[]) =>
      commits.map(({ seq, pixels, content }) => [seq, pixels.length, content && [content.kind, ...content.bytes]])
    const expected = [
      [1, 1, undefined],
      [2, 0, ['sticker', 255, 255, 7]],
      [3, 1, undefined],
    ]

    test('A3 gets its seq, keeps its content, and does not delay the entries after it', async () => {
      const store = await setUp()
      expect([...((await store.readBoard({ canvas: main, tile }))?.colors.slice(0, 2) ?? [])]).toEqual([0, 0])
      expect(contents((await store.sequence({ limit: 10 })).fresh)).toEqual(expected)
      const commits = await store.getUnpublished({ limit: 10 })
      expect(contents(commits)).toEqual(expected)
      await store.markAsPublished(commits, 4_000)
      const page = await store.readCommits({ canvas: main, tile, after: asSeq(0), limit: 10 })
      expect(page?.kind === 'page' && contents(page.commits)).toEqual(expected)
      const board = await store.readBoard({ canvas: main, tile })
      expect([board?.seq, board?.colors[0], board?.colors[1]]).toEqual([3, 1, 2])
    })

    test('adds nothing to projections, and projections continue after it', async () => {
      const store = await setUp()
      await store.sequence({ limit: 10 })
      const commits = await store.getUnpublished({ limit: 10 })
      const { epoch, tileSize } = testCanvas()
      for (const name of ['history', 'stats', 'profiles'] as const) {
        const move = { name, canvas: main, tile, epoch, tileSize, after: asSeq(0), to: asSeq(3), commits }
        expect(await store.projections.project(move)).toBe(true)
        expect((await store.projections.readCursors({ name, canvas: main })).get(tile)?.seq).toBe(3)
      }
    })

    test('can become a dead letter, which this version does not requeue', async () => {
      const store = await setUp()
      await store.sequence({ limit: 10 })
      for (let attempt = 1; attempt < maxAttempts; attempt++) await countAttempts(store, [id])
      expect(await store.moveToDeadLetters({ id, attempts: maxAttempts, groupId: 'deadgroup', nowMs: 5_000 })).toBe(true)
      expect((await store.listDeadLetters({ limit: 10 })).map((deadLetter) => [deadLetter.id, deadLetter.pixels.length])).toEqual([[id, 0]])
      expect(await store.retryDeadLetter({ id, groupId: 'retrygroup', nowMs: 6_000 })).toBeNull()
      expect(await store.listDeadLetters({ limit: 10 })).toHaveLength(1)
      const unpublished = await store.getUnpublished({ limit: 10 })
      expect(unpublished.map(({ seq, cause, content }) => [seq, cause, content?.kind])).toEqual([
        [1, 'paint', undefined],
        [2, 'skipped', undefined],
        [3, 'paint', undefined],
      ])
    })
  })

  describe('a dead letter of a control entry', () => {
    const makeDeadLetter = async (id: CommitId) => {
      const { store } = given()
      await store.sequence({ limit: 10 })
      expect(await store.moveToDeadLetters({ id, attempts: 1, groupId: 'deadgroup', nowMs: 5_000 })).toBe(true)
    }
    const changeTitle = async () => {
      const { store } = given()
      await store.ensureCanvas(testCanvas())
      await store.updateCanvas({ id: main, change: { title: 'New' }, rev: 1, groupId: 'titlechange', nowMs: 2_000 })
      return asCommitId('titlechange-0')
    }

    test('is retried: the present canvas is announced with a new revision, exactly once', async () => {
      const { store } = given()
      const id = await changeTitle()
      await makeDeadLetter(id)
      await updateCanvas(store, { cooldownMs: 7 })
      expect(await store.retryDeadLetter({ id, groupId: 'retrygroup', nowMs: 6_000 })).toEqual({ placed: 0, rev: 4 })
      expect(await store.retryDeadLetter({ id, groupId: 'retrygroup2', nowMs: 6_000 })).toBeNull()
      expect(await store.listDeadLetters({ limit: 10 })).toEqual([])
      expect(await store.getCanvas(main)).toMatchObject({ title: 'New', cooldownMs: 7, rev: 4 })
      await store.sequence({ limit: 10 })
      const log = await readWholeLog(store, { canvas: main, tile: controlTile })
      expect(log.map((entry) => [entry.seq, entry.cause, canvasOfEntry(entry)?.rev])).toEqual([
        [1, 'skipped', undefined],
        [2, 'paint', 3],
        [3, 'paint', 4],
      ])
      expect(canvasOfEntry(log[2] as never)).toEqual(await store.getCanvas(main))
    })

    test('is discarded without a change of the canvas', async () => {
      const { store } = given()
      const id = await changeTitle()
      await makeDeadLetter(id)
      expect(await store.discardDeadLetter(id)).toBe(true)
      expect(await store.getCanvas(main)).toMatchObject({ title: 'New', rev: 2 })
    })
  })
}
