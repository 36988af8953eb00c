import { expect, test } from 'vitest'
import { createSingleFlightProbe } from './single-flight-probe.ts'

test('a probe returns a value, and null for a failure or a timeout', async () => {
  expect(await createSingleFlightProbe(async () => 7)()).toEqual({ value: 7 })
  expect(await createSingleFlightProbe(() => Promise.reject(new Error('down')))()).toBeNull()
  expect(await createSingleFlightProbe(() => new Promise(() => undefined), 5)()).toBeNull()
})

test('A6 a part that hangs is queried once, and again only after it has answered', async () => {
  let asked = 0
  const waiting: ((value: number) => void)[] = []
  const probe = createSingleFlightProbe(() => new Promise<number>((resolve) => waiting.push(resolve)).finally(() => asked++), 5)
  expect([await probe(), await probe(), waiting.length]).toEqual([null, null, 1])
  const answer = probe()
  waiting[0]?.(1)
  expect(await answer).toEqual({ value: 1 })
  expect(await probe()).toBeNull()
  expect([asked, waiting.length]).toEqual([1, 2])
})
