/**
 * The HTTP side of the session: one method per question, answers as values.
 *
 * `unreachable` is whatever leaves the outcome open: no connection, no answer in time, a proxy's page instead of JSON, a
 * server's fault. Only an answer of Fresco itself is `ok` or `problem`.
 */

import type { Board } from '../../../lib/board.ts'
import { asEpoch, asSeq, type TileNumber } from '../../../lib/brand.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import {
  type PlacedAnswer,
  type ProblemInfo,
  readCanvas,
  readFirstCommitAtMs,
  readMe,
  readPlaced,
  readProblem,
  readReceipt,
} from './messages.ts'
import { type ServerClock, timeOfDateHeader } from './server-clock.ts'
import type { SessionEnvironment } from './types.ts'

export type Answer<Value> =
  | { kind: 'ok'; value: Value }
  | { kind: 'problem'; problem: ProblemInfo }
  | { kind: 'unreachable'; retryAfterMs: number | null }

export type ApiOptions = Pick<SessionEnvironment, 'fetch' | 'now' | 'timers'> & { readonly canvasId: string; readonly clock: ServerClock }

/** No answer after this long is none: the placement is asked about again with its key. */
const answerWithinMs = 10_000
/** A board is up to a megabyte. */
const boardWithinMs = 30_000

export class Api {
  readonly #options: ApiOptions

  constructor(options: ApiOptions) {
    this.#options = options
  }

  canvas() {
    return this.#json(this.#canvasPath(''), {}, readCanvas)
  }

  async me() {
    const sentAtMs = this.#options.now()
    const answer = await this.#json(`/api/me?canvas=${encodeURIComponent(this.#options.canvasId)}`, {}, readMe)
    if (answer.kind === 'ok') this.#learnFromCharges(answer.value.charges, sentAtMs)
    return answer
  }

  place(options: { key: string; cell: BoardPoint; color: number }): Promise<Answer<PlacedAnswer>> {
    const { key, cell, color } = options
    const body = JSON.stringify({ canvas: this.#options.canvasId, gx: cell.gx, gy: cell.gy, color })
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key }
    // `keepalive`: a pixel painted just before the tab is closed still goes out.
    return this.#json('/api/pixels', { method: 'POST', headers, body, keepalive: true }, readPlaced)
  }

  receipt(placementId: string) {
    return this.#json(`/api/placements/${encodeURIComponent(placementId)}`, {}, readReceipt)
  }

  /** When the commit `seq` of a tile was saved. */
  commitAtMs(tile: TileNumber, seq: number): Promise<Answer<number>> {
    return this.#json(this.#canvasPath(`/tiles/${tile}/commits?after=${seq - 1}&limit=1`), {}, readFirstCommitAtMs)
  }

  async board(tile: TileNumber, signal: AbortSignal): Promise<Answer<Board>> {
    const read = async (response: Response): Promise<Board | null> => {
      const epoch = response.headers.get('Fresco-Epoch')
      const seq = Number(response.headers.get('Fresco-Seq') ?? Number.NaN)
      if (epoch === null || !Number.isInteger(seq) || seq < 0) return null
      return { epoch: asEpoch(epoch), seq: asSeq(seq), colors: new Uint8Array(await response.arrayBuffer()) }
    }
    // `no-cache` twice: the browser asks again for what it holds, and so does every cache on the way.
    const init: RequestInit = { headers: { 'Cache-Control': 'no-cache' }, cache: 'no-cache', signal }
    return this.#ask(this.#canvasPath(`/tiles/${tile}/board`), { init, read, withinMs: boardWithinMs })
  }

  #canvasPath(rest: string) {
    return `/api/canvases/${encodeURIComponent(this.#options.canvasId)}${rest}`
  }

  #json<Value>(path: string, init: RequestInit, parse: (value: unknown) => Value | null): Promise<Answer<Value>> {
    return this.#ask(path, { init, read: async (response) => parse(await response.json()), withinMs: answerWithinMs })
  }

  async #ask<Value>(
    path: string,
    options: { init: RequestInit; read: (response: Response) => Promise<Value | null>; withinMs: number },
  ): Promise<Answer<Value>> {
    const { now, timers, clock } = this.#options
    const stop = new AbortController()
    const outer = options.init.signal
    const abort = () => stop.abort()
    outer?.addEventListener('abort', abort)
    const timer = timers.set(abort, options.withinMs)
    const sentAtMs = now()
    try {
      const response = await this.#options.fetch(path, { ...options.init, signal: stop.signal })
      const time = timeOfDateHeader(response.headers.get('Date'))
      if (time) clock.learn({ ...time, sentAtMs, receivedAtMs: now() })
      if (!response.ok) return await problemAnswer(response)
      const value = await options.read(response)
      return value === null ? { kind: 'unreachable', retryAfterMs: null } : { kind: 'ok', value }
    } catch {
      return { kind: 'unreachable', retryAfterMs: null }
    } finally {
      timers.clear(timer)
      outer?.removeEventListener('abort', abort)
    }
  }

  /** `nextChargeAt` and `nextChargeInMs` together name the server's time to the millisecond. */
  #learnFromCharges(charges: { nextChargeAt: string | null; nextChargeInMs: number | null }, sentAtMs: number) {
    if (charges.nextChargeAt === null || charges.nextChargeInMs === null) return
    const serverMs = Date.parse(charges.nextChargeAt) - charges.nextChargeInMs
    if (Number.isNaN(serverMs)) return
    this.#options.clock.learn({ earliestMs: serverMs, latestMs: serverMs, sentAtMs, receivedAtMs: this.#options.now() })
  }
}

const problemAnswer = async (response: Response): Promise<Answer<never>> => {
  const body: unknown = await response.json().catch(() => null)
  const afterSeconds = Number(response.headers.get('Retry-After') ?? Number.NaN)
  const retryAfterMs = Number.isFinite(afterSeconds) ? afterSeconds * 1_000 : null
  const problem = readProblem(body)
  if (response.status >= 500) return { kind: 'unreachable', retryAfterMs: problem?.retryAfterMs ?? retryAfterMs }
  // A refusal by something in front of Fresco, which speaks no problem+json.
  const known = problem ?? { code: response.status === 404 ? ('not_found' as const) : ('forbidden' as const), retryAfterMs: null }
  return { kind: 'problem', problem: { ...known, retryAfterMs: known.retryAfterMs ?? retryAfterMs } }
}
