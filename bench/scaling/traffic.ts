/** The traffic of an event in its busiest minute, and in the busiest second of that minute. */
import { defaultTileSize } from '../../lib/geometry.ts'
import { assumptions, type PlaceEvent } from './event.ts'

export interface Traffic {
  /** Placements a second, by tile. */
  readonly tiles: readonly number[]
  readonly viewers: number
}

/** `count` shares by Zipf's law that add up to 1, the largest first. */
export const zipfShares = (count: number, exponent: number): number[] => {
  const weights = Array.from({ length: count }, (_, index) => 1 / (index + 1) ** exponent)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

export const tilesAt = ({ canvasSide }: PlaceEvent, placementsPerSecond: number): readonly number[] => {
  const tileCount = Math.ceil(canvasSide / defaultTileSize(canvasSide, canvasSide)) ** 2
  return zipfShares(tileCount, assumptions.zipfExponent).map((share) => share * placementsPerSecond)
}

export const busiestMinute = (event: PlaceEvent): Traffic => ({
  tiles: tilesAt(event, event.peakPlacementsPerSecond * assumptions.burst),
  viewers: event.peakViewers,
})

/** Four standard deviations of a Poisson distribution above the mean: exceeded once in 30,000 seconds. */
export const busiestSecond = ({ tiles, viewers }: Traffic): Traffic => ({ tiles: tiles.map((rate) => rate + 4 * Math.sqrt(rate)), viewers })

/** Each visitor downloads the whole board once. */
export const boardBytesPerSecond = (event: PlaceEvent, wireBytesPerPixel: number) =>
  (event.peakViewers / (assumptions.visitMinutes * 60)) * wireBytesPerPixel * event.canvasSide ** 2
