import type { Redis } from 'ioredis'
import { expect, test, vi } from 'vitest'
import { asCanvasId, asPainterId } from '../../../lib/brand.ts'
import { silentLogger } from '../../observability/log.ts'
import type { Breaker } from './breaker.ts'
import { RedisSignals } from './signals.ts'

test('A6 one message has at most 1,000 signals, and the others are dropped', async () => {
  const messages: unknown[][] = []
  const general = {
    on: () => undefined,
    publish: async (_channel: string, message: string) => messages.push(JSON.parse(message)),
  } as unknown as Redis
  const breaker = { run: (call: () => Promise<unknown>) => call() } as unknown as Breaker
  const signals = new RedisSignals({ general, breaker, channel: 'signals', logger: silentLogger })
  const canvas = asCanvasId('main')
  for (let i = 1; i <= 1_001; i++) signals.send({ kind: 'me', canvas, painter: asPainterId(`p_${i}`) })
  await vi.waitFor(() => expect(messages).toHaveLength(1), { interval: 1 })
  expect(messages[0]).toHaveLength(1_000)
  expect(messages[0]?.at(-1)).toMatchObject({ painter: 'p_1000' })
})
