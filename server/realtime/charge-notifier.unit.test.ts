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
  const sent: unknown[] = []
  const answers: ((state: ChargeState | null) => void)[] = []
  const getCharges = vi.fn(() => new Promise<ChargeState | null>((resolve) => void answers.push(resolve)))
  const io = {
    sockets: { adapter: { rooms: new Map(rooms.map((room) => [room, { size: 1 }])) } },
    to: (room: string) => ({ emit: (event: string, data: unknown) => sent.push([room, event, data]) }),
  }
  const notifier = new ChargeNotifier({
    io: io as unknown as GatewayServer,
    store: { getCharges },
    canvases: { get: async () => canvas },
    logger: silentLogger,
    now: () => 0,
    chargesNow: () => 0,
  })
  return { notifier, sent, answers, getCharges }
}

test('a new painter receives the charges of a new painter', async () => {
  const { notifier, sent, answers } = setUp(['painter:p_anna'])
  const telling = notifier.notify(canvas.id, anna)
  await vi.waitFor(() => expect(answers).toHaveLength(1))
  answers[0]?.(null)
  await telling
  const charges = { available: 5, max: 5, nextChargeAt: null, nextChargeInMs: null }
  expect(sent).toEqual([['painter:p_anna', 'me', { canvas: 'main', painter: { id: 'p_anna', name: 'Guest anna' }, charges }]])
})

test('many changes at once cause two reads: the running one, and one for the rest', async () => {
  const { notifier, sent, answers } = setUp(['painter:p_anna'])
  const telling = notifier.notify(canvas.id, anna)
  for (let i = 0; i < 50; i++) await notifier.notify(canvas.id, anna)
  for (const turn of [0, 1]) {
    await vi.waitFor(() => expect(answers).toHaveLength(turn + 1))
    answers[turn]?.(null)
  }
  await telling
  expect([sent.length, answers.length]).toEqual([2, 2])
})

test('new rules are sent to every painter with four reads at a time, and rules that change meanwhile are sent to all again', async () => {
  const names = Array.from({ length: 10 }, (_, index) => `p_${index}`)
  const { notifier, sent, answers } = setUp(names.map((name) => `painter:${name}`))
  const painters = () => names.map(asPainterId)
  const telling = notifier.notifyAll(canvas.id, painters)
  await vi.waitFor(() => expect(answers).toHaveLength(4))
  await notifier.notifyAll(canvas.id, painters)
  for (let answered = 0; answered < 14; answered++) {
    await vi.waitFor(() => expect(answers.length).toBeGreaterThan(answered))
    expect(answers.length).toBeLessThanOrEqual(answered + 4)
    answers[answered]?.(null)
  }
  await telling
  expect(sent).toHaveLength(14)
  expect(new Set(sent.slice(4).map((message) => (message as string[])[0])).size).toBe(10)
})

test('nothing is read for a painter without a socket, and a store that is unavailable causes no error', async () => {
  const { notifier, sent, answers, getCharges } = setUp(['painter:p_anna'])
  await notifier.notify(canvas.id, asPainterId('p_bert'))
  expect(getCharges).not.toHaveBeenCalled()
  getCharges.mockRejectedValueOnce(new Error('away'))
  await notifier.notify(canvas.id, anna)
  expect(sent).toEqual([])
  const next = notifier.notify(canvas.id, anna)
  await vi.waitFor(() => expect(answers).toHaveLength(1))
  answers[0]?.(null)
  await next
  expect(sent).toHaveLength(1)
})
