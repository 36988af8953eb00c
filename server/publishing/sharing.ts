/**
 * How publishers share the tiles: each gives signs of life, looks who else does, and takes the tiles that rendezvous hashing gives it.
 * A commit that waits for more than a second is anyone's, so a publisher that died or hangs delays its tiles by that and no more.
 *
 * Nothing here is needed to be right, only to be quick: any publisher may publish anything at any time (see `publisher.ts`). Who lives
 * is seen by counters that move, not by clocks, which differ.
 */

import { tilesOf } from '../../lib/geometry.ts'
import { ownerOf } from '../../lib/rendezvous.ts'
import type { Service } from '../lifecycle.ts'
import { sleep } from '../lifecycle.ts'
import type { Logger } from '../observability/log.ts'
import type { Share, Store, TileRef } from '../store/port.ts'

export interface SharingOptions {
  readonly store: Pick<Store, 'beat' | 'endBeat' | 'readHeartbeats' | 'listCanvases'>
  /** Of this publisher, different in each life of each process. */
  readonly id: string
  readonly logger: Logger
  readonly now: () => number
  /** What else a publisher looks up with each sign of life. */
  readonly onBeat?: () => Promise<void>
}

const beatEveryMs = 1_000
/** A counter that stands still for so long belongs to a publisher that is gone. */
export const lostAfterMs = 5_000
const anyonesAfterMs = 1_000

export class Sharing implements Service {
  readonly name = 'heartbeat'
  readonly #options: SharingOptions
  readonly #seen = new Map<string, { beats: number; movedAtMs: number }>()
  #beats = 0
  /** Null: everything, because there is nobody else. */
  #tiles: readonly TileRef[] | null = null

  constructor(options: SharingOptions) {
    this.#options = options
  }

  /** What to publish now; null for everything. */
  share(): Share | null {
    return this.#tiles && { tiles: this.#tiles, orBeforeMs: this.#options.now() - anyonesAfterMs }
  }

  async run(signal: AbortSignal) {
    while (!signal.aborted) {
      try {
        await this.step()
      } catch (error) {
        // The share stays as it was. The publisher backs off for the same reason, and says so.
        this.#options.logger.debug({ event: 'heartbeat_failed', err: error })
      }
      await sleep(beatEveryMs, signal)
    }
    await this.#options.store.endBeat(this.#options.id).catch(() => undefined)
  }

  async step() {
    const { store, id, onBeat } = this.#options
    this.#beats++
    await store.beat({ id, role: 'publisher', beats: this.#beats })
    const members = await this.#members()
    const isMine = ({ canvas, tile }: TileRef) => ownerOf(`${canvas}/${tile}`, members) === id
    await onBeat?.()
    this.#tiles = members.length > 1 ? (await this.#allTiles()).filter(isMine) : null
  }

  async #members(): Promise<string[]> {
    const { store, id, now } = this.#options
    const heartbeats = await store.readHeartbeats()
    const there = new Set(heartbeats.map((heartbeat) => heartbeat.id))
    for (const known of this.#seen.keys()) if (!there.has(known)) this.#seen.delete(known)
    for (const { id: other, beats } of heartbeats) {
      if (this.#seen.get(other)?.beats !== beats) this.#seen.set(other, { beats, movedAtMs: now() })
    }
    const living = [...this.#seen].filter(([, { movedAtMs }]) => now() - movedAtMs < lostAfterMs).map(([other]) => other)
    return [...new Set([id, ...living])]
  }

  async #allTiles(): Promise<TileRef[]> {
    const canvases = await this.#options.store.listCanvases()
    return canvases.flatMap((canvas) => tilesOf(canvas).map((tile) => ({ canvas: canvas.id, tile })))
  }
}
