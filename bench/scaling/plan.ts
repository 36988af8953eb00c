/** Everything that an event needs, from the measured costs: how many processes, what flows between them, what is kept, and how late pixels are. */
import { asPainterId, asPosition } from '../../lib/brand.ts'
import { thinOut } from '../../lib/thin-out.ts'
import { encodePixelBlob } from '../../server/store/pixel-blob.ts'
import { boardBytesPerSecond, busiestMinute, type Day, simulateDay } from './day.ts'
import { assumptions, type PlaceEvent } from './event.ts'
import { type Flow, flowOf, type Traffic } from './fluid.ts'
import type { Measured } from './measured.ts'
import { type Peak, simulatePeak } from './peak.ts'
import { type Sized, sizeFor } from './size.ts'

export interface Kept {
  readonly log: number
  readonly history: number
  readonly pixels: number
  readonly painters: number
  readonly snapshots: number
}

export interface Plan {
  readonly event: PlaceEvent
  readonly traffic: Traffic
  readonly sized: Sized
  /** In the busiest minute. */
  readonly flow: Flow
  readonly day: Day
  readonly peak: Peak
  readonly egressBytesPerSecond: number
  readonly boardBytesPerSecond: number
  readonly gatewayBytes: number
  readonly redis: {
    readonly commandsPerSecond: number
    readonly bytesPerSecond: number
    readonly entryBytes: number
    readonly maxBytes: number
  }
  readonly snapshotsPerMinute: number
  readonly kept: Kept
}

/** How far above the mean a second's arrivals come to lie: four standard deviations of a Poisson distribution, once in 30,000 seconds. */
const busiestSecond = ({ tiles, viewers }: Traffic): Traffic => ({ tiles: tiles.map((rate) => rate + 4 * Math.sqrt(rate)), viewers })

/** The stream's absolute bound, snapshots' intervals: docs/LIMITS.md and `server/projecting/snapshot-projection.ts`. */
const maxEntries = 200_000
const snapshotEvery = { commits: 1_000, seconds: 60 }
const projectionGroups = 3

const bytesOf = ({ documentBytes, indexBytes }: { documentBytes: number; indexBytes: number }) => documentBytes + indexBytes

/** How much larger a commit's bytes are for each further pixel of another painter, counted with the encoder. */
const blobBytesPerPixel = (() => {
  const pixel = (name: string) => ({ position: asPosition(1), color: 1, previous: 0, by: asPainterId(`p_${name.padStart(16, '0')}`) })
  return encodePixelBlob([pixel('a'), pixel('b')]).length - encodePixelBlob([pixel('a')]).length
})()

const commitBytes = ({ stored }: Measured, pixels: number) => {
  const [one, many] = [bytesOf(stored.commitOfOne), bytesOf(stored.commitOfMany)]
  return one + ((many - one) / (stored.pixelsOfMany - 1)) * (pixels - 1)
}

const snapshotSecondsOf = (commitsPerSecond: number) => Math.min(snapshotEvery.seconds, snapshotEvery.commits / commitsPerSecond)

/** By the rule that snapshots are let go of, at the end of the event. */
const snapshotsKept = (seconds: number, days: number) => {
  const nowMs = days * 86_400_000
  // Of an hour that is over one stays, however many there were; the last hour's stay all.
  const recent = Math.ceil(3_600 / seconds)
  const older = Array.from({ length: Math.ceil(days * 24 - 1) * 60 }, (_, minute) => minute * 60_000)
  return older.length - thinOut(older, nowMs).length + recent
}

const keptOf = (measured: Measured, event: PlaceEvent, day: Day, flow: Flow): Kept => {
  const pixelsPerCommit = day.placements / day.commits
  const tileCount = busiestMinute(event).tiles.length
  const seconds = snapshotSecondsOf(flow.commitsPerSecond / tileCount)
  return {
    log: (event.placements / pixelsPerCommit) * commitBytes(measured, pixelsPerCommit),
    history: event.placements * bytesOf(measured.stored.history),
    pixels: event.canvasSide ** 2 * bytesOf(measured.stored.pixel),
    painters: event.painters * bytesOf(measured.stored.painter),
    snapshots: snapshotsKept(seconds, event.days) * event.canvasSide ** 2 * measured.snapshotBytesPerPixel,
  }
}

export interface PlanOptions {
  readonly measured: Measured
  readonly event: PlaceEvent
  readonly seed: number
  /** Of the simulation of single placements. */
  readonly peakSeconds?: number
  readonly everySeconds?: number
}

export const planFor = ({ measured, event, seed, peakSeconds = 20, everySeconds = 1 }: PlanOptions): Plan => {
  const { bytesAroundFrame } = assumptions
  const traffic = busiestMinute(event)
  const sized = sizeFor({ measured, traffic: busiestSecond(traffic) })
  const { deployment } = sized
  const flow = flowOf({ measured, traffic, deployment, bytesAroundFrame })
  const day = simulateDay({ measured, event, deployment, seed, everySeconds })
  const peak = simulatePeak({ measured, traffic, deployment, seconds: peakSeconds, seed })
  const placements = traffic.tiles.reduce((sum, rate) => sum + rate, 0)
  const boards = boardBytesPerSecond({ measured, event, viewers: event.peakViewers })
  const entryBytes = measured.redis.bytesPerEntry + blobBytesPerPixel * (placements / flow.commitsPerSecond - 1)
  const board = event.canvasSide ** 2 * measured.boardBytesPerPixel
  return {
    event,
    traffic,
    sized,
    flow,
    day,
    peak,
    egressBytesPerSecond: flow.bytesPerSecond * event.peakViewers + boards,
    boardBytesPerSecond: boards,
    gatewayBytes: measured.processBytes + (event.peakViewers / deployment.gateways) * measured.bytesPerClient + board,
    redis: {
      commandsPerSecond: deployment.gateways * peak.gatewayCommandsPerSecond + flow.commitsPerSecond * measured.redis.commandsPerAppended,
      bytesPerSecond: flow.commitsPerSecond * entryBytes * (deployment.gateways + projectionGroups),
      entryBytes,
      maxBytes: entryBytes * maxEntries,
    },
    snapshotsPerMinute: (traffic.tiles.length * 60) / snapshotSecondsOf(flow.commitsPerSecond / traffic.tiles.length),
    kept: keptOf(measured, event, day, flow),
  }
}

/** How many times the event goes with one primary and one Redis, as Fresco is built. Steps of a twentieth. */
export const asBuilt = (measured: Measured, event: PlaceEvent): number => {
  const { tiles, viewers } = busiestMinute(event)
  const fits = (times: number) => {
    const traffic = busiestSecond({ tiles: tiles.map((rate) => rate * times), viewers: viewers * times })
    const { deployment, saturated } = sizeFor({ measured, traffic })
    return deployment.primaries === 1 && deployment.redis === 1 && saturated.length === 0
  }
  let twentieths = 0
  while (twentieths < 200 && fits((twentieths + 1) / 20)) twentieths++
  return twentieths / 20
}
