import { expect, test } from 'vitest'
import { randomsOf } from '../../lib/randoms.ts'
import { flushIntervalMs } from '../../server/broadcasting/flush-interval.ts'
import { percentile } from '../framework/statistics.ts'
import { growthFixture } from '../growth/growth.fixture.ts'
import { partOfPeak, simulateDay } from './day.ts'
import { place2022 } from './event.ts'
import { type Deployment, flowOf, parts, type Traffic } from './fluid.ts'
import { frameBytes } from './frame-bytes.ts'
import { measuredFixture } from './measured.fixture.ts'
import { hops, simulatePeak } from './peak.ts'
import { lognormal, poisson, zipfShares } from './randoms.ts'
import { sizeFor } from './size.ts'
import { timingOf } from './timing.ts'

const measured = measuredFixture
const deployment: Deployment = { web: 2, primaries: 1, publishers: 2, redis: 1, gateways: 10, projectors: 2 }
const traffic: Traffic = { tiles: zipfShares(4, 1).map((share) => share * 400), viewers: 20_000 }
const flow = (change: Partial<{ traffic: Traffic; deployment: Deployment }> = {}) =>
  flowOf({ measured, traffic, deployment, bytesAroundFrame: 0, ...change })
const peak = (change: Partial<Parameters<typeof simulatePeak>[0]> = {}) =>
  simulatePeak({ measured, traffic, deployment, seconds: 10, seed: 7, ...change })
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

test('without a load nothing is busy and nothing is sent', () => {
  const idle = flow({ traffic: { tiles: [0, 0], viewers: 20_000 } })
  for (const part of parts) expect(idle.utilisation[part]).toBe(0)
  expect(idle).toMatchObject({ commitsPerSecond: 0, groupsPerSecond: 0, framesPerSecond: 0, bytesPerSecond: 0 })
  expect(peak({ traffic: { tiles: [0], viewers: 100 } })).toMatchObject({ placements: 0, gatewayBusy: 0, webBusy: 0, groups: 0 })
})

test('twice the sockets on twice the gateways are the same for each gateway, and twice as much for Redis to hand out', () => {
  const twice = flow({ traffic: { ...traffic, viewers: 40_000 }, deployment: { ...deployment, gateways: 20 } })
  const once = flow()
  expect(twice.utilisation.gateways).toBeCloseTo(once.utilisation.gateways, 12)
  expect(twice.cycleMs).toBeCloseTo(once.cycleMs, 9)
  expect(twice.bytesPerSecond).toBeCloseTo(once.bytesPerSecond, 6)
  expect(twice.utilisation.redis / once.utilisation.redis).toBeGreaterThan(1.4)
})

test('twice as many of a part are half as busy, and a part is as busy as its cost says', () => {
  const once = flow().utilisation
  expect(once.web).toBeCloseTo((400 * 200e-6) / 2)
  expect(once.primaries).toBeCloseTo((400 * 14.8) / 256 / 1_000)
  expect(once.projectors).toBeCloseTo((400 * (1 / 6_000 + 1 / 12_000)) / 2)
  for (const part of ['web', 'redis', 'projectors'] as const) {
    const twice = flow({ deployment: { ...deployment, [part]: deployment[part] * 2 } }).utilisation
    // More web processes make smaller groups, but that is not their own work.
    expect(twice[part]).toBeCloseTo(once[part] / 2)
  }
  expect(flow({ deployment: { ...deployment, primaries: 2 } }).utilisation.primaries).toBeCloseTo(once.primaries / 2)
})

test('a known one: a core of a web process that is used by half makes placements wait for half of a service time, as M/D/1 does', () => {
  const [slow] = [{ ...measured, webMicroseconds: 2_000, groups: measured.groups.map((each) => ({ ...each, p50Ms: 0.01, p99Ms: 0.01 })) }]
  const { byHop, webBusy } = peak({
    measured: slow,
    traffic: { tiles: [250], viewers: 10 },
    deployment: { ...deployment, web: 1 },
    seconds: 400,
  })
  expect(webBusy).toBeCloseTo(0.5, 1)
  // ρ ÷ 2(1 − ρ) service times of waiting, and one of service (Pollaczek and Khinchine).
  expect(mean(byHop.accepting)).toBeGreaterThan(2 + 0.9)
  expect(mean(byHop.accepting)).toBeLessThan(2 + 1.1)
})

test('a lone pixel takes a transaction, a round and its frame, and waits for nothing', () => {
  const lone = { tiles: [0.5], viewers: 100 }
  const { latencies } = peak({ traffic: lone, deployment: { ...deployment, gateways: 1 }, seconds: 400 })
  const [group, round] = [measured.groups[0]?.p50Ms ?? 0, measured.rounds[0]?.p50Ms ?? 0]
  const sending = (100 * measured.frameMicroseconds) / 1_000
  expect(percentile(latencies, 0.5)).toBeCloseTo(
    measured.webMicroseconds / 1_000 + group + round + sending + (measured.reads[0]?.microseconds ?? 0) / 1_000,
    0,
  )
})

test('the hops add up to the latency, and the same seed gives the same day and the same peak', () => {
  const once = peak()
  expect(once.latencies.length).toBe(once.placements)
  for (const [index, latency] of once.latencies.entries()) {
    const sum = hops.reduce((total, hop) => total + (once.byHop[hop][index] ?? Number.NaN), 0)
    expect(Math.abs(sum - latency)).toBeLessThan(1e-6)
  }
  expect(peak().latencies).toEqual(once.latencies)
  expect(peak({ seed: 8 }).latencies).not.toEqual(once.latencies)
  const day = () => simulateDay({ measured, event: place2022, deployment, seed: 3, everySeconds: 600 })
  expect(day()).toEqual(day())
})

test('the flow model and the simulation of single placements agree on what they both know', () => {
  const [means, single] = [flow(), peak({ seconds: 60 })]
  expect(single.webBusy / means.utilisation.web).toBeCloseTo(1, 1)
  expect(Math.abs(single.gatewayBusy / means.utilisation.gateways - 1)).toBeLessThan(0.15)
  expect(Math.abs(single.groups / 60 / means.groupsPerSecond - 1)).toBeLessThan(0.25)
})

test('frames are gathered for as long as the server gathers them', () => {
  for (const sockets of [100, 2_000, 5_000]) {
    const { cycleMs } = flow({ traffic: { ...traffic, viewers: sockets }, deployment: { ...deployment, gateways: 1 } })
    expect(cycleMs).toBeGreaterThanOrEqual(flushIntervalMs({ sockets, lastPixels: 0 }))
  }
})

test('saturation is told: utilisation goes above one, and queues grow for as long as it lasts', () => {
  const limit = 1e6 / measured.webMicroseconds
  const much: Traffic = { tiles: [limit * 4], viewers: 100 }
  expect(flow({ traffic: much }).utilisation.web).toBeCloseTo(2)
  const [short, long] = [1, 2].map((seconds) => peak({ traffic: much, seconds }).lagSeconds.web)
  expect(short).toBeGreaterThan(0.9)
  expect((long ?? 0) / (short ?? 1)).toBeCloseTo(2, 0)
  const huge = { ...place2022, peakPlacementsPerSecond: limit * 4 }
  const day = simulateDay({ measured, event: huge, deployment, seed: 1, everySeconds: 600 })
  expect(day.busiest.web).toBeGreaterThan(1)
  expect(day.longestQueueSeconds).toBeGreaterThan(600)
  expect(day.secondsAboveBound.web).toBeGreaterThan(0)
})

test('sized, no part is above the bound, and with one less of any it would be', () => {
  const busy: Traffic = { tiles: zipfShares(4, 1).map((share) => share * 9_000), viewers: 200_000 }
  const sized = sizeFor({ measured, traffic: busy })
  expect(sized.saturated).toEqual([])
  for (const part of parts) expect(flow({ traffic: busy, deployment: sized.deployment }).utilisation[part]).toBeLessThan(0.6)
  for (const part of ['web', 'primaries', 'projectors'] as const) {
    if (sized.deployment[part] <= 2) continue
    const less = { ...sized.deployment, [part]: sized.deployment[part] - 1 }
    expect(flow({ traffic: busy, deployment: less }).utilisation[part]).toBeGreaterThanOrEqual(0.6)
  }
  expect(sized.deployment.gateways).toBeGreaterThanOrEqual(busy.viewers / measured.maxClients)
})

test('what no number of processes can carry is told and not sized', () => {
  const slowRounds = { ...measured, rounds: measured.rounds.map((each) => ({ ...each, p50Ms: each.p50Ms * 100 })) }
  const { saturated } = sizeFor({ measured: slowRounds, traffic: { tiles: [3_000], viewers: 1_000 } })
  expect(saturated).toContain('publishers')
})

test('a day has its burst at the peak, and its quietest time half a day away', () => {
  expect(partOfPeak(20 * 3_600)).toBe(1.5)
  expect(partOfPeak(20 * 3_600 + 300)).toBeCloseTo(1, 3)
  expect(partOfPeak(8 * 3_600)).toBeCloseTo(0.3)
})

test('distributions have their means, medians and shares', () => {
  const random = randomsOf(1)
  const many = (draw: () => number) => Array.from({ length: 20_000 }, draw)
  for (const expected of [0.5, 20, 1_000]) expect(mean(many(() => poisson(random, expected))) / expected).toBeCloseTo(1, 1)
  const drawn = many(() => lognormal(random, { p50: 10, p99: 40 }))
  expect(percentile(drawn, 0.5)).toBeCloseTo(10, 0)
  expect(percentile(drawn, 0.99) / 40).toBeCloseTo(1, 0)
  const shares = zipfShares(4, 1)
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1)
  expect((shares[0] ?? 0) / (shares[3] ?? 0)).toBeCloseTo(4)
})

test('times are interpolated between sizes, and go on beyond the largest', () => {
  const { groups } = growthFixture.services
  expect(timingOf(groups, 1).p50).toBeCloseTo(2.05)
  expect(timingOf(groups, 40).p50).toBeCloseTo(4)
  expect(timingOf(groups, 512).p50).toBeCloseTo(2 + 512 * 0.05)
})

test('a frame grows by about three bytes a pixel, in base64', () => {
  expect(frameBytes(1)).toBeLessThan(80)
  expect(frameBytes(3)).toBeGreaterThan(frameBytes(2))
  const perPixel = (frameBytes(2_048) - frameBytes(1_024)) / 1_024
  expect(perPixel).toBeGreaterThan(2)
  expect(perPixel).toBeLessThan(5)
})
