/** The part of the store's contract about boards that are deleted or started over (`lib/erasing.ts`). */
import { describe, expect, test } from 'vitest'
import { asCanvasId, asEpoch, asPosition, asSeq, asTile } from '../../lib/brand.ts'
import { canvasOfEntry, controlTile } from '../../lib/control-log.ts'
import { type Erasing, erasingEnded, planErasing } from '../../lib/erasing.ts'
import { BoardEraser } from '../erasing/board-eraser.ts'
import { noFailpoints } from '../failpoints.ts'
import { silentLogger } from '../observability/log.ts'
import type { Store } from './port.ts'
import { logProjections } from './projections-port.ts'
import { countAttempts, paint, readWholeLog, testCanvas, testPainter } from './store.fixture.ts'
import { codesOf, main, placementsOf, type StoreContext, tile0 } from './store-context.fixture.ts'

const other = asCanvasId('other')
const ref = { canvas: main, tile: tile0 }
const newEpoch = asEpoch('epoch002')
const never = new AbortController().signal
const [alice, bob] = [testPainter('alice'), testPainter('bobby')]
const first = { gx: 1, gy: 1, color: 1 }

/** Two boards with rows of every kind. Returns commits that a publisher has read and not marked. */
const fill = async ({ store, place, publishAll, nextGroupId, sequenceAll }: StoreContext) => {
  for (const id of [main, other]) {
    await store.ensureCanvas(testCanvas({ id, cooldownMs: 60_000 }))
    await place([
      paint(first, { canvas: id, painter: alice, key: 'key' }),
      paint({ gx: 70, gy: 3, color: 2 }, { canvas: id, painter: bob }),
    ])
    await publishAll()
    await project(store, id)
    await store.projections.saveSnapshot({
      canvas: id,
      tile: tile0,
      epoch: asEpoch('epoch001'),
      seq: asSeq(1),
      atMs: 1_000,
      bytes: new Uint8Array(3),
    })
    const [dying] = placementsOf((await place(paint({ gx: 5, gy: 5, color: 3 }, { canvas: id, painter: bob })))[0])
    await sequenceAll()
    const [commit] = await store.getUnpublished({ limit: 10 })
    if (!commit || !dying) throw new Error('nothing waits')
    await countAttempts(store, [commit.id])
    await store.moveToDeadLetters({ id: commit.id, attempts: 2, groupId: nextGroupId(), nowMs: 3_000 })
    await publishAll()
  }
  await place(paint({ gx: 2, gy: 2, color: 1 }, { painter: alice }))
  await sequenceAll()
  const unmarked = await store.getUnpublished({ limit: 10 })
  await place(paint({ gx: 3, gy: 3, color: 2 }, { painter: alice }))
  return unmarked
}

const project = async (store: Store, canvas: typeof main, epoch = asEpoch('epoch001')) => {
  const commits = await readWholeLog(store, { canvas, tile: tile0 })
  for (const name of logProjections) {
    const to = commits.at(-1)?.seq ?? asSeq(0)
    await store.projections.project({ name, canvas, tile: tile0, epoch, tileSize: 64, after: asSeq(0), to, commits })
  }
}

const begin = async ({ store, nextGroupId }: StoreContext, erasing: Erasing, epoch = newEpoch) => {
  const rev = (await store.getCanvas(main))?.rev ?? 0
  return store.updateCanvas({ id: main, change: planErasing(erasing, epoch), rev, groupId: nextGroupId(), nowMs: 4_000 })
}

const createEraser = ({ store, nextGroupId }: StoreContext) =>
  new BoardEraser({
    store,
    clock: { now: () => 5_000, monotonicNow: () => 0 },
    newGroupId: nextGroupId,
    failpoints: noFailpoints,
    logger: silentLogger,
    rowsAtOnce: 2,
  })

const rowsOf = async (store: Store, canvas: typeof main) => {
  const { projections } = store
  const stats = await projections.readStats({ canvas, maxPainters: 10, sinceMs: 0 })
  return {
    pixels: [...(await projections.countStanding({ canvas, sinceMs: 0 }))].length,
    heads: [...(await store.readHeads(canvas))].filter(([tile]) => tile !== controlTile).length,
    charges: [await store.getCharges(alice.id, canvas), await store.getCharges(bob.id, canvas)].filter(Boolean).length,
    history: (await projections.readHistoryPage({ canvas, tile: tile0, from: null, limit: 10 })).length,
    snapshots: (await projections.listSnapshots({ canvas, tile: tile0 })).length,
    stats: stats.painters.length + stats.minutes.length + stats.cells.size,
    profiles: (await projections.readLeaders({ canvas, day: 0, limit: 10 })).painterCount,
    deadLetters: (await store.listDeadLetters({ limit: 10 })).filter((letter) => letter.canvas === canvas).length,
    unsequenced: (await store.readUnsequencedPixels({ canvas, tile: tile0, position: asPosition(3 * 64 + 3), maxCommits: 10 })).length,
  }
}
const nothing = { pixels: 0, heads: 0, charges: 0, history: 0, snapshots: 0, stats: 0, profiles: 0, deadLetters: 0, unsequenced: 0 }

export const describeErasing = (given: () => StoreContext) => {
  describe('boards that are deleted or started over', () => {
    test('B1 a board that is started over is empty at once, and nobody can paint until its rows are gone', async () => {
      const context = given()
      const { store, place } = context
      await fill(context)
      expect(await begin(context, 'start_over')).toMatchObject({ kind: 'updated', canvas: { epoch: newEpoch, state: 'paused', rev: 2 } })
      expect(await store.readBoard(ref)).toMatchObject({ epoch: newEpoch, seq: 0, colors: new Uint8Array(64 * 64) })
      expect(await store.readCommits({ ...ref, after: asSeq(0), limit: 10 })).toEqual({
        kind: 'page',
        epoch: newEpoch,
        head: 0,
        commits: [],
      })
      expect([...(await store.readHeads(main)).keys()].filter((tile) => tile !== controlTile)).toEqual([])
      const byOperator = { ...paint(first), cause: 'picture' as const, byOperator: true }
      expect((await place([paint(first), byOperator])).map((outcome) => codesOf(outcome))).toEqual([['canvas_paused'], ['canvas_paused']])
      expect(codesOf((await place(paint(first, { canvas: other, painter: testPainter('carol') })))[0])).toEqual(['placed'])
    })

    test('B1 a board that is deleted is gone at once, for placements and changes, too', async () => {
      const context = given()
      const { store, place } = context
      await fill(context)
      expect(await begin(context, 'delete')).toMatchObject({ kind: 'updated', canvas: { erasing: 'delete', state: 'closed' } })
      expect([await store.readBoard(ref), await store.readCommits({ ...ref, after: asSeq(0), limit: 10 })]).toEqual([null, null])
      expect(codesOf((await place(paint(first)))[0])).toEqual(['canvas_not_found'])
      expect(await begin(context, 'start_over', asEpoch('epoch003'))).toEqual({ kind: 'not_found' })
      expect(await store.createCanvas(testCanvas({ epoch: asEpoch('epoch004') }))).toBe('exists')
    })

    test('B1 after a deletion nothing of the board remains, and the other boards keep everything', async () => {
      const context = given()
      const { store, place, sequenceAll } = context
      await fill(context)
      const rows = await rowsOf(store, other)
      await begin(context, 'delete')
      await createEraser(context).erase(main, never)
      expect(await store.getCanvas(main)).toBeNull()
      expect(await rowsOf(store, other)).toEqual(rows)
      expect(await store.backlog()).toMatchObject({ unsequenced: 0, unpublished: 0, dead: 1 })
      expect(await store.createCanvas(testCanvas({ epoch: newEpoch, origin: newEpoch, cooldownMs: 60_000 }))).toBe('created')
      expect(await rowsOf(store, main)).toEqual(nothing)
      const [outcome] = await place(paint(first, { painter: alice, key: 'key' }), 6_000)
      expect(placementsOf(outcome)[0]?.charges.available).toBe(4)
      await sequenceAll()
      expect(await readWholeLog(store, ref)).toMatchObject([{ seq: 1, epoch: newEpoch, atMs: 6_000 }])
    })

    test('B1 after a start over the board is paused and empty, and its first commit has seq 1', async () => {
      const context = given()
      const { store, place, sequenceAll, publishAll } = context
      await fill(context)
      await begin(context, 'start_over')
      await createEraser(context).erase(main, never)
      const canvas = await store.getCanvas(main)
      expect(canvas).toMatchObject({ epoch: newEpoch, rev: 3, state: 'paused', erasing: null })
      expect(await rowsOf(store, main)).toEqual(nothing)
      await store.updateCanvas({ id: main, change: { state: 'open' }, rev: 3, groupId: context.nextGroupId(), nowMs: 5_000 })
      const [outcome] = await place(paint(first, { painter: alice, key: 'key' }), 6_000)
      expect(placementsOf(outcome)[0]).toMatchObject({ atMs: 6_000, charges: { available: 4 } })
      await sequenceAll()
      expect(await readWholeLog(store, ref)).toMatchObject([{ seq: 1, epoch: newEpoch, pixels: [{ previous: 0, by: alice.id }] }])
      await publishAll()
      expect(await store.readBoard(ref)).toMatchObject({ epoch: newEpoch, seq: 1 })
      const head = (await store.readHeads(main)).get(controlTile) ?? asSeq(0)
      const page = await store.readCommits({ canvas: main, tile: controlTile, after: asSeq(head - 3), limit: 10 })
      expect(page?.kind === 'page' && page.commits.map((entry) => canvasOfEntry(entry)?.rev)).toEqual([2, 3, 4])
    })

    test('B1 an eraser that was killed after any part is resumed by another', async () => {
      const context = given()
      const { store } = context
      await fill(context)
      await begin(context, 'delete')
      for (let part = 0; part < 40; part++) {
        let from = null as Awaited<ReturnType<Store['eraseRows']>>['next']
        for (let step = 0; step < part % 15; step++) from = (await store.eraseRows({ id: main, limit: 1, from })).next ?? from
      }
      await createEraser(context).erase(main, never)
      expect(await store.getCanvas(main)).toBeNull()
      await store.createCanvas(testCanvas({ epoch: newEpoch }))
      expect(await rowsOf(store, main)).toEqual(nothing)
    })

    test('A3 a publisher that marks commits of the former epoch raises no head of the new one', async () => {
      const context = given()
      const { store, place, sequenceAll } = context
      const unmarked = await fill(context)
      expect(unmarked.length).toBeGreaterThan(0)
      await begin(context, 'start_over')
      expect((await store.getUnpublished({ limit: 10 })).filter(({ tile }) => tile !== controlTile)).toEqual([])
      await createEraser(context).erase(main, never)
      await store.markAsPublished(unmarked, 7_000)
      expect([...(await store.readHeads(main)).keys()].filter((tile) => tile !== controlTile)).toEqual([])
      await store.updateCanvas({ id: main, change: { state: 'open' }, rev: 3, groupId: context.nextGroupId(), nowMs: 5_000 })
      await place(paint(first), 8_000)
      await sequenceAll()
      expect(await readWholeLog(store, ref)).toMatchObject([{ seq: 1, epoch: newEpoch }])
    })

    test('A4 commits, projections and snapshots of the former epoch get no place in the new one', async () => {
      const context = given()
      const { store, sequenceAll } = context
      const [commit] = await fill(context)
      await begin(context, 'start_over')
      await sequenceAll()
      const letters = (await store.listDeadLetters({ limit: 10 })).filter(({ canvas }) => canvas === main)
      expect(letters).toHaveLength(1)
      for (const { id } of letters) expect(await store.retryDeadLetter({ id, groupId: context.nextGroupId(), nowMs: 5_000 })).toBeNull()
      await createEraser(context).erase(main, never)
      if (!commit) throw new Error('nothing waits')
      for (const name of logProjections) {
        const late = {
          name,
          ...ref,
          epoch: commit.epoch,
          tileSize: 64,
          after: asSeq(0),
          to: asSeq(1),
          commits: [{ ...commit, seq: asSeq(1) }],
        }
        await expect(store.projections.project(late)).rejects.toMatchObject({ code: 'contested' })
      }
      await store.projections.saveSnapshot({ ...ref, epoch: commit.epoch, seq: asSeq(9), atMs: 1, bytes: new Uint8Array(3) })
      expect(await store.moveToDeadLetters({ id: commit.id, attempts: 1, groupId: context.nextGroupId(), nowMs: 6_000 })).toBe(false)
      expect(await rowsOf(store, main)).toEqual(nothing)
    })

    test('A2 only the right epoch of a canvas is removed, and only while it is being deleted', async () => {
      const context = given()
      const { store } = context
      await fill(context)
      expect(await store.removeCanvas({ id: main, epoch: asEpoch('epoch001') })).toBe(false)
      expect(await store.eraseRows({ id: main, limit: 100, from: null })).toEqual({ removed: 0, next: null })
      await begin(context, 'delete')
      expect(await store.removeCanvas({ id: main, epoch: asEpoch('epoch001') })).toBe(false)
      expect(await store.removeCanvas({ id: main, epoch: newEpoch })).toBe(true)
      expect(await store.removeCanvas({ id: main, epoch: newEpoch })).toBe(false)
      expect(await store.getCanvas(asCanvasId('main'))).toBeNull()
    })

    test('B1 a board can be started over again, or deleted, while its rows are being removed', async () => {
      const context = given()
      const { store } = context
      await fill(context)
      await begin(context, 'start_over')
      await store.eraseRows({ id: main, limit: 2, from: null })
      expect(await begin(context, 'start_over', asEpoch('epoch003'))).toMatchObject({ canvas: { rev: 3, epoch: 'epoch003' } })
      expect(await begin(context, 'delete', asEpoch('epoch004'))).toMatchObject({ canvas: { rev: 4, erasing: 'delete' } })
      expect(await store.updateCanvas({ id: main, change: erasingEnded, rev: 4, groupId: context.nextGroupId(), nowMs: 9_000 })).toEqual({
        kind: 'not_found',
      })
      await createEraser(context).erase(main, never)
      expect(await store.getCanvas(main)).toBeNull()
      expect(await store.readHeads(main)).toEqual(new Map())
      expect(await store.readBoard({ canvas: main, tile: asTile(1) })).toBeNull()
    })
  })
}
