/** Handles the messages of a socket. Every message gets an answer or a problem, and none throws. `packet-gate.ts` has applied the budget. */
import type { Problem, ProblemCode, Refusal } from '../../lib/refusal.ts'
import type { Logger } from '../observability/log.ts'
import type { UnexpectedErrors } from '../observability/unexpected-errors.ts'
import { type Ack, type GatewaySocket, refuse } from './gateway-socket.ts'
import { tooManyMessages } from './packet-gate.ts'

export type MessageHandler = (socket: GatewaySocket, payload: unknown, ack: Ack) => Promise<void> | void

/** Joins and leaves of one socket that may wait (A6). */
const maxTurnsWaiting = 200

const unreachable: Refusal = {
  code: 'unavailable',
  detail: 'The server cannot reach its database right now. Nothing was changed.',
  retryAfterMs: 1_000,
}

const ackOf = (args: readonly unknown[], onRefused: MessageOptions['onRefused']): Ack => {
  const last = args.at(-1)
  const ack = typeof last === 'function' ? (last as Ack) : () => undefined
  return (answer) => {
    const problem = (answer as { problem?: Problem } | undefined)?.problem
    if (problem) onRefused?.(problem.code)
    ack(answer)
  }
}

export interface MessageOptions {
  readonly handlers: Readonly<Record<string, MessageHandler>>
  readonly errors: UnexpectedErrors
  readonly logger: Logger
  /** Called for each refused message. */
  readonly onRefused?: ((code: ProblemCode) => void) | undefined
}

/** One middleware takes less memory for an idle client than a listener for each event. There are no listeners. */
export const handleMessages = (socket: GatewaySocket, options: MessageOptions) => {
  socket.use(
    options.errors.guard('socket_message', ([event, ...args]: readonly unknown[]) =>
      handleMessage(socket, String(event), args[0], ackOf(args, options.onRefused), options),
    ),
  )
}

/** Never rejects. */
const handleMessage = async (socket: GatewaySocket, event: string, payload: unknown, ack: Ack, options: MessageOptions) => {
  const { handlers, logger } = options
  const handle = Object.hasOwn(handlers, event) ? handlers[event] : undefined
  try {
    await handle?.(socket, typeof payload === 'function' ? undefined : payload, ack)
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'outcome_unknown') {
      // An answer would be a guess. The client connects again and sends the same key (A1).
      socket.conn.close()
      return
    }
    logger.warn({ event: 'socket_message_failed', message: event, err: error })
    refuse(ack, unreachable)
  }
}

/** Runs the joins and leaves of a socket one after another, in the order of its messages. */
export const inTurn =
  (handle: MessageHandler): MessageHandler =>
  async (socket, payload, ack) => {
    const { data } = socket
    if (data.turnsWaiting >= maxTurnsWaiting) return refuse(ack, tooManyMessages)
    data.turnsWaiting++
    const turn = data.turn.then(() => handle(socket, payload, ack))
    data.turn = turn.catch(() => undefined).finally(() => data.turnsWaiting--)
    await turn
  }
