/** A day with its peak, second by second: Poisson arrivals at each tile, through the flow model. What a second cannot take waits for the next. */

import { defaultTileSize } from '../../lib/geometry.ts'
import { randomsOf } from '../../lib/randoms.ts'
import { assumptions, type PlaceEvent } from './event.ts'
import { type Deployment, flowOf, type Part, parts, type Traffic } from './fluid.ts'
import type { Measured } from './measured.ts'
import { poisson, zipfShares } from './randoms.ts'

const daySeconds = 86_400
const peakSecond = 20 * 3_600
const burstSeconds = 60

export const tileCountOf = ({ canvasSide }: PlaceEvent) => Math.ceil(canvasSide / defaultTileSize(canvasSide, canvasSide)) ** 2

/** Of the busiest hour's mean: 1 around the peak, the quiet part half a day from it, the burst for a minute at the top. */
export const partOfPeak = (second: number): number => {
  const { quietPart, burst } = assumptions
  const fromPeak = Math.abs(second - peakSecond)
  if (fromPeak <= burstSeconds / 2) return burst
  return quietPart + ((1 - quietPart) * (1 + Math.cos((2 * Math.PI * fromPeak) / daySeconds))) / 2
}

/** The busiest minute, which everything is sized for. */
export const busiestMinute = (event: PlaceEvent): Traffic => ({
  tiles: zipfShares(tileCountOf(event), assumptions.zipfExponent).map((share) => share * event.peakPlacementsPerSecond * assumptions.burst),
  viewers: event.peakViewers,
})

export interface Day {
  readonly placements: number
  readonly commits: number
  readonly groups: number
  readonly egressBytes: number
  /** The busiest second of each part, and how many seconds it was above the bound. */
  readonly busiest: Readonly<Record<Part, number>>
  readonly secondsAboveBound: Readonly<Record<Part, number>>
  /** The longest that placements had to wait for a part that could not keep up. */
  readonly longestQueueSeconds: number
}

const record = () => Object.fromEntries(parts.map((part) => [part, 0])) as Record<Part, number>

export const simulateDay = (options: {
  measured: Measured
  event: PlaceEvent
  deployment: Deployment
  seed: number
  everySeconds?: number
}): Day => {
  const { measured, event, deployment, seed, everySeconds = 1 } = options
  const random = randomsOf(seed)
  const shares = zipfShares(tileCountOf(event), assumptions.zipfExponent)
  const day = { placements: 0, commits: 0, groups: 0, egressBytes: 0, longestQueueSeconds: 0 }
  const busiest = record()
  const secondsAboveBound = record()
  const queueSeconds = record()
  for (let second = 0; second < daySeconds; second += everySeconds) {
    const part = partOfPeak(second)
    const tiles = shares.map((share) => poisson(random, share * event.peakPlacementsPerSecond * part))
    // Those who watch do not come and go within a minute.
    const viewers = event.peakViewers * Math.min(1, part)
    const { bytesAroundFrame, maxUtilisation } = assumptions
    const flow = flowOf({ measured, traffic: { tiles, viewers }, deployment, bytesAroundFrame })
    day.placements += tiles.reduce((total, count) => total + count, 0) * everySeconds
    day.commits += flow.commitsPerSecond * everySeconds
    day.groups += flow.groupsPerSecond * everySeconds
    day.egressBytes += (flow.bytesPerSecond * viewers + boardBytesPerSecond({ measured, event, viewers })) * everySeconds
    for (const each of parts) {
      const busy = flow.utilisation[each]
      busiest[each] = Math.max(busiest[each], busy)
      if (busy >= maxUtilisation) secondsAboveBound[each] += everySeconds
      queueSeconds[each] = Math.max(0, queueSeconds[each] + (busy - 1) * everySeconds)
      day.longestQueueSeconds = Math.max(day.longestQueueSeconds, queueSeconds[each])
    }
  }
  return { ...day, busiest, secondsAboveBound }
}

/** Who comes downloads the whole board once. */
export const boardBytesPerSecond = ({ measured, event, viewers }: { measured: Measured; event: PlaceEvent; viewers: number }) =>
  (viewers / (assumptions.visitMinutes * 60)) * measured.wireBytesPerPixel * event.canvasSide ** 2
