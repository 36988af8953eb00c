/**
 * A circuit breaker for all calls to Redis.
 *
 * A Redis that hangs accepts connections and commands and answers none. Without a breaker each loop would wait for its own deadline again and again,
 * and Redis would carry out all queued commands when it resumes. So the first call without an answer opens the breaker: the connections are
 * closed, and every call fails at once. One probe at a time then checks whether Redis answers again, and closes the breaker.
 *
 * An error that Redis sends (out of memory, read only) is an answer: the call fails, and the breaker stays closed.
 */
import type { Logger } from '../../observability/log.ts'
import { StreamError } from '../port.ts'
import { redisFaultOf } from './redis-fault.ts'

export interface BreakerOptions {
  /** Resolves when Redis answers. Has its own deadline. */
  readonly probe: () => Promise<void>
  /** Closes the connections and opens new ones. */
  readonly renew: () => void
  readonly logger: Logger
  readonly random: () => number
}

const firstPauseMs = 50
const maxPauseMs = 1_000

export class Breaker {
  readonly #options: BreakerOptions
  #isOpen = false
  /** How often it opened. */
  #opened = 0
  #isOver = false
  /** Of the last attempt. */
  #reason = ''
  #timer: NodeJS.Timeout | undefined

  constructor(options: BreakerOptions) {
    this.#options = options
  }

  get isOpen() {
    return this.#isOpen
  }

  /** Makes a call to Redis. Its failures become `unavailable`. @throws {StreamError} */
  async run<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.#isOver) throw new StreamError('closed', 'The stream is closed.')
    if (this.#isOpen) throw new StreamError('unavailable', `Redis is away: ${this.#reason}`)
    const opened = this.#opened
    try {
      return await call()
    } catch (cause) {
      // A late failure of a closed connection does not concern the new one.
      if (!isReply(cause) && opened === this.#opened) this.#open(cause)
      throw asStreamError(cause)
    }
  }

  /** Ends the probes. */
  close() {
    this.#isOver = true
    clearTimeout(this.#timer)
  }

  #open(cause: unknown) {
    if (this.#isOpen || this.#isOver) return
    this.#isOpen = true
    this.#opened++
    this.#reason = reasonOf(cause)
    const sinceMs = performance.now()
    this.#options.logger.warn({ event: 'redis_does_not_answer', err: cause })
    this.#options.renew()
    void this.#probeUntilAnswered(sinceMs)
  }

  async #probeUntilAnswered(sinceMs: number) {
    for (let attempt = 0; !this.#isOver; attempt++) {
      try {
        await this.#options.probe()
        this.#isOpen = false
        this.#options.logger.info({ event: 'redis_answers_again', awayMs: Math.round(performance.now() - sinceMs) })
        return
      } catch (error) {
        this.#reason = reasonOf(error)
        const pauseMs = Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(attempt, 10)) * (0.5 + this.#options.random() / 2)
        await new Promise<void>((resolve) => {
          this.#timer = setTimeout(resolve, pauseMs)
        })
      }
    }
  }
}

const reasonOf = (error: unknown) => {
  const message = error instanceof Error ? error.message : String(error)
  // The words of ioredis for a command without a connection.
  return message.startsWith("Stream isn't writeable") ? 'the connection is closed' : message
}

/** Whether Redis sent the error. */
export const isReply = (error: unknown) =>
  error instanceof Error && (error.name === 'ReplyError' || (error instanceof StreamError && error.code === 'refused'))

export const asStreamError = (cause: unknown) =>
  cause instanceof StreamError
    ? cause
    : new StreamError('unavailable', cause instanceof Error ? cause.message : 'Redis failed', { cause, reason: redisFaultOf(cause) })
