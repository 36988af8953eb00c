import { expect, test } from 'vitest'
import { bandsOf, lineOf } from './hour.ts'
import type { FaultKind, OverviewPoint } from './overview.ts'

const point = (second: number, faultMs: Partial<Record<FaultKind, number>> = {}): OverviewPoint => ({
  at: new Date(second * 1_000).toISOString(),
  pending: second,
  oldestPendingAgeMs: null,
  placed: 0,
  published: 0,
  emitP50: null,
  emitP99: null,
  seenP99: null,
  faultMs: { store: 0, stream: 0, workers: 0, publishing: 0, ...faultMs },
})

test('a line has a gap where a point is missing, and none for a late point', () => {
  const { atMs, points } = lineOf([point(10), point(35), point(70)])
  expect(atMs).toEqual([10_000, 35_000, 45_000, 70_000])
  expect(points.map((each) => each?.pending ?? null)).toEqual([10, 35, null, 70])
  expect(lineOf([])).toEqual({ atMs: [], points: [] })
})

test('a fault is one band from its start to its end, with its length', () => {
  const points = [point(10), point(20, { stream: 4_000 }), point(30, { stream: 10_000 }), point(40, { stream: 2_000 }), point(50)]
  expect(bandsOf(points)).toEqual([{ kind: 'stream', fromMs: 16_000, toMs: 32_000, ms: 16_000 }])
})

test('two separate faults are two bands, and each kind has its own', () => {
  const points = [point(10, { store: 1_000 }), point(20, { publishing: 3_000 }), point(30), point(40), point(50, { store: 2_000 })]
  expect(bandsOf(points).map(({ kind, fromMs, toMs }) => [kind, fromMs, toMs])).toEqual([
    ['store', 9_000, 10_000],
    ['publishing', 17_000, 20_000],
    ['store', 48_000, 50_000],
  ])
})

test('the band of a current fault ends at the newest point', () => {
  expect(bandsOf([point(10, { workers: 5_000 })])).toEqual([{ kind: 'workers', fromMs: 5_000, toMs: 10_000, ms: 5_000 }])
})
