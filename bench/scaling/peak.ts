/**
 * A simulation of single placements through every part, at a steady rate: what means do not tell, the latency and its parts. No part waits for a
 * later one, so each is simulated to its end before the next.
 *
 * It follows the code: one transaction at a time per web process, with all that arrived during the one before; a round of a publisher takes up to
 * 256 commits; a gateway sends at once when its window is over, and the window begins when the last socket was sent to.
 */
import { randomsOf } from '../../lib/randoms.ts'
import { flushIntervalMs } from '../../server/broadcasting/flush-interval.ts'
import { type Deployment, publishersOf, type Traffic } from './fluid.ts'
import type { Measured } from './measured.ts'
import { exponential, lognormal, pick, type Random } from './randoms.ts'
import { interpolate, timingOf } from './timing.ts'

const maxGroup = 4_096
const maxRound = 256

interface Placement {
  readonly tile: number
  readonly arrivedMs: number
  readyMs: number
}

/** The placements of one tile in one transaction. */
interface SimulatedCommit {
  readonly tile: number
  readonly placements: readonly Placement[]
  readonly savedMs: number
  publishedMs: number
  /** What reading it takes: its part of its round. */
  readMs: number
}

export interface PeakOptions {
  readonly measured: Measured
  readonly traffic: Traffic
  readonly deployment: Deployment
  readonly seconds: number
  readonly seed: number
}

export const hops = ['accepting', 'saving', 'publishing', 'gathering', 'sending'] as const
export type Hop = (typeof hops)[number]

export interface Peak {
  readonly placements: number
  /** Milliseconds, one for each placement: its way to the last socket of a gateway. */
  readonly latencies: readonly number[]
  readonly byHop: Readonly<Record<Hop, readonly number[]>>
  /** How long each part had to go on after the last arrival: with more than it can take, longer the longer it lasts. */
  readonly lagSeconds: Readonly<Record<'web' | 'saving' | 'publishing' | 'gateway', number>>
  readonly gatewayBusy: number
  readonly webBusy: number
  readonly groups: number
  readonly rounds: number
  /** To Redis, by one gateway. */
  readonly gatewayCommandsPerSecond: number
}

const arrive = ({ traffic, deployment, seconds }: PeakOptions, random: Random): Placement[][] => {
  const rate = traffic.tiles.reduce((total, each) => total + each, 0)
  const shares = traffic.tiles.map((each) => each / rate)
  const byWeb: Placement[][] = Array.from({ length: deployment.web }, () => [])
  if (rate === 0) return byWeb
  for (let ms = exponential(random, 1_000 / rate); ms < seconds * 1_000; ms += exponential(random, 1_000 / rate)) {
    byWeb[Math.floor(random() * deployment.web)]?.push({ tile: pick(shares, random()), arrivedMs: ms, readyMs: ms })
  }
  return byWeb
}

/** First come, first served, on one core. */
const accept = (placements: readonly Placement[], { webMicroseconds }: Measured) => {
  let freeMs = 0
  for (const placement of placements) {
    freeMs = Math.max(freeMs, placement.arrivedMs) + webMicroseconds / 1_000
    placement.readyMs = freeMs
  }
}

const gather = <Item>(byTile: Map<number, Item[]>, tile: number, item: Item) => {
  const items = byTile.get(tile)
  if (items) items.push(item)
  else byTile.set(tile, [item])
}

/** Which of them is free first. */
const firstOf = (times: readonly number[]) =>
  times.reduce((best, time, index) => (time < (times[best] ?? Number.POSITIVE_INFINITY) ? index : best), 0)

/** Group commit in each web process; primaries take transactions in the order in which they are begun. */
const save = (byWeb: readonly (readonly Placement[])[], { measured, deployment }: PeakOptions, random: Random) => {
  const commits: SimulatedCommit[] = []
  const primaries = Array<number>(deployment.primaries).fill(0)
  const webs = byWeb.map((placements) => ({ placements, next: 0, freeMs: 0 }))
  const startOf = ({ placements, next, freeMs }: (typeof webs)[number]) =>
    Math.max(freeMs, placements[next]?.readyMs ?? Number.POSITIVE_INFINITY)
  let groups = 0
  for (;;) {
    const web = webs[firstOf(webs.map(startOf))]
    const startMs = web ? startOf(web) : Number.POSITIVE_INFINITY
    if (!web || startMs === Number.POSITIVE_INFINITY) return { commits, groups }
    const byTile = new Map<number, Placement[]>()
    let size = 0
    for (
      let placement = web.placements[web.next];
      placement && placement.readyMs <= startMs && size < maxGroup;
      placement = web.placements[web.next]
    ) {
      gather(byTile, placement.tile, placement)
      web.next++
      size++
    }
    const primary = firstOf(primaries)
    const savedMs = Math.max(startMs, primaries[primary] ?? 0) + lognormal(random, timingOf(measured.groups, size))
    primaries[primary] = savedMs
    web.freeMs = savedMs
    groups++
    for (const [tile, placements] of byTile) commits.push({ tile, placements, savedMs, publishedMs: savedMs, readMs: 0 })
  }
}

const publish = (commits: readonly SimulatedCommit[], { measured, deployment, traffic }: PeakOptions, random: Random) => {
  const owners = publishersOf(traffic.tiles.length, deployment.publishers)
  let rounds = 0
  for (let publisher = 0; publisher < deployment.publishers; publisher++) {
    const own = commits.filter(({ tile }) => owners[tile] === publisher).toSorted((a, b) => a.savedMs - b.savedMs)
    let freeMs = 0
    for (let next = 0; next < own.length; ) {
      const startMs = Math.max(freeMs, own[next]?.savedMs ?? 0)
      let end = next
      while (end < own.length && end - next < maxRound && (own[end]?.savedMs ?? 0) <= startMs) end++
      freeMs = startMs + lognormal(random, timingOf(measured.rounds, end - next))
      const readMs = interpolate(measured.reads, end - next, (each) => each.microseconds) / 1_000 / (end - next)
      for (const commit of own.slice(next, end)) {
        commit.publishedMs = freeMs
        commit.readMs = readMs
      }
      next = end
      rounds++
    }
  }
  return rounds
}

interface Sent {
  readonly commit: SimulatedCommit
  readonly beganMs: number
  readonly sentMs: number
}

/** One gateway of many that are alike. */
const broadcast = (commits: readonly SimulatedCommit[], { measured, traffic, deployment }: PeakOptions) => {
  const sockets = traffic.viewers / deployment.gateways
  const tileMs = (sockets * measured.frameMicroseconds) / 1_000
  const entries = commits.toSorted((a, b) => a.publishedMs - b.publishedMs)
  const sent: Sent[] = []
  let lastFlushMs = Number.NEGATIVE_INFINITY
  let lastPixels = 0
  let busyMs = 0
  let commands = 0
  for (let next = 0; next < entries.length; ) {
    const windowMs = flushIntervalMs({ sockets, lastPixels })
    const startMs = Math.max(lastFlushMs, entries[next]?.publishedMs ?? 0)
    const untilMs = Math.max(startMs, lastFlushMs + windowMs)
    let nowMs = startMs
    const waiting = new Map<number, SimulatedCommit[]>()
    let readAtMs = Number.NaN
    for (let entry = entries[next]; entry && entry.publishedMs <= untilMs; entry = entries[next]) {
      nowMs = Math.max(nowMs, entry.publishedMs) + entry.readMs
      busyMs += entry.readMs
      // What was published together is read with one command.
      if (entry.publishedMs !== readAtMs) commands++
      readAtMs = entry.publishedMs
      gather(waiting, entry.tile, entry)
      next++
    }
    const beganMs = Math.max(nowMs, lastFlushMs + windowMs)
    lastFlushMs = beganMs
    lastPixels = [...waiting.values()].flat().reduce((pixels, { placements }) => pixels + placements.length, 0)
    for (const changed of waiting.values()) {
      lastFlushMs += tileMs
      busyMs += tileMs
      for (const commit of changed) sent.push({ commit, beganMs, sentMs: lastFlushMs })
    }
    // The read that the window cut short, and the acknowledgement.
    commands += 2
  }
  return { sent, busyMs, commands, endMs: Number.isFinite(lastFlushMs) ? lastFlushMs : 0 }
}

export const simulatePeak = (options: PeakOptions): Peak => {
  const { measured, deployment, seconds } = options
  const random = randomsOf(options.seed)
  const byWeb = arrive(options, random)
  for (const placements of byWeb) accept(placements, measured)
  const { commits, groups } = save(byWeb, options, random)
  const rounds = publish(commits, options, random)
  const { sent, busyMs, commands, endMs } = broadcast(commits, options)

  const latencies: number[] = []
  const byHop: Record<Hop, number[]> = { accepting: [], saving: [], publishing: [], gathering: [], sending: [] }
  for (const { commit, beganMs, sentMs } of sent) {
    for (const { arrivedMs, readyMs } of commit.placements) {
      latencies.push(sentMs - arrivedMs)
      byHop.accepting.push(readyMs - arrivedMs)
      byHop.saving.push(commit.savedMs - readyMs)
      byHop.publishing.push(commit.publishedMs - commit.savedMs)
      byHop.gathering.push(beganMs - commit.publishedMs)
      byHop.sending.push(sentMs - beganMs)
    }
  }
  const all = byWeb.flat()
  const lag = (times: readonly number[]) => Math.max(0, times.reduce((latest, time) => Math.max(latest, time), 0) / 1_000 - seconds)
  return {
    placements: all.length,
    latencies,
    byHop,
    lagSeconds: {
      web: lag(all.map(({ readyMs }) => readyMs)),
      saving: lag(commits.map(({ savedMs }) => savedMs)),
      publishing: lag(commits.map(({ publishedMs }) => publishedMs)),
      gateway: lag([endMs]),
    },
    gatewayBusy: busyMs / Math.max(seconds * 1_000, endMs),
    webBusy: (all.length * measured.webMicroseconds) / 1e6 / deployment.web / seconds,
    groups,
    rounds,
    gatewayCommandsPerSecond: commands / seconds,
  }
}
