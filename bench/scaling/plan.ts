/** What an event needs, from the measured costs: processes, traffic between them, and disk. */
import { asPainterId, asPosition } from '../../lib/brand.ts'
import { thinOut } from '../../lib/thin-out.ts'
import { encodePixelBlob } from '../../server/store/pixel-blob.ts'
import { assumptions, type PlaceEvent } from './event.ts'
import { type Flow, flowOf, type Part } from './flow.ts'
import type { Measured } from './measured.ts'
import { type Sized, sizeFor } from './size.ts'
import { boardBytesPerSecond, busiestMinute, busiestSecond, type Traffic, tilesAt } from './traffic.ts'

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
  /** How busy each part is in the busiest second. */
  readonly busiest: Readonly<Record<Part, number>>
  readonly egressBytesPerSecond: number
  readonly gatewayBytes: number
  readonly redis: {
    readonly commandsPerSecond: number
    readonly bytesPerSecond: number
    readonly entryBytes: number
    readonly maxBytes: number
  }
  readonly kept: Kept
}

/** The stream's absolute bound, snapshots' intervals: docs/LIMITS.md and `server/projecting/snapshot-projection.ts`. */
const maxEntries = 200_000
const snapshotEvery = { commits: 1_000, seconds: 60 }
const projectionGroups = 3

const bytesOf = ({ documentBytes, indexBytes }: { documentBytes: number; indexBytes: number }) => documentBytes + indexBytes

/** Bytes of a commit for each further pixel of another painter, counted with the encoder. */
const blobBytesPerPixel = (() => {
  const pixel = (name: string) => ({ position: asPosition(1), color: 1, previous: 0, by: asPainterId(`p_${name.padStart(16, '0')}`) })
  return encodePixelBlob([pixel('a'), pixel('b')]).length - encodePixelBlob([pixel('a')]).length
})()

const commitBytes = ({ stored }: Measured, pixels: number) => {
  const [one, many] = [bytesOf(stored.commitOfOne), bytesOf(stored.commitOfMany)]
  return one + ((many - one) / (stored.pixelsOfMany - 1)) * (pixels - 1)
}

const snapshotSecondsOf = (commitsPerSecond: number) => Math.min(snapshotEvery.seconds, snapshotEvery.commits / commitsPerSecond)

/** Snapshots that remain at the end of the event, by the rule of `lib/thin-out.ts`. */
const snapshotsKept = (seconds: number, days: number) => {
  const nowMs = days * 86_400_000
  // One snapshot of each past hour remains, and all of the last hour.
  const recent = Math.ceil(3_600 / seconds)
  const older = Array.from({ length: Math.ceil(days * 24 - 1) * 60 }, (_, minute) => minute * 60_000)
  return older.length - thinOut(older, nowMs).length + recent
}

const meanRateOf = ({ placements, days }: PlaceEvent) => placements / (days * 86_400)

/** `flow`: of the whole event's mean rate. */
const keptOf = (measured: Measured, event: PlaceEvent, flow: Flow): Kept => {
  const perSecond = meanRateOf(event)
  const pixelsPerCommit = perSecond / flow.commitsPerSecond
  const seconds = snapshotSecondsOf(flow.commitsPerSecond / tilesAt(event, perSecond).length)
  return {
    log: (event.placements / pixelsPerCommit) * commitBytes(measured, pixelsPerCommit),
    history: event.placements * bytesOf(measured.stored.history),
    pixels: event.canvasSide ** 2 * bytesOf(measured.stored.pixel),
    painters: event.painters * bytesOf(measured.stored.painter),
    snapshots: snapshotsKept(seconds, event.days) * event.canvasSide ** 2 * measured.snapshotBytesPerPixel,
  }
}

export const planFor = ({ measured, event }: { measured: Measured; event: PlaceEvent }): Plan => {
  const { bytesAroundFrame, commandsPerRound } = assumptions
  const traffic = busiestMinute(event)
  const sized = sizeFor({ measured, traffic: busiestSecond(traffic) })
  const { deployment } = sized
  const flowAt = (of: Traffic) => flowOf({ measured, traffic: of, deployment, bytesAroundFrame })
  const flow = flowAt(traffic)
  const placements = traffic.tiles.reduce((sum, rate) => sum + rate, 0)
  const boards = boardBytesPerSecond(event, measured.wireBytesPerPixel)
  const entryBytes = measured.redis.bytesPerEntry + blobBytesPerPixel * (placements / flow.commitsPerSecond - 1)
  const board = event.canvasSide ** 2 * measured.boardBytesPerPixel
  return {
    event,
    traffic,
    sized,
    flow,
    busiest: flowAt(busiestSecond(traffic)).utilisation,
    egressBytesPerSecond: flow.bytesPerSecond * event.peakViewers + boards,
    gatewayBytes: measured.processBytes + (event.peakViewers / deployment.gateways) * measured.bytesPerClient + board,
    redis: {
      commandsPerSecond:
        deployment.gateways * flow.appendsPerSecond * commandsPerRound + flow.commitsPerSecond * measured.redis.commandsPerAppended,
      bytesPerSecond: flow.commitsPerSecond * entryBytes * (deployment.gateways + projectionGroups),
      entryBytes,
      maxBytes: entryBytes * maxEntries,
    },
    kept: keptOf(measured, event, flowAt({ tiles: tilesAt(event, meanRateOf(event)), viewers: event.peakViewers })),
  }
}

/** How many times the event fits, in steps of a twentieth: on one database primary, on one Redis, and on any number of Redis servers. */
export interface Limits {
  readonly onePrimary: number
  readonly oneRedis: number
  readonly manyRedis: number
}

export const limitsOf = (measured: Measured, event: PlaceEvent): Limits => {
  const { tiles, viewers } = busiestMinute(event)
  const timesWhile = (fits: (sized: Sized) => boolean) => {
    const fitsTimes = (times: number) =>
      fits(sizeFor({ measured, traffic: busiestSecond({ tiles: tiles.map((rate) => rate * times), viewers: viewers * times }) }))
    let twentieths = 0
    while (twentieths < 200 && fitsTimes((twentieths + 1) / 20)) twentieths++
    return twentieths / 20
  }
  return {
    onePrimary: timesWhile(({ deployment, saturated }) => deployment.primaries === 1 && !saturated.includes('primaries')),
    oneRedis: timesWhile(({ deployment, saturated }) => deployment.redis === 1 && !saturated.includes('redis')),
    manyRedis: timesWhile(({ saturated }) => !saturated.includes('redis')),
  }
}
