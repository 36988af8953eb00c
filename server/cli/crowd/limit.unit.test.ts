import { expect, test } from 'vitest'
import { bucketOf } from '../../../lib/time-counts.ts'
import { limitOf } from './limit.ts'

const limit = (options: { acknowledged?: number; setbacks?: [string, number][]; paintedMs?: number; busyPart?: number }) => {
  const latency = { [bucketOf(750)]: 1 }
  return limitOf({
    painted: {
      acknowledged: new Map(Array.from({ length: options.acknowledged ?? 1_000 }, (_, index) => [index, 'id'])),
      refused: new Map(),
      setbacks: new Map(options.setbacks ?? []),
      latency,
    },
    clicks: 1_000,
    rate: 100,
    paintedMs: options.paintedMs ?? 10_000,
    busyPart: options.busyPart ?? 0.2,
  })
}

test('a crowd that reached its rate has no bottleneck', () => {
  expect(limit({})).toBeNull()
  expect(limit({ setbacks: [['rate_limited', 10]], paintedMs: 11_000 })).toBeNull()
})

test.each([
  [
    {
      acknowledged: 500,
      setbacks: [
        ['rate_limited', 400],
        ['overloaded', 30],
      ] as [string, number][],
    },
    /rate limits \(400 answers\).*RATE_LIMITS=off/,
  ],
  [{ acknowledged: 500, setbacks: [['cooldown', 500]] as [string, number][] }, /charges \(500 answers\).*COOLDOWN_MS=0/],
  [{ paintedMs: 30_000, setbacks: [['overloaded', 300]] as [string, number][] }, /server, which was overloaded/],
  [{ paintedMs: 30_000, setbacks: [['no_answer', 300]] as [string, number][] }, /300 requests got no answer/],
  [{ acknowledged: 0, setbacks: [['forbidden', 1_000]] as [string, number][] }, /answered forbidden 1000 times/],
  [{ paintedMs: 30_000, busyPart: 0.97 }, /this command, which was busy for 97 % of the time/],
  [{ paintedMs: 30_000 }, /the server, which took 7\d\d ms/],
])('the bottleneck of %j is found', (what, sentence) => {
  expect(limit(what)).toMatch(sentence)
})
