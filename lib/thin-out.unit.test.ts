import { expect, test } from 'vitest'
import { thinOut } from './thin-out.ts'

const minute = 60_000
const hour = 60 * minute
const nowMs = 1_000_000 * hour

test('all snapshots of the last hour stay, then one for each hour, then one for each day', () => {
  const kept = (agesMs: readonly number[]) => {
    const atMs = agesMs.map((age) => nowMs - age).sort((a, b) => a - b)
    const gone = new Set(thinOut(atMs, nowMs))
    return atMs.filter((_, index) => !gone.has(index)).map((ms) => nowMs - ms)
  }
  expect(kept([0, 1, 59 * minute])).toEqual([59 * minute, 1, 0])
  expect(kept([hour + 2 * minute, hour + minute, 0])).toEqual([hour + 2 * minute, 0])
  expect(kept([200 * hour + 1, 200 * hour, 0])).toHaveLength(2)
  expect(kept([300 * hour, 250 * hour, 0])).toHaveLength(3)
  expect(kept(Array.from({ length: 1_000 }, (_, i) => i * 10 * minute)).length).toBeLessThan(6 + 7 * 24 + 3)
  expect(kept([])).toEqual([])
})

test('the newest snapshot stays, however old it is', () => {
  expect(thinOut([nowMs - 900 * hour - 1, nowMs - 900 * hour], nowMs)).toEqual([])
  expect(thinOut([nowMs - 900 * hour - 2, nowMs - 900 * hour - 1, nowMs - 900 * hour], nowMs)).toEqual([1])
})
