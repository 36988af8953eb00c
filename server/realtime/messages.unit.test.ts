import { expect, test } from 'vitest'
import type { GatewaySocket } from './gateway-socket.ts'
import { inTurn } from './messages.ts'

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
