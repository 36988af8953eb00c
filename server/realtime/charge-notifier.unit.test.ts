import { expect, test, vi } from 'vitest'
import { asPainterId } from '../../lib/brand.ts'
import type { ChargeState } from '../../lib/charges.ts'
import { silentLogger } from '../observability/log.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { ChargeNotifier } from './charge-notifier.ts'
import type { GatewayServer } from './gateway-socket.ts'

const canvas = testCanvas({ cooldownMs: 1_000 })
const anna = asPainterId('p_anna')

const setUp = (rooms: string[]) => {
  const told: unknown[] = []
  const answers: ((state: ChargeState | null) => void)[] = []
  const getCharges = vi.fn(() => new Promise<ChargeState | null>((resolve) => void answers.push(resolve)))
  const io = {
    sockets: { adapter: { rooms: new Map(rooms.map((room) => [room, { size: 1 }])) } },
    to: (room: string) => ({ emit: (event: string, news: unknown) => told.push([room, event, news]) }),
  }
  const teller = new ChargeNotifier({
    io: io as unknown as GatewayServer,
    store: { getCharges },
    canvases: { get: async () => canvas },
    logger: silentLogger,
    now: () => 0,
    chargesNow: () => 0,
  })
  return { teller, told, answers, getCharges }
}

test('a new painter receives the charges of a new painter', async () => {
  const { teller, told, answers } = setUp(['painter:p_anna'])
  const telling = teller.notify(canvas.id, anna)
  await vi.waitFor(() => expect(answers).toHaveLength(1))
  answers[0]?.(null)
  await telling
  const charges = { available: 5, max: 5, nextChargeAt: null, nextChargeInMs: null }
  expect(told).toEqual([['painter:p_anna', 'me', { canvas: 'main', painter: { id: 'p_anna', name: 'Guest anna' }, charges }]])
})

test('many changes at once cause two reads: the running one, and one for the rest', async () => {
  const { teller, told, answers } = setUp(['painter:p_anna'])
  const telling = teller.notify(canvas.id, anna)
  for (let i = 0; i < 50; i++) await teller.notify(canvas.id, anna)
  for (const turn of [0, 1]) {
    await vi.waitFor(() => expect(answers).toHaveLength(turn + 1))
    answers[turn]?.(null)
  }
  await telling
  expect([told.length, answers.length]).toEqual([2, 2])
})

test('nothing is read for a painter without a socket, and a store that is unavailable causes no error', async () => {
  const { teller, told, answers, getCharges } = setUp(['painter:p_anna'])
  await teller.notify(canvas.id, asPainterId('p_bert'))
  expect(getCharges).not.toHaveBeenCalled()
  getCharges.mockRejectedValueOnce(new Error('away'))
  await teller.notify(canvas.id, anna)
  expect(told).toEqual([])
  const next = teller.notify(canvas.id, anna)
  await vi.waitFor(() => expect(answers).toHaveLength(1))
  answers[0]?.(null)
  await next
  expect(told).toHaveLength(1)
})
