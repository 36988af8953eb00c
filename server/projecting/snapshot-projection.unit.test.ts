import { expect, test, vi } from 'vitest'
import { asSeq, asTile } from '../../lib/brand.ts'
import { readNewestBoard, readPastBoard } from './past-board.ts'
import { main, setUpProjecting, tile } from './projecting.fixture.ts'
import { SnapshotProjection } from './snapshot-projection.ts'

const { signal } = new AbortController()

const setUpSnapshots = async () => {
  const parts = await setUpProjecting()
  const { store, clock, projectorWith } = parts
  const projection = new SnapshotProjection({ store, now: () => clock.nowMs, everyCommits: 10, everyMs: 60_000 })
  const projector = projectorWith({ projection })
  const reader = await projector.join()
  const step = () => projector.step(reader, signal)
  const takeLast = async () => projection.takeLast(parts.canvas, await parts.stream.heads(main), signal)
  const seqs = async () => (await store.projections.listSnapshots({ canvas: main, tile })).map(({ seq }) => seq)
  return { ...parts, step, takeLast, seqs }
}

test('a snapshot is saved after a number of commits or some time', async () => {
  const { clock, publish, step, seqs } = await setUpSnapshots()
  await step()
  expect(await seqs()).toEqual([])
  await publish(0, 1)
  await step()
  expect(await seqs(), 'the first snapshot is due at once').toEqual([1])
  for (let gx = 1; gx < 10; gx++) await publish(gx, 1)
  await step()
  expect(await seqs()).toEqual([1])
  await publish(10, 1)
  await step()
  expect(await seqs()).toEqual([1, 11])
  await publish(11, 1)
  clock.nowMs += 59_999
  await step()
  expect(await seqs()).toEqual([1, 11])
  clock.nowMs += 1
  await publish(12, 1)
  await step()
  expect(await seqs()).toEqual([1, 11, 13])
})

test('a stop saves snapshots of tiles that changed much', async () => {
  const { publish, takeLast, seqs } = await setUpSnapshots()
  for (let gx = 0; gx < 31; gx++) await publish(gx, 1)
  await takeLast()
  expect(await seqs()).toEqual([])
  await publish(31, 1)
  await takeLast()
  await takeLast()
  expect(await seqs()).toEqual([32])
})

test('A4 the newest board is read from the pixels when the log since the snapshot is long, with the same result', async () => {
  const { store, publish, step, seqs } = await setUpSnapshots()
  await publish(0, 1)
  await step()
  expect(await seqs()).toEqual([1])
  const readBoard = vi.spyOn(store, 'readBoard')
  const readAt = async (seq: number) => {
    while (((await store.readHeads(main)).get(tile) ?? 0) < seq) await publish(seq % 60, 1 + (seq % 3))
    const board = await readNewestBoard(store, { canvas: main, tile })
    const times = readBoard.mock.calls.length
    expect(board).toEqual(await store.readBoard({ canvas: main, tile }))
    readBoard.mockClear()
    return times
  }
  expect([await readAt(2_000), await readAt(2_002)]).toEqual([0, 1])
})

test('A4 a past board is the fold of the log, with or without snapshots', async () => {
  const { store, publish, step, seqs } = await setUpSnapshots()
  const colors: number[][] = [[0, 0, 0]]
  for (let i = 0; i < 25; i++) {
    await publish(i % 3, (i % 3) + 1)
    colors.push(Object.assign([...(colors.at(-1) ?? [])], { [i % 3]: (i % 3) + 1 }))
    await step()
  }
  expect(await seqs()).toEqual([1, 11, 21])
  for (let maxSeq = 0; maxSeq <= 25; maxSeq++) {
    const found = await readPastBoard(store, { canvas: main, tile, maxSeq })
    expect(found?.kind === 'board' && [found.board.seq, ...found.board.colors.slice(0, 3)]).toEqual([maxSeq, ...(colors[maxSeq] ?? [])])
  }
  const at = async (maxAtMs: number) => {
    const found = await readPastBoard(store, { canvas: main, tile, maxAtMs })
    return found?.kind === 'board' ? found.board.seq : found
  }
  expect([await at(999), await at(1_000), await at(1_011), await at(9e12)]).toEqual([0, 1, 12, 25])
  expect(await readPastBoard(store, { canvas: main, tile: asTile(99), maxSeq: 1 })).toBeNull()
  expect(await readNewestBoard(store, { canvas: main, tile })).toEqual(await store.readBoard({ canvas: main, tile }))
})

test('snapshots continue after trimmed commits, and boards before them are not available', async () => {
  const { clock, store, publish, step } = await setUpSnapshots()
  for (let gx = 0; gx < 12; gx++) await publish(gx, 1)
  await step()
  await store.trim({ publishedBeforeMs: clock.nowMs + 1, keysBeforeMs: 0 })
  await publish(20, 2)
  const past = async (maxSeq: number) => (await readPastBoard(store, { canvas: main, tile, maxSeq }))?.kind
  expect([await past(5), await past(12), await past(13)]).toEqual(['trimmed', 'board', 'board'])
  const newest = await readNewestBoard(store, { canvas: main, tile })
  expect(newest).toEqual(await store.readBoard({ canvas: main, tile }))
  expect(newest?.seq).toEqual(asSeq(13))
})
