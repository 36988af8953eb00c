/** Publishers for tests, on a store and a stream in memory. */
import type { Commit } from '../../lib/commit.ts'
import { noMetrics } from '../observability/delivery-metrics.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { workerContext } from '../worker-context.fixture.ts'
import { Publisher, type PublisherOptions } from './publisher.ts'

export const createTestPublisher = (options: Partial<PublisherOptions> & Pick<PublisherOptions, 'store' | 'stream'>) =>
  new Publisher({
    context: workerContext(),
    metrics: noMetrics,
    newGroupId: () => 'newgroup',
    intervals: { pollMs: 10_000, publishMs: 0 },
    ...options,
  })

/** Accepts entries that a placement cannot make, such as those of unknown kinds. */
class StoreWithEntries extends MemoryStore {
  add(commit: Commit) {
    this.addEntry(commit)
  }
}

export const setUpPublishing = async (options: Partial<PublisherOptions> & { stream?: EmbeddedStream } = {}) => {
  const store = new StoreWithEntries()
  const stream = options.stream ?? new EmbeddedStream()
  await store.ensureCanvas(testCanvas())
  let groups = 0
  /** Saves one group, with a pixel in row 0 for each x. */
  const place = (gxs: number | readonly number[], color = 1) =>
    store.place({
      id: `group${(groups++).toString().padStart(8, '0')}`,
      requests: [gxs].flat().map((gx) => paint({ gx, gy: 0, color })),
      nowMs: 1_000 + groups,
    })
  const publisherWith = (more: Partial<PublisherOptions> = {}) => createTestPublisher({ store, stream, ...options, ...more })
  const reader = await stream.join({ group: 'watcher', consumer: 'one', kind: 'broadcast', from: 'start' })
  const { signal } = new AbortController()
  /** The entries of the stream that were not read before. */
  const read = async () => (await reader.read({ maxCount: 1_000, blockMs: 0, signal })).map(({ commit }) => commit)
  const publishAll = async (publisher: Publisher) => {
    for (let round = 0; round < 50; round++) {
      if ((await publisher.step()) === 'idle' && (await store.backlog()).unpublished === 0) return
    }
    throw new Error('Commits are still unpublished after 50 rounds.')
  }
  return { store, stream, place, publisherWith, publisher: publisherWith(), read, publishAll }
}
