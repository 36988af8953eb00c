/** The costs that docs/SCALING.md computes with, each from the benchmark that measured it. A missing result is an error. */
import type { Result } from '../framework/result.ts'
import { median, percentile } from '../framework/statistics.ts'
import { showNumber } from '../framework/table.ts'
import { costsOf } from '../growth/costs.ts'
import type { Growth, Services, Timed } from '../growth/growth-result.ts'

export interface Measured {
  /** CPU of a process that places, saves and publishes on MongoDB and Redis: at most this. */
  readonly webMicroseconds: number
  readonly groups: readonly Timed[]
  readonly rounds: readonly Timed[]
  readonly redis: Services['redis']
  readonly historyPerSecond: number
  readonly statsPerSecond: number
  /** CPU of a gateway for a frame to a socket. */
  readonly frameMicroseconds: number
  /** CPU of a gateway for what one round of a publisher appended. */
  readonly reads: Services['reads']
  readonly processBytes: number
  readonly bytesPerClient: number
  readonly boardBytesPerPixel: number
  readonly wireBytesPerPixel: number
  readonly snapshotBytesPerPixel: number
  /** The most that one process has held. */
  readonly maxClients: number
  readonly stored: Pick<Services, 'commitOfOne' | 'commitOfMany' | 'pixelsOfMany' | 'history' | 'pixel' | 'painter'>
}

/** The benchmarks whose results are required. */
export const neededResults = ['g2', 'g6', 'growth'] as const

/** The median over the rounds. @throws if a round does not have it. */
const sampleOf = (result: Result, side: string, name: string) => {
  const values = result.rounds.map((round) => round[side]?.[name] ?? Number.NaN)
  if (!values.every(Number.isFinite)) throw new Error(`the result of ${result.id} has no "${name}" of "${side}"`)
  return median(values)
}

export const measuredOf = (results: { g2: Result; g6: Result; growth: Growth }): Measured => {
  const { g2, g6, growth } = results
  const { services, clients, canvases } = growth
  const costs = costsOf(growth)
  const largest = canvases.find(({ side }) => side === 1_000) ?? canvases.at(-1)
  if (!largest) throw new Error('growth has no canvas')
  return {
    webMicroseconds: 1e6 / sampleOf(g2, 'app on MongoDB', 'perSecond'),
    groups: services.groups,
    rounds: services.rounds,
    redis: services.redis,
    historyPerSecond: services.historyPerSecond,
    statsPerSecond: services.statsPerSecond,
    frameMicroseconds: sampleOf(g6, 'app', 'microseconds'),
    reads: services.reads,
    processBytes: percentile(
      clients.map(({ residentBytes }) => residentBytes),
      0,
    ),
    bytesPerClient: costs.bytesPerClient,
    boardBytesPerPixel: costs.residentBytesPerPixel,
    wireBytesPerPixel: costs.wireBytesPerPixel,
    snapshotBytesPerPixel: largest.snapshotBytes / largest.side ** 2,
    maxClients: Math.max(...clients.map((point) => point.clients)),
    stored: services,
  }
}

const microseconds = (value: number) => `${showNumber(value)} µs`
const bytes = (value: number) => `${showNumber(value)} bytes`
const medians = (all: readonly Timed[]) => `${all.map(({ p50Ms }) => showNumber(p50Ms)).join(', ')} ms`
const sizes = (all: readonly { readonly size: number }[]) => all.map(({ size }) => size).join(', ')

/** What was measured, and its value. `database` is the server that the benchmarks used as MongoDB. */
export const measuredRows = (measured: Measured, database: string): readonly (readonly [string, string])[] => {
  const { redis, stored, groups, rounds, reads } = measured
  const storedBytes = (['commitOfOne', 'commitOfMany', 'history', 'pixel', 'painter'] as const).map((name) =>
    showNumber(stored[name].documentBytes + stored[name].indexBytes),
  )
  return [
    [`web CPU per placement, at most: G2 (${database})`, microseconds(measured.webMicroseconds)],
    [`transaction of ${sizes(groups)} placements, median`, medians(groups)],
    [`publisher round of ${sizes(rounds)} commits, median`, medians(rounds)],
    ['projector: history, statistics', `${showNumber(measured.historyPerSecond)}, ${showNumber(measured.statsPerSecond)} placements/s`],
    ['gateway CPU per frame and socket: G6', microseconds(measured.frameMicroseconds)],
    [`gateway CPU per round of ${sizes(reads)} commits`, `${reads.map((each) => showNumber(each.microseconds)).join(', ')} µs`],
    ['Redis: stream entry, commands per append', `${bytes(redis.bytesPerEntry)}, ${showNumber(redis.commandsPerAppended)}`],
    [
      'Redis CPU per commit appended, delivered',
      `${showNumber(redis.microsecondsPerAppended)}, ${microseconds(redis.microsecondsPerDelivered)}`,
    ],
    [`BSON and index keys: commit of 1, ${stored.pixelsOfMany} pixels; history entry, pixel, painter`, `${storedBytes.join(', ')} bytes`],
  ]
}
