/** Places a pixel over a socket, with the same use case as `POST /api/pixels`, for the painter of the handshake. */
import type { Painter } from '../../lib/painter.ts'
import type { Refusal } from '../../lib/refusal.ts'
import { painterOf } from '../accounts/caller.ts'
import { refuse } from './gateway-socket.ts'
import type { MessageHandler } from './messages.ts'

export type SocketPlacing = { kind: 'placed'; placement: unknown } | { kind: 'refused'; refusal: Refusal }

/** Rejects with code `outcome_unknown` only. */
export type PlacePixel = (placing: { painter: Painter; body: unknown; key: unknown; address: string }) => Promise<SocketPlacing>

export const createPlaceHandler =
  (placePixel: PlacePixel): MessageHandler =>
  async (socket, payload, ack) => {
    const painter = painterOf(socket.data.caller)
    if (!painter) return refuse(ack, { code: 'unauthenticated', detail: 'Placing needs a session or a token.' })
    const key = typeof payload === 'object' && payload !== null ? (payload as { key?: unknown }).key : undefined
    const placing = await placePixel({ painter, body: payload, key, address: socket.data.address })
    if (placing.kind === 'refused') return refuse(ack, placing.refusal)
    ack({ ok: true, placement: placing.placement })
  }
