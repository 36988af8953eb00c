/** A normal client at a separate address. It must be served as usual during the attack. */
import { setTimeout as wait } from 'node:timers/promises'
import { io, type Socket } from 'socket.io-client'

const askEveryMs = 200
/** Far above the usual time, because other programs may use the processors. */
const answersWithinMs = 10_000
/** The server sends `heads` every ten seconds. */
const silentForMs = 25_000

export interface Service {
  readonly url: string
  readonly answers: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly mostMs: number
  /** How often the server or the network closed its socket. */
  readonly disconnects: number
  /** Its refused and unanswered requests. */
  readonly failures: readonly string[]
}

export class NormalClient {
  readonly #url: string
  readonly #socket: Socket
  readonly #failures: string[] = []
  readonly #tookMs: number[] = []
  readonly #stopping = new AbortController()
  readonly #requesting: Promise<void>
  #disconnects = 0
  #headsAt = performance.now()

  readonly #underWay: () => string

  private constructor(url: string, socket: Socket, underWay: () => string) {
    this.#url = url
    this.#underWay = underWay
    this.#socket = socket
    socket.on('heads', () => {
      this.#headsAt = performance.now()
    })
    socket.on('disconnect', () => {
      this.#disconnects++
    })
    socket.on('connect', () => void join(socket).catch((error: unknown) => this.#fail(String(error))))
    this.#requesting = this.#request()
  }

  /** `underWay` names the running attacks, for the report of a failure. @throws if it cannot join. */
  static async start(url: string, underWay: () => string): Promise<NormalClient> {
    const socket = io(url, { transports: ['websocket'] })
    await join(socket)
    return new NormalClient(url, socket, underWay)
  }

  async stop(): Promise<Service> {
    this.#stopping.abort()
    await this.#requesting
    this.#socket.off().disconnect()
    const sorted = this.#tookMs.toSorted((a, b) => a - b)
    const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))] ?? 0
    return {
      url: this.#url,
      answers: sorted.length,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      mostMs: at(1),
      disconnects: this.#disconnects,
      failures: this.#failures,
    }
  }

  async #request() {
    const { signal } = this.#stopping
    for (let turn = 0; !signal.aborted; turn++) {
      await this.#get(turn % 5 === 0 ? '/readyz' : '/livez')
      if (performance.now() - this.#headsAt > silentForMs) {
        this.#fail(`its socket received nothing for ${silentForMs / 1_000} s`)
        this.#headsAt = performance.now()
      }
      await wait(askEveryMs, undefined, { signal }).catch(() => undefined)
    }
  }

  async #get(path: string) {
    const began = performance.now()
    try {
      const response = await fetch(this.#url + path, { signal: AbortSignal.timeout(answersWithinMs) })
      await response.arrayBuffer()
      if (response.ok) this.#tookMs.push(performance.now() - began)
      else this.#fail(`${path} answered ${response.status}`)
    } catch (error) {
      this.#fail(`${path} did not answer: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  #fail(what: string) {
    if (!this.#stopping.signal.aborted) this.#failures.push(`${what}, during ${this.#underWay()}`)
  }
}

/** @throws if the request is refused or not answered. */
const join = async (socket: Socket) => {
  const joined: unknown = await socket.timeout(answersWithinMs).emitWithAck('join', { canvas: 'main', tiles: [{ tile: 0, seq: null }] })
  if ((joined as { ok?: unknown }).ok !== true) throw new Error(`the normal client may not join: ${JSON.stringify(joined)}`)
}
