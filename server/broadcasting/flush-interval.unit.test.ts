import { expect, test } from 'vitest'
import { flushIntervalMs } from './flush-interval.ts'

test.each([
  {
    lastPixels: 15,
    intervalsMs: [16, 16, 16, 18, 35, 35, 35, 36, 249, 250, 250],
    sockets: [0, 1, 45, 50, 100, 900, 1_000, 1_029, 7_128, 7_129, 1_000_000],
  },
  {
    lastPixels: 16,
    intervalsMs: [16, 16, 16, 18, 35, 35, 36, 60, 250, 250, 250],
    sockets: [0, 1, 45, 50, 100, 583, 600, 1_000, 4_166, 4_167, 1_000_000],
  },
])(
  'the flush interval grows with the number of sockets from 16 to 250 ms, after a flush of $lastPixels pixels',
  ({ lastPixels, intervalsMs, sockets }) => {
    expect(sockets.map((each) => flushIntervalMs({ sockets: each, lastPixels }))).toEqual(intervalsMs)
  },
)
