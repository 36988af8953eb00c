import { expect, test } from 'vitest'
import { flushIntervalMs } from '../../server/broadcasting/flush-interval.ts'
import { growthFixture } from '../growth/growth.fixture.ts'
import { place2022 } from './event.ts'
import { type Deployment, flowOf, parts } from './flow.ts'
import { frameBytes } from './frame-bytes.ts'
import { measuredFixture } from './measured.fixture.ts'
import { sizeFor } from './size.ts'
import { medianMs } from './timing.ts'
import { busiestMinute, busiestSecond, type Traffic, zipfShares } from './traffic.ts'

const measured = measuredFixture
const deployment: Deployment = { web: 2, primaries: 1, publishers: 2, redis: 1, gateways: 10, projectors: 2 }
const traffic: Traffic = { tiles: zipfShares(4, 1).map((share) => share * 400), viewers: 20_000 }
const flow = (change: Partial<{ traffic: Traffic; deployment: Deployment }> = {}) =>
  flowOf({ measured, traffic, deployment, bytesAroundFrame: 0, ...change })

test('without traffic no part is busy and nothing is sent', () => {
  const idle = flow({ traffic: { tiles: [0, 0], viewers: 20_000 } })
  for (const part of parts) expect(idle.utilisation[part]).toBe(0)
  expect(idle).toMatchObject({ commitsPerSecond: 0, groupsPerSecond: 0, framesPerSecond: 0, bytesPerSecond: 0 })
})

test('twice the viewers on twice the gateways leave each gateway as busy, and Redis delivers more', () => {
  const twice = flow({ traffic: { ...traffic, viewers: 40_000 }, deployment: { ...deployment, gateways: 20 } })
  const once = flow()
  expect(twice.utilisation.gateways).toBeCloseTo(once.utilisation.gateways, 12)
  expect(twice.cycleMs).toBeCloseTo(once.cycleMs, 9)
  expect(twice.bytesPerSecond).toBeCloseTo(once.bytesPerSecond, 6)
  expect(twice.utilisation.redis / once.utilisation.redis).toBeGreaterThan(1.4)
})

test('a part is as busy as its cost implies, and half as busy with twice the processes', () => {
  const once = flow().utilisation
  expect(once.web).toBeCloseTo((400 * 200e-6) / 2)
  expect(once.primaries).toBeCloseTo((400 * 14.8) / 256 / 1_000)
  expect(once.projectors).toBeCloseTo((400 * (1 / 6_000 + 1 / 12_000)) / 2)
  for (const part of ['web', 'projectors'] as const) {
    const twice = flow({ deployment: { ...deployment, [part]: deployment[part] * 2 } }).utilisation
    // More web processes make smaller groups, but that is not their own work.
    expect(twice[part]).toBeCloseTo(once[part] / 2)
  }
  expect(flow({ deployment: { ...deployment, primaries: 2 } }).utilisation.primaries).toBeCloseTo(once.primaries / 2)
})

test('a Redis is as busy as the tiles of its partition make it, and has nothing to do without tiles', () => {
  const redisWith = (redis: number, tiles: readonly number[]) =>
    flow({ traffic: { ...traffic, tiles }, deployment: { ...deployment, redis } }).utilisation.redis
  // Of two partitions, tile 2 is in the first, and tiles 0, 1 and 3 are in the second.
  const one = redisWith(1, [100, 100, 100, 100])
  expect(redisWith(2, [100, 100, 100, 100])).toBeCloseTo((one * 3) / 4)
  expect(redisWith(2, [0, 0, 400, 0])).toBeCloseTo(redisWith(1, [0, 0, 400, 0]))
})

test('a gateway flushes no sooner than the flush interval of the server', () => {
  for (const sockets of [100, 2_000, 5_000]) {
    const { cycleMs } = flow({ traffic: { ...traffic, viewers: sockets }, deployment: { ...deployment, gateways: 1 } })
    expect(cycleMs).toBeGreaterThanOrEqual(flushIntervalMs({ sockets, lastPixels: 0 }))
  }
})

test('a sized deployment keeps every part below the bound, and one process less would not', () => {
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

test('a part that more processes cannot relieve is reported as saturated', () => {
  const slowRounds = { ...measured, rounds: measured.rounds.map((each) => ({ ...each, p50Ms: each.p50Ms * 100 })) }
  const { saturated } = sizeFor({ measured: slowRounds, traffic: { tiles: [3_000], viewers: 1_000 } })
  expect(saturated).toContain('publishers')
})

test('more Redis servers do not relieve the one that has the busiest tile', () => {
  const busiestTile: Traffic = { tiles: [20_000, 1, 1, 1], viewers: 5_000_000 }
  expect(sizeFor({ measured, traffic: busiestTile }).saturated).toContain('redis')
})

test('utilisation above one shows that a part cannot handle the traffic', () => {
  expect(flow({ traffic: { tiles: [(4 * 1e6) / measured.webMicroseconds], viewers: 100 } }).utilisation.web).toBeCloseTo(2)
})

test('shares by Zipf add up to one, and the fourth is a quarter of the first', () => {
  const shares = zipfShares(4, 1)
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1)
  expect((shares[0] ?? 0) / (shares[3] ?? 0)).toBeCloseTo(4)
})

test('the busiest minute is 1.5 times the busiest hour, and its busiest second is four standard deviations above', () => {
  const { tiles, viewers } = busiestMinute(place2022)
  expect(tiles).toHaveLength(4)
  expect(tiles.reduce((sum, rate) => sum + rate, 0)).toBeCloseTo((1.5 * 5.9e6) / 3_600)
  expect(busiestSecond({ tiles: [100], viewers })).toEqual({ tiles: [140], viewers })
})

test('times are interpolated between sizes and extrapolated beyond the largest', () => {
  const { groups } = growthFixture.services
  expect(medianMs(groups, 1)).toBeCloseTo(2.05)
  expect(medianMs(groups, 40)).toBeCloseTo(4)
  expect(medianMs(groups, 512)).toBeCloseTo(2 + 512 * 0.05)
})

test('a frame grows by about three bytes a pixel, in base64', () => {
  expect(frameBytes(1)).toBeLessThan(80)
  expect(frameBytes(3)).toBeGreaterThan(frameBytes(2))
  const perPixel = (frameBytes(2_048) - frameBytes(1_024)) / 1_024
  expect(perPixel).toBeGreaterThan(2)
  expect(perPixel).toBeLessThan(5)
})
