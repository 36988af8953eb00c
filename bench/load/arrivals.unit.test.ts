import { expect, test } from 'vitest'
import { Arrivals } from './arrivals.ts'

const pixels = (...positions: number[]) => ({ positions: Uint32Array.from(positions), colors: new Uint8Array(positions.length) })

test('a pixel has arrived when the last watcher shows it', () => {
  let nowMs = 100
  const arrivals = new Arrivals({ cells: 16, now: () => nowMs })
  arrivals.addWatchers(3)
  arrivals.expect(5, 90)
  arrivals.arrived(pixels(5))
  arrivals.arrived(pixels(5))
  expect(arrivals.soFar.latencies).toEqual([])
  nowMs = 130
  arrivals.arrived(pixels(5))
  expect(arrivals.soFar.latencies).toEqual([40])
  expect(arrivals.soFar.unexpected).toBe(0)
})

test('a message that all have received is counted at once, and one that only some have by its pixels', () => {
  let nowMs = 100
  const arrivals = new Arrivals({ cells: 16, now: () => nowMs })
  arrivals.addWatchers(3)
  for (const position of [1, 2, 3]) arrivals.expect(position, 90)
  const [whole, parts] = [pixels(1, 2), [pixels(1), pixels(2)]]
  arrivals.arrived(whole)
  nowMs = 140
  for (const part of parts) arrivals.arrived(part)
  nowMs = 120
  arrivals.arrived(whole)
  expect(arrivals.soFar, 'the third has them in two parts').toMatchObject({ latencies: [50, 50], unexpected: 0 })
  const third = pixels(3)
  arrivals.arrived(third)
  arrivals.arrived(third)
  expect(arrivals.soFar.latencies).toHaveLength(2)
  arrivals.arrived(third)
  expect(arrivals.soFar, 'read while a pixel was on its way').toMatchObject({ latencies: [50, 50, 30], unexpected: 0 })
  for (let watcher = 0; watcher < 3; watcher++) arrivals.arrived(third)
  expect(arrivals.soFar.unexpected).toBe(3)
})

test('a pixel that is shown again or was not placed is counted', () => {
  const arrivals = new Arrivals({ cells: 16, now: () => 0 })
  arrivals.addWatchers(1)
  arrivals.expect(1, 0)
  arrivals.arrived(pixels(1))
  arrivals.arrived(pixels(1, 2))
  expect(arrivals.soFar.unexpected).toBe(2)
})

test('a later watcher counts from the next pixel on, and a refused pixel is not awaited', () => {
  const arrivals = new Arrivals({ cells: 16, now: () => 7 })
  arrivals.addWatchers(1)
  arrivals.expect(1, 0)
  arrivals.arrived(pixels(1))
  arrivals.addWatchers(1)
  arrivals.expect(2, 0)
  arrivals.arrived(pixels(2))
  expect(arrivals.soFar.latencies).toHaveLength(1)
  arrivals.arrived(pixels(2))
  expect(arrivals.soFar.latencies).toHaveLength(2)
  arrivals.expect(3, 0)
  arrivals.drop(3)
  expect(arrivals.soFar).toMatchObject({ due: 2, unexpected: 0 })
})
