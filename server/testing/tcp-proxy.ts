/** A TCP proxy between a server and its database or Redis. It can delay, cut or block connections, and lose the answer of a command that was executed. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export type ProxyMode =
  | { readonly kind: 'pass' }
  /** Delays both directions. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Resets all connections, and new ones. */
  | { readonly kind: 'cut' }
  /** Accepts connections and never delivers any data. */
  | { readonly kind: 'deaf' }
  /** Delivers commands, and resets the connection instead of delivering an answer. */
  | { readonly kind: 'dropReplies' }

/** What happens to a request. `lose_answer` applies to its connection from then on. */
export type Fate = 'pass' | 'lose_answer' | 'cut'

interface Pair {
  readonly client: Socket
  readonly server: Socket
  losesAnswers: boolean
}

/** Bytes that may wait in one direction of a connection (A6). */
const maxWaitingBytes = 32 * 1024 * 1024

export class TcpProxy {
  /** The port that new connections lead to. */
  target: number
  readonly #server: Server
  readonly #pairs = new Set<Pair>()
  #mode: ProxyMode = { kind: 'pass' }
  #dropped = 0
  port = 0
  /** Called before a request is delivered. */
  onRequest: (request: Buffer) => Fate = () => 'pass'
  /** Called when an answer was lost. */
  onDropped: (() => void) | null = null

  private constructor(target: number) {
    this.target = target
    this.#server = createServer((client) => this.#accept(client))
  }

  static async start(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    proxy.port = (proxy.#server.address() as AddressInfo).port
    return proxy
  }

  /** The number of lost answers. */
  get dropped() {
    return this.#dropped
  }

  get connections() {
    return this.#pairs.size
  }

  /** Deaf connections end with the mode, like those of a lost peer. */
  set(mode: ProxyMode) {
    const was = this.#mode.kind
    this.#mode = mode
    if (mode.kind === 'cut' || was === 'deaf') for (const pair of this.#pairs) this.#cut(pair)
  }

  async close() {
    for (const pair of this.#pairs) this.#cut(pair)
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  #accept(client: Socket) {
    if (this.#mode.kind === 'cut') return void client.resetAndDestroy()
    const server = connect(this.target, '127.0.0.1')
    const pair: Pair = { client, server, losesAnswers: false }
    this.#pairs.add(pair)
    for (const socket of [client, server]) {
      socket.setNoDelay(true)
      socket.on('error', () => this.#cut(pair))
      socket.on('close', () => this.#cut(pair))
    }
    client.on('data', (data) => {
      const fate = this.onRequest(data)
      if (fate === 'cut') return this.#cut(pair)
      pair.losesAnswers ||= fate === 'lose_answer'
      this.#deliver(pair, server, data)
    })
    server.on('data', (data) => {
      if (pair.losesAnswers) return
      if (this.#mode.kind === 'dropReplies') {
        this.#dropped++
        this.#cut(pair)
        this.onDropped?.()
      } else this.#deliver(pair, client, data)
    })
  }

  #deliver(pair: Pair, to: Socket, data: Buffer) {
    if (this.#mode.kind === 'deaf' || to.destroyed) return
    if (to.writableLength > maxWaitingBytes) return this.#cut(pair)
    if (this.#mode.kind !== 'delay') return void to.write(data)
    setTimeout(() => {
      if (!to.destroyed && this.#mode.kind !== 'deaf') to.write(data)
    }, this.#mode.ms)
  }

  #cut(pair: Pair) {
    if (!this.#pairs.delete(pair)) return
    pair.client.resetAndDestroy()
    pair.server.resetAndDestroy()
  }
}
