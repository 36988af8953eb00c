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
  expect(arrivals.latencies).toEqual([])
  nowMs = 130
  arrivals.arrived(pixels(5))
  expect(arrivals.latencies).toEqual([40])
  expect(arrivals.unexpected).toBe(0)
})

test('a pixel that is shown once more, or that nobody was to paint, is counted', () => {
  const arrivals = new Arrivals({ cells: 16, now: () => 0 })
  arrivals.addWatchers(1)
  arrivals.expect(1, 0)
  arrivals.arrived(pixels(1))
  arrivals.arrived(pixels(1, 2))
  expect(arrivals.unexpected).toBe(2)
})

test('who comes later counts from the next pixel on, and a refused pixel is waited for no more', () => {
  const arrivals = new Arrivals({ cells: 16, now: () => 7 })
  arrivals.addWatchers(1)
  arrivals.expect(1, 0)
  arrivals.arrived(pixels(1))
  arrivals.addWatchers(1)
  arrivals.expect(2, 0)
  arrivals.arrived(pixels(2))
  expect(arrivals.latencies).toHaveLength(1)
  arrivals.arrived(pixels(2))
  expect(arrivals.latencies).toHaveLength(2)
  arrivals.expect(3, 0)
  arrivals.forget(3)
  expect(arrivals).toMatchObject({ due: 2, unexpected: 0 })
})
