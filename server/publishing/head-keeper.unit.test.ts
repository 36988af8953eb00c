import { expect, test } from 'vitest'
import { asCanvasId, asTile } from '../../lib/brand.ts'
import { noMetrics } from '../observability/delivery-metrics.ts'
import { silentLogger } from '../observability/log.ts'
import { LogProjection } from '../projecting/log-projection.ts'
import { Projector } from '../projecting/projector.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { workerContext } from '../worker-context.fixture.ts'
import { HeadKeeper } from './head-keeper.ts'

const main = asCanvasId('main')

const setUp = async () => {
  const store = new MemoryStore()
  await store.ensureCanvas(testCanvas())
  let groups = 0
  const place = async (gx: number) => {
    await store.place({
      id: `group${String(groups).padStart(8, '0')}`,
      requests: [paint({ gx, gy: 0, color: 1 })],
      nowMs: 1_000 + groups++,
    })
    await store.sequence({ limit: 10 })
  }
  /** Marks the commit as published, as if the stream had lost it. */
  const publish = async (gx: number) => {
    await place(gx)
    await store.markAsPublished(await store.getUnpublished({ limit: 10 }), 2_000)
  }
  const stream = new EmbeddedStream()
  const keeper = new HeadKeeper({ store, stream, logger: silentLogger })
  return { store, stream, keeper, place, publish }
}

test('A2 commits that the stream lost before a projector read them are projected, without further placements', async () => {
  const { store, stream, keeper, publish } = await setUp()
  for (const gx of [1, 2, 70]) await publish(gx)
  const projector = new Projector({
    projection: new LogProjection({ name: 'stats', store, logger: silentLogger }),
    store,
    stream,
    consumer: 'one',
    context: workerContext(),
    metrics: noMetrics,
  })
  await keeper.step()
  const { signal } = new AbortController()
  await projector.step(await projector.join(), signal)
  const { painters } = await store.projections.readStats({ canvas: main, maxPainters: 9, sinceMs: 0 })
  expect(painters.map(({ placed }) => placed)).toEqual([3])
})

test('an unpublished commit stays above the raised head and can be appended', async () => {
  const { store, stream, keeper, place, publish } = await setUp()
  await publish(1)
  await publish(70)
  await place(2)
  await keeper.step()
  expect(await stream.heads(main)).toEqual(
    new Map([
      [asTile(0), 1],
      [asTile(1), 1],
    ]),
  )
  expect(await stream.append(await store.getUnpublished({ limit: 10 }))).toEqual([{ kind: 'appended' }])
})

test('a stream whose heads are right is not changed', async () => {
  const { store, stream, keeper, publish } = await setUp()
  await publish(1)
  await keeper.step()
  const before = await stream.heads(main)
  const { adopt, seed } = stream
  stream.adopt = stream.seed = async () => {
    throw new Error('unexpected change')
  }
  await keeper.step()
  expect(await stream.heads(main)).toEqual(before)
  Object.assign(stream, { adopt, seed })
  await store.close()
})
