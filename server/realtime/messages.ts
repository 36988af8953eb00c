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

export interface Hearing {
  readonly handlers: Readonly<Record<string, MessageHandler>>
  readonly complaints: Complaints
  readonly logger: Logger
  readonly now: () => number
}

/** One function for each socket instead of a listener for each event of each socket: they are what an idle client costs. */
export const hearMessages = (socket: GatewaySocket, options: Hearing) => {
  // Listeners would be called after this, and there are none.
  socket.use(([event, ...args]) => {
    const ack = ackOf(args)
    switch (socket.data.budget.take(options.now())) {
      case 'ok':
        void hear(socket, event, args[0], ack, options)
        return
      case 'refuse':
        return refuse(ack, tooMany)
      case 'cut_off':
        options.complaints.about(socket.data.address, 'message_flood_cut_off')
        socket.disconnect(true)
    }
  })
}

/** Never rejects. */
const hear = async (socket: GatewaySocket, event: string, payload: unknown, ack: Ack, { handlers, logger }: Hearing) => {
  const handle = Object.hasOwn(handlers, event) ? handlers[event] : undefined
  try {
    await handle?.(socket, typeof payload === 'function' ? undefined : payload, ack)
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'outcome_unknown') {
      // No answer at all, never a guess; the client comes back and looks (A1).
      socket.conn.close()
      return
    }
    logger.warn({ event: 'socket_message_failed', message: event, err: error })
    refuse(ack, unreachable)
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
