/** The squares in which most pixels were painted lately, from the parts of the board that are loaded. */
import type { TileNumber } from '../../../lib/brand.ts'
import { tileOrigin } from '../../../lib/geometry.ts'

export const areaSide = 16
const shownAreas = 5

export interface BusyArea {
  /** The middle of the square. */
  readonly gx: number
  readonly gy: number
  readonly count: number
}

export interface AgedTile {
  readonly tile: TileNumber
  readonly times: Uint16Array
}

/** `since`: the first time that counts. Squares beside a busier one are left out, because a link to that one shows them, too. */
export const busiestAreas = (tiles: Iterable<AgedTile>, { tileSize, since }: { tileSize: number; since: number }): BusyArea[] => {
  const found: BusyArea[] = []
  const across = tileSize / areaSide
  for (const { tile, times } of tiles) {
    const counts = new Uint16Array(across * across)
    for (let position = 0; position < times.length; position++) {
      if ((times[position] as number) < since) continue
      const block = Math.floor(position / tileSize / areaSide) * across + Math.floor((position % tileSize) / areaSide)
      counts[block] = (counts[block] as number) + 1
    }
    const origin = tileOrigin(tileSize, tile)
    for (const [block, count] of counts.entries()) {
      if (count === 0) continue
      const [x, y] = [block % across, Math.floor(block / across)]
      found.push({ gx: origin.gx + x * areaSide + areaSide / 2, gy: origin.gy + y * areaSide + areaSide / 2, count })
    }
  }
  found.sort((a, b) => b.count - a.count || a.gy - b.gy || a.gx - b.gx)
  const shown: BusyArea[] = []
  for (const area of found) {
    const isBeside = (other: BusyArea) => Math.abs(other.gx - area.gx) <= areaSide && Math.abs(other.gy - area.gy) <= areaSide
    if (shown.length < shownAreas && !shown.some(isBeside)) shown.push(area)
  }
  return shown
}
