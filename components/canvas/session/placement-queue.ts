/**
 * Sends pixels in order, a few at a time, each with an idempotency key, until there is an answer. Each pixel ends as exactly one of
 * `saved`, `refused` or `expired`. The server keeps keys for ten minutes, so a pixel expires after nine. The queue is bounded (A6).
 */
import type { Position, TileNumber } from '../../../lib/brand.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { ProblemCode } from '../../../lib/refusal.ts'
import type { Answer, Api } from './api.ts'
import { backoffMs } from './backoff.ts'
import type { PlacedAnswer, ProblemInfo } from './messages.ts'
import { Timer } from './timer.ts'
import type { Runtime } from './types.ts'

export interface PendingPixel {
  /** The `Idempotency-Key`, and the key in the overlay. */
  readonly key: string
  readonly cell: BoardPoint
  readonly tile: TileNumber
  readonly position: Position
  readonly color: number
  /** The epoch in which it was painted. It is never placed in another one. */
  readonly epoch?: string | undefined
  readonly createdAtMs: number
}

export interface PlacementEvents {
  /** `again` is true if the pixel was sent more than once, so that the answer may be a repeated one with old charges. */
  readonly onSaved: (pixel: PendingPixel, answer: PlacedAnswer, again: boolean) => void
  readonly onRefused: (pixel: PendingPixel, problem: ProblemInfo) => void
  readonly onExpired: (pixel: PendingPixel) => void
  /** The first pixel since the last answer got no answer or a temporary refusal. It is kept and sent again. */
  readonly onUnanswered: (problem: ProblemCode | null) => void
  /** A pixel entered or left the queue. */
  readonly onChange: (pending: readonly PendingPixel[]) => void
}

export interface PlacementQueueOptions {
  readonly runtime: Runtime
  readonly api: Pick<Api, 'place'>
  readonly events: PlacementEvents
}

interface Entry {
  readonly pixel: PendingPixel
  sending: boolean
  tries: number
}

export const maxPending = 64
export const keepTryingMs = 9 * 60_000
const atOnce = 4
const retry = { baseMs: 400, maxMs: 5_000 }

export class PlacementQueue {
  readonly #options: PlacementQueueOptions
  readonly #pending: Entry[] = []
  #failures = 0
  #pausedUntilMs = 0
  readonly #timer: Timer
  #disposed = false

  constructor(options: PlacementQueueOptions) {
    this.#options = options
    this.#timer = new Timer(options.runtime.timers)
  }

  /** The pixels without an answer. */
  get size() {
    return this.#pending.length
  }

  get sending() {
    return this.#pending.filter(({ sending }) => sending).length
  }

  get full() {
    return this.#pending.length >= maxPending
  }

  add(pixel: PendingPixel) {
    this.#pending.push({ pixel, sending: false, tries: 0 })
    this.#changed()
    this.#pump()
  }

  /** The server is reachable again. */
  wake() {
    this.#pausedUntilMs = 0
    this.#pump()
  }

  dispose() {
    this.#disposed = true
    this.#timer.clear()
  }

  #pump() {
    if (this.#disposed) return
    this.#expire()
    const nowMs = this.#options.runtime.now()
    if (nowMs >= this.#pausedUntilMs) {
      // After a failure, only one request is sent at a time.
      const room = this.#failures > 0 ? 1 : atOnce
      const busy = new Set<string>()
      for (const entry of [...this.#pending]) {
        const cell = `${entry.pixel.cell.gx},${entry.pixel.cell.gy}`
        // Of two pixels at one position the later one waits, so that it is on top in the end.
        if (!entry.sending && !busy.has(cell) && this.sending < room) void this.#send(entry)
        busy.add(cell)
      }
    }
    this.#schedule(nowMs)
  }

  async #send(entry: Entry) {
    entry.sending = true
    entry.tries++
    const answer = await this.#options.api.place(entry.pixel)
    entry.sending = false
    if (this.#disposed) return
    this.#settle(entry, answer)
    this.#pump()
  }

  #settle({ pixel, tries }: Entry, answer: Answer<PlacedAnswer>) {
    switch (answer.kind) {
      case 'ok':
        this.#failures = 0
        this.#remove(pixel)
        this.#options.events.onSaved(pixel, answer.value, tries > 1)
        return
      case 'problem':
        this.#failures = 0
        if (answer.problem.code === 'rate_limited') {
          // A rate limit only delays the pixel.
          this.#pause(answer.problem.retryAfterMs ?? 1_000)
          return
        }
        this.#remove(pixel)
        this.#options.events.onRefused(pixel, answer.problem)
        return
      case 'unreachable':
        this.#failures++
        this.#pause(Math.max(answer.retryAfterMs ?? 0, backoffMs(retry, this.#failures, this.#options.runtime.random)))
        if (this.#failures === 1) this.#options.events.onUnanswered(answer.problem)
    }
  }

  #pause(waitMs: number) {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.#options.runtime.now() + waitMs)
  }

  #expire() {
    const nowMs = this.#options.runtime.now()
    for (const { pixel, sending } of [...this.#pending]) {
      if (sending || nowMs - pixel.createdAtMs < keepTryingMs) continue
      this.#remove(pixel)
      this.#options.events.onExpired(pixel)
    }
  }

  #remove(pixel: PendingPixel) {
    const index = this.#pending.findIndex((entry) => entry.pixel.key === pixel.key)
    if (index !== -1) this.#pending.splice(index, 1)
    this.#changed()
  }

  #changed() {
    this.#options.events.onChange(this.#pending.map(({ pixel }) => pixel))
  }

  /** Sets the timer for the end of a pause or for the next pixel that expires. */
  #schedule(nowMs: number) {
    this.#timer.clear()
    const waiting = this.#pending.filter(({ sending }) => !sending)
    if (waiting.length === 0) return
    const expiresMs = Math.min(...waiting.map(({ pixel }) => pixel.createdAtMs + keepTryingMs))
    const dueMs = nowMs < this.#pausedUntilMs ? Math.min(this.#pausedUntilMs, expiresMs) : expiresMs
    this.#timer.set(() => this.#pump(), Math.max(1, dueMs - nowMs))
  }
}
