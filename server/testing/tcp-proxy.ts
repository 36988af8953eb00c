/** A TCP proxy between a server and its database or Redis, which can be slow, cut, deaf, or lose an answer after the command was done. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export type ProxyMode =
  | { readonly kind: 'pass' }
  /** Both directions take so long. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Connections are reset, new ones, too. */
  | { readonly kind: 'cut' }
  /** Connections are accepted and stay open, and nothing ever comes back: what was under way is never delivered. */
  | { readonly kind: 'deaf' }
  /** Commands get through; their answers do not, and the connection is reset instead. */
  | { readonly kind: 'dropReplies' }

/** What becomes of one request: `lose_answer` holds for its connection from then on. */
export type Fate = 'pass' | 'lose_answer' | 'cut'

interface Pair {
  readonly client: Socket
  readonly server: Socket
  losesAnswers: boolean
}

/** What may wait in one direction of a slow or deaf connection (A6). */
const maxWaitingBytes = 32 * 1024 * 1024

export class TcpProxy {
  /** The port that new connections lead to. */
  target: number
  readonly #server: Server
  readonly #pairs = new Set<Pair>()
  #mode: ProxyMode = { kind: 'pass' }
  #dropped = 0
  port = 0
  /** Looked at before a request is passed on. */
  onRequest: (request: Buffer) => Fate = () => 'pass'
  /** Called when an answer was lost. */
  onDropped: (() => void) | null = null

  private constructor(target: number) {
    this.target = target
    this.#server = createServer((client) => this.#join(client))
  }

  static async start(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    proxy.port = (proxy.#server.address() as AddressInfo).port
    return proxy
  }

  /** Answers that were lost so far. */
  get dropped() {
    return this.#dropped
  }

  get connections() {
    return this.#pairs.size
  }

  /** Connections that were made deaf do not hear again: like a peer that vanished, they end when the mode does. */
  set(mode: ProxyMode) {
    const was = this.#mode.kind
    this.#mode = mode
    if (mode.kind === 'cut' || was === 'deaf') for (const pair of this.#pairs) this.#part(pair)
  }

  /** Cuts every connection and takes no new ones. */
  async close() {
    for (const pair of this.#pairs) this.#part(pair)
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  #join(client: Socket) {
    if (this.#mode.kind === 'cut') return void client.resetAndDestroy()
    const server = connect(this.target, '127.0.0.1')
    const pair: Pair = { client, server, losesAnswers: false }
    this.#pairs.add(pair)
    for (const socket of [client, server]) {
      socket.setNoDelay(true)
      socket.on('error', () => this.#part(pair))
      socket.on('close', () => this.#part(pair))
    }
    client.on('data', (data) => {
      const fate = this.onRequest(data)
      if (fate === 'cut') return this.#part(pair)
      pair.losesAnswers ||= fate === 'lose_answer'
      this.#carry(pair, server, data)
    })
    server.on('data', (data) => {
      if (pair.losesAnswers) return
      if (this.#mode.kind === 'dropReplies') {
        this.#dropped++
        this.#part(pair)
        this.onDropped?.()
      } else this.#carry(pair, client, data)
    })
  }

  #carry(pair: Pair, to: Socket, data: Buffer) {
    if (this.#mode.kind === 'deaf' || to.destroyed) return
    if (to.writableLength > maxWaitingBytes) return this.#part(pair)
    if (this.#mode.kind !== 'delay') return void to.write(data)
    setTimeout(() => {
      if (!to.destroyed && this.#mode.kind !== 'deaf') to.write(data)
    }, this.#mode.ms)
  }

  #part(pair: Pair) {
    if (!this.#pairs.delete(pair)) return
    pair.client.resetAndDestroy()
    pair.server.resetAndDestroy()
  }
}
