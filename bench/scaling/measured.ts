/** The costs that the arithmetic of docs/SCALING.md is fed with, each from the benchmark that measured it. Nothing is made up for what is missing. */

import type { Result } from '../framework/result.ts'
import { median, percentile } from '../framework/statistics.ts'
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

export interface MeasuredRow {
  readonly what: string
  readonly value: number
  readonly unit: string
  readonly from: string
}

/** The benchmarks without whose results nothing is written. */
export const neededResults = ['g2', 'g6', 'growth'] as const

/** The median over the rounds. @throws when no round has it. */
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

export const measuredRows = (measured: Measured): MeasuredRow[] => {
  const services = 'growth, MongoDB and Redis'
  const timed = (what: string, all: readonly Timed[]) =>
    all.flatMap(({ size, p50Ms, p99Ms }) => [
      { what: `${what} ${size}, median`, value: p50Ms, unit: 'ms', from: services },
      { what: `${what} ${size}, p99`, value: p99Ms, unit: 'ms', from: services },
    ])
  const { redis, stored } = measured
  return [
    { what: 'CPU of a web process per placement, at most', value: measured.webMicroseconds, unit: 'µs', from: 'G2, the app on MongoDB' },
    ...timed('transaction of placements:', measured.groups),
    ...timed('round of a publisher, commits:', measured.rounds),
    { what: 'history, one projector', value: measured.historyPerSecond, unit: 'placements/s', from: services },
    { what: 'stats, one projector', value: measured.statsPerSecond, unit: 'placements/s', from: services },
    { what: 'CPU of a gateway per frame to a socket', value: measured.frameMicroseconds, unit: 'µs', from: 'G6' },
    ...measured.reads.map(({ size, microseconds }) => ({
      what: `CPU of a gateway to read and acknowledge a round, commits: ${size}`,
      value: microseconds,
      unit: 'µs',
      from: services,
    })),
    { what: 'memory of a process', value: measured.processBytes / 1e6, unit: 'MB', from: 'growth, clients' },
    { what: 'memory per client', value: measured.bytesPerClient / 1e3, unit: 'kB', from: 'growth, clients' },
    { what: 'memory per pixel of canvas', value: measured.boardBytesPerPixel, unit: 'bytes', from: 'growth, canvas' },
    { what: 'clients of one process, the most measured', value: measured.maxClients, unit: '', from: 'growth, clients' },
    { what: 'board on the wire per pixel', value: measured.wireBytesPerPixel, unit: 'bytes', from: 'growth, canvas' },
    { what: 'snapshot per pixel', value: measured.snapshotBytesPerPixel, unit: 'bytes', from: 'growth, canvas' },
    { what: 'Redis: memory of an entry of the stream', value: redis.bytesPerEntry, unit: 'bytes', from: services },
    { what: 'Redis: commands per commit appended', value: redis.commandsPerAppended, unit: '', from: services },
    { what: 'Redis: CPU per commit appended', value: redis.microsecondsPerAppended, unit: 'µs', from: services },
    { what: 'Redis: CPU per commit handed to a group', value: redis.microsecondsPerDelivered, unit: 'µs', from: services },
    ...(
      [
        ['a commit of one pixel', stored.commitOfOne],
        [`a commit of ${stored.pixelsOfMany} pixels`, stored.commitOfMany],
        ['a placement in the history', stored.history],
        ['a pixel', stored.pixel],
        ['a painter', stored.painter],
      ] as const
    ).map(([what, { documentBytes, indexBytes }]) => ({
      what: `MongoDB: ${what}, with its keys in indexes`,
      value: documentBytes + indexBytes,
      unit: 'bytes',
      from: `${services}, as BSON`,
    })),
  ]
}
