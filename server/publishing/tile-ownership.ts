/**
 * Which tiles this publisher owns. Rendezvous hashing spreads the tiles over the publishers that are alive (`observability/members.ts`), each with at most
 * `ceil(tiles / publishers)`. A publisher that loses its heartbeat loses its tiles.
 *
 * Ownership only avoids duplicate work. Any publisher may publish any tile at any time (`publisher.ts`).
 */
import type { Canvas } from '../../lib/canvas.ts'
import { controlTile } from '../../lib/control-log.ts'
import { tilesOf } from '../../lib/geometry.ts'
import { ownersOf } from '../../lib/rendezvous.ts'
import { tileKey } from '../../lib/tile-key.ts'
import type { Members } from '../observability/members.ts'
import type { Store, TileRef } from '../store/port.ts'

export interface TileOwnershipOptions {
  readonly store: Pick<Store, 'listCanvases'>
  readonly peers: Pick<Members, 'alive'>
  /** The id of this process in its heartbeat. */
  readonly id: string
}

/** The tiles and the control log of each canvas. */
export const allTilesOf = (canvases: readonly Canvas[]): TileRef[] =>
  canvases.flatMap((canvas) => [controlTile, ...tilesOf(canvas)].map((tile) => ({ canvas: canvas.id, tile })))

export class TileOwnership {
  readonly #options: TileOwnershipOptions
  #tiles: readonly TileRef[] | null = null

  constructor(options: TileOwnershipOptions) {
    this.#options = options
  }

  /** Null: all tiles, because no other publisher is alive. */
  get tiles(): readonly TileRef[] | null {
    return this.#tiles
  }

  owns({ canvas, tile }: TileRef): boolean {
    return this.#tiles === null || this.#tiles.some((own) => own.tile === tile && own.canvas === canvas)
  }

  /** Call it after each reading of the heartbeats. @throws when the store does not answer; the ownership then stays as it was. */
  async refresh() {
    const { id, peers } = this.#options
    const others = peers.alive().filter(({ roles }) => roles.includes('publisher'))
    const members = [...new Set([id, ...others.map((other) => other.id)])]
    this.#tiles = members.length > 1 ? await this.#ownTiles(members) : null
  }

  async #ownTiles(members: readonly string[]): Promise<TileRef[]> {
    const { store, id } = this.#options
    const tiles = allTilesOf(await store.listCanvases())
    const owners = ownersOf(tiles.map(tileKey), members)
    return tiles.filter((tile) => owners.get(tileKey(tile)) === id)
  }
}
