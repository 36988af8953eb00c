/** The part of the store's contract about history, statistics and snapshots. */
import { beforeEach, describe, expect, test } from 'vitest'
import { asCanvasId, asCommitId, asEpoch, asPainterId, asPosition, asSeq, asTile } from '../../lib/brand.ts'
import type { CommitKind, SequencedCommit } from '../../lib/commit.ts'
import { type LogProjectionName, logProjections } from './projections-port.ts'
import { paint, testCanvas, testPainter } from './store.fixture.ts'
import { main, type StoreContext } from './store-context.fixture.ts'

const tile = asTile(1)
const epoch = asEpoch('epoch001')
const ref = { canvas: main, tile }

const commit = (
  seq: number,
  options: { atMs?: number; by?: string; pixels?: readonly [number, number, number][]; cause?: CommitKind } = {},
) => ({
  ...ref,
  id: asCommitId(`commit00-${seq}`),
  epoch,
  seq: asSeq(seq),
  atMs: options.atMs ?? 60_000 * seq,
  cause: options.cause ?? ('paint' as const),
  pixels: (options.pixels ?? [[3, seq, seq - 1]]).map(([position, color, previous]) => ({
    position: asPosition(position),
    color,
    previous,
    by: asPainterId(options.by ?? 'p_a'),
  })),
})

export const describeProjections = (given: () => StoreContext) => {
  describe('projections', () => {
    beforeEach(() => given().store.ensureCanvas(testCanvas()))

    const project = (
      name: LogProjectionName,
      after: number,
      commits: readonly SequencedCommit[],
      more: { epoch?: string; to?: number } = {},
    ) =>
      given().store.projections.project({
        ...ref,
        name,
        epoch: asEpoch(more.epoch ?? epoch),
        tileSize: 64,
        after: asSeq(after),
        to: asSeq(more.to ?? after + commits.length),
        commits,
      })
    const cursor = async (name: LogProjectionName) => (await given().store.projections.readCursors({ name, canvas: main })).get(tile)
    const history = async (position: number, limit = 50) =>
      (await given().store.projections.readHistory({ ...ref, position: asPosition(position), limit })).map(({ seq, color }) => [seq, color])
    const stats = () => given().store.projections.readStats({ canvas: main, maxPainters: 100, sinceMs: 0 })

    const leaders = (day: number | null, limit = 100) => given().store.projections.readLeaders({ canvas: main, day, limit })

    test('a projection continues only from its cursor, so a commit counts once', async () => {
      expect(await cursor('history')).toBeUndefined()
      expect(await project('stats', 0, [commit(1), commit(2)])).toBe(true)
      expect(await project('stats', 0, [commit(1), commit(2)])).toBe(false)
      expect(await project('stats', 5, [commit(6)])).toBe(false)
      expect(await project('stats', 2, [commit(3)])).toBe(true)
      expect([await cursor('stats'), await cursor('history')]).toEqual([{ epoch, seq: 3 }, undefined])
      expect((await stats()).painters).toEqual([{ by: 'p_a', placed: 3 }])
    })

    test.each(logProjections)('one of several concurrent projectors of %s saves its commits', async (name) => {
      // The others are refused as `contested`, or find that the cursor has moved.
      const tryOnce = () => project(name, 0, [commit(1)]).catch((error: { code?: unknown }) => expect(error.code).toBe('contested'))
      const won = await Promise.all(Array.from({ length: 5 }, tryOnce))
      expect(won.filter((answer) => answer === true)).toHaveLength(1)
      expect(await cursor(name)).toEqual({ epoch, seq: 1 })
      if (name === 'stats') expect((await stats()).painters).toEqual([{ by: 'p_a', placed: 1 }])
      else if (name === 'profiles') expect((await leaders(0)).placed).toBe(1)
      else expect(await history(3)).toEqual([[1, 1]])
    })

    test('a cursor can pass commits that add nothing', async () => {
      expect(await project('history', 0, [], { to: 4 })).toBe(true)
      expect(await cursor('history')).toEqual({ epoch, seq: 4 })
      expect(await project('history', 4, [commit(5)])).toBe(true)
      expect(await history(3)).toEqual([[5, 5]])
    })

    test('a new epoch starts from seq 1, and the history of older epochs is kept', async () => {
      await project('history', 0, [commit(1), commit(2)])
      await given().store.updateCanvas({ id: main, change: { epoch: asEpoch('epoch002') }, rev: 1, groupId: 'newepoch', nowMs: 1 })
      expect(await project('history', 2, [commit(3, { atMs: 999_000 })], { epoch: 'epoch002' })).toBe(false)
      expect(await project('history', 0, [commit(1, { atMs: 999_000, pixels: [[3, 3, 0]] })], { epoch: 'epoch002' })).toBe(true)
      expect(await cursor('history')).toEqual({ epoch: 'epoch002', seq: 1 })
      expect(await history(3)).toEqual([
        [1, 3],
        [2, 2],
        [1, 1],
      ])
    })

    test('history that was interrupted is saved again and is complete', async () => {
      const rows = Array.from({ length: 700 }, (_, index): [number, number, number] => [(index * 1_013) % 4_096, 1, 0])
      const commits = [commit(1, { pixels: rows }), commit(2, { pixels: rows }), commit(3, { pixels: rows })]
      const interrupted = project('history', 0, commits).catch((error: { code?: unknown }) => error.code)
      const { projections } = await given().reopen()
      expect([true, false, 'closed', 'unavailable']).toContain(await interrupted)
      const at = (await projections.readCursors({ name: 'history', canvas: main })).get(tile)?.seq ?? 0
      if (at === 0) {
        const again = { ...ref, name: 'history' as const, epoch, tileSize: 64, after: asSeq(0), to: asSeq(3), commits }
        expect(await projections.project(again)).toBe(true)
      }
      const page = await projections.readHistoryPage({ ...ref, from: null, limit: 5_000 })
      const expected = rows
        .flatMap(([position]) => [1, 2, 3].map((seq) => [position, seq]))
        .sort(([a = 0, x = 0], [b = 0, y = 0]) => a - b || x - y)
      expect(page.map(({ position, seq }) => [position, seq])).toEqual(expected)
    })

    test('the history of a pixel is newest first, and pages hold the whole history of a tile', async () => {
      const { projections } = given().store
      const commits = [
        commit(1, {
          pixels: [
            [3, 1, 0],
            [4, 1, 0],
          ],
        }),
        commit(2, { by: 'p_b', cause: 'picture' }),
        commit(3, { cause: 'skipped', pixels: [] }),
        commit(4, { pixels: [[3, 0, 2]] }),
      ]
      await project('history', 0, commits)
      expect(await history(3)).toEqual([
        [4, 0],
        [2, 2],
        [1, 1],
      ])
      expect(await history(3, 1)).toEqual([[4, 0]])
      const older = await projections.readHistory({ ...ref, position: asPosition(3), limit: 1, beforeMs: 240_000 })
      expect(older.map(({ seq }) => seq)).toEqual([2])
      expect(await history(5)).toEqual([])
      const [, second] = await projections.readHistory({ ...ref, position: asPosition(3), limit: 2 })
      expect(second).toEqual({
        position: 3,
        seq: 2,
        epoch,
        atMs: 120_000,
        color: 2,
        previous: 1,
        by: 'p_b',
        cause: 'picture',
        undoesAtMs: null,
      })
      const first = await projections.readHistoryPage({ ...ref, from: null, limit: 2 })
      expect(first.map(({ position, seq }) => [position, seq])).toEqual([
        [3, 1],
        [3, 2],
      ])
      const last = first.at(-1)
      const rest = await projections.readHistoryPage({ ...ref, from: last ?? null, limit: 10 })
      expect(rest.map(({ position, seq }) => [position, seq])).toEqual([
        [3, 4],
        [4, 1],
      ])
      expect(await projections.readHistoryPage({ canvas: main, tile: asTile(0), from: null, limit: 10 })).toEqual([])
    })

    test('U4: the history of an undo has the time of what it took back', async () => {
      const undo = commit(2, { cause: 'undo', by: '' })
      const pixels = undo.pixels.map((pixel) => ({ ...pixel, undoes: { by: asPainterId('p_a'), atMs: 60_000 } }))
      await project('history', 0, [commit(1), { ...undo, pixels }])
      const entries = await given().store.projections.readHistory({ ...ref, position: asPosition(3), limit: 9 })
      expect(entries.map(({ cause, by, undoesAtMs }) => [cause, by, undoesAtMs])).toEqual([
        ['undo', '', 60_000],
        ['paint', 'p_a', null],
      ])
    })

    test('statistics count placements by painter, minute and cell', async () => {
      const { projections } = given().store
      await project('stats', 0, [
        commit(1, { atMs: 59_999 }),
        commit(2, {
          atMs: 60_000,
          by: 'p_b',
          pixels: [
            [0, 1, 0],
            [16, 1, 0],
          ],
        }),
        commit(3, { atMs: 119_999, by: 'p_b', pixels: [[64 * 16, 1, 0]] }),
      ])
      expect(await stats()).toEqual({
        painters: [
          { by: 'p_b', placed: 3 },
          { by: 'p_a', placed: 1 },
        ],
        minutes: [
          { atMs: 0, placed: 1 },
          { atMs: 60_000, placed: 3 },
        ],
        cells: new Map([
          [4, 2],
          [5, 1],
          [1_028, 1],
        ]),
      })
      const part = await projections.readStats({ canvas: main, maxPainters: 1, sinceMs: 60_000 })
      expect(await projections.readMinutes({ canvas: main, sinceMs: 60_000 })).toEqual(part.minutes)
      expect([part.painters, part.minutes]).toEqual([[{ by: 'p_b', placed: 3 }], [{ atMs: 60_000, placed: 3 }]])
      expect(await projections.readStats({ canvas: asCanvasId('other'), maxPainters: 9, sinceMs: 0 })).toEqual({
        painters: [],
        minutes: [],
        cells: new Map(),
      })
    })

    test('a reset removes cursors and statistics, and keeps history', async () => {
      const { projections } = given().store
      for (const name of logProjections) {
        await project(name, 0, [commit(1)])
        await projections.reset({ name, canvas: main })
        expect(await cursor(name)).toBeUndefined()
      }
      expect(await stats()).toEqual({ painters: [], minutes: [], cells: new Map() })
      expect(await leaders(0)).toEqual({ painters: [], placed: 0, painterCount: 0 })
      expect(await history(3)).toEqual([[1, 1]])
      expect(await project('history', 0, [commit(1)])).toBe(true)
      expect(await history(3)).toEqual([[1, 1]])
    })

    test('countStanding counts the pixels of the board by painter, without pictures, in all and since a time', async () => {
      const { store, place } = given()
      await place([0, 1, 2].map((gx) => paint({ gx, gy: 0, color: 1 })))
      const other = testPainter('bbbb')
      await place(paint({ gx: 1, gy: 0, color: 2 }, { painter: other }), 5_000)
      await place({ ...paint({ gx: 9, gy: 0, color: 2 }, { painter: other }), cause: 'picture', byOperator: true }, 6_000)
      expect(await store.projections.countStanding({ canvas: main, sinceMs: 5_000 })).toEqual(
        new Map([
          [testPainter().id, { all: 2, recent: 0 }],
          [other.id, { all: 1, recent: 1 }],
        ]),
      )
      expect(await store.projections.countStanding({ canvas: asCanvasId('other'), sinceMs: 0 })).toEqual(new Map())
    })

    test('the newest snapshot up to a seq and a time is read, even after a restart', async () => {
      const snapshot = (seq: number, atMs: number) => ({ ...ref, epoch, seq: asSeq(seq), atMs, bytes: new Uint8Array([seq, 7]) })
      for (const each of [snapshot(10, 1_000), snapshot(30, 3_000), snapshot(20, 2_000), snapshot(20, 2_000)]) {
        await given().store.projections.saveSnapshot(each)
      }
      const { projections } = await given().reopen()
      const read = async (maxSeq: number, maxAtMs = Number.MAX_SAFE_INTEGER, of = epoch) =>
        (await projections.readSnapshot({ ...ref, epoch: of, maxSeq, maxAtMs }))?.seq
      expect([await read(9), await read(10), await read(29), await read(99), await read(99, 2_999), await read(99, 999)]).toEqual([
        undefined,
        10,
        20,
        30,
        20,
        undefined,
      ])
      expect(await read(99, 9_999, asEpoch('epoch002'))).toBeUndefined()
      const whole = await projections.readSnapshot({ ...ref, epoch, maxSeq: 20, maxAtMs: 9_999 })
      expect([whole?.atMs, Array.from(whole?.bytes ?? [])]).toEqual([2_000, [20, 7]])
      const list = await projections.listSnapshots(ref)
      expect(list).toEqual([10, 20, 30].map((seq) => ({ ...ref, epoch, seq, atMs: seq * 100 })))
      await projections.deleteSnapshots({ snapshots: list.slice(0, 2) })
      await projections.deleteSnapshots({ snapshots: [] })
      expect((await projections.listSnapshots(ref)).map(({ seq }) => seq)).toEqual([30])
    })
  })
}
