import { expect, test } from 'vitest'
import { asTile } from '../../lib/brand.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { primeStream } from './prime-stream.ts'
import { createTestPublisher } from './publisher.fixture.ts'

/** Two commits on each of two tiles, with seqs and not published. */
const setUp = async () => {
  const [store, stream] = [new MemoryStore(), new EmbeddedStream()]
  const canvas = await store.ensureCanvas(testCanvas())
  let groups = 0
  const place = (gx: number) =>
    store.place({ id: `group${(groups++).toString().padStart(8, '0')}`, requests: [paint({ gx, gy: 0, color: 1 })], nowMs: 1_000 + groups })
  for (const gx of [0, 1, 64, 65]) await place(gx)
  await store.sequence({ limit: 10 })
  const publisher = createTestPublisher({ store, stream })
  const publishAll = async () => {
    while ((await publisher.step()) === 'more');
  }
  const reader = await stream.join({ group: 'watcher', consumer: 'one', kind: 'broadcast', from: 'start' })
  const { signal } = new AbortController()
  const published = async () =>
    (await reader.read({ maxCount: 100, blockMs: 0, signal })).map(({ commit }) => `${commit.tile}: ${commit.seq}`).sort()
  return { store, stream, canvas, place, publishAll, published }
}

test('publishing continues after the published commits', async () => {
  const { store, stream, canvas, place, publishAll, published } = await setUp()
  await store.markAsPublished(await store.getUnpublished({ limit: 10 }), 2_000)
  await place(2)
  await store.sequence({ limit: 10 })
  await primeStream({ store, stream, canvas })
  expect(await stream.heads(canvas.id)).toEqual(
    new Map([
      [asTile(0), 2],
      [asTile(1), 2],
    ]),
  )
  await publishAll()
  expect(await published()).toEqual(['0: 3'])
})

test.each([1, 2, 3, 4, 5])('A2 every waiting commit is appended when priming reads only %i of 4', async (lookAhead) => {
  const { store, stream, canvas, publishAll, published } = await setUp()
  await primeStream({ store, stream, canvas, lookAhead })
  await publishAll()
  expect(await published()).toEqual(['0: 1', '0: 2', '1: 1', '1: 2'])
  expect(await store.backlog()).toMatchObject({ unpublished: 0 })
})

test('A2 every waiting commit is appended when they exceed the page that priming reads', async () => {
  const { store, stream, canvas, publishAll, published } = await setUp()
  await publishAll()
  await published()
  const whole = Array.from({ length: 64 * 64 }, (_, position) => ({ gx: position % 64, gy: Math.floor(position / 64), color: 2 }))
  // Sixteen commits of 4,096 pixels fill a page, so the commit of tile 1 is not on it.
  for (let group = 0; group < 17; group++) {
    await store.place({ id: `large${String(group).padStart(8, '0')}`, requests: [paint(whole)], nowMs: 10_000 + group })
  }
  await store.place({ id: 'afterwards', requests: [paint({ gx: 64, gy: 0, color: 3 })], nowMs: 11_000 })
  await store.sequence({ limit: 100 })
  await primeStream({ store, stream, canvas })
  await publishAll()
  const all = await published()
  expect(all).toHaveLength(18)
  expect(all).toContain('1: 3')
})
