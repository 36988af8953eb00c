/**
 * Own pixels on their way to the server: in order, a few at a time, each with its own key, until there is an answer.
 *
 * The invariant: a pixel that entered leaves by exactly one of `saved`, `refused` or `expired`. No answer is no outcome: the same
 * key is sent again, and the server answers the first 201 once more. It keeps keys for ten minutes, so this side stops after nine and
 * says so. The queue is bounded (A6) and survives a reload of the page, where there is storage.
 */
import type { Position, TileNumber } from '../../../lib/brand.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { ProblemCode } from '../../../lib/refusal.ts'
import type { Answer, Api } from './api.ts'
import { backoffMs } from './backoff.ts'
import type { PlacedAnswer, ProblemInfo } from './messages.ts'
import type { Now, SessionEnvironment } from './types.ts'

export interface PendingPixel {
  /** The `Idempotency-Key`, and the pixel's key in the overlay. */
  readonly key: string
  readonly cell: BoardPoint
  readonly tile: TileNumber
  readonly position: Position
  readonly color: number
  readonly createdAtMs: number
}

export interface PlacementEvents {
  /** `again`: it was sent more than once, so the answer may be the first one repeated, with charges of back then. */
  readonly onSaved: (pixel: PendingPixel, answer: PlacedAnswer, again: boolean) => void
  readonly onRefused: (pixel: PendingPixel, problem: ProblemInfo) => void
  readonly onExpired: (pixel: PendingPixel) => void
  /** The first pixel since the last answer got none, or the answer that it cannot be saved now: it is kept and sent again. */
  readonly onUnanswered: (problem: ProblemCode | null) => void
  /** Entered or left. */
  readonly onChange: (pending: readonly PendingPixel[]) => void
}

export type PlacementQueueOptions = PlacementEvents &
  Pick<SessionEnvironment, 'timers' | 'random'> &
  Now & { readonly api: Pick<Api, 'place'> }

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
  #timer: number | null = null
  #disposed = false

  constructor(options: PlacementQueueOptions) {
    this.#options = options
  }

  /** Without an answer yet. */
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

  /** The server can be reached again. */
  wake() {
    this.#pausedUntilMs = 0
    this.#pump()
  }

  dispose() {
    this.#disposed = true
    if (this.#timer !== null) this.#options.timers.clear(this.#timer)
  }

  #pump() {
    if (this.#disposed) return
    this.#expire()
    const nowMs = this.#options.now()
    if (nowMs >= this.#pausedUntilMs) {
      // After a failure a single one feels its way.
      const room = this.#failures > 0 ? 1 : atOnce
      const busy = new Set<string>()
      for (const entry of [...this.#pending]) {
        const place = `${entry.pixel.cell.gx},${entry.pixel.cell.gy}`
        // Of two pixels on one place the later one waits: whoever came last must be on top.
        if (!entry.sending && !busy.has(place) && this.sending < room) void this.#send(entry)
        busy.add(place)
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
        this.#options.onSaved(pixel, answer.value, tries > 1)
        return
      case 'problem':
        this.#failures = 0
        if (answer.problem.code === 'rate_limited') {
          // Too fast, not wrong: it only has to wait.
          this.#pause(answer.problem.retryAfterMs ?? 1_000)
          return
        }
        this.#remove(pixel)
        this.#options.onRefused(pixel, answer.problem)
        return
      case 'unreachable':
        this.#failures++
        this.#pause(Math.max(answer.retryAfterMs ?? 0, backoffMs(retry, this.#failures, this.#options.random)))
        if (this.#failures === 1) this.#options.onUnanswered(answer.problem)
    }
  }

  #pause(waitMs: number) {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.#options.now() + waitMs)
  }

  #expire() {
    const nowMs = this.#options.now()
    for (const { pixel, sending } of [...this.#pending]) {
      if (sending || nowMs - pixel.createdAtMs < keepTryingMs) continue
      this.#remove(pixel)
      this.#options.onExpired(pixel)
    }
  }

  #remove(pixel: PendingPixel) {
    const index = this.#pending.findIndex((entry) => entry.pixel.key === pixel.key)
    if (index !== -1) this.#pending.splice(index, 1)
    this.#changed()
  }

  #changed() {
    this.#options.onChange(this.#pending.map(({ pixel }) => pixel))
  }

  /** The next thing that happens by itself: the end of a pause, or a pixel's nine minutes. */
  #schedule(nowMs: number) {
    if (this.#timer !== null) this.#options.timers.clear(this.#timer)
    this.#timer = null
    const waiting = this.#pending.filter(({ sending }) => !sending)
    if (waiting.length === 0) return
    const expiresMs = Math.min(...waiting.map(({ pixel }) => pixel.createdAtMs + keepTryingMs))
    const dueMs = nowMs < this.#pausedUntilMs ? Math.min(this.#pausedUntilMs, expiresMs) : expiresMs
    this.#timer = this.#options.timers.set(() => this.#pump(), Math.max(1, dueMs - nowMs))
  }
}
