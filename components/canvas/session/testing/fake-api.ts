/** The HTTP side of a `FakeServer`: painters, charges, placements with their idempotency keys, boards and receipts. */
import { asTile } from '../../../../lib/brand.ts'
import { type ChargeState, type Charges, refill, showCharges, spend } from '../../../../lib/charges.ts'
import { positionOf, tileOf } from '../../../../lib/geometry.ts'
import { problemOf, type Refusal } from '../../../../lib/refusal.ts'
import { fakeResponse, slowBody } from './fake-response.ts'
import type { FakeServer } from './fake-server.ts'

export const maxCharges = 10

export class FakeApi {
  readonly #server: FakeServer
  #charges: ChargeState
  #answers = new Map<string, unknown>()
  #placements = new Set<string>()
  #undone = new Map<string, { id: string; color: string; charges: Charges }>()
  #boardsOfSecond = { second: 0, count: 0 }
  #ids = 0

  constructor(server: FakeServer) {
    this.#server = server
    this.#charges = { count: 3, sinceMs: server.clock.nowMs }
  }

  /** Forgets everything that was saved. */
  restore() {
    this.#answers.clear()
    this.#placements.clear()
  }

  answer(path: string, init?: RequestInit): Response | 'lost' {
    if (path === '/api/tokens') {
      const id = this.#newGuest()
      return this.#json(201, { token: `token of ${id}`, painter: { id, name: id } })
    }
    if (path.startsWith('/api/pixels') || path.startsWith('/api/me')) {
      const id = this.#painterOf(init)
      if (id === null) return this.#refuse({ code: 'unauthenticated', detail: 'not that painter' })
      if (path === '/api/pixels') return this.#place(id, init)
      if (path === '/api/pixels/batch') return this.#placeBatch(id, init)
      return this.#json(200, { painter: { id, name: id, role: 'guest' }, charges: this.charges() })
    }
    if (path.endsWith('/undo')) return this.#undo(path, init)
    const receipt = /^\/api\/placements\/(.+)$/.exec(path)
    if (receipt?.[1]) {
      if (!this.#placements.has(receipt[1])) return this.#refuse({ code: 'not_found', detail: 'no such placement' })
      return this.#json(200, { id: receipt[1], seq: this.#server.seqOf(receipt[1]) })
    }
    const board = /\/tiles\/(\d+)\/board$/.exec(path)
    if (board) {
      const tile = asTile(Number(board[1]))
      const headers = { 'Fresco-Epoch': this.#server.canvas.epoch, 'Fresco-Seq': String(this.#server.head(tile)) }
      const second = Math.floor(this.#server.clock.nowMs / 1_000)
      if (second !== this.#boardsOfSecond.second) this.#boardsOfSecond = { second, count: 0 }
      if (++this.#boardsOfSecond.count > this.#server.maxBoardsPerSecond) {
        return this.#refuse({ code: 'rate_limited', detail: 'too many', retryAfterMs: 1_000 })
      }
      const response = this.#respond(200, headers, this.#server.board(tile))
      return this.#server.boardBytesPerMs === null
        ? response
        : Object.assign(response, { body: slowBody(this.#server, this.#server.board(tile), init?.signal) })
    }
    const commits = /\/tiles\/(\d+)\/commits\?after=(\d+)/.exec(path)
    if (commits) {
      const commit = this.#server.commitAfter(asTile(Number(commits[1])), Number(commits[2]))
      return this.#json(200, { commits: commit ? [{ at: new Date(commit.atMs).toISOString() }] : [] })
    }
    return path === `/api/canvases/${this.#server.canvas.id}`
      ? this.#json(200, this.#server.cachedCanvas ?? this.#server.canvas)
      : this.#json(404, { code: 'canvas_not_found' })
  }

  /** Null if the request names a painter and has no proof of it. */
  #painterOf(init?: RequestInit): string | null {
    const headers = new Headers(init?.headers)
    const token = headers.get('Authorization')?.replace('Bearer token of ', '')
    const expected = headers.get('Fresco-Painter')
    if (token) return token
    if (!this.#server.cookiesBlocked) return 'p_me'
    return expected === null ? this.#newGuest() : null
  }

  #newGuest() {
    const id = `p_guest${this.#server.guests.length + 1}`
    this.#server.guests.push(id)
    return id
  }

  #place(by: string, init?: RequestInit): Response | 'lost' {
    const { key, body } = readPlacing<FakePixel>(init)
    const before = this.#answers.get(key)
    if (before) return this.#lost() ? 'lost' : this.#json(201, before)
    const placed = this.#placeOne(by, key, body)
    if ('detail' in placed) return this.#refuse(placed)
    this.#answers.set(key, placed)
    return this.#lost() ? 'lost' : this.#json(201, placed)
  }

  #placeBatch(by: string, init?: RequestInit): Response | 'lost' {
    const { key, body } = readPlacing<{ epoch?: string; pixels: FakePixel[] }>(init)
    const before = this.#answers.get(key)
    if (before) return this.#lost() ? 'lost' : this.#json(200, before)
    this.#server.batches.push({ key, pixels: body.pixels })
    if (this.#server.refuseBatches) return this.#refuse({ detail: 'refused', ...this.#server.refuseBatches })
    const results = body.pixels.map((pixel, index) => {
      const placed = this.#placeOne(by, `${key}.${index}`, { ...pixel, ...(body.epoch === undefined ? {} : { epoch: body.epoch }) })
      return 'detail' in placed ? problemOf(placed) : placed
    })
    this.#answers.set(key, { results })
    return this.#lost() ? 'lost' : this.#json(200, { results })
  }

  /** Takes back what stands; repeated, it answers the same. */
  #undo(path: string, init?: RequestInit): Response | 'lost' {
    const id = /^\/api\/placements\/([^/]+)\/undo$/.exec(path)?.[1]
    const wanted = id === undefined ? (JSON.parse(String(init?.body)) as { ids: string[] }).ids : [id]
    this.#server.undos.push(wanted)
    // The newest first.
    const answers = new Map([...wanted].reverse().map((each) => [each, this.#undoOne(each)]))
    if (this.#lost()) return 'lost'
    const results = wanted.map((each) => answers.get(each) ?? { code: 'not_found' as const, detail: 'none' })
    const shown = results.map((result) => ('detail' in result ? problemOf(result) : result))
    if (id === undefined) return this.#json(200, { results: shown })
    const [result] = results
    return result && 'detail' in result ? this.#refuse(result) : this.#json(200, result)
  }

  #undoOne(id: string): Refusal | { id: string; color: string; charges: Charges } {
    const server = this.#server
    const before = this.#undone.get(id)
    if (before) return before
    const refuse = server.refuseUndo?.(id)
    if (refuse) return { detail: 'refused', ...refuse }
    const saved = [...server.saved.values()].find((each) => each.id === id)
    if (!saved) return { code: 'not_found', detail: 'no such placement' }
    const own = [...server.saved.values()].filter(({ cell }) => cell.gx === saved.cell.gx && cell.gy === saved.cell.gy)
    const standing = own.filter((each) => !this.#undone.has(each.id))
    if (standing.at(-1) !== saved || server.isPaintedOver(saved.cell)) return { code: 'painted_over', detail: 'not on top' }
    const { tileSize, palette, background } = server.canvas
    const color = standing.at(-2)?.color ?? background
    this.#charges = { ...this.#charges, count: Math.min(maxCharges, this.#charges.count + 1) }
    const answer = { id, color: palette[color] ?? '', charges: this.charges() }
    this.#undone.set(id, answer)
    server.clock.timers.set(
      () => server.commit(tileOf(tileSize, saved.cell), [[positionOf(tileSize, saved.cell), color]], `undo of ${id}`),
      server.sequenceAfterMs,
    )
    return answer
  }

  #placeOne(by: string, key: string, pixel: FakePixel): Refusal | { id: string; at: string; charges: Charges } {
    const server = this.#server
    const refuse = server.refusePixel?.(pixel) ?? server.refuse
    if (refuse) return { detail: 'refused', ...refuse }
    if (pixel.epoch !== undefined && pixel.epoch !== server.canvas.epoch) return { code: 'stale_epoch', detail: 'another epoch' }
    const rules = this.#rules()
    if (rules.cooldownMs > 0) {
      const spent = spend(rules, this.#charges, server.clock.nowMs)
      if (!spent.ok) return { code: 'cooldown', detail: 'none left', retryAfterMs: spent.retryAfterMs }
      this.#charges = spent.state
    }
    const id = `placement-${++this.#ids}.0`
    this.#placements.add(id)
    server.placedBy.push(by)
    server.saved.set(key, { id, cell: pixel, color: pixel.color })
    const { epoch, tileSize } = server.canvas
    server.clock.timers.set(() => {
      if (epoch === server.canvas.epoch) server.commit(tileOf(tileSize, pixel), [[positionOf(tileSize, pixel), pixel.color]], id)
    }, server.sequenceAfterMs)
    return { id, at: new Date(server.clock.nowMs).toISOString(), charges: this.charges() }
  }

  #lost() {
    if (this.#server.loseAnswers === 0) return false
    this.#server.loseAnswers--
    return true
  }

  /** The charges at this moment. */
  charges() {
    const rules = this.#rules()
    if (rules.cooldownMs > 0) this.#charges = refill(rules, this.#charges, this.#server.clock.nowMs)
    return showCharges(rules, this.#charges, this.#server.clock.nowMs)
  }

  #rules() {
    return { cooldownMs: this.#server.canvas.cooldownMs, maxCharges, startCharges: 3 }
  }

  #refuse(refusal: Refusal) {
    const problem = problemOf(refusal)
    return this.#json(problem.status, problem)
  }

  #json(status: number, body: unknown) {
    return this.#respond(status, {}, new TextEncoder().encode(JSON.stringify(body)))
  }

  #respond(status: number, headers: Record<string, string>, body: Uint8Array) {
    return fakeResponse(status, { Date: new Date(this.#server.clock.nowMs).toUTCString(), ...headers }, body)
  }
}

interface FakePixel {
  readonly gx: number
  readonly gy: number
  readonly color: number
  readonly epoch?: string
}

const readPlacing = <Body>(init?: RequestInit) => ({
  key: new Headers(init?.headers).get('Idempotency-Key') ?? '',
  body: JSON.parse(String(init?.body)) as Body,
})
