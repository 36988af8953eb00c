/**
 * A transaction that a killed process left open keeps its documents until MongoDB ends it (`transactionLifetimeLimitSeconds`), and a write of one
 * of them waits. So after a write of several tiles has reached its limit, each tile is written alone. A tile that cannot be written is held: it
 * is left out for a moment, and the others continue.
 */
import type mongoose from 'mongoose'
import { monotonicNow } from '../../clock.ts'
import { heldForMs, lastTileAfterMs, tilesWriteMs, tileWriteMs } from './deadlines.ts'
import { headKey, type Tile } from './tile-head.ts'

const maxTimeExpired = 50

/** A reply without a `writeConcernError`: the documents were waited for, not the majority. */
const isHeld = (error: unknown): boolean => {
  const { code, errorResponse, result } = error as Partial<mongoose.mongo.MongoServerError & mongoose.mongo.MongoBulkWriteError>
  return code === maxTimeExpired && errorResponse?.['writeConcernError'] === undefined && !result?.getWriteConcernError?.()
}

export class HeldTiles {
  readonly #held = new Map<string, { tile: Tile; untilMs: number }>()

  list(): Tile[] {
    for (const [key, { untilMs }] of this.#held) if (monotonicNow() >= untilMs) this.#held.delete(key)
    return [...this.#held.values()].map(({ tile }) => tile)
  }

  /** Returns the results of the writes, and whether a tile was left out. `write` may be called again for items that it has written already. */
  async write<Item extends Tile, Result>(
    items: readonly Item[],
    write: (items: readonly Item[], maxTimeMS: number) => Promise<Result>,
  ): Promise<{ results: Result[]; leftOut: boolean }> {
    const startedAtMs = monotonicNow()
    const held = new Set(this.list().map(headKey))
    const free = items.filter((item) => !held.has(headKey(item)))
    if (free.length === 0) return { results: [], leftOut: items.length > 0 }
    try {
      return { results: [await write(free, tilesWriteMs)], leftOut: free.length < items.length }
    } catch (error) {
      if (!isHeld(error)) throw error
    }
    const results: Result[] = []
    for (const ofTile of Map.groupBy(free, headKey).values()) {
      const [tile] = ofTile
      if (!tile || monotonicNow() - startedAtMs > lastTileAfterMs) break
      try {
        results.push(await write(ofTile, tileWriteMs))
      } catch (error) {
        if (!isHeld(error)) throw error
        this.#held.set(headKey(tile), { tile: { canvas: tile.canvas, tile: tile.tile }, untilMs: monotonicNow() + heldForMs })
      }
    }
    return { results, leftOut: true }
  }
}
