import { beforeEach, expect, test, vi } from 'vitest'
import { asCanvasId, asEpoch, asSeq, asTile } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { createFailpoints, type FailpointSpec } from '../failpoints.ts'
import { noMetrics } from '../observability/delivery-metrics.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { StoreError } from '../store/port.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import type { GroupReader } from '../stream/port.ts'
import { workerContext } from '../worker-context.fixture.ts'
import { Broadcaster } from './broadcaster.ts'
import type { FrameSink } from './port.ts'
import { TileCache } from './tile-cache.ts'

const canvas = testCanvas()
const ref = { canvas: canvas.id, tile: asTile(0) }
const { signal } = new AbortController()

let store: MemoryStore
let stream: EmbeddedStream
let nowMs: number
let told: string[]
let groups: number

const sink: FrameSink = {
  frame: ({ from, to }) => void told.push(`${from}-${to}`),
  resync: () => void told.push('resync'),
  watched: () => true,
  sockets: () => 0,
}

beforeEach(async () => {
  store = new MemoryStore()
  stream = new EmbeddedStream()
  nowMs = 1_000
  told = []
  groups = 0
  await store.ensureCanvas(canvas)
  await stream.adopt(canvas.id, canvas.epoch)
})

/** Saves commits and gives them their seqs, without publishing them. */
const save = async (count = 1): Promise<SequencedCommit[]> => {
  const after = asSeq((await store.readHeads(canvas.id)).get(ref.tile) ?? 0)
  for (let i = 0; i < count; i++) {
    const id = `group${(groups++).toString().padStart(8, '0')}`
    await store.place({ id, requests: [paint({ gx: groups % 64, gy: 0, color: groups % 4 })], nowMs: nowMs + groups })
  }
  await store.sequence({ limit: count })
  const page = await store.readCommits({ ...ref, after, limit: count })
  return page?.kind === 'page' ? [...page.commits] : []
}

const publish = async (count = 1) => stream.append(await save(count))

const setUp = async (failpoints: FailpointSpec = {}, more: { gateway?: string; monotonicNow?: () => number } = {}) => {
  const tiles = new TileCache({ store, watched: sink.watched })
  const healed = vi.fn()
  const now = () => nowMs
  const broadcaster = new Broadcaster({
    gateway: more.gateway ?? 'one',
    store,
    stream,
    tiles,
    sink,
    context: workerContext({ failpoints: createFailpoints(failpoints), clock: { now, monotonicNow: more.monotonicNow ?? now } }),
    metrics: { ...noMetrics, healedGap: healed },
  })
  const reader = await broadcaster.join()
  const impatient: GroupReader = { ...reader, read: (options) => reader.read({ ...options, blockMs: 0 }) }
  await tiles.open(ref)
  const pending = async () => (await stream.info()).groups[0]?.pending
  return { tiles, broadcaster, healed, reader, pending, step: () => broadcaster.step(impatient, signal) }
}

const boardsAgree = async (tiles: TileCache) => expect(await tiles.board(ref)).toEqual(await store.readBoard(ref))

test('a lone commit is sent at once, and what follows within the window is gathered', async () => {
  const { tiles, step, pending } = await setUp()
  await publish()
  await step()
  expect([told, await pending()]).toEqual([['1-1'], 0])
  for (let i = 0; i < 3; i++) {
    await publish()
    await step()
    nowMs += 5
  }
  expect([told, await pending()]).toEqual([['1-1'], 3])
  nowMs += 1
  await step()
  expect([told, await pending()]).toEqual([['1-1', '2-4'], 0])
  await boardsAgree(tiles)
})

test('A2 every gateway gets every commit', async () => {
  const gateways = [await setUp(), await setUp({}, { gateway: 'two' })]
  for (let count = 1; count <= 3; count++) {
    await publish()
    nowMs += 100
    for (const { step } of gateways) await step()
    expect(told.splice(0)).toEqual([`${count}-${count}`, `${count}-${count}`])
  }
  for (const { tiles } of gateways) await boardsAgree(tiles)
})

test('A2 a clock that is set back by an hour holds no frame up', async () => {
  let steadyMs = 0
  const { step, pending } = await setUp({}, { monotonicNow: () => steadyMs })
  await publish()
  await step()
  nowMs -= 3_600_000
  await publish()
  steadyMs += 20
  await step()
  expect([told, await pending()]).toEqual([['1-1', '2-2'], 0])
})

test('A2 acknowledges after it has sent: whoever dies in between is given the commits again', async () => {
  const { step, pending } = await setUp({ 'broadcaster.before-emit': 'throw' })
  await publish()
  await expect(step()).rejects.toMatchObject({ code: 'failpoint' })
  expect([told, await pending()]).toEqual([[], 1])
})

test('A2 what a failed step has left unsent is sent by the head check, also while the store is away', async () => {
  const { broadcaster, step } = await setUp({ 'broadcaster.before-emit': 'throw' })
  await publish()
  await expect(step()).rejects.toThrow()
  vi.spyOn(store, 'readHeads').mockRejectedValueOnce(new StoreError('unavailable', 'away'))
  await expect(broadcaster.checkHeads()).rejects.toMatchObject({ code: 'unavailable' })
  expect(told).toEqual(['1-1'])
})

test('a head check that finds nothing missing leaves frames to their window', async () => {
  const { broadcaster, step } = await setUp()
  await publish()
  await step()
  nowMs += 5
  await publish(2)
  await step()
  await broadcaster.checkHeads()
  expect(told).toEqual(['1-1'])
  nowMs += 100
  await broadcaster.checkHeads()
  expect(told, 'and sends what is overdue').toEqual(['1-1', '2-3'])
})

test('A3 commits that come again are dropped', async () => {
  const { broadcaster, reader, step, tiles } = await setUp()
  const commits = await save(3)
  await stream.append(commits)
  await step()
  vi.spyOn(reader, 'read').mockResolvedValueOnce(commits.map((commit, index) => ({ id: `${index}`, commit })))
  nowMs += 100
  await broadcaster.step(reader, signal)
  expect(told).toEqual(['1-3'])
  await boardsAgree(tiles)
})

test('A2 a gap is read from the store', async () => {
  const { tiles, step, healed } = await setUp()
  await stream.seed({ ...ref, epoch: canvas.epoch, head: asSeq((await save(4)).length) })
  await publish()
  await step()
  expect(told).toEqual(['1-5'])
  expect(healed).toHaveBeenCalledTimes(1)
  await boardsAgree(tiles)
})

test('A2 a lost last commit is found at the heads', async () => {
  const { tiles, broadcaster } = await setUp()
  await save(2)
  await broadcaster.checkHeads()
  await broadcaster.checkHeads()
  expect([told, broadcaster.healedGaps]).toEqual([['1-2'], 1])
  await boardsAgree(tiles)
})

test('A2 a patient check leaves alone what is on its way, and heals what has not come since the last one', async () => {
  const { tiles, broadcaster, step } = await setUp()
  const patiently = () => broadcaster.checkHeads({ patient: true })
  const onItsWay = await save(2)
  expect([await patiently(), told]).toEqual([0, []])
  await stream.append(onItsWay)
  await step()
  await save(1)
  expect([await patiently(), told.splice(0)]).toEqual([0, ['1-2']])
  await save(1)
  expect([await patiently(), told.splice(0)], 'and whatever else is there by then').toEqual([1, ['3-4']])
  expect([await patiently(), told]).toEqual([0, []])
  await boardsAgree(tiles)
})

test('A2 a gap that cannot be healed now stays pending', async () => {
  const { tiles, broadcaster, step, pending } = await setUp()
  await stream.seed({ ...ref, epoch: canvas.epoch, head: asSeq((await save(2)).length) })
  await publish()
  vi.spyOn(store, 'readCommits').mockRejectedValueOnce(new StoreError('unavailable', 'away'))
  await expect(step()).rejects.toMatchObject({ code: 'unavailable' })
  expect([told, await pending()]).toEqual([[], 1])
  await broadcaster.step(await broadcaster.join(), signal)
  expect([told, await pending()]).toEqual([['1-3'], 0])
  await boardsAgree(tiles)
})

test('a gap that the store cannot fill makes everybody fetch the board', async () => {
  const { tiles, broadcaster } = await setUp()
  await store.markAsPublished(await save(5), 1)
  await store.trim({ publishedBeforeMs: 2, keysBeforeMs: 0 })
  await broadcaster.checkHeads()
  expect(told).toEqual(['resync'])
  await boardsAgree(tiles)
})

test('A6 a gap of more than 10,000 commits is not read, the board is', async () => {
  const { tiles, broadcaster } = await setUp()
  const head = asSeq(10_001)
  const board = { epoch: canvas.epoch, seq: head, colors: new Uint8Array(64 * 64).fill(2) }
  vi.spyOn(store, 'readHeads').mockResolvedValue(new Map([[ref.tile, head]]))
  const read = vi.spyOn(store, 'readCommits').mockResolvedValue({ kind: 'page', epoch: canvas.epoch, head, commits: [] })
  vi.spyOn(store, 'readBoard').mockResolvedValue(board)
  await broadcaster.checkHeads()
  expect([told, read.mock.calls.length]).toEqual([['resync'], 1])
  expect(await tiles.board(ref)).toEqual(board)
})

test('another epoch replaces the board; leftovers of one that is over change nothing', async () => {
  const { tiles, step } = await setUp()
  const [leftover] = await save()
  const epoch = asEpoch('epoch002')
  const restored = { ...canvas, epoch }
  vi.spyOn(store, 'getCanvas').mockResolvedValue(restored)
  const readBoard = vi.spyOn(store, 'readBoard').mockResolvedValue({ epoch, seq: asSeq(7), colors: new Uint8Array(64 * 64).fill(1) })
  await stream.adopt(asCanvasId('main'), epoch)
  await stream.seed({ ...ref, epoch, head: asSeq(6) })
  await stream.append([{ ...(leftover as SequencedCommit), epoch, seq: asSeq(7) }])
  await step()
  expect([told, (await tiles.board(ref))?.epoch]).toEqual([['resync'], epoch])

  await stream.adopt(asCanvasId('main'), canvas.epoch)
  await stream.append([leftover as SequencedCommit])
  await step()
  expect([told, (await tiles.board(ref))?.seq, readBoard.mock.calls.length]).toEqual([['resync'], 7, 1])
})

test('A3 a board that was read while the tile went on does not take it back', async () => {
  const { tiles, broadcaster, step } = await setUp()
  const commits = await save(3)
  const old = { epoch: canvas.epoch, seq: asSeq(1), colors: new Uint8Array(64 * 64) }
  vi.spyOn(store, 'readCommits').mockResolvedValueOnce({ kind: 'trimmed', epoch: canvas.epoch, head: asSeq(3), oldestKept: asSeq(3) })
  vi.spyOn(store, 'readBoard').mockImplementationOnce(async () => {
    await stream.append(commits)
    await step()
    return old
  })
  await broadcaster.checkHeads()
  expect(told).toEqual(['1-3'])
  await boardsAgree(tiles)
})
