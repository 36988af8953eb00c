/** A store, a stream and projectors for tests. */
import { asCanvasId, asPosition, asTile } from '../../lib/brand.ts'
import { noMetrics } from '../observability/delivery-metrics.ts'
import { silentLogger } from '../observability/log.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import type { LogProjectionName } from '../store/projections-port.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { clockOf, workerContext } from '../worker-context.fixture.ts'
import { LogProjection } from './log-projection.ts'
import { Projector, type ProjectorOptions } from './projector.ts'

export const main = asCanvasId('main')
export const tile = asTile(0)

export const setUpProjecting = async () => {
  const clock = { nowMs: 100_000 }
  const store = new MemoryStore()
  const stream = new EmbeddedStream({ maxEntries: 40, now: () => clock.nowMs })
  const canvas = await store.ensureCanvas(testCanvas())
  await stream.adopt(main, canvas.epoch)
  let groups = 0
  /** Places one pixel and publishes it. */
  const publish = async (gx: number, color: number) => {
    await store.place({ id: `group${String(groups).padStart(8, '0')}`, requests: [paint({ gx, gy: 0, color })], nowMs: 1_000 + groups++ })
    await store.sequence({ limit: 10 })
    const commits = await store.getUnpublished({ limit: 10 })
    await stream.append(commits)
    await store.markAsPublished(commits, clock.nowMs)
  }
  const projectorWith = (options: Partial<ProjectorOptions> & Pick<ProjectorOptions, 'projection'>) =>
    new Projector({
      store,
      stream,
      consumer: 'one',
      context: workerContext({ clock: clockOf(() => clock.nowMs) }),
      metrics: noMetrics,
      ...options,
    })
  const log = (name: LogProjectionName) => new LogProjection({ name, store, logger: silentLogger })
  const history = async (gx: number) =>
    (await store.projections.readHistory({ canvas: main, tile, position: asPosition(gx), limit: 50 })).map(({ seq, color }) => [seq, color])
  const placed = async () =>
    (await store.projections.readStats({ canvas: main, maxPainters: 9, sinceMs: 0 })).minutes.reduce((sum, each) => sum + each.placed, 0)
  return { clock, store, stream, canvas, publish, projectorWith, log, history, placed }
}
