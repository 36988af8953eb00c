/**
 * Signals between processes over PUBLISH. After a pause a signal is sent at once; signals that follow soon share one message, without duplicates,
 * so that a thousand placements a second cost sixteen commands. Fire and forget: no caller waits for Redis here.
 */
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { asCanvasId, asPainterId } from '../../../lib/brand.ts'
import type { Logger } from '../../observability/log.ts'
import { type Signal, StreamError } from '../port.ts'
import { type Breaker, isReply } from './breaker.ts'

/** The least time between two messages. */
const batchMs = 60
/** Signals in one message. Further ones are lost, as any signal may be (A6). */
const maxBatched = 1_000

const canvas = z.string().transform(asCanvasId)
const signalSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('wake') }),
  z.object({ kind: z.literal('publishing') }),
  z.object({ kind: z.literal('sessions') }),
  z.object({ kind: z.literal('me'), canvas, painter: z.string().transform(asPainterId) }),
  z.object({ kind: z.literal('presence'), gateway: z.string(), online: z.record(z.string(), z.int()) }),
])
const messageSchema = z.array(signalSchema)

export class RedisSignals {
  readonly #general: Redis
  readonly #breaker: Breaker
  readonly #channel: string
  readonly #logger: Logger
  readonly #listeners = new Set<(signal: Signal) => void>()
  readonly #batched = new Set<string>()
  #timer: NodeJS.Timeout | null = null
  #sentAtMs = Number.NEGATIVE_INFINITY
  #isRefused = false

  /** With RESP3 a connection that subscribed still takes commands, so this needs none of its own. */
  constructor({ general, breaker, channel, logger }: { general: Redis; breaker: Breaker; channel: string; logger: Logger }) {
    this.#general = general
    this.#channel = channel
    this.#breaker = breaker
    this.#logger = logger
    general.on('ready', () => {
      general.subscribe(channel).catch((error: unknown) => {
        // A refusal would come again on a new connection. Polling replaces signals until the right is back.
        if (isReply(error)) this.#noteRefused(error)
        else general.disconnect(true)
      })
    })
    general.on('message', (_channel: string, message: string) => this.#receive(message))
  }

  send(signal: Signal) {
    if (this.#batched.size < maxBatched) this.#batched.add(JSON.stringify(signal))
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null
        this.#sentAtMs = performance.now()
        const message = `[${[...this.#batched].join()}]`
        this.#batched.clear()
        this.#breaker
          .run(() => this.#general.publish(this.#channel, message))
          .then(
            () => {
              this.#isRefused = false
            },
            (error: unknown) => {
              if (error instanceof StreamError && error.reason === 'permission') this.#noteRefused(error)
            },
          )
      },
      Math.max(0, this.#sentAtMs + batchMs - performance.now()),
    )
  }

  listen(listener: (signal: Signal) => void) {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Logs it once until a signal is accepted. */
  #noteRefused(error: unknown) {
    if (!this.#isRefused) this.#logger.error({ event: 'signals_refused', channel: this.#channel, err: error })
    this.#isRefused = true
  }

  close() {
    if (this.#timer) clearTimeout(this.#timer)
    this.#listeners.clear()
  }

  #receive(message: string) {
    const parsed = messageSchema.safeParse(parseJson(message))
    if (!parsed.success) return
    for (const signal of parsed.data) for (const listener of this.#listeners) listener(signal)
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
