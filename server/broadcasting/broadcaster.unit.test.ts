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
let sent: string[]
let groups: number

const sink: FrameSink = {
  frame: ({ from, to }) => void sent.push(`${from}-${to}`),
  resync: () => void sent.push('resync'),
  gone: (canvas) => void sent.push(`gone ${canvas}`),
  sockets: () => 0,
}

beforeEach(async () => {
  store = new MemoryStore()
  stream = new EmbeddedStream()
  nowMs = 1_000
  sent = []
  groups = 0
  await store.ensureCanvas(canvas)
  await stream.adopt(canvas.id, canvas.epoch)
})

/** Saves and sequences commits, without publishing them. */
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
  const tiles = new TileCache({ store, watched: () => true })
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

test('a single commit is sent at once, and the commits of the next flush interval share a frame', async () => {
  const { tiles, step, pending } = await setUp()
  await publish()
  await step()
  expect([sent, await pending()]).toEqual([['1-1'], 0])
  for (let i = 0; i < 3; i++) {
    await publish()
    await step()
    nowMs += 5
  }
  expect([sent, await pending()]).toEqual([['1-1'], 3])
  nowMs += 1
  await step()
  expect([sent, await pending()]).toEqual([['1-1', '2-4'], 0])
  await boardsAgree(tiles)
})

test('the entries of one flush interval are read together', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const stop = new AbortController()
  try {
    const { broadcaster, reader } = await setUp({}, { monotonicNow: () => performance.now() })
    const read = vi.spyOn(reader, 'read')
    vi.spyOn(stream, 'join').mockResolvedValue(reader)
    const running = broadcaster.follow.run(stop.signal)
    await publish()
    await vi.advanceTimersByTimeAsync(0)
    expect(sent).toEqual(['1-1'])
    for (let i = 0; i < 5; i++) {
      await publish()
      await vi.advanceTimersByTimeAsync(3)
    }
    await vi.advanceTimersByTimeAsync(1)
    expect([sent, read.mock.calls.length]).toEqual([['1-1', '2-6'], 2])
    stop.abort()
    await running
  } finally {
    stop.abort()
    vi.useRealTimers()
  }
})

test('A2 every gateway gets every commit', async () => {
  const gateways = [await setUp(), await setUp({}, { gateway: 'two' })]
  for (let count = 1; count <= 3; count++) {
    await publish()
    nowMs += 100
    for (const { step } of gateways) await step()
    expect(sent.splice(0)).toEqual([`${count}-${count}`, `${count}-${count}`])
  }
  for (const { tiles } of gateways) await boardsAgree(tiles)
})

test('A2 a clock that is set back by an hour delays no frame', async () => {
  let monotonicMs = 0
  const { step, pending } = await setUp({}, { monotonicNow: () => monotonicMs })
  await publish()
  await step()
  nowMs -= 3_600_000
  await publish()
  monotonicMs += 20
  await step()
  expect([sent, await pending()]).toEqual([['1-1', '2-2'], 0])
})

test('A2 commits are acknowledged after they are sent, so that a crash between repeats them', async () => {
  const { step, pending } = await setUp({ 'broadcaster.before-emit': 'throw' })
  await publish()
  await expect(step()).rejects.toMatchObject({ code: 'failpoint' })
  expect([sent, await pending()]).toEqual([[], 1])
})

test('A2 the head check sends commits that a failed step left unsent, even while the store is unavailable', async () => {
  const { broadcaster, step } = await setUp({ 'broadcaster.before-emit': 'throw' })
  await publish()
  await expect(step()).rejects.toThrow()
  vi.spyOn(store, 'readHeads').mockRejectedValueOnce(new StoreError('unavailable', 'down'))
  await expect(broadcaster.checkHeads()).rejects.toMatchObject({ code: 'unavailable' })
  expect(sent).toEqual(['1-1'])
})

test('a head check that finds no missing commit does not shorten the flush interval', async () => {
  const { broadcaster, step } = await setUp()
  await publish()
  await step()
  nowMs += 5
  await publish(2)
  await step()
  await broadcaster.checkHeads()
  expect(sent).toEqual(['1-1'])
  nowMs += 100
  await broadcaster.checkHeads()
  expect(sent, 'the frame is due').toEqual(['1-1', '2-3'])
})

test('A3 commits that are delivered again are dropped', async () => {
  const { broadcaster, reader, step, tiles } = await setUp()
  const commits = await save(3)
  await stream.append(commits)
  await step()
  vi.spyOn(reader, 'read').mockResolvedValueOnce(commits.map((commit, index) => ({ id: `${index}`, commit })))
  nowMs += 100
  await broadcaster.step(reader, signal)
  expect(sent).toEqual(['1-3'])
  await boardsAgree(tiles)
})

test('A2 a gap is read from the store', async () => {
  const { tiles, step, healed } = await setUp()
  await stream.seed({ ...ref, epoch: canvas.epoch, head: asSeq((await save(4)).length) })
  await publish()
  await step()
  expect(sent).toEqual(['1-5'])
  expect(healed).toHaveBeenCalledTimes(1)
  await boardsAgree(tiles)
})

test('A2 the head check finds a lost last commit', async () => {
  const { tiles, broadcaster, healed } = await setUp()
  await save(2)
  await broadcaster.checkHeads()
  await broadcaster.checkHeads()
  expect([sent, healed.mock.calls.length]).toEqual([['1-2'], 1])
  await boardsAgree(tiles)
})

test('A2 a patient check ignores commits in delivery, and heals those that are missing since the last check', async () => {
  const { tiles, broadcaster, step } = await setUp()
  const patiently = () => broadcaster.checkHeads({ patient: true })
  const inDelivery = await save(2)
  expect([await patiently(), sent]).toEqual([0, []])
  await stream.append(inDelivery)
  await step()
  await save(1)
  expect([await patiently(), sent.splice(0)]).toEqual([0, ['1-2']])
  await save(1)
  expect([await patiently(), sent.splice(0)], 'and the newer commit').toEqual([1, ['3-4']])
  expect([await patiently(), sent]).toEqual([0, []])
  await boardsAgree(tiles)
})

test('A2 a tile whose partition of the stream is away is healed at the first check, and the others stay patient', async () => {
  const { broadcaster } = await setUp()
  const patiently = () => broadcaster.checkHeads({ patient: true })
  const outage = vi.spyOn(stream, 'outage')
  await save(1)
  outage.mockReturnValueOnce(({ tile }) => tile === ref.tile)
  expect([await patiently(), sent.splice(0)]).toEqual([1, ['1-1']])
  await save(1)
  outage.mockReturnValueOnce(({ tile }) => tile !== ref.tile)
  expect([await patiently(), sent]).toEqual([0, []])
})

test('A2 the entry after a gap that cannot be read stays pending', async () => {
  const { tiles, broadcaster, step, pending } = await setUp()
  await stream.seed({ ...ref, epoch: canvas.epoch, head: asSeq((await save(2)).length) })
  await publish()
  vi.spyOn(store, 'readCommits').mockRejectedValueOnce(new StoreError('unavailable', 'down'))
  await expect(step()).rejects.toMatchObject({ code: 'unavailable' })
  expect([sent, await pending()]).toEqual([[], 1])
  await broadcaster.step(await broadcaster.join(), signal)
  expect([sent, await pending()]).toEqual([['1-3'], 0])
  await boardsAgree(tiles)
})

test('a gap that the store cannot fill makes all clients load the board', async () => {
  const { tiles, broadcaster } = await setUp()
  await store.markAsPublished(await save(5), 1)
  await store.trim({ publishedBeforeMs: 2, keysBeforeMs: 0 })
  await broadcaster.checkHeads()
  expect(sent).toEqual(['resync'])
  await boardsAgree(tiles)
})

test('A6 for a gap of more than 10,000 commits the board is read, not the commits', async () => {
  const { tiles, broadcaster } = await setUp()
  const head = asSeq(10_001)
  const board = { epoch: canvas.epoch, seq: head, colors: new Uint8Array(64 * 64).fill(2) }
  vi.spyOn(store, 'readHeads').mockResolvedValue(new Map([[ref.tile, head]]))
  const read = vi.spyOn(store, 'readCommits').mockResolvedValue({ kind: 'page', epoch: canvas.epoch, head, commits: [] })
  vi.spyOn(store, 'readBoard').mockResolvedValue(board)
  await broadcaster.checkHeads()
  expect([sent, read.mock.calls.length]).toEqual([['resync'], 1])
  expect(await tiles.board(ref)).toEqual(board)
})

test('another epoch replaces the board, and entries of an earlier epoch change nothing', async () => {
  const { tiles, step } = await setUp()
  const [leftover] = await save()
  const epoch = asEpoch('epoch002')
  const restored = { ...canvas, epoch }
  vi.spyOn(store, 'getCanvas').mockResolvedValue(restored)
  const readBoard = vi.spyOn(store, 'readBoard').mockResolvedValue({ epoch, seq: asSeq(7), colors: new Uint8Array(64 * 64).fill(1) })
  await stream.adopt(asCanvasId('main'), epoch, canvas.epoch)
  await stream.seed({ ...ref, epoch, head: asSeq(6) })
  await stream.append([{ ...(leftover as SequencedCommit), epoch, seq: asSeq(7) }])
  await step()
  expect([sent, (await tiles.board(ref))?.epoch]).toEqual([['resync'], epoch])

  await stream.adopt(asCanvasId('main'), canvas.epoch, epoch)
  await stream.append([leftover as SequencedCommit])
  await step()
  expect([sent, (await tiles.board(ref))?.seq, readBoard.mock.calls.length]).toEqual([['resync'], 7, 1])
})

test('A3 a board that is older than the tile does not replace it', async () => {
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
  expect(sent).toEqual(['1-3'])
  await boardsAgree(tiles)
})
