/**
 * Boards beside the painted one: created, painted, started over and deleted, at any web process. After each act a board must show exactly the
 * pixels that were acknowledged since, and after the run nothing may be left of any of them.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { StaffOptions } from './staff.ts'

const timeoutMs = 4_000
/** A killed process is started again, a transaction that it left open ends, and everybody reads the store again. */
const patienceMs = 90_000
/** In a run of this length, at least one board comes to its end. */
const longMs = 60_000
/** Ids are used again. */
const ids = ['beside-0', 'beside-1', 'beside-2']
const side = 64

interface Board {
  readonly id: string
  readonly rev: number
  readonly epoch: string
  readonly erasing: string | null
}

/** Thrown when a request has no answer or an unexpected one, so that nobody knows what the board must show. */
class Unknown extends Error {}

export class OtherBoards {
  readonly violations: string[] = []
  readonly #options: Pick<StaffOptions, 'webs' | 'random'>
  #stopped = false
  #work: Promise<void> = Promise.resolve()
  #rounds = 0
  #startedAtMs = 0

  constructor(options: Pick<StaffOptions, 'webs' | 'random'>) {
    this.#options = options
  }

  start() {
    this.#startedAtMs = performance.now()
    this.#work = this.#run()
  }

  /** Resolves when all these boards are deleted, and their rows are removed. */
  async finished() {
    this.#stopped = true
    await this.#work
    for (const id of ids) await this.#delete(id)
    const isLong = performance.now() - this.#startedAtMs > longMs
    if (isLong && this.#rounds === 0) this.violations.push('no board was started over and deleted')
  }

  async #run() {
    for (let round = 0; !this.#stopped; round++) {
      const id = ids[round % ids.length] ?? ''
      try {
        await this.#round(id)
        this.#rounds++
      } catch (error) {
        if (!(error instanceof Unknown)) throw error
      }
      await this.#delete(id)
      await wait(this.#options.random.below(1_000))
    }
  }

  async #round(id: string) {
    const board = { id, title: id, width: side, height: side, state: 'open', cooldownMs: 0 }
    await this.#ask('POST', '', board)
    await this.#paintAndCheck(id)
    const { rev, epoch } = await this.#read(id)
    await this.#ask('POST', `/${id}/start-over`, { confirm: id }, rev)
    const fresh = await this.#until(`the rows of ${id} were not removed`, async () => {
      const found = await this.#read(id)
      return found.erasing === null ? found : null
    })
    if (fresh?.epoch === epoch) this.violations.push(`${id} was started over and kept its epoch`)
    if (!fresh) return
    await this.#ask('PATCH', `/${id}`, { state: 'open' }, fresh.rev)
    await this.#paintAndCheck(id)
  }

  /** A board that was just created or started over shows these pixels only. */
  async #paintAndCheck(id: string) {
    const painted = new Set<number>()
    for (let count = 0; count < 6; count++) {
      const [gx, gy] = [this.#options.random.below(side), this.#options.random.below(side)]
      await this.#until(`nobody can paint on ${id}`, async () => {
        const answer = await this.#send('POST', '/api/pixels', { canvas: id, gx, gy, color: 1 })
        // Another process may not have read the board yet.
        if (answer.status === 404 || answer.status === 409 || answer.status === 503) return null
        if (answer.status !== 201) throw new Unknown(`placing: ${answer.status}`)
        return true
      })
      painted.add(gy * side + gx)
    }
    const wanted = [...painted].sort((a, b) => a - b).join(' ')
    let shown = ''
    const isRight = await this.#until(null, async () => {
      const answer = await this.#send('GET', `/api/canvases/${id}/tiles/0/board`)
      if (!answer.ok) return null
      const bytes = new Uint8Array(await answer.arrayBuffer())
      shown = [...bytes.keys()].filter((position) => bytes[position] === 1).join(' ')
      return shown === wanted ? true : null
    })
    if (!isRight) this.violations.push(`${id} shows the pixels ${shown}, and ${wanted} were acknowledged`)
    const log = (await (await this.#send('GET', `/api/canvases/${id}/tiles/0/commits?limit=100`)).json()) as { commits?: { seq: number }[] }
    const seqs = log.commits?.map(({ seq }) => seq) ?? []
    if (seqs.some((seq, index) => seq !== index + 1)) this.violations.push(`the log of ${id} has the seqs ${seqs.join(' ')}`)
  }

  /** Until it is gone with all rows, also when an answer is lost. */
  #delete(id: string) {
    return this.#until(`${id} was not deleted`, async () => {
      const board = await this.#read(id).catch((error: unknown) => (error instanceof Gone ? null : Promise.reject(error)))
      if (!board) return true
      if (board.erasing !== 'delete') await this.#ask('DELETE', `/${id}`, { confirm: id }, board.rev)
      return null
    })
  }

  /** Tries until there is a result. Without one after a while, that is a violation. */
  async #until<Result>(violation: string | null, attempt: () => Promise<Result | null>): Promise<Result | null> {
    const untilMs = performance.now() + patienceMs
    while (performance.now() < untilMs) {
      const result = await attempt().catch((error: unknown) => {
        if (error instanceof Unknown && violation?.startsWith('nobody')) throw error
        return null
      })
      if (result !== null) return result
      await wait(150)
    }
    if (violation) this.violations.push(violation)
    return null
  }

  async #read(id: string): Promise<Board> {
    const answer = await this.#send('GET', '/api/admin/canvases')
    if (!answer.ok) throw new Unknown(`the list: ${answer.status}`)
    const { canvases } = (await answer.json()) as { canvases: Board[] }
    const board = canvases.find((canvas) => canvas.id === id)
    if (!board) throw new Gone()
    return board
  }

  async #ask(method: string, path: string, body: object, rev?: number) {
    const answer = await this.#send(method, `/api/admin/canvases${path}`, body, rev)
    if (!answer.ok) throw new Unknown(`${method} ${path}: ${answer.status}`)
  }

  async #send(method: string, path: string, body?: object, rev?: number): Promise<Response> {
    const web = this.#options.random.pick(this.#options.webs)
    if (!web) throw new Unknown('no web process')
    const headers = {
      ...{ authorization: `Bearer ${web.adminToken}`, 'cache-control': 'no-cache' },
      ...(body && { 'content-type': 'application/json' }),
      ...(rev !== undefined && { 'if-match': String(rev) }),
    }
    return fetch(`${web.url}${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw new Unknown('no answer', { cause })
    })
  }
}

class Gone extends Error {}
