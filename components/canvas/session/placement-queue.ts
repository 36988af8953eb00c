/**
 * Sends pixels in order, a few requests at a time, each with an idempotency key, until there is an answer. A request has one pixel, or up
 * to 256 of a stroke. Each pixel ends as exactly one of saved, refused or expired. The server keeps keys for ten minutes, so a pixel
 * expires after nine. The queue is bounded (A6).
 */
import type { Position, TileNumber } from '../../../lib/brand.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { ProblemCode } from '../../../lib/refusal.ts'
import type { Answer, Api } from './api.ts'
import { backoffMs } from './backoff.ts'
import { type PixelAnswer, type PlacedAnswer, type ProblemInfo, unknownProblem } from './messages.ts'
import { Timer } from './timer.ts'
import type { Runtime } from './types.ts'

export interface PendingPixel {
  /** The key in the overlay. Without a `batch` it is the `Idempotency-Key`, too. */
  readonly key: string
  /** The `Idempotency-Key` of a request that the pixel shares with others. */
  readonly batch?: string | undefined
  readonly cell: BoardPoint
  readonly tile: TileNumber
  readonly position: Position
  readonly color: number
  /** What the board showed below it. */
  readonly before?: number
  /** The epoch in which it was painted. It is never placed in another one. */
  readonly epoch?: string | undefined
  readonly createdAtMs: number
}

export interface PlacementOutcome {
  readonly saved: readonly { readonly pixel: PendingPixel; readonly answer: PlacedAnswer }[]
  readonly refused: readonly { readonly pixel: PendingPixel; readonly problem: ProblemInfo }[]
  /** The pixels were sent more than once, so that the answer may be a repeated one with old charges. */
  readonly isAgain: boolean
}

export interface PlacementEvents {
  /** A request was answered. Its pixels have left the queue, apart from those that a rate limit only delays. */
  readonly onAnswered: (outcome: PlacementOutcome) => void
  readonly onExpired: (pixels: readonly PendingPixel[]) => void
  /** The first pixel since the last answer got no answer or a temporary refusal. It is kept and sent again. */
  readonly onUnanswered: (problem: ProblemCode | null) => void
  /** Pixels entered or left the queue, or have another `batch`. */
  readonly onChange: (pending: readonly PendingPixel[]) => void
}

export interface PlacementQueueOptions {
  readonly runtime: Runtime & { readonly newKey: () => string }
  readonly api: Pick<Api, 'place' | 'placeBatch'>
  readonly events: PlacementEvents
}

/** The pixels of one request. */
interface Entry {
  readonly batch: string | undefined
  readonly pixels: readonly PendingPixel[]
  readonly createdAtMs: number
  sending: boolean
  tries: number
}

export const maxPending = 1_024
export const keepTryingMs = 9 * 60_000
const atOnce = 4
const retry = { baseMs: 400, maxMs: 5_000 }

export class PlacementQueue {
  readonly #options: PlacementQueueOptions
  #pending: Entry[] = []
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
    return this.#pending.reduce((sum, { pixels }) => sum + pixels.length, 0)
  }

  /** The requests that are being sent. */
  get sending() {
    return this.#pending.filter(({ sending }) => sending).length
  }

  /** Adds pixels in their order. Neighbours with the same `batch` become one request. */
  add(pixels: readonly PendingPixel[]) {
    this.#pending.push(...entriesOf(pixels))
    this.#changed()
    this.#pump()
  }

  has(key: string) {
    return this.#pending.some(({ pixels }) => pixels.some((pixel) => pixel.key === key))
  }

  /** Removes pixels of requests that were never sent, and returns them. The others may be saved already. */
  withdraw(keys: ReadonlySet<string>): PendingPixel[] {
    const withdrawn: PendingPixel[] = []
    this.#pending = this.#pending.flatMap((entry) => {
      if (entry.tries > 0 || !entry.pixels.some(({ key }) => keys.has(key))) return [entry]
      withdrawn.push(...entry.pixels.filter(({ key }) => keys.has(key)))
      const pixels = entry.pixels.filter(({ key }) => !keys.has(key))
      return pixels.length === 0 ? [] : [{ ...entry, pixels }]
    })
    if (withdrawn.length > 0) this.#changed()
    return withdrawn
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
        const needs = needsOf(entry)
        // Of two pixels at one position the later one waits, so that it is on top in the end.
        const isFree = !needs.some((need) => busy.has(need))
        if (!entry.sending && isFree && this.sending < room) void this.#send(entry)
        for (const need of needs) busy.add(need)
      }
    }
    this.#schedule(nowMs)
  }

  async #send(entry: Entry) {
    entry.sending = true
    entry.tries++
    const answer = await this.#request(entry)
    entry.sending = false
    if (this.#disposed) return
    this.#settle(entry, answer)
    this.#pump()
  }

  async #request({ batch, pixels }: Entry): Promise<Answer<readonly PixelAnswer[]>> {
    const [first] = pixels
    if (batch !== undefined) return this.#options.api.placeBatch({ key: batch, epoch: first?.epoch, pixels })
    if (!first) return { kind: 'ok', value: [] }
    const answer = await this.#options.api.place(first)
    return answer.kind === 'ok' ? { kind: 'ok', value: [{ ok: true, placed: answer.value }] } : answer
  }

  #settle(entry: Entry, answer: Answer<readonly PixelAnswer[]>) {
    switch (answer.kind) {
      case 'ok':
        this.#failures = 0
        return this.#answered(entry, answer.value)
      case 'problem': {
        this.#failures = 0
        const { problem } = answer
        // A rate limit only delays the pixels. The server keeps no key of a refused request.
        if (problem.code === 'rate_limited') return this.#pause(problem.retryAfterMs ?? 1_000)
        return this.#answered(
          entry,
          entry.pixels.map(() => ({ ok: false, problem })),
        )
      }
      case 'unreachable':
        this.#failures++
        this.#pause(Math.max(answer.retryAfterMs ?? 0, backoffMs(retry, this.#failures, this.#options.runtime.random)))
        if (this.#failures === 1) this.#options.events.onUnanswered(answer.problem)
    }
  }

  #answered(entry: Entry, answers: readonly PixelAnswer[]) {
    const saved: { pixel: PendingPixel; answer: PlacedAnswer }[] = []
    const refused: { pixel: PendingPixel; problem: ProblemInfo }[] = []
    const delayed: PendingPixel[] = []
    entry.pixels.forEach((pixel, index) => {
      const answer = answers[index]
      if (answer?.ok) saved.push({ pixel, answer: answer.placed })
      else if (answer?.problem.code !== 'rate_limited') refused.push({ pixel, problem: answer?.problem ?? unknownProblem })
      else {
        this.#pause(answer.problem.retryAfterMs ?? 1_000)
        delayed.push(pixel)
      }
    })
    // The key of the batch has an outcome now, so what is sent again needs another one.
    const batch = delayed.length > 0 ? this.#options.runtime.newKey() : ''
    const again = entriesOf(delayed.map((pixel) => ({ ...pixel, batch })))
    this.#pending = this.#pending.flatMap((each) => (each === entry ? again : [each]))
    this.#changed()
    this.#options.events.onAnswered({ saved, refused, isAgain: entry.tries > 1 })
  }

  #pause(waitMs: number) {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.#options.runtime.now() + waitMs)
  }

  #expire() {
    const nowMs = this.#options.runtime.now()
    const isExpired = ({ sending, createdAtMs }: Entry) => !sending && nowMs - createdAtMs >= keepTryingMs
    const expired = this.#pending.filter(isExpired)
    if (expired.length === 0) return
    this.#pending = this.#pending.filter((entry) => !isExpired(entry))
    this.#changed()
    this.#options.events.onExpired(expired.flatMap(({ pixels }) => pixels))
  }

  #changed() {
    this.#options.events.onChange(this.#pending.flatMap(({ pixels }) => pixels))
  }

  /** Sets the timer for the end of a pause or for the next pixel that expires. */
  #schedule(nowMs: number) {
    this.#timer.clear()
    const waiting = this.#pending.filter(({ sending }) => !sending)
    if (waiting.length === 0) return
    const expiresMs = Math.min(...waiting.map(({ createdAtMs }) => createdAtMs + keepTryingMs))
    const dueMs = nowMs < this.#pausedUntilMs ? Math.min(this.#pausedUntilMs, expiresMs) : expiresMs
    this.#timer.set(() => this.#pump(), Math.max(1, dueMs - nowMs))
  }
}

const entriesOf = (pixels: readonly PendingPixel[]): Entry[] => {
  const entries: (Entry & { pixels: PendingPixel[] })[] = []
  for (const pixel of pixels) {
    const last = entries.at(-1)
    if (last && pixel.batch !== undefined && last.batch === pixel.batch) last.pixels.push(pixel)
    else entries.push({ batch: pixel.batch, pixels: [pixel], createdAtMs: pixel.createdAtMs, sending: false, tries: 0 })
  }
  return entries
}

/** What one request at a time may use: each of its cells and, so that a stroke keeps its order, the turn of the batches. */
const needsOf = ({ batch, pixels }: Entry): string[] => [
  ...pixels.map(({ cell }) => `${cell.gx},${cell.gy}`),
  ...(batch === undefined ? [] : ['batch']),
]
