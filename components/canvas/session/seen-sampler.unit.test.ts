import { expect, test } from 'vitest'
import { asTile } from '../../../lib/brand.ts'
import { SeenSampler } from './seen-sampler.ts'
import { ServerClock } from './server-clock.ts'
import { ManualClock } from './testing/manual-clock.ts'

const frame = (to: number) => ({ from: to, to, positions: new Uint32Array(), colors: new Uint8Array() })

const setUp = (options: { random: number; offsetMs: number | null }) => {
  const clock = new ManualClock()
  const sent: unknown[] = []
  const server = new ServerClock()
  const { offsetMs } = options
  if (offsetMs !== null) {
    server.add({ earliestMs: clock.nowMs + offsetMs, latestMs: clock.nowMs + offsetMs, sentAtMs: clock.nowMs, receivedAtMs: clock.nowMs })
  }
  const savedAtMs = clock.nowMs + (offsetMs ?? 0) - 70
  const sampler = new SeenSampler({
    canvasId: 'main',
    runtime: { now: clock.now, random: () => options.random },
    afterDraw: (act) => void clock.timers.set(act, 16),
    clock: server,
    api: { commitAtMs: async () => ({ kind: 'ok', value: savedAtMs }) },
    emit: (event, payload) => sent.push([event, payload]),
  })
  return { clock, sent, sampler }
}

test('a sampled frame reports how long its newest commit took to the screen, by the corrected clock', async () => {
  const { clock, sent, sampler } = setUp({ random: 0.005, offsetMs: -30_000 })
  sampler.frame(asTile(3), frame(12))
  await clock.advance(100)
  expect(sent).toEqual([['seen', { canvas: 'main', tile: 3, seq: 12, ms: 86 }]])
})

test('nothing is reported for other frames, for a second sample within ten seconds, or without a known clock', async () => {
  const unlucky = setUp({ random: 0.01, offsetMs: 0 })
  unlucky.sampler.frame(asTile(0), frame(1))
  await unlucky.clock.advance(100)
  expect(unlucky.sent).toEqual([])

  const quick = setUp({ random: 0, offsetMs: 0 })
  for (let seq = 1; seq <= 5; seq++) quick.sampler.frame(asTile(0), frame(seq))
  await quick.clock.advance(100)
  expect(quick.sent).toHaveLength(1)

  const unknown = setUp({ random: 0, offsetMs: null })
  unknown.sampler.frame(asTile(0), frame(1))
  await unknown.clock.advance(100)
  expect(unknown.sent).toEqual([])
})
