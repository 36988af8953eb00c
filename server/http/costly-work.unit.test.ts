import { expect, test } from 'vitest'
import { costlyLimits, createCostlyWork } from './costly-work.ts'

const setUp = (countsAddresses = true) => {
  const clock = { nowMs: 0 }
  const rests: { ms: number; end: () => void }[] = []
  const work = createCostlyWork({ countsAddresses, now: () => clock.nowMs, wait: (ms, end) => void rests.push({ ms, end }) })
  return { clock, rests, work }
}
const turns = () => new Promise((resolve) => setImmediate(resolve))

test('costly answers are made one after another, with a pause as long as the work', async () => {
  const { clock, rests, work } = setUp()
  const made: string[] = []
  const make = (name: string, tookMs: number) => async () => {
    made.push(name)
    clock.nowMs += tookMs
    return name
  }
  const first = work.run('1.1.1.1', make('a', 80))
  const second = work.run('2.2.2.2', make('b', 5_000))
  const third = work.run('3.3.3.3', make('c', 0))
  expect(await first).toEqual({ ok: true, value: 'a' })
  await turns()
  expect(made).toEqual(['a'])
  expect(rests.map(({ ms }) => ms)).toEqual([80])
  rests[0]?.end()
  expect(await second).toEqual({ ok: true, value: 'b' })
  expect(rests[1]?.ms).toBe(costlyLimits.maxRestMs)
  rests[1]?.end()
  expect(await third).toEqual({ ok: true, value: 'c' })
})

test('failed work releases its turn and its slot', async () => {
  const { rests, work } = setUp()
  await expect(work.run('1.1.1.1', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  rests[0]?.end()
  expect(await work.run('1.1.1.1', async () => 1)).toEqual({ ok: true, value: 1 })
})

test('A6 the waiting requests of an address, and of all addresses, are limited', async () => {
  const { work } = setUp()
  const hang = () => new Promise<never>(() => undefined)
  for (let i = 0; i < costlyLimits.ofAddress; i++) void work.run('1.1.1.1', hang)
  expect(await work.run('1.1.1.1', hang)).toMatchObject({ ok: false, refusal: { code: 'rate_limited' } })
  for (let i = costlyLimits.ofAddress; i < costlyLimits.ofProcess; i++) void work.run(`2.2.2.${i}`, hang)
  expect(await work.run('3.3.3.3', hang)).toMatchObject({ ok: false, refusal: { code: 'overloaded' } })
})

test('with RATE_LIMITS=off one address may use the whole limit', async () => {
  const { work } = setUp(false)
  const hang = () => new Promise<never>(() => undefined)
  for (let i = 0; i < costlyLimits.ofProcess; i++) void work.run('1.1.1.1', hang)
  expect(await work.run('1.1.1.1', hang)).toMatchObject({ ok: false, refusal: { code: 'overloaded' } })
})
