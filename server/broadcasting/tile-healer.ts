/** Brings a tile that is behind the store up to date (A2): with the missing commits, or with the whole board if they are trimmed or too many. */
import type { DeliveryMetrics } from '../observability/delivery-metrics.ts'
import type { Logger } from '../observability/log.ts'
import type { Store } from '../store/port.ts'
import type { FrameSink } from './port.ts'
import { maxMissedBytes, maxMissedCommits, type TrackedTile } from './tracked-tile.ts'

export interface TileHealerOptions {
  readonly store: Pick<Store, 'readCommits' | 'readBoard'>
  readonly sink: Pick<FrameSink, 'resync'>
  readonly logger: Logger
  readonly metrics: Pick<DeliveryMetrics, 'healedGap'>
}

const healPage = 500

export class TileHealer {
  readonly #options: TileHealerOptions

  constructor(options: TileHealerOptions) {
    this.#options = options
  }

  /** When more commits are missing than a client may replay, all clients load the board instead (A6). */
  async heal(tile: TrackedTile): Promise<void> {
    const { store } = this.#options
    const from = tile.seq
    for (;;) {
      const page = await store.readCommits({ ...tile.ref, after: tile.seq, limit: healPage })
      if (!page) return
      if (page.kind === 'trimmed' || page.epoch !== tile.epoch || page.head - tile.seq > maxMissedCommits) return this.reload(tile)
      for (const commit of page.commits) tile.apply(commit)
      if (page.commits.length === 0 || tile.seq >= page.head) break
      if (tile.unsentBytes > maxMissedBytes) return this.reload(tile)
    }
    if (tile.seq > from) this.#countHealed(tile, { from: from + 1 })
  }

  /** Replaces the tile's board with the store's, and sends `resync` to the room. */
  async reload(tile: TrackedTile) {
    const { store, sink, logger } = this.#options
    const board = await store.readBoard(tile.ref)
    // The stream may have advanced the tile during the read, and a tile never goes back.
    if (!board || (board.epoch === tile.epoch && (board.seq < tile.seq || board.seq === tile.head))) return
    const { seq, epoch } = tile
    tile.replace(board)
    sink.resync(tile.ref)
    if (board.epoch === epoch) this.#countHealed(tile, { from: seq + 1 })
    logger.warn({ event: 'tile_reloaded', ...tile.ref, epoch: board.epoch, seq: board.seq })
  }

  #countHealed(tile: TrackedTile, { from }: { from: number }) {
    this.#options.metrics.healedGap()
    this.#options.logger.info({ event: 'gap_healed', ...tile.ref, from, to: tile.seq })
  }
}
