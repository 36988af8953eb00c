/**
 * Brings a tile that is behind the store up to it (A2): by the commits that it lacks when they are kept and not too many, by the
 * whole board otherwise. For the broadcaster, which calls it for a gap in the stream and for a tile behind its head.
 */
import type { DeliveryMetrics } from '../observability/delivery-metrics.ts'
import type { Logger } from '../observability/log.ts'
import type { Store } from '../store/port.ts'
import { maxMissedBytes, maxMissedCommits, type TrackedTile } from './live-tile.ts'
import type { FrameSink } from './port.ts'

export interface TileHealerOptions {
  readonly store: Pick<Store, 'readCommits' | 'readBoard'>
  readonly sink: Pick<FrameSink, 'resync'>
  readonly logger: Logger
  readonly metrics: Pick<DeliveryMetrics, 'healedGap'>
}

const healPage = 500

export class TileHealer {
  readonly #options: TileHealerOptions
  #healed = 0

  constructor(options: TileHealerOptions) {
    this.#options = options
  }

  get healedGaps() {
    return this.#healed
  }

  /**
   * Reads what is missing from the store. Commits that the stream brings meanwhile are duplicates then, or the other way round.
   * When more is missing than a client would be sent, everybody fetches the board instead (A6).
   */
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

  /** Puts the store's board in the place of the tile's, and tells the room to fetch it. */
  async reload(tile: TrackedTile) {
    const { store, sink, logger } = this.#options
    const board = await store.readBoard(tile.ref)
    // While it was read, the tile may have got there by itself: it never goes back.
    if (!board || (board.epoch === tile.epoch && (board.seq < tile.seq || board.seq === tile.head))) return
    const { seq, epoch } = tile
    tile.replace(board)
    sink.resync(tile.ref)
    if (board.epoch === epoch) this.#countHealed(tile, { from: seq + 1 })
    logger.warn({ event: 'tile_reloaded', ...tile.ref, epoch: board.epoch, seq: board.seq })
  }

  #countHealed(tile: TrackedTile, { from }: { from: number }) {
    this.#healed++
    this.#options.metrics.healedGap()
    this.#options.logger.info({ event: 'gap_healed', ...tile.ref, from, to: tile.seq })
  }
}
