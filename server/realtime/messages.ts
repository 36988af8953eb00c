/**
 * Carries out what a socket asks for. Whatever it sends, it gets a problem or an answer, and nothing it sends throws. The connection's budget was applied
 * before (`packet-gate.ts`).
 */
import type { Refusal } from '../../lib/refusal.ts'
import type { Logger } from '../observability/log.ts'
import type { UnexpectedErrors } from '../observability/unexpected-errors.ts'
import { type Ack, type GatewaySocket, refuse } from './gateway-socket.ts'
import { tooManyMessages } from './packet-gate.ts'

export type MessageHandler = (socket: GatewaySocket, payload: unknown, ack: Ack) => Promise<void> | void

/** Joins and leaves of one socket that may wait for the one before (A6). */
const maxTurnsWaiting = 200

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
  readonly errors: UnexpectedErrors
  readonly logger: Logger
}

/** One function for each socket instead of a listener for each event of each socket: they are what an idle client costs. */
export const hearMessages = (socket: GatewaySocket, options: Hearing) => {
  // Listeners would be called after this, and there are none.
  socket.use(
    options.errors.guard('socket_message', ([event, ...args]: readonly unknown[]) =>
      hear(socket, String(event), args[0], ackOf(args), options),
    ),
  )
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
    if (data.turnsWaiting >= maxTurnsWaiting) return refuse(ack, tooManyMessages)
    data.turnsWaiting++
    const turn = data.turn.then(() => handle(socket, payload, ack))
    data.turn = turn.then(
      () => data.turnsWaiting--,
      () => data.turnsWaiting--,
    )
    await turn
  }
