/**
 * Makes tiles that stay behind their head join again. A lost last commit leaves no gap in the frames, so only the head reveals it.
 */
import type { TileNumber } from '../../../lib/brand.ts'
import type { TileFollower } from '../../../lib/tile-follower.ts'
import type { TileJoiner } from './tile-joiner.ts'
import { Timer } from './timer.ts'
import type { Runtime } from './types.ts'

export interface FollowedTile {
  readonly tile: TileNumber
  readonly follower: TileFollower
  /** The newest seq that the server has reported. */
  head: number
  /** Since when the bytes are older than the head; null if they are not. */
  behindSinceMs: number | null
  /** When the tile was last in view, as a count of views. */
  viewedAt: number
}

export interface CatchUpOptions {
  readonly runtime: Runtime
  readonly joiner: Pick<TileJoiner, 'isJoined' | 'succeeded'>
  readonly followed: () => Iterable<FollowedTile>
  readonly join: (tile: TileNumber) => void
  readonly onProgress: () => void
}

/** A tile may be behind this long before it joins again. */
export const maxBehindMs = 1_000

export const isBehind = ({ follower, head }: FollowedTile) => {
  const seq = follower.seq()
  return seq === null || seq < head
}

export class CatchUp {
  readonly #options: CatchUpOptions
  readonly #timer: Timer

  constructor(options: CatchUpOptions) {
    this.#options = options
    this.#timer = new Timer(options.runtime.timers)
  }

  /** Checks all tiles now, and again when the next one has been behind for too long. */
  check() {
    const { runtime, followed, onProgress } = this.#options
    const nowMs = runtime.now()
    let nextMs = Number.POSITIVE_INFINITY
    for (const tile of followed()) nextMs = Math.min(nextMs, this.#checkTile(tile, nowMs))
    if (Number.isFinite(nextMs)) this.#timer.set(() => this.check(), nextMs)
    else this.#timer.clear()
    onProgress()
  }

  dispose() {
    this.#timer.clear()
  }

  /** Returns the milliseconds until this tile must be checked again. */
  #checkTile(followed: FollowedTile, nowMs: number): number {
    const { joiner, join } = this.#options
    const { tile } = followed
    if (!isBehind(followed)) {
      followed.behindSinceMs = null
      if (joiner.isJoined(tile)) joiner.succeeded(tile)
      return Number.POSITIVE_INFINITY
    }
    if (!joiner.isJoined(tile) || followed.follower.seq() === null) return Number.POSITIVE_INFINITY
    followed.behindSinceMs ??= nowMs
    if (nowMs - followed.behindSinceMs >= maxBehindMs) {
      followed.behindSinceMs = nowMs
      join(tile)
    }
    return followed.behindSinceMs + maxBehindMs - nowMs
  }
}
