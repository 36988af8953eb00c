/** The event `me`: a painter's charges after a placement, and after a change of the canvas. */
import { afterEach, expect, test, vi } from 'vitest'
import { asEpoch } from '../../lib/brand.ts'
import { erasingEnded, planErasing } from '../../lib/erasing.ts'
import { updateCanvas } from '../store/store.fixture.ts'
import { closeAll, connect, join, main, received, start } from './gateway.fixture.ts'

afterEach(closeAll)

test('a painter places over a socket, and all sockets of the painter receive the charges', async () => {
  const { url } = await start({ canvas: { cooldownMs: 60_000 } })
  const [one, two] = [await connect(url, { auth: { token: 'anna' } }), await connect(url, { auth: { token: 'anna' } })]
  await join(two, 0)
  const messages = received(two, 'me')
  const frames = received(two, 'pixels')
  expect(await one.timeout(5_000).emitWithAck('place', { gx: 3, gy: 0, color: 2 })).toEqual({ ok: true, placement: { gx: 3 } })
  await vi.waitFor(() => expect(messages).toHaveLength(1))
  expect(messages[0]?.[0]).toMatchObject({
    canvas: 'main',
    painter: { id: 'p_anna', name: 'Guest anna' },
    charges: { available: 4, max: 5 },
  })
  await vi.waitFor(() => expect(frames).toHaveLength(1))
})

test('B2 the painters of a canvas receive their charges when its cooldown or charges change, after the changed canvas', async () => {
  const { store, url } = await start({ canvas: { cooldownMs: 60_000 } })
  const [anna, bert, watcher] = [
    await connect(url, { auth: { token: 'anna' } }),
    await connect(url, { auth: { token: 'bert' } }),
    await connect(url),
  ]
  for (const socket of [anna, bert, watcher]) await join(socket, 0)
  await anna.timeout(5_000).emitWithAck('place', { gx: 3, gy: 0, color: 2 })
  const order: unknown[] = []
  anna.on('canvas', ({ rev }: { rev: number }) => order.push(rev))
  anna.on('me', ({ charges }: { charges: { available: number } }) => order.push(charges.available))
  const [ofBert, ofWatcher] = [received(bert, 'me'), received(watcher, 'me')]
  await updateCanvas(store, { maxCharges: 2 })
  await vi.waitFor(() => expect(order.slice(-2)).toEqual([2, 2]))
  await vi.waitFor(() => expect(ofBert.at(-1)).toMatchObject([{ canvas: 'main', charges: { available: 2, max: 2 } }]))
  await updateCanvas(store, { cooldownMs: 0 })
  await vi.waitFor(() => expect(ofBert.at(-1)).toMatchObject([{ charges: { available: null, max: null } }]))
  await updateCanvas(store, { title: 'The same rules' })
  await vi.waitFor(() => expect(order).toContain(4))
  expect(ofBert).toHaveLength(2)
  expect(ofWatcher).toEqual([])
})

test('painters receive new charges when a board that is started over is empty', async () => {
  const { store, url } = await start({ canvas: { cooldownMs: 60_000 } })
  const anna = await connect(url, { auth: { token: 'anna' } })
  await join(anna, 0)
  await anna.timeout(5_000).emitWithAck('place', { gx: 3, gy: 0, color: 2 })
  const messages = received(anna, 'me')
  await store.updateCanvas({
    id: main,
    change: planErasing('start_over', asEpoch('epoch002')),
    rev: 1,
    groupId: 'startover0',
    nowMs: 1_000,
  })
  await vi.waitFor(() => expect(messages.at(-1)).toMatchObject([{ charges: { available: 4 } }]))
  for (let part = await store.eraseRows({ id: main, limit: 100, from: null }); part.next; ) {
    part = await store.eraseRows({ id: main, limit: 100, from: part.next })
  }
  await store.updateCanvas({ id: main, change: erasingEnded, rev: 2, groupId: 'startover1', nowMs: 2_000 })
  await vi.waitFor(() => expect(messages.at(-1)).toMatchObject([{ charges: { available: 5 } }]))
})
