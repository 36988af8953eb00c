/**
 * The flow model: rates in, how busy each part is out. It knows means only; `day.ts` asks it for each second of a day, and `peak.ts` simulates
 * single placements for what means do not tell.
 */
import { ownersOf } from '../../lib/rendezvous.ts'
import { flushIntervalMs } from '../../server/broadcasting/flush-interval.ts'
import { frameBytes } from './frame-bytes.ts'
import type { Measured } from './measured.ts'
import { cheapestMs, interpolate, timingOf } from './timing.ts'

export const parts = ['web', 'primaries', 'publishers', 'redis', 'gateways', 'projectors'] as const
export type Part = (typeof parts)[number]
/** How many there are of each. */
export type Deployment = Readonly<Record<Part, number>>

export interface Traffic {
  /** Placements a second, by tile. */
  readonly tiles: readonly number[]
  readonly viewers: number
}

export interface Flow {
  /** Of each part, 1 for a part that can do no more. Above 1 is what cannot be: queues grow. */
  readonly utilisation: Readonly<Record<Part, number>>
  readonly groupsPerSecond: number
  readonly groupSize: number
  readonly commitsPerSecond: number
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

const shared = new Map<string, readonly number[]>()

/** Which publisher looks after each of so many tiles: by the same hashing that publishers use. */
export const publishersOf = (tiles: number, publishers: number): readonly number[] => {
  const key = `${tiles} of ${publishers}`
  const known = shared.get(key) ?? shareTiles(tiles, publishers)
  shared.set(key, known)
  return known
}

const shareTiles = (tiles: number, publishers: number): readonly number[] => {
  const names = Array.from({ length: tiles }, (_, tile) => `main/${tile}`)
  const members = Array.from({ length: publishers }, (_, index) => `publisher-${index}`)
  const owners = ownersOf(names, members)
  return names.map((name) => members.indexOf(owners.get(name) ?? ''))
}

/** Group commit: while one transaction is under way, the next one gathers. So the size of a group is what arrives during a transaction. */
const groupsOf = (measured: Measured, perSecond: number, { web, primaries }: Deployment) => {
  if (perSecond === 0) return { size: 0, perSecond: 0 }
  let size = 1
  for (let i = 0; i < iterations; i++) {
    const seconds = timingOf(measured.groups, size).p50 / 1_000
    const atOnce = Math.min(web, (perSecond / size) * seconds)
    const stretched = seconds * Math.max(1, atOnce / primaries)
    size = (size + Math.min(4_096, Math.max(1, (perSecond / web) * stretched))) / 2
  }
  return { size, perSecond: perSecond / size }
}

/** Rounds of one publisher: what was saved during one goes into the next. */
const roundsOf = (measured: Measured, perSecond: number) => {
  let size = 1
  for (let i = 0; i < iterations; i++) {
    size = (size + Math.min(maxRound, Math.max(1, (perSecond * timingOf(measured.rounds, size).p50) / 1_000))) / 2
  }
  return { size, perSecond: perSecond / size }
}

/** What a gateway takes to read the rounds of all publishers. */
const readingSeconds = (measured: Measured, commitsByPublisher: readonly number[]) =>
  sum(
    commitsByPublisher.map((commits) => {
      const round = roundsOf(measured, commits)
      return (round.perSecond * interpolate(measured.reads, round.size, (each) => each.microseconds)) / 1e6
    }),
  )

/** A tile that a group has at least one pixel of gets a commit. */
const commitsOf = (tiles: readonly number[], groups: { size: number; perSecond: number }) => {
  const all = sum(tiles)
  return tiles.map((rate) => (rate === 0 ? 0 : Math.min(rate, groups.perSecond * (1 - (1 - rate / all) ** groups.size))))
}

/** A gateway sends what has changed, then waits for its window; when nothing has changed by then, for the next commit. */
export const cycleOf = (options: { measured: Measured; sockets: number; pixelsPerSecond: number; commits: readonly number[] }) => {
  const { measured, sockets, pixelsPerSecond, commits } = options
  const perSecond = sum(commits)
  if (perSecond === 0) return { seconds: Number.POSITIVE_INFINITY, changed: commits.map(() => 0), sendingSeconds: 0 }
  const shortMs = flushIntervalMs({ sockets, lastPixels: 0 })
  const window = flushIntervalMs({ sockets, lastPixels: (pixelsPerSecond * shortMs) / 1_000 }) / 1_000
  let seconds = window
  let changed: number[] = []
  let sendingSeconds = 0
  for (let i = 0; i < iterations; i++) {
    changed = commits.map((rate) => 1 - Math.exp(-rate * seconds))
    sendingSeconds = (sum(changed) * sockets * measured.frameMicroseconds) / 1e6
    seconds = (seconds + Math.max(window + sendingSeconds, 1 / perSecond)) / 2
  }
  return { seconds, changed, sendingSeconds }
}

export const flowOf = (options: { measured: Measured; traffic: Traffic; deployment: Deployment; bytesAroundFrame: number }): Flow => {
  const { measured, traffic, deployment, bytesAroundFrame } = options
  const { tiles, viewers } = traffic
  const placements = sum(tiles)
  const groups = groupsOf(measured, placements, deployment)
  const commits = commitsOf(tiles, groups)
  const commitsPerSecond = sum(commits)
  const cycle = cycleOf({ measured, sockets: viewers / deployment.gateways, pixelsPerSecond: placements, commits })

  const byPublisher = new Map<number, number>()
  const owners = publishersOf(tiles.length, deployment.publishers)
  for (const [tile, rate] of commits.entries()) {
    const owner = owners[tile] ?? 0
    byPublisher.set(owner, (byPublisher.get(owner) ?? 0) + rate)
  }
  const { microsecondsPerAppended, microsecondsPerDelivered } = measured.redis
  const redisMicroseconds =
    commitsPerSecond * (microsecondsPerAppended + (deployment.gateways + projectionGroups) * microsecondsPerDelivered)
  const perCycle = cycle.changed.map(
    (part, tile) => part * (frameBytes(((tiles[tile] ?? 0) * cycle.seconds) / (part || 1)) + bytesAroundFrame),
  )
  return {
    utilisation: {
      web: (placements * measured.webMicroseconds) / 1e6 / deployment.web,
      primaries: (placements * cheapestMs(measured.groups)) / 1_000 / deployment.primaries,
      publishers: (Math.max(...byPublisher.values()) * cheapestMs(measured.rounds)) / 1_000,
      redis: redisMicroseconds / 1e6 / deployment.redis,
      gateways: readingSeconds(measured, [...byPublisher.values()]) + cycle.sendingSeconds / cycle.seconds,
      projectors: (placements * (1 / measured.historyPerSecond + 1 / measured.statsPerSecond)) / deployment.projectors,
    },
    groupsPerSecond: groups.perSecond,
    groupSize: groups.size,
    commitsPerSecond,
    framesPerSecond: sum(cycle.changed) / cycle.seconds,
    bytesPerSecond: placements === 0 ? 0 : sum(perCycle) / cycle.seconds,
    cycleMs: cycle.seconds * 1_000,
  }
}
