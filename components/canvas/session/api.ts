/**
 * The HTTP side of the session. `ok` and `problem` are answers of Fresco itself. `unreachable` means that the outcome is unknown: no
 * connection, no answer in time, a proxy's page, or a server error.
 */

import type { Board } from '../../../lib/board.ts'
import { asEpoch, asSeq, type TileNumber } from '../../../lib/brand.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { ProblemCode } from '../../../lib/refusal.ts'
import { Identity } from './identity.ts'
import {
  type PixelAnswer,
  type PlacedAnswer,
  type ProblemInfo,
  readBatch,
  readFirstCommitAtMs,
  readMe,
  readPlaced,
  readProblem,
  readReceipt,
  readToken,
  readUndone,
  readUndoneBatch,
  type UndoAnswer,
} from './messages.ts'
import { readCanvas } from './read-canvas.ts'
import { type ServerClock, timeOfDateHeader } from './server-clock.ts'
import { Timer } from './timer.ts'
import type { Runtime, SessionEnvironment } from './types.ts'

export type Answer<Value> =
  | { kind: 'ok'; value: Value }
  | { kind: 'problem'; problem: ProblemInfo }
  /** `problem` is set if Fresco itself answered that it is unavailable. */
  | { kind: 'unreachable'; retryAfterMs: number | null; problem: ProblemCode | null }

export interface ApiOptions {
  readonly runtime: Pick<Runtime, 'now' | 'timers'>
  readonly fetch: SessionEnvironment['fetch']
  readonly canvasId: string
  readonly clock: ServerClock
  /** A part of an answer has arrived. */
  readonly onBytes: () => void
  readonly storage?: SessionEnvironment['storage'] | undefined
  /** A placement changed the painter of this page. */
  readonly onPainterChanged?: () => void
}

/** A request without any bytes for this long is aborted. A placement is then sent again with its key. */
const silenceMs = { answer: 10_000, board: 20_000 } as const
/** The timeout doubles at most this often while requests time out, because everything takes long on a slow line. */
const maxDoublings = 2

interface ApiRequest<Value> {
  readonly init: RequestInit
  readonly silenceMs: number
  /** Calls `onBytes` for each part that arrives. */
  readonly read: (response: Response, onBytes: () => void) => Promise<Value | null>
}

export interface BoardRequest {
  /** The number of colors of a board. */
  readonly size: number
  readonly signal: AbortSignal
  /** The first `count` colors have arrived. */
  readonly onPart: (colors: Uint8Array, count: number) => void
}

interface WantedPixel {
  readonly cell: BoardPoint
  readonly color: number
}

export class Api {
  readonly #options: ApiOptions
  readonly #identity: Identity
  #timeouts = 0
  /** For each open request: restarts its timeout at the initial length. */
  readonly #restarts = new Set<() => void>()

  constructor(options: ApiOptions) {
    this.#options = options
    this.#identity = new Identity({
      storage: options.storage,
      requestToken: async () => {
        const answer = await this.#json('/api/tokens', { method: 'POST' }, readToken)
        return answer.kind === 'ok' ? answer.value : null
      },
    })
  }

  canvas() {
    return this.#json(this.#canvasPath(''), {}, readCanvas)
  }

  async me() {
    const sentAtMs = this.#options.runtime.now()
    const answer = await this.#asPainter(`/api/me?canvas=${encodeURIComponent(this.#options.canvasId)}`, {}, readMe)
    if (answer.kind === 'ok') {
      this.#timeFromCharges(answer.value.charges, sentAtMs)
      this.#identity.setPainter(answer.value.painter.id)
    }
    return answer
  }

  place(options: { key: string; cell: BoardPoint; color: number; epoch?: string | undefined }): Promise<Answer<PlacedAnswer>> {
    const { key, cell, color, epoch } = options
    const body = { canvas: this.#options.canvasId, epoch, gx: cell.gx, gy: cell.gy, color }
    return this.#place('/api/pixels', { key, body }, readPlaced)
  }

  /** Up to 256 pixels with one answer for each, in order. */
  placeBatch(options: { key: string; epoch?: string | undefined; pixels: readonly WantedPixel[] }): Promise<Answer<PixelAnswer[]>> {
    const { key, epoch } = options
    const pixels = options.pixels.map(({ cell, color }) => ({ gx: cell.gx, gy: cell.gy, color }))
    return this.#place('/api/pixels/batch', { key, body: { canvas: this.#options.canvasId, epoch, pixels } }, readBatch)
  }

  /** Takes placements back. One answer for each, in order. */
  async undo(ids: readonly string[]): Promise<Answer<readonly UndoAnswer[]>> {
    const [id, ...others] = ids
    if (id === undefined) return { kind: 'ok', value: [] }
    const init = { method: 'POST', keepalive: true }
    if (others.length > 0) {
      const headers = { 'Content-Type': 'application/json' }
      return this.#asPainter('/api/placements/undo', { ...init, headers, body: JSON.stringify({ ids }) }, readUndoneBatch)
    }
    const answer = await this.#asPainter(`/api/placements/${encodeURIComponent(id)}/undo`, init, readUndone)
    return answer.kind === 'ok' ? { kind: 'ok', value: [{ ok: true, undone: answer.value }] } : answer
  }

  receipt(placementId: string) {
    return this.#json(`/api/placements/${encodeURIComponent(placementId)}`, {}, readReceipt)
  }

  /** When the commit `seq` of a tile was saved. */
  commitAtMs(tile: TileNumber, seq: number): Promise<Answer<number>> {
    return this.#json(this.#canvasPath(`/tiles/${tile}/commits?after=${seq - 1}&limit=1`), {}, readFirstCommitAtMs)
  }

  async board(tile: TileNumber, { size, signal, onPart }: BoardRequest): Promise<Answer<Board>> {
    const read = async (response: Response, onBytes: () => void): Promise<Board | null> => {
      const epoch = response.headers.get('Fresco-Epoch')
      const seq = Number(response.headers.get('Fresco-Seq') ?? Number.NaN)
      if (epoch === null || !Number.isInteger(seq) || seq < 0) return null
      const colors = await readColors(response, size, (part, count) => {
        onBytes()
        onPart(part, count)
      })
      return { epoch: asEpoch(epoch), seq: asSeq(seq), colors }
    }
    // `no-cache` twice: for the browser's cache and for every cache between it and the server.
    const init: RequestInit = { headers: { 'Cache-Control': 'no-cache' }, cache: 'no-cache', signal }
    return this.#request(this.#canvasPath(`/tiles/${tile}/board`), { init, read, silenceMs: silenceMs.board })
  }

  /** The server is reachable again, so open requests get the initial timeout. */
  reachable() {
    this.#timeouts = 0
    for (const restart of this.#restarts) restart()
  }

  async #place<Value>(path: string, { key, body }: { key: string; body: object }, parse: (value: unknown) => Value | null) {
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key }
    const { generation } = this.#identity
    // With `keepalive`, a pixel that is painted just before the tab closes is still sent.
    const init = { method: 'POST', headers, body: JSON.stringify(body), keepalive: true }
    const answer = await this.#asPainter(path, init, parse)
    if (generation !== this.#identity.generation) this.#options.onPainterChanged?.()
    return answer
  }

  #canvasPath(rest: string) {
    return `/api/canvases/${encodeURIComponent(this.#options.canvasId)}${rest}`
  }

  #json<Value>(path: string, init: RequestInit, parse: (value: unknown) => Value | null): Promise<Answer<Value>> {
    return this.#request(path, { init, read: async (response) => parse(await response.json()), silenceMs: silenceMs.answer })
  }

  /** Sends any request as this page's painter. */
  request(path: string, init: RequestInit, body: 'json' | 'bytes' | 'nothing'): Promise<Answer<unknown>> {
    const read = async (response: Response): Promise<unknown> => {
      if (body === 'nothing') return true
      return body === 'json' ? response.json() : new Uint8Array(await response.arrayBuffer())
    }
    return this.#sendAsPainter(init, (withHeaders) => this.#request(path, { init: withHeaders, read, silenceMs: silenceMs.board }))
  }

  #asPainter<Value>(path: string, init: RequestInit, parse: (value: unknown) => Value | null): Promise<Answer<Value>> {
    return this.#sendAsPainter(init, (withHeaders) => this.#json(path, withHeaders, parse))
  }

  /** Sends the request as this page's painter, and again as another painter if the server does not accept the first. */
  async #sendAsPainter<Value>(init: RequestInit, request: (init: RequestInit) => Promise<Answer<Value>>): Promise<Answer<Value>> {
    const send = async () => {
      const headers = this.#identity.headers()
      const answer = await request({ ...init, headers: { ...(init.headers as Record<string, string>), ...headers } })
      if (answer.kind === 'ok') this.#identity.confirm(headers)
      return answer
    }
    const { generation } = this.#identity
    const answer = await send()
    if (answer.kind !== 'problem' || answer.problem.code !== 'unauthenticated') return answer
    return (await this.#identity.renew(generation)) ? send() : answer
  }

  async #request<Value>(path: string, { init, read, silenceMs }: ApiRequest<Value>): Promise<Answer<Value>> {
    const { runtime, clock } = this.#options
    const stop = new AbortController()
    const abort = () => stop.abort()
    init.signal?.addEventListener('abort', abort)
    const silence = this.#watchSilence(silenceMs, abort)
    const sentAtMs = runtime.now()
    try {
      const response = await this.#options.fetch(path, { ...init, signal: stop.signal })
      silence.received()
      const time = timeOfDateHeader(response.headers.get('Date'))
      if (time) clock.add({ ...time, sentAtMs, receivedAtMs: runtime.now() })
      if (!response.ok) return await problemAnswer(response)
      const value = await read(response, silence.received)
      return value === null ? noAnswer : { kind: 'ok', value }
    } catch {
      return noAnswer
    } finally {
      silence.end()
      init.signal?.removeEventListener('abort', abort)
    }
  }

  /** Aborts after a time without bytes, not after a total time: a board may take long on a slow line. */
  #watchSilence(silenceMs: number, abort: () => void) {
    const timer = new Timer(this.#options.runtime.timers)
    const timedOut = () => {
      this.#timeouts = Math.min(maxDoublings, this.#timeouts + 1)
      abort()
    }
    const restart = () => timer.set(timedOut, silenceMs * 2 ** this.#timeouts)
    restart()
    this.#restarts.add(restart)
    return {
      received: () => {
        restart()
        this.#options.onBytes()
      },
      end: () => {
        timer.clear()
        this.#restarts.delete(restart)
      },
    }
  }

  /** `nextChargeAt` and `nextChargeInMs` together give the server's time in milliseconds. */
  #timeFromCharges(charges: { nextChargeAt: string | null; nextChargeInMs: number | null }, sentAtMs: number) {
    if (charges.nextChargeAt === null || charges.nextChargeInMs === null) return
    const serverMs = Date.parse(charges.nextChargeAt) - charges.nextChargeInMs
    if (Number.isNaN(serverMs)) return
    this.#options.clock.add({ earliestMs: serverMs, latestMs: serverMs, sentAtMs, receivedAtMs: this.#options.runtime.now() })
  }
}

/** Reads at most `size` bytes. A longer body is not a board, and its result has another length. */
const readColors = async (response: Response, size: number, onPart: BoardRequest['onPart']): Promise<Uint8Array> => {
  const colors = new Uint8Array(size)
  let count = 0
  const reader = response.body?.getReader()
  if (!reader) return new Uint8Array(await response.arrayBuffer())
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return count === size ? colors : colors.subarray(0, count)
    if (count + value.length > size) {
      await reader.cancel()
      return new Uint8Array(0)
    }
    colors.set(value, count)
    count += value.length
    onPart(colors, count)
  }
}

const noAnswer: Answer<never> = { kind: 'unreachable', retryAfterMs: null, problem: null }

/** Statuses of a proxy in front of Fresco, without problem+json, after which a retry makes sense. */
const passing: ReadonlySet<number> = new Set([408, 425])
const codeOfStatus: Partial<Record<number, ProblemCode>> = { 404: 'not_found', 413: 'too_large', 429: 'rate_limited' }

const problemAnswer = async (response: Response): Promise<Answer<never>> => {
  const body: unknown = await response.json().catch(() => null)
  const afterSeconds = Number(response.headers.get('Retry-After') ?? Number.NaN)
  const retryAfterMs = Number.isFinite(afterSeconds) ? afterSeconds * 1_000 : null
  const problem = readProblem(body)
  if (response.status >= 500 || (!problem && passing.has(response.status)))
    return { kind: 'unreachable', retryAfterMs: problem?.retryAfterMs ?? retryAfterMs, problem: problem?.code ?? null }
  const known = problem ?? { code: codeOfStatus[response.status] ?? 'forbidden', retryAfterMs: null }
  return { kind: 'problem', problem: { ...known, retryAfterMs: known.retryAfterMs ?? retryAfterMs } }
}
