import { setTimeout as wait } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { asCanvasId, asCommitId, asEpoch, asSeq, asTile } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { systemClock } from '../clock.ts'
import { createFailpoints, type FailpointName, failpointNames } from '../failpoints.ts'
import { noMetrics } from '../observability/delivery-metrics.ts'
import { silentLogger } from '../observability/log.ts'
import type { TileRef } from '../store/port.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { StreamError } from '../stream/port.ts'
import { clockOf, workerContext } from '../worker-context.fixture.ts'
import { setUpPublishing } from './publisher.fixture.ts'
import { type PublishingControl, stealAfterMs } from './publisher.ts'

const main = asCanvasId('main')
const ownerOf = (tiles: readonly TileRef[]): PublishingControl => ({ ownedTiles: () => tiles, isPaused: () => false })
const seqsOf = (commits: readonly SequencedCommit[]) => commits.map(({ seq }) => seq)

test('commits get seqs, are appended in order and are marked', async () => {
  const { store, place, publisher, read, publishAll } = await setUpPublishing()
  await place(0)
  await place(1)
  await place(2)
  await publishAll(publisher)
  expect(seqsOf(await read())).toEqual([1, 2, 3])
  expect(await store.backlog()).toEqual({ unsequenced: 0, unpublished: 0, oldestAtMs: null, dead: 0 })
  expect(publisher.health()).toMatchObject({ processed: 3, failures: 0 })
  expect(await publisher.step()).toBe('idle')
})

const steps = failpointNames.filter((name) => name.startsWith('publisher.'))

test.each(steps)('A2 a crash at %s loses no commit and repeats none', async (name: FailpointName) => {
  const { store, place, publisherWith, publisher, read, publishAll } = await setUpPublishing()
  await publishAll(publisher)
  await place([0, 1])
  await place(2)
  const crashing = publisherWith({ context: workerContext({ failpoints: createFailpoints({ [name]: 'throw' }) }) })
  await expect(publishAll(crashing)).rejects.toMatchObject({ code: 'failpoint' })
  await place(3)
  await publishAll(publisher)
  expect(seqsOf(await read())).toEqual([1, 2, 3])
  expect(await store.backlog()).toMatchObject({ unsequenced: 0, unpublished: 0 })
})

test('concurrent publishers append each commit once', async () => {
  const { place, publisherWith, read, publishAll } = await setUpPublishing({ batchSize: 3 })
  for (let gx = 0; gx < 40; gx++) await place(gx % 64)
  await Promise.all([publisherWith(), publisherWith(), publisherWith()].map(publishAll))
  expect(seqsOf(await read())).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
})

test('a publisher checks once a second for commits that another owner leaves waiting, and publishes them', async () => {
  let nowMs = 1_500
  const { place, publisherWith, read, publishAll } = await setUpPublishing()
  const owned = [{ canvas: main, tile: asTile(1) }]
  const publisher = publisherWith({ context: workerContext({ clock: clockOf(() => nowMs) }), control: ownerOf(owned) })
  await publishAll(publisher)
  await place(0)
  await publisher.step()
  expect(seqsOf(await read()), 'the commit has not waited for a second').toEqual([])
  nowMs += stealAfterMs - 1
  await publisher.step()
  expect(seqsOf(await read()), 'the last check was less than a second ago').toEqual([])
  nowMs += 1
  expect(await publisher.step(), 'this round seeds the tile in the stream').toBe('more')
  await publisher.step()
  expect(seqsOf(await read())).toEqual([1])
})

test('a publisher that is behind with its own tiles publishes no others', async () => {
  const { place, store, publisherWith, read, publishAll } = await setUpPublishing({ batchSize: 2 })
  await place(64)
  await publishAll(publisherWith())
  const publisher = publisherWith({
    context: workerContext({ clock: clockOf(() => 100_000) }),
    control: ownerOf([{ canvas: main, tile: asTile(1) }]),
  })
  await place(0)
  for (const gx of [65, 66, 67]) await place(gx)
  expect(await publisher.step()).toBe('more')
  expect(await publisher.step()).toBe('idle')
  expect(seqsOf(await read())).toEqual([1, 2, 3, 4])
  expect(await store.backlog()).toMatchObject({ unsequenced: 1 })
  await publisher.step()
  expect(await store.backlog()).toMatchObject({ unsequenced: 0, unpublished: 0 })
})

test('commits whose sequencing was not confirmed are published in the next round', async () => {
  const { store, place, publisher, read, publishAll } = await setUpPublishing()
  await place(0)
  await publishAll(publisher)
  await place(1)
  const sequence = store.sequence.bind(store)
  vi.spyOn(store, 'sequence').mockImplementationOnce(async (options) => {
    await sequence(options)
    throw new Error('lost')
  })
  await expect(publisher.step()).rejects.toThrow('lost')
  expect(seqsOf(await read())).toEqual([1])
  await publisher.step()
  expect(seqsOf(await read())).toEqual([2])
})

test('a stream that lost its heads continues after the published commits', async () => {
  const { store, stream, place, publisher, read, publishAll } = await setUpPublishing()
  await place(0)
  await place(1)
  await publishAll(publisher)
  await stream.adopt(main, asEpoch('someother'), testCanvas().epoch)
  await place(2)
  await place(3)
  await publishAll(publisher)
  expect(seqsOf(await read())).toEqual([1, 2, 3, 4])
  expect(await stream.heads(main)).toEqual(new Map([[0, 4]]))
  expect(await store.backlog()).toMatchObject({ unpublished: 0 })
})

test('a stream that lost its newest entries receives them again from the outbox', async () => {
  const { store, place, publisherWith, publishAll } = await setUpPublishing({ batchSize: 2 })
  for (let gx = 0; gx < 9; gx++) await place(gx)
  await publishAll(publisherWith())
  const older = new EmbeddedStream()
  await older.adopt(main, testCanvas().epoch)
  await older.seed({ canvas: main, tile: asTile(0), epoch: testCanvas().epoch, head: asSeq(4) })
  const reader = await older.join({ group: 'g', consumer: 'one', kind: 'broadcast', from: 'start' })
  await place(9)
  await publishAll(publisherWith({ stream: older }))
  const { signal } = new AbortController()
  expect((await reader.read({ maxCount: 100, blockMs: 0, signal })).map(({ commit }) => commit.seq)).toEqual([5, 6, 7, 8, 9, 10])
  expect(await store.backlog()).toMatchObject({ unpublished: 0 })
})

test('publishing skips a gap that the outbox can no longer fill', async () => {
  const { store, place, publisherWith, publishAll } = await setUpPublishing()
  for (let gx = 0; gx < 5; gx++) await place(gx)
  await publishAll(publisherWith())
  await store.trim({ publishedBeforeMs: 1e12, keysBeforeMs: 0 })
  const older = new EmbeddedStream()
  await older.adopt(main, testCanvas().epoch)
  await older.seed({ canvas: main, tile: asTile(0), epoch: testCanvas().epoch, head: asSeq(2) })
  await place(9)
  await publishAll(publisherWith({ stream: older }))
  expect(await older.heads(main)).toEqual(new Map([[0, 6]]))
})

test('a publisher backs off while the stream is unavailable, and publishes afterwards', async () => {
  const { store, stream, place, publisherWith, publishAll } = await setUpPublishing()
  const publisher = publisherWith()
  await publishAll(publisher)
  await place(0)
  const append = vi.spyOn(stream, 'append').mockRejectedValue(new StreamError('unavailable', 'down'))
  const controller = new AbortController()
  const running = publisher.run(controller.signal)
  await vi.waitFor(() => expect(publisher.health()).toMatchObject({ state: 'backing_off', lastError: 'down' }))
  expect(await store.backlog()).toMatchObject({ unpublished: 1 })
  append.mockRestore()
  await vi.waitFor(async () => expect((await store.backlog()).unpublished).toBe(0))
  expect(publisher.health().state).toBe('running')
  controller.abort()
  await running
  expect(publisher.health().state).toBe('stopped')
})

test('a single commit is published at once, and rounds under load start at least publishMs apart', async () => {
  const publishMs = 150
  const roundsAtMs: number[] = []
  const counts: number[] = []
  const { place, publisherWith } = await setUpPublishing()
  const publisher = publisherWith({
    intervals: { pollMs: 5, publishMs },
    context: workerContext({ clock: systemClock }),
    metrics: {
      ...noMetrics,
      published(agesMs) {
        counts.push(agesMs.length)
        roundsAtMs.push(performance.now())
      },
    },
  })
  const controller = new AbortController()
  const running = publisher.run(controller.signal)
  const startMs = performance.now()
  for (let gx = 0; roundsAtMs.length < 4; gx++) {
    await place(gx % 60)
    publisher.wake()
    await wait(10)
  }
  controller.abort()
  await running
  expect((roundsAtMs[0] ?? 0) - startMs).toBeLessThan(publishMs)
  for (const [index, atMs] of roundsAtMs.slice(1).entries()) expect(atMs - (roundsAtMs[index] ?? 0)).toBeGreaterThan(publishMs / 2)
  expect(counts[0]).toBe(1)
  // Commits that arrive between two rounds share the next one.
  expect(Math.max(...counts)).toBeGreaterThan(3)
})

test('a wake-up is not lost, whether it arrives during a round or between two rounds', async () => {
  const { place, publisherWith, read } = await setUpPublishing({ intervals: { pollMs: 600_000, publishMs: 0 } })
  const publisher = publisherWith()
  const controller = new AbortController()
  const running = publisher.run(controller.signal)
  for (let gx = 0; gx < 5; gx++) {
    await place(gx)
    publisher.wake()
  }
  await vi.waitFor(() => expect(publisher.health().processed).toBe(5))
  expect(seqsOf(await read())).toEqual([1, 2, 3, 4, 5])
  controller.abort()
  await running
})

test('an entry of an unknown kind is published unchanged and logged once', async () => {
  const warnings: object[] = []
  let seen = 0
  const logger = { ...silentLogger, warn: (line: object) => void warnings.push(line) }
  const { place, publisherWith, read, publishAll, store } = await setUpPublishing()
  const publisher = publisherWith({ context: workerContext({ logger }), metrics: { ...noMetrics, unknownKind: () => void seen++ } })
  const content = { kind: 'sticker', bytes: new Uint8Array([1]) }
  for (const gx of [0, 1]) {
    await place(gx)
    const { epoch } = testCanvas()
    const commit = { id: asCommitId(`newer-${gx}`), canvas: main, tile: asTile(0), epoch, atMs: 1_500 + gx, cause: 'paint' as const }
    store.addEntry({ ...commit, pixels: [], content })
  }
  await place(2)
  await publishAll(publisher)
  expect(seqsOf(await read())).toEqual([1, 2, 3, 4, 5])
  expect(warnings).toEqual([expect.objectContaining({ event: 'unknown_entry_kind', kind: 'sticker' })])
  expect(seen).toBe(2)
})

test('a paused publisher sequences and publishes nothing', async () => {
  let isPaused = false
  const { store, place, publisherWith, publishAll } = await setUpPublishing({
    control: { ownedTiles: () => null, isPaused: () => isPaused },
  })
  const publisher = publisherWith()
  await publishAll(publisher)
  isPaused = true
  await place(0)
  expect(await publisher.step()).toBe('idle')
  expect(publisher.health()).toMatchObject({ state: 'stopped', lastError: 'paused by an operator' })
  expect(await store.backlog()).toMatchObject({ unsequenced: 1, unpublished: 0 })
  isPaused = false
  while ((await publisher.step()) === 'more');
  expect(await store.backlog()).toMatchObject({ unsequenced: 0, unpublished: 0 })
})

test('A6 while the stream is unavailable, one round sequences at most 40 pages', async () => {
  const pages: number[] = []
  const { store, stream, place, publisherWith } = await setUpPublishing()
  for (let gx = 0; gx < 60; gx++) await place(gx)
  const sequence = store.sequence.bind(store)
  vi.spyOn(store, 'sequence').mockImplementation(async (options) => {
    pages.push((pages.pop() ?? 0) + 1)
    return sequence(options)
  })
  vi.spyOn(stream, 'append').mockImplementation(async () => {
    pages.push(0)
    throw new StreamError('unavailable', 'down')
  })
  const controller = new AbortController()
  const running = publisherWith({ batchSize: 1 }).run(controller.signal)
  await vi.waitFor(() => expect(pages.length).toBeGreaterThan(3), { timeout: 5_000 })
  controller.abort()
  await running
  expect(pages.slice(0, 3)).toEqual([1, 40, 20])
})
