import { expect, test } from 'vitest'
import { createExpensiveReads, expensiveReadSlots } from './expensive-reads.ts'

const hang = () => new Promise<never>(() => undefined)

test('A6 a process makes two expensive reads at a time, and the third is overloaded', async () => {
  const reads = createExpensiveReads({ countsAddresses: true })
  const held = Promise.withResolvers<number>()
  const first = reads.run('1.1.1.1', () => held.promise)
  for (let i = 1; i < expensiveReadSlots.ofProcess; i++) void reads.run(`2.2.2.${i}`, hang)
  expect(await reads.run('3.3.3.3', async () => 3)).toMatchObject({ ok: false, refusal: { code: 'overloaded', retryAfterMs: 1_000 } })
  held.resolve(1)
  expect(await first).toEqual({ ok: true, value: 1 })
  expect(await reads.run('3.3.3.3', async () => 3)).toEqual({ ok: true, value: 3 })
})

test('A6 one address holds one slot', async () => {
  const reads = createExpensiveReads({ countsAddresses: true })
  void reads.run('1.1.1.1', hang)
  expect(await reads.run('1.1.1.1', async () => 1)).toMatchObject({ ok: false, refusal: { code: 'rate_limited' } })
  expect(await reads.run('2.2.2.2', async () => 2)).toEqual({ ok: true, value: 2 })
})

test('with RATE_LIMITS=off one address may hold all slots', async () => {
  const reads = createExpensiveReads({ countsAddresses: false })
  for (let i = 0; i < expensiveReadSlots.ofProcess; i++) void reads.run('1.1.1.1', hang)
  expect(await reads.run('1.1.1.1', async () => 1)).toMatchObject({ ok: false, refusal: { code: 'overloaded' } })
})

test('a failed read frees its slot', async () => {
  const reads = createExpensiveReads({ countsAddresses: true })
  await expect(reads.run('1.1.1.1', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await reads.run('1.1.1.1', async () => 1)).toEqual({ ok: true, value: 1 })
})
