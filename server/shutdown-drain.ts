/**
 * What a process that stops still does with what it has accepted (A7): publishes and sends it before clients are told to leave, and keeps boards of it. While
 * the way is barred it stays where it is, and another start carries it on.
 */
import type { Broadcaster } from './broadcasting/broadcaster.ts'
import type { Logger } from './observability/log.ts'
import type { SnapshotProjection } from './projecting/snapshot-projection.ts'
import type { Publisher } from './publishing/publisher.ts'
import type { Store } from './store/port.ts'
import type { EventStream } from './stream/port.ts'
import { isTransportFault } from './transport-fault.ts'

/** A stop is not held up for longer. */
const lastSnapshotsMs = 1_000

const ignoreTransportFault = async (run: () => Promise<unknown>, tell: (error: unknown) => void) => {
  try {
    await run()
  } catch (error) {
    if (!isTransportFault(error)) throw error
    tell(error)
  }
}

/** `publisher`: null in a process that is none. */
export const drainOutbox = ({
  publisher,
  broadcaster,
  logger,
}: {
  publisher: Pick<Publisher, 'step'> | null
  broadcaster: Pick<Broadcaster, 'checkHeads'>
  logger: Logger
}) =>
  ignoreTransportFault(
    async () => {
      while ((await publisher?.step()) === 'more');
      await broadcaster.checkHeads()
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
