/**
 * Publishes and sends what a stopping process has accepted, before it closes its sockets (A7). If the store or the stream is
 * unavailable, the remaining entries stay in the outbox and are published after the next start.
 */
import type { Broadcaster } from './broadcasting/broadcaster.ts'
import type { Logger } from './observability/log.ts'
import type { SnapshotProjection } from './projecting/snapshot-projection.ts'
import type { Publisher } from './publishing/publisher.ts'
import type { Store } from './store/port.ts'
import type { EventStream } from './stream/port.ts'
import { isTransportFault } from './transport-fault.ts'

/** The longest delay of a stop by snapshots. */
const lastSnapshotsMs = 1_000

const ignoreTransportFault = async (run: () => Promise<unknown>, log: (error: unknown) => void) => {
  try {
    await run()
  } catch (error) {
    if (!isTransportFault(error)) throw error
    log(error)
  }
}

/** A part is null in a process without its role. */
export const drainOutbox = ({
  publisher,
  broadcaster,
  logger,
}: {
  publisher: Pick<Publisher, 'step'> | null
  broadcaster: Pick<Broadcaster, 'checkHeads'> | null
  logger: Logger
}) =>
  ignoreTransportFault(
    async () => {
      while ((await publisher?.step()) === 'more');
      await broadcaster?.checkHeads()
    },
    (error) => logger.warn({ event: 'rest_not_published', err: error }),
  )

export const takeFinalSnapshots = ({
  store,
  stream,
  snapshots,
  logger,
}: {
  store: Pick<Store, 'listCanvases'>
  stream: Pick<EventStream, 'heads'>
  snapshots: Pick<SnapshotProjection, 'takeLast'>
  logger: Logger
}) => {
  const signal = AbortSignal.timeout(lastSnapshotsMs)
  return ignoreTransportFault(
    async () => {
      for (const canvas of await store.listCanvases()) await snapshots.takeLast(canvas, await stream.heads(canvas.id), signal)
    },
    (error) => logger.info({ event: 'last_snapshots_not_taken', err: error }),
  )
}
