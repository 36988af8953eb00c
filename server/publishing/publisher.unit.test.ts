import { expect, test, vi } from 'vitest'
import { asCanvasId, asEpoch, asSeq, asTile } from '../../lib/brand.ts'
import { createFailpoints, type FailpointName, failpointNames, noFailpoints } from '../failpoints.ts'
import { silentLogger } from '../observability/log.ts'
import { paint, testCanvas } from '../store/fixtures.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { StreamError } from '../stream/port.ts'
import { Publisher, type PublisherOptions } from './publisher.ts'

const main = asCanvasId('main')

const setUp = async (options: Partial<PublisherOptions> = {}) => {
  const store = new MemoryStore()
  const stream = new EmbeddedStream()
  await store.ensureCanvas(testCanvas())
  let groups = 0
  const place = (...gxs: number[]) =>
    store.place({
      id: `group${(groups++).toString().padStart(8, '0')}`,
      requests: gxs.map((gx) => paint({ gx, gy: 0, color: 1 })),
      nowMs: 1_000 + groups,
    })
  const publisherWith = (more: Partial<PublisherOptions> = {}) =>
    new Publisher({
      store,
      stream,
      failpoints: noFailpoints,
      logger: silentLogger,
      now: () => 5_000,
      random: () => 0,
      pollMs: 10_000,
      ...options,
      ...more,
    })
  const reader = await stream.join({ group: 'watcher', consumer: 'one', kind: 'broadcast', from: 'start' })
  const { signal } = new AbortController()
  const published = async () => (await reader.read({ maxCount: 1_000, blockMs: 0, signal })).map(({ commit }) => commit.seq)
  const settle = async (publisher: Publisher) => {
    for (let rounds = 0; rounds < 50; rounds++) {
      if ((await publisher.step()) === 'idle' && (await store.backlog()).unpublished === 0) return
    }
    throw new Error('the publisher does not come to rest')
  }
  return { store, stream, place, publisherWith, publisher: publisherWith(), published, settle }
}

test('commits are numbered, appended in order and marked', async () => {
  const { store, place, publisher, published, settle } = await setUp()
  await place(0)
  await place(1)
  await place(2)
  await settle(publisher)
  expect(await published()).toEqual([1, 2, 3])
  expect(await store.backlog()).toEqual({ unsequenced: 0, unpublished: 0, oldestAtMs: null })
  expect(publisher.health()).toMatchObject({ processed: 3, failures: 0 })
  expect(await publisher.step()).toBe('idle')
})

const steps = failpointNames.filter((name) => name.startsWith('publisher.'))

test.each(steps)('A2 a crash at %s loses nothing and doubles nothing', async (name: FailpointName) => {
  const { store, place, publisherWith, publisher, published, settle } = await setUp()
  await settle(publisher)
  await place(0, 1)
  await place(2)
  const crashing = publisherWith({ failpoints: createFailpoints({ [name]: 'throw' }) })
  await expect(settle(crashing)).rejects.toMatchObject({ code: 'failpoint' })
  await place(3)
  await settle(publisher)
  expect(await published()).toEqual([1, 2, 3])
  expect(await store.backlog()).toMatchObject({ unsequenced: 0, unpublished: 0 })
})

test('publishers that race append each commit once', async () => {
  const { place, publisherWith, published, settle } = await setUp({ batchSize: 3 })
  for (let gx = 0; gx < 40; gx++) await place(gx % 64)
  await Promise.all([publisherWith(), publisherWith(), publisherWith()].map(settle))
  expect(await published()).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
})

test('a stream that knows nothing continues after what was published before', async () => {
  const { store, stream, place, publisher, published, settle } = await setUp()
  await place(0)
  await place(1)
  await settle(publisher)
  await stream.adopt(main, asEpoch('someother'))
  await place(2)
  await place(3)
  await settle(publisher)
  expect(await published()).toEqual([1, 2, 3, 4])
  expect(await stream.tails(main)).toEqual(new Map([[0, 4]]))
  expect(await store.backlog()).toMatchObject({ unpublished: 0 })
})

test('a stream that lost its newest entries gets them again from the outbox', async () => {
  const { store, place, publisherWith, settle } = await setUp({ batchSize: 2 })
  for (let gx = 0; gx < 9; gx++) await place(gx)
  await settle(publisherWith())
  const older = new EmbeddedStream()
  await older.adopt(main, testCanvas().epoch)
  await older.seed({ canvas: main, tile: asTile(0), epoch: testCanvas().epoch, tail: asSeq(4) })
  const reader = await older.join({ group: 'g', consumer: 'one', kind: 'broadcast', from: 'start' })
  await place(9)
  await settle(publisherWith({ stream: older }))
  const { signal } = new AbortController()
  expect((await reader.read({ maxCount: 100, blockMs: 0, signal })).map(({ commit }) => commit.seq)).toEqual([5, 6, 7, 8, 9, 10])
  expect(await store.backlog()).toMatchObject({ unpublished: 0 })
})

test('a gap that the outbox can no longer fill is jumped over', async () => {
  const { store, place, publisherWith, settle } = await setUp()
  for (let gx = 0; gx < 5; gx++) await place(gx)
  await settle(publisherWith())
  await store.trim({ publishedBeforeMs: 1e12, keysBeforeMs: 0 })
  const older = new EmbeddedStream()
  await older.adopt(main, testCanvas().epoch)
  await older.seed({ canvas: main, tile: asTile(0), epoch: testCanvas().epoch, tail: asSeq(2) })
  await place(9)
  await settle(publisherWith({ stream: older }))
  expect(await older.tails(main)).toEqual(new Map([[0, 6]]))
})

test('while the transport is down it backs off, and goes on when it is back', async () => {
  const { store, stream, place, publisherWith } = await setUp()
  await place(0)
  const append = vi.spyOn(stream, 'append').mockRejectedValue(new StreamError('unavailable', 'down'))
  const publisher = publisherWith()
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

test('a wake-up is not lost, whether it comes during a round or between two', async () => {
  const { place, publisherWith, published } = await setUp({ pollMs: 600_000 })
  const publisher = publisherWith()
  const controller = new AbortController()
  const running = publisher.run(controller.signal)
  for (let gx = 0; gx < 5; gx++) {
    await place(gx)
    publisher.wake()
  }
  await vi.waitFor(() => expect(publisher.health().processed).toBe(5))
  expect(await published()).toEqual([1, 2, 3, 4, 5])
  controller.abort()
  await running
})
