import { expect, test, vi } from 'vitest'
import { silentLogger } from '../observability/log.ts'
import { createUnexpectedErrors } from '../observability/unexpected-errors.ts'
import { type GatewaySocket, refuse } from './gateway-socket.ts'
import { handleMessages, inTurn, type MessageHandler } from './messages.ts'

test('A6 200 joins of a socket may wait, and one more is refused', async () => {
  let release: () => void = () => undefined
  const first = new Promise<void>((resolve) => {
    release = resolve
  })
  const socket = { data: { turn: Promise.resolve(), turnsWaiting: 0 } } as unknown as GatewaySocket
  const handled: unknown[] = []
  const join = inTurn(async (_socket, payload) => {
    await first
    handled.push(payload)
  })
  const refusals: unknown[] = []
  const send = (payload: number) => join(socket, payload, (answer: unknown) => refusals.push(answer))
  const turns = Array.from({ length: 201 }, (_, payload) => send(payload))
  expect(refusals).toMatchObject([{ ok: false, problem: { code: 'rate_limited' } }])
  release()
  await Promise.all(turns)
  expect(handled).toEqual(Array.from({ length: 200 }, (_, payload) => payload))
})

test('refused messages are reported by code, with and without an acknowledgement', async () => {
  const codes: string[] = []
  const use = vi.fn<(deliver: (packet: readonly unknown[]) => void) => void>()
  const place: MessageHandler = (_socket, isGood, ack) =>
    isGood ? ack({ ok: true }) : refuse(ack, { code: 'cooldown', detail: 'Wait a moment.' })
  handleMessages({ use } as unknown as GatewaySocket, {
    handlers: { place },
    errors: createUnexpectedErrors({ logger: silentLogger, monotonicNow: () => 0 }),
    logger: silentLogger,
    onRefused: (code) => codes.push(code),
  })
  const deliver = (...packet: readonly unknown[]) => use.mock.calls[0]?.[0](packet)
  deliver('place', true, () => undefined)
  deliver('place', false, () => undefined)
  deliver('place', false)
  expect(codes).toEqual(['cooldown', 'cooldown'])
})
