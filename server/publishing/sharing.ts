/**
 * How publishers share the tiles: each looks which others live (see `observability/peers.ts`), and takes the tiles that rendezvous hashing gives it,
 * nobody more than `ceil(tiles / publishers)`.
 * A commit that waits for more than a second is anyone's, so a publisher that died or hangs delays its tiles by that and no more. But whoever is behind
 * keeps to its own tiles first, since after an outage everything has waited for long, and all would try to do the same work; and whoever helps, and finds another
 * at it, keeps to its own for a second: of those who do the same, the slower one only makes both slow.
 *
 * Nothing here is needed to be right, only to be quick: any publisher may publish anything at any time (see `publisher.ts`).
 */

import { tilesOf } from '../../lib/geometry.ts'
import { ownersOf } from '../../lib/rendezvous.ts'
import { tileKey } from '../../lib/tile-key.ts'
import type { Peers } from '../observability/peers.ts'
import type { Share, Store, TileRef } from '../store/port.ts'

export interface SharingOptions {
  readonly store: Pick<Store, 'listCanvases'>
  readonly peers: Pick<Peers, 'living'>
  /** Of this process, as in its sign of life. */
  readonly id: string
  readonly now: () => number
}

const anyonesAfterMs = 1_000

export class Sharing {
  readonly #options: SharingOptions
  /** Null: everything, because there is nobody else. */
  #tiles: readonly TileRef[] | null = null

  constructor(options: SharingOptions) {
    this.#options = options
  }

  /** What to publish now; null for everything. */
  share({ keepsToOwn }: { keepsToOwn: boolean }): Share | null {
    return this.#tiles && { tiles: this.#tiles, orBeforeMs: keepsToOwn ? 0 : this.#options.now() - anyonesAfterMs }
  }

  /** To be called after each look at the others. @throws when the store does not answer; then the share stays as it was. */
  async refresh() {
    const { id, peers } = this.#options
    const others = peers.living().filter(({ roles }) => roles.includes('publisher'))
    const members = [...new Set([id, ...others.map((other) => other.id)])]
    this.#tiles = members.length > 1 ? await this.#tilesOf(id, members) : null
  }

  async #tilesOf(id: string, members: readonly string[]): Promise<TileRef[]> {
    const tiles = await this.#allTiles()
    const owners = ownersOf(tiles.map(tileKey), members)
    return tiles.filter((tile) => owners.get(tileKey(tile)) === id)
  }

  async #allTiles(): Promise<TileRef[]> {
    const canvases = await this.#options.store.listCanvases()
    return canvases.flatMap((canvas) => tilesOf(canvas).map((tile) => ({ canvas: canvas.id, tile })))
  }
}
