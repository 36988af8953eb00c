/**
 * Hears what a socket says. Whatever it sends, it gets a problem or an answer, and nothing it sends throws. Every message
 * counts against its budget, also one that nobody listens to.
 */
import type { Refusal } from '../../lib/refusal.ts'
import type { Complaints } from '../observability/complaints.ts'
import type { Logger } from '../observability/log.ts'
import { type Ack, type GatewaySocket, refuse } from './gateway-socket.ts'

export type MessageHandler = (socket: GatewaySocket, payload: unknown, ack: Ack) => Promise<void> | void

/** Joins and leaves of one socket that may wait for the one before (A6). */
const maxTurnsWaiting = 200

const tooMany: Refusal = { code: 'rate_limited', detail: 'Too many messages. Wait a moment.', retryAfterMs: 1_000 }
const unreachable: Refusal = {
  code: 'unavailable',
  detail: 'The board cannot be reached right now. Nothing was changed.',
  retryAfterMs: 1_000,
}

const ackOf = (args: readonly unknown[]): Ack => {
  const last = args.at(-1)
  return typeof last === 'function' ? (last as Ack) : () => undefined
}

export const hearMessages = (
  socket: GatewaySocket,
  options: { handlers: Readonly<Record<string, MessageHandler>>; complaints: Complaints; logger: Logger; now: () => number },
) => {
  socket.use(([, ...args], next) => {
    switch (socket.data.budget.take(options.now())) {
      case 'ok':
        return next()
      case 'refuse':
        return refuse(ackOf(args), tooMany)
      case 'cut_off':
        options.complaints.about(socket.data.address, 'message_flood_cut_off')
        socket.disconnect(true)
    }
  })
  for (const [event, handle] of Object.entries(options.handlers)) {
    const act = async (payload: unknown, ack: Ack) => handle(socket, payload, ack)
    socket.on(event, (...args: unknown[]) => {
      const ack = ackOf(args)
      act(typeof args[0] === 'function' ? undefined : args[0], ack).catch((error: unknown) => {
        if ((error as { code?: unknown } | null)?.code === 'outcome_unknown') {
          // No answer at all, never a guess; the client comes back and looks (A1).
          socket.conn.close()
          return
        }
        options.logger.warn({ event: 'socket_message_failed', message: event, err: error })
        refuse(ack, unreachable)
      })
    })
  }
}

/** A leave that was sent after a join is done after it, however long the join takes. */
export const inTurn =
  (handle: MessageHandler): MessageHandler =>
  async (socket, payload, ack) => {
    const { data } = socket
    if (data.turnsWaiting >= maxTurnsWaiting) return refuse(ack, tooMany)
    data.turnsWaiting++
    const turn = data.turn.then(() => handle(socket, payload, ack))
    data.turn = turn.then(
      () => data.turnsWaiting--,
      () => data.turnsWaiting--,
    )
    await turn
  }
