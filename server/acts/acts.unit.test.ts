import { expect, test } from 'vitest'
import { type Act, actLimits } from '../../lib/act.ts'
import { silentLogger } from '../observability/log.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { StoreError } from '../store/port.ts'
import { createActs } from './acts.ts'

const operator = { by: 'p_admin', via: 'session' } as const
const draft = { action: 'canvas.change', target: 'main', details: { title: { from: 'Main', to: 'Finale' } } }
const away = new StoreError('unavailable', 'The store is down.')

const start = () => {
  const gate = { isDown: false }
  const store = new MemoryStore({
    pause: async () => {
      if (gate.isDown) throw away
    },
  })
  const acts = createActs({ store, now: () => 1_000, logger: silentLogger })
  const outcomes = async () => {
    gate.isDown = false
    return (await store.readActs({ before: null, limit: 200 })).map(({ action, outcome, code }: Act) => [action, outcome, code])
  }
  return { gate, store, acts, outcomes }
}

test('A8 an act is on record before it happens, and then with its outcome', async () => {
  const { store, acts, outcomes } = start()
  const result = await acts.run(operator, draft, async () => {
    expect(await store.readActs({ before: null, limit: 10 })).toEqual([
      { id: expect.any(String), atMs: 1_000, ...operator, ...draft, outcome: null, code: null },
    ])
    return { status: 200 }
  })
  expect(result).toEqual({ status: 200 })
  await acts.run(operator, draft, async () => ({ status: 409, refusal: 'stale_rev' }))
  expect(await outcomes()).toEqual([
    ['canvas.change', 'refused', 'stale_rev'],
    ['canvas.change', 'done', null],
  ])
})

test('A8 an act that cannot be saved does not happen', async () => {
  const { gate, acts, outcomes } = start()
  gate.isDown = true
  let isDone = false
  const running = acts.run(operator, draft, async () => {
    isDone = true
  })
  await expect(running).rejects.toBe(away)
  expect(isDone).toBe(false)
  expect(await outcomes()).toEqual([])
})

test('A8 the outcome of an act that the store interrupts is unknown, and that of one that fails is known', async () => {
  const { gate, acts, outcomes } = start()
  const failing = (error: unknown) => acts.run(operator, draft, () => Promise.reject(error)).catch((caught: unknown) => caught)
  expect(await failing(away)).toBe(away)
  await failing(Object.assign(new Error('The disk is full.'), { code: 'disk_full' }))
  await acts.run(operator, draft, async () => {
    gate.isDown = true
  })
  expect(await outcomes()).toEqual([
    ['canvas.change', null, null],
    ['canvas.change', 'failed', 'disk_full'],
    ['canvas.change', null, null],
  ])
})

test('an act that must be possible without the store is saved once the store answers, and A6 as many as fit', async () => {
  const { gate, acts, outcomes } = start()
  gate.isDown = true
  for (let index = 0; index <= 100; index++) await acts.note(operator, { action: `session.${index}` })
  gate.isDown = false
  await acts.note(operator, { action: 'session.last' })
  const saved = await outcomes()
  expect(saved).toHaveLength(100)
  expect([saved[0], saved.at(-1)]).toEqual([
    ['session.last', 'done', null],
    ['session.2', 'done', null],
  ])
})

test('A6 details are cut to a bounded length, and lists become texts', async () => {
  const { store, acts } = start()
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`n${index}`, index]))
  const list = ['#FF0000'] as unknown as string
  await acts.run(
    operator,
    { action: 'site.change', details: { text: 'x'.repeat(5_000), list: { from: null, to: list }, ...many } },
    async () => null,
  )
  const details = (await store.readActs({ before: null, limit: 1 }))[0]?.details ?? {}
  expect(Object.keys(details)).toHaveLength(actLimits.maxDetails)
  expect(String(details['text'])).toHaveLength(actLimits.maxTextLength)
  expect(details['list']).toEqual({ from: null, to: '["#FF0000"]' })
})
