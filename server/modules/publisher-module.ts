import { controlTile } from '../../lib/control-log.ts'
import { BoardEraser, eraserOptions } from '../erasing/board-eraser.ts'
import { HeadKeeper } from '../publishing/head-keeper.ts'
import { Publisher } from '../publishing/publisher.ts'
import { createRetention } from '../publishing/retention.ts'
import { TileOwnership } from '../publishing/tile-ownership.ts'
import { ScheduleRunner } from '../scheduling/schedule-runner.ts'
import type { SharedModules } from './shared-modules.ts'

/** A shorter interval costs the store and every gateway more for each pixel, and people do not notice 25 ms. */
const publishMs = 25

export const createPublisherModule = ({ context, observability, storage, coordination }: SharedModules) => {
  const { config, logger, failpoints, clockBounds, newGroupId } = context
  const { store, stream } = storage
  const ownership = new TileOwnership({ store, peers: coordination.members, id: context.processId })
  const publisher = new Publisher({
    store,
    stream,
    context,
    metrics: observability.delivery,
    newGroupId,
    control: { ownedTiles: () => ownership.tiles, isPaused: () => coordination.publishing.isPaused },
    intervals: { pollMs: config.outboxPollMs, publishMs },
  })
  stream.onSignal(({ kind }) => {
    if (kind === 'wake') publisher.wake()
  })
  coordination.onResumed(() => publisher.wake())
  coordination.onBeat(() => ownership.refresh())
  const schedule = new ScheduleRunner({
    store,
    context,
    newGroupId,
    warnings: observability.warnings,
    isFirst: (canvas) => ownership.owns({ canvas, tile: controlTile }),
    onChanged() {
      publisher.wake()
      stream.signal({ kind: 'wake' })
    },
  })
  const eraser = new BoardEraser({
    ...eraserOptions({ context, storage }, () => publisher.wake()),
    owns: (canvas) => ownership.tiles === null || ownership.tiles.some((owned) => owned.canvas === canvas && owned.tile === 0),
  })
  const services = [publisher.name, schedule.name]
  observability.registerRole({ role: 'publisher', services, processed: () => publisher.health().processed })
  return {
    publisher,
    services: [
      publisher,
      schedule,
      eraser,
      new HeadKeeper({ store, stream, logger }),
      createRetention({ store, failpoints, logger, retentionMs: config.outboxRetentionMs, now: clockBounds.earliest }),
    ],
  }
}
