/**
 * How much one connection may send: messages, bytes, and requests to join a namespace (A6).
 *
 * Each Engine.IO packet, polling request with data and WebSocket control frame is a message. Messages over the budget are refused, and
 * the connection is cut off when they continue. A connection that exceeds its bytes is cut off at once.
 */
import { TokenBucket } from './token-bucket.ts'

export const budgetRates = {
  /** A hundred events, and ten packets of the protocol itself. */
  messages: { burst: 110, perSecond: 50 },
  bytes: { burst: 262_144, perSecond: 65_536 },
  connects: { burst: 10, perSecond: 0.5 },
} as const

/** Messages that are refused before the connection is cut off. */
const maxRefused = 500

export type Verdict = 'ok' | 'refuse' | 'cut_off'

export class ConnectionBudget {
  readonly #now: () => number
  readonly #messages: TokenBucket
  readonly #bytes: TokenBucket
  readonly #connects: TokenBucket
  #verdict: Verdict = 'ok'
  /** Called once, when the connection must be cut off. */
  onCutOff: (() => void) | null = null

  constructor(now: () => number) {
    this.#now = now
    const nowMs = now()
    this.#messages = new TokenBucket(budgetRates.messages, nowMs)
    this.#bytes = new TokenBucket(budgetRates.bytes, nowMs)
    this.#connects = new TokenBucket(budgetRates.connects, nowMs)
  }

  /** For the newest message. */
  get verdict() {
    return this.#verdict
  }

  takeMessage(): Verdict {
    if (this.#verdict === 'cut_off') return 'cut_off'
    const left = this.#messages.take(1, this.#now())
    this.#settle(left >= 0 ? 'ok' : left > -maxRefused ? 'refuse' : 'cut_off')
    return this.#verdict
  }

  /** False: the connection is cut off. */
  takeBytes(count: number): boolean {
    if (this.#verdict === 'cut_off') return false
    const isEnough = this.#bytes.take(count, this.#now()) >= 0
    if (!isEnough) this.#settle('cut_off')
    return isEnough
  }

  takeConnect(): boolean {
    return this.#connects.tryTake(1, this.#now())
  }

  #settle(verdict: Verdict) {
    this.#verdict = verdict
    if (verdict === 'cut_off') this.onCutOff?.()
  }
}
