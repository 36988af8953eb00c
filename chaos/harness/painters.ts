/**
 * Painters over HTTP, spread over all web processes: single pixels and batches, most intents with a key. An intent without a definite answer is
 * sent again, to any process, until it has one. A painter spends all charges, the last of them in parallel requests (A5), and is then replaced.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { HistoryWriter, WantedPixel } from '../history-checker/history.ts'
import type { Random } from '../random.ts'

export interface PaintersOptions {
  readonly urls: readonly string[]
  readonly history: HistoryWriter
  readonly random: Random
  readonly workers: number
  /** Pixels a second of all painters together. */
  readonly rate: number
  /** Of the newest canvas. It never shrinks. */
  readonly size: () => { readonly width: number; readonly height: number; readonly colors: number }
  readonly charges: number
  /** Ends the painting after this many acknowledged pixels. */
  readonly most?: number
}

type Answer = { kind: 'saved'; ids: (string | null)[] } | { kind: 'refused'; code: string } | { kind: 'none' }

interface Intent {
  readonly op: number
  /** The saved placements. */
  ids: readonly string[]
  /** A request had no answer. */
  isUncertain: boolean
  /** The answer to the newest request. */
  last: string
}

/**
 * An intent that has waited this long for a definite answer stays unknown. On MongoDB a killed process can leave a transaction open for a minute,
 * which holds its pixels and its painter.
 */
const giveUpAfterMs = 75_000
/** This long after the end of the painting, intents without an answer stay unknown. */
const lastAnswersMs = 10_000
/** After this many requests the intent waits in the background, and its painter is replaced. */
const foregroundTries = 3
/** Intents that wait in the background for their answer. */
const maxInBackground = 256
const hotSide = 8
/** How often a painter undoes some of the pixels of an answer. */
const undoChance = 0.15

export class Painters {
  readonly #options: PaintersOptions
  readonly #began = performance.now()
  readonly #run = Date.now().toString(36)
  #op = 0
  #wanted = 0
  #stoppedAt = Number.POSITIVE_INFINITY
  #work: Promise<void> = Promise.resolve()
  readonly #waiting = new Set<Promise<void>>()
  acknowledged = 0
  unknown = 0
  undone = 0
  readonly refused = new Map<string, number>()

  constructor(options: PaintersOptions) {
    this.#options = options
  }

  start() {
    this.#work = Promise.all(Array.from({ length: this.#options.workers }, () => this.#paint())).then(() => undefined)
  }

  /** No new intents. The open ones are still awaited. */
  stop() {
    this.#stoppedAt = performance.now()
  }

  /** Resolves when every intent has an answer or is no longer awaited. */
  async answered() {
    await this.#work
    while (this.#waiting.size > 0) await Promise.all(this.#waiting)
  }

  get isDone() {
    return this.#stoppedAt < Number.POSITIVE_INFINITY || this.acknowledged >= (this.#options.most ?? Number.POSITIVE_INFINITY)
  }

  async #paint() {
    while (!this.isDone) {
      const painter = await this.#newPainter()
      if (!painter) continue
      for (let left = this.#options.charges; left > 0 && !this.isDone; ) {
        const { random } = this.#options
        const size = random.chance(0.3) ? 1 : 1 + random.below(Math.min(32, left))
        // The last charges in parallel requests, with more pixels than charges.
        const intents = left <= 12 ? Array.from({ length: 4 }, () => Math.ceil(left / 2)) : [size]
        await this.#pace(intents.reduce((sum, count) => sum + count, 0))
        const answers = await Promise.all(intents.map((count) => this.#intent(painter, this.#pixels(count))))
        left = left <= 12 || answers.includes('waits') ? 0 : left - size
      }
    }
  }

  /** Waits until this many more pixels are due. */
  async #pace(count: number) {
    this.#wanted += count
    const dueMs = (this.#wanted * 1_000) / this.#options.rate
    const early = dueMs - (performance.now() - this.#began)
    if (early > 0) await wait(early)
    // Pixels that a pause of the whole system prevented are not made up for.
    else if (early < -1_000) this.#wanted += Math.floor((-early * this.#options.rate) / 1_000)
  }

  async #newPainter(): Promise<{ id: string; token: string } | null> {
    try {
      const response = await fetch(`${this.#anyUrl()}/api/tokens`, { method: 'POST', signal: AbortSignal.timeout(3_000) })
      const body = (await response.json()) as { token: string; painter: { id: string } }
      if (response.status === 201) return { id: body.painter.id, token: body.token }
    } catch {
      // The next request goes to another process.
    }
    await wait(50)
    return null
  }

  #anyUrl() {
    return this.#options.random.pick(this.#options.urls) ?? ''
  }

  /** Different positions; half of the single pixels are in the area that all painters use. */
  #pixels(count: number): WantedPixel[] {
    const { random } = this.#options
    const size = this.#options.size()
    const pixels = new Map<string, WantedPixel>()
    while (pixels.size < count) {
      const [gx, gy] = random.chance(count === 1 ? 0.5 : 0.002)
        ? [size.width / 2 - hotSide / 2 + random.below(hotSide), size.height / 2 - hotSide / 2 + random.below(hotSide)]
        : [random.below(size.width), random.below(size.height)]
      pixels.set(`${gx},${gy}`, [gx, gy, random.below(size.colors)])
    }
    return [...pixels.values()]
  }

  async #intent(painter: { id: string; token: string }, pixels: readonly WantedPixel[]): Promise<'answered' | 'waits'> {
    const { history, random } = this.#options
    const op = ++this.#op
    // An intent without a key is sent once, so its outcome can stay unknown.
    const key = random.chance(0.15) ? null : `${this.#run}-${op}`
    history.add({ k: 'attempt', op, at: performance.now(), by: painter.id, pixels })
    const request = () => this.#request(painter.token, key, pixels)
    const state: Intent = { op, ids: [], isUncertain: false, last: '' }
    for (let attempt = 0; attempt < foregroundTries; attempt++) {
      if (this.#settle(state, await request())) {
        if (state.ids.length > 0 && random.chance(undoChance)) await this.#undo(painter.token, state.ids)
        return 'answered'
      }
      if (key === null) {
        this.#giveUp(state)
        return 'answered'
      }
      await wait(100 * 2 ** attempt)
    }
    while (this.#waiting.size >= maxInBackground) await Promise.race(this.#waiting)
    const waiting = this.#waitForAnswer(state, request).finally(() => this.#waiting.delete(waiting))
    this.#waiting.add(waiting)
    return 'waits'
  }

  /** Undoes one placement, or a part of a batch. Without an answer the painter asks again, and then gives up. */
  async #undo(token: string, placed: readonly string[]) {
    const { history, random } = this.#options
    const chosen = placed.filter(() => random.chance(0.5))
    const ids = chosen.length > 0 ? chosen : placed.slice(0, 1)
    history.add({ k: 'undoing', ids })
    for (let attempt = 0; attempt < foregroundTries; attempt++) {
      const undone = await this.#requestUndo(token, ids)
      if (undone) {
        history.add({ k: 'undone', ids: undone })
        this.undone += undone.length
        return
      }
      await wait(100 * 2 ** attempt)
    }
  }

  /** The undone ids. Null without a definite answer. */
  async #requestUndo(token: string, ids: readonly string[]): Promise<string[] | null> {
    const isOne = ids.length === 1
    try {
      const response = await fetch(`${this.#anyUrl()}/api/placements/${isOne ? `${ids[0]}/` : ''}undo`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, ...(isOne ? {} : { 'content-type': 'application/json' }) },
        body: isOne ? null : JSON.stringify({ ids }),
        signal: AbortSignal.timeout(6_000),
      })
      const body = (await response.json()) as { id?: string; results?: { id?: string; code?: string }[] }
      const results = body.results ?? [body]
      return response.status < 500 ? results.flatMap(({ id }) => id ?? []) : null
    } catch {
      return null
    }
  }

  async #waitForAnswer(state: Intent, request: () => Promise<Answer>) {
    const until = performance.now() + giveUpAfterMs
    const soonest = performance.now() + 10_000
    while (performance.now() < Math.min(until, this.#stoppedAt + lastAnswersMs)) {
      await wait(1_000)
      if (this.#settle(state, await request())) return
      // The painter has no charges left: the intent was not saved, although no answer says so.
      if (state.last === 'cooldown' && performance.now() > soonest) break
    }
    this.#giveUp(state)
  }

  #giveUp({ op, last }: Intent) {
    this.#options.history.add({ k: 'unknown', op, last })
    this.unknown++
  }

  /** Whether this answer ends the intent. A refusal does, if every earlier request had an answer. */
  #settle(state: Intent, answer: Answer): boolean {
    const { history } = this.#options
    const { op } = state
    state.last = answer.kind === 'refused' ? answer.code : answer.kind
    switch (answer.kind) {
      case 'saved':
        history.add({ k: 'acknowledged', op, at: performance.now(), ids: answer.ids })
        state.ids = answer.ids.filter((id) => id !== null)
        this.acknowledged += state.ids.length
        return true
      case 'none':
        state.isUncertain = true
        return false
      case 'refused':
        if (state.isUncertain) return false
        history.add({ k: 'refused', op, code: answer.code })
        this.refused.set(answer.code, (this.refused.get(answer.code) ?? 0) + 1)
        return true
    }
  }

  async #request(token: string, key: string | null, pixels: readonly WantedPixel[]): Promise<Answer> {
    const [first] = pixels
    const isBatch = pixels.length > 1 || !first
    const shown = pixels.map(([gx, gy, color]) => ({ gx, gy, color }))
    try {
      const response = await fetch(`${this.#anyUrl()}/api/pixels${isBatch ? '/batch' : ''}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${token}`,
          ...(key === null ? {} : { 'idempotency-key': key }),
        },
        body: JSON.stringify(isBatch ? { pixels: shown } : shown[0]),
        signal: AbortSignal.timeout(6_000),
      })
      const body = (await response.json()) as { id?: string; code?: string; results?: { id?: string }[] }
      if (response.status === 201 && body.id) return { kind: 'saved', ids: [body.id] }
      if (response.status === 200 && body.results) {
        const ids = body.results.map(({ id }) => id ?? null)
        return ids.some((id) => id !== null) ? { kind: 'saved', ids } : { kind: 'refused', code: 'cooldown' }
      }
      return body.code ? { kind: 'refused', code: body.code } : { kind: 'none' }
    } catch {
      return { kind: 'none' }
    }
  }
}
