import { expect, test } from 'vitest'
import type { Entry } from '../history-checker/history.ts'
import { latenciesIn } from './latencies.ts'

const logged = (seq: number, id: string): Entry => ({
  ...{ k: 'logged', tile: 0, epoch: 'e', seq, atMs: 0, cause: 'paint' },
  pixels: [[0, 0, 1, 'p_a', id]],
})
const frame = (w: number, at: number, from: number, to: number, did: 'applied' | 'dropped' = 'applied'): Entry => ({
  ...{ k: 'frame', w, at, tile: 0, from, to, data: '', did },
  before: from - 1,
})
const intent = (op: number, at: number, id: string | null): Entry[] => [
  { k: 'attempt', op, at, by: 'p_a', pixels: [[0, 0, 1]] },
  { k: 'acknowledged', op, at: at + 5, ids: [id] },
]

test('each client counts a pixel from its intent to the frame that brought it, in the phase of the intent', () => {
  const history: Entry[] = [
    ...intent(1, 100, 'a'),
    frame(1, 130, 1, 1),
    frame(2, 140, 1, 1),
    frame(2, 150, 1, 1, 'dropped'),
    ...intent(2, 190, 'b'),
    ...intent(3, 250, 'c'),
    frame(1, 290, 2, 3),
    logged(1, 'a'),
    logged(2, 'b'),
    logged(3, 'c'),
  ]
  const phases = [
    { name: 'before', fromMs: 0, toMs: 200 },
    { name: 'after', fromMs: 200, toMs: 300 },
  ]
  expect(latenciesIn(() => history, phases)).toEqual([
    { name: 'before', placed: 2, p50Ms: 40, p99Ms: 100, mostMs: 100 },
    { name: 'after', placed: 1, p50Ms: 40, p99Ms: 40, mostMs: 40 },
  ])
})

test('a refused pixel and a pixel that came with a board have no latency', () => {
  const history: Entry[] = [...intent(1, 100, null), ...intent(2, 110, 'b'), frame(1, 150, 2, 2), logged(1, 'b')]
  const [all] = latenciesIn(() => history, [{ name: 'all', fromMs: 0, toMs: 1_000 }])
  expect(all).toEqual({ name: 'all', placed: 1, p50Ms: Number.NaN, p99Ms: Number.NaN, mostMs: Number.NaN })
})
