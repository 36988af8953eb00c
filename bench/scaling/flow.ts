/** The flow model: from the rates of placements and viewers it computes how busy each part of a deployment is. It works with means. */
import { ownersOf, partitionOf } from '../../lib/rendezvous.ts'
import { tileKey } from '../../lib/tile-key.ts'
import { flushIntervalMs } from '../../server/broadcasting/flush-interval.ts'
import { frameBytes } from './frame-bytes.ts'
import type { Measured } from './measured.ts'
import { cheapestMs, interpolate, medianMs } from './timing.ts'
import type { Traffic } from './traffic.ts'

export const parts = ['web', 'primaries', 'publishers', 'redis', 'gateways', 'projectors'] as const
export type Part = (typeof parts)[number]
/** How many there are of each. */
export type Deployment = Readonly<Record<Part, number>>

export interface Flow {
  /** Of each part. Above 1 its queue grows. */
  readonly utilisation: Readonly<Record<Part, number>>
  readonly groupsPerSecond: number
  readonly groupSize: number
  readonly commitsPerSecond: number
  /** Of all publishers, to all partitions of the stream. */
  readonly appendsPerSecond: number
  /** To one viewer, of all tiles. */
  readonly framesPerSecond: number
  readonly bytesPerSecond: number
  /** From one flush of a gateway to the next. */
  readonly cycleMs: number
}

/** Consumer groups of projections: history, stats and snapshots. */
const projectionGroups = 3
const maxRound = 256
const iterations = 30

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

const keyOf = (tile: number) => tileKey({ canvas: 'main', tile })

const shared = new Map<string, readonly number[]>()

/** Which publisher owns each tile, by the hashing that publishers use. */
const publishersOf = (tiles: number, publishers: number): readonly number[] => {
  const key = `${tiles} of ${publishers}`
  const known = shared.get(key) ?? shareTiles(tiles, publishers)
  shared.set(key, known)
  return known
}

const partitioned = new Map<string, number>()

const partitionOfTile = (tile: number, partitions: number): number => {
  const key = `${tile} of ${partitions}`
  const partition = partitioned.get(key) ?? partitionOf(keyOf(tile), partitions)
  partitioned.set(key, partition)
  return partition
}

const shareTiles = (tiles: number, publishers: number): readonly number[] => {
  const names = Array.from({ length: tiles }, (_, tile) => keyOf(tile))
  const members = Array.from({ length: publishers }, (_, index) => `publisher-${index}`)
  const owners = ownersOf(names, members)
  return names.map((name) => members.indexOf(owners.get(name) ?? ''))
}

/** Group commit: the placements that arrive during one transaction share the next one. */
const groupsOf = (measured: Measured, perSecond: number, { web, primaries }: Deployment) => {
  if (perSecond === 0) return { size: 0, perSecond: 0 }
  let size = 1
  for (let i = 0; i < iterations; i++) {
    const seconds = medianMs(measured.groups, size) / 1_000
    const atOnce = Math.min(web, (perSecond / size) * seconds)
    const stretched = seconds * Math.max(1, atOnce / primaries)
    size = (size + Math.min(4_096, Math.max(1, (perSecond / web) * stretched))) / 2
  }
  return { size, perSecond: perSecond / size }
}

/** Rounds of one publisher: the commits that are saved during one round are carried by the next. */
const roundsOf = (measured: Measured, perSecond: number) => {
  let size = 1
  for (let i = 0; i < iterations; i++) {
    size = (size + Math.min(maxRound, Math.max(1, (perSecond * medianMs(measured.rounds, size)) / 1_000))) / 2
  }
  return { size, perSecond: perSecond / size }
}

/** CPU seconds a second that a gateway spends on reading the rounds of all publishers. */
const readingSeconds = (measured: Measured, rounds: readonly { size: number; perSecond: number }[]) =>
  sum(rounds.map(({ size, perSecond }) => (perSecond * interpolate(measured.reads, size, (each) => each.microseconds)) / 1e6))

/** A group makes one commit for each tile of which it has a pixel. */
const commitsOf = (tiles: readonly number[], groups: { size: number; perSecond: number }) => {
  const all = sum(tiles)
  return tiles.map((rate) => (rate === 0 ? 0 : Math.min(rate, groups.perSecond * (1 - (1 - rate / all) ** groups.size))))
}

/** A gateway sends what has changed, then waits for its flush interval, and for the next commit if nothing has changed by then. */
const cycleOf = (options: { measured: Measured; sockets: number; pixelsPerSecond: number; commits: readonly number[] }) => {
  const { measured, sockets, pixelsPerSecond, commits } = options
  const perSecond = sum(commits)
  if (perSecond === 0) return { seconds: Number.POSITIVE_INFINITY, changed: commits.map(() => 0), sendingSeconds: 0 }
  const shortMs = flushIntervalMs({ sockets, lastPixels: 0 })
  const flushSeconds = flushIntervalMs({ sockets, lastPixels: (pixelsPerSecond * shortMs) / 1_000 }) / 1_000
  let seconds = flushSeconds
  let changed: number[] = []
  let sendingSeconds = 0
  for (let i = 0; i < iterations; i++) {
    changed = commits.map((rate) => 1 - Math.exp(-rate * seconds))
    sendingSeconds = (sum(changed) * sockets * measured.frameMicroseconds) / 1e6
    seconds = (seconds + Math.max(flushSeconds + sendingSeconds, 1 / perSecond)) / 2
  }
  return { seconds, changed, sendingSeconds }
}

/** Commits a second of each publisher, in all and by partition of the stream. */
const byPublisher = (commits: readonly number[], { publishers, redis }: Deployment) => {
  const owners = publishersOf(commits.length, publishers)
  return Array.from({ length: publishers }, (_, publisher) => {
    const own = commits.map((rate, tile) => (owners[tile] === publisher ? rate : 0))
    return { all: sum(own), partitions: byPartition(own, redis).filter((rate) => rate > 0) }
  })
}

/** Commits a second of each partition. Each Redis has one. */
const byPartition = (commits: readonly number[], partitions: number): readonly number[] => {
  const rates = Array<number>(partitions).fill(0)
  for (const [tile, rate] of commits.entries()) {
    const partition = partitionOfTile(tile, partitions)
    rates[partition] = (rates[partition] ?? 0) + rate
  }
  return rates
}

/** Microseconds a second: each commit is appended once and delivered to each gateway and projection. */
const redisMicroseconds = ({ redis }: Measured, commitsPerSecond: number, gateways: number) =>
  commitsPerSecond * (redis.microsecondsPerAppended + (gateways + projectionGroups) * redis.microsecondsPerDelivered)

export const flowOf = (options: { measured: Measured; traffic: Traffic; deployment: Deployment; bytesAroundFrame: number }): Flow => {
  const { measured, traffic, deployment, bytesAroundFrame } = options
  const { tiles, viewers } = traffic
  const placements = sum(tiles)
  const groups = groupsOf(measured, placements, deployment)
  const commits = commitsOf(tiles, groups)
  const commitsPerSecond = sum(commits)
  const cycle = cycleOf({ measured, sockets: viewers / deployment.gateways, pixelsPerSecond: placements, commits })
  const published = byPublisher(commits, deployment)
  // A round is one append, and one read of each gateway, in each partition that has commits of it.
  const appends = published.flatMap(({ all, partitions }) => {
    const round = roundsOf(measured, all)
    return partitions.map((rate) => ({ size: (round.size * rate) / all, perSecond: round.perSecond }))
  })
  const perCycle = cycle.changed.map(
    (part, tile) => part * (frameBytes(((tiles[tile] ?? 0) * cycle.seconds) / (part || 1)) + bytesAroundFrame),
  )
  return {
    utilisation: {
      web: (placements * measured.webMicroseconds) / 1e6 / deployment.web,
      primaries: (placements * cheapestMs(measured.groups)) / 1_000 / deployment.primaries,
      publishers: (Math.max(...published.map(({ all }) => all)) * cheapestMs(measured.rounds)) / 1_000,
      redis: redisMicroseconds(measured, Math.max(...byPartition(commits, deployment.redis)), deployment.gateways) / 1e6,
      gateways: readingSeconds(measured, appends) + cycle.sendingSeconds / cycle.seconds,
      projectors: (placements * (1 / measured.historyPerSecond + 1 / measured.statsPerSecond)) / deployment.projectors,
    },
    groupsPerSecond: groups.perSecond,
    groupSize: groups.size,
    commitsPerSecond,
    appendsPerSecond: sum(appends.map(({ perSecond }) => perSecond)),
    framesPerSecond: sum(cycle.changed) / cycle.seconds,
    bytesPerSecond: placements === 0 ? 0 : sum(perCycle) / cycle.seconds,
    cycleMs: cycle.seconds * 1_000,
  }
}
