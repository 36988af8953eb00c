/**
 * A proxy between a store and its MongoDB that reads commands and replies. A test decides for each command whether its reply is delivered, delayed,
 * lost or changed, as in a failover of a replica set.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { type Document, MessageReader, parseMessage, replyTo, withBody } from './mongo-messages.fixture.ts'

export interface MongoCommand {
  /** The first field of its body, such as `find` or `commitTransaction`. */
  readonly name: string
  readonly collection: string | null
  readonly body: Document
}

export type CommandFate =
  | { readonly kind: 'pass' }
  /** The server executes it, and the reply waits for `until`, which is called when the reply arrives. */
  | { readonly kind: 'hold'; readonly until: () => Promise<unknown> }
  /** The server executes it, and the reply is lost. */
  | { readonly kind: 'lose_reply' }
  /** The server does not receive it. */
  | { readonly kind: 'refuse'; readonly reply: Document }
  /** The server executes it, and the reply is changed. */
  | { readonly kind: 'change'; readonly change: (reply: Document) => Document; readonly after?: () => Promise<unknown> }

interface Pair {
  readonly client: Socket
  server: Socket | null
  readonly open: Map<number, CommandFate>
}

const isMonitoring = (name: string) => /^(hello|ismaster)$/i.test(name)

export class MongoProxy {
  readonly #target: number
  readonly #maxRecorded: number
  readonly #server: Server
  readonly #pairs = new Set<Pair>()
  readonly commands: MongoCommand[] = []
  port = 0
  onCommand: (command: MongoCommand) => CommandFate = () => ({ kind: 'pass' })
  /** Changes the server's replies about itself and its replica set. */
  onHello: (reply: Document) => Document = (reply) => reply
  /** Clients keep their connections while the server is stopped, so they notice a failover with the next reply only. */
  keepsClients = false

  private constructor(target: number, maxRecorded: number) {
    this.#target = target
    this.#maxRecorded = maxRecorded
    this.#server = createServer((client) => this.#join(client))
  }

  /** Keeps the newest `maxRecorded` commands. */
  static async start(target: number, { maxRecorded = 50_000 } = {}): Promise<MongoProxy> {
    const proxy = new MongoProxy(target, maxRecorded)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    proxy.port = (proxy.#server.address() as AddressInfo).port
    return proxy
  }

  /** Connections that wait for a reply to a command. */
  get busy() {
    return [...this.#pairs].filter(({ open }) => open.size > 0).length
  }

  async close() {
    for (const pair of this.#pairs) this.#part(pair)
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  #join(client: Socket) {
    const pair: Pair = { client, server: null, open: new Map() }
    this.#pairs.add(pair)
    client.setNoDelay(true)
    client.on('error', () => this.#part(pair))
    client.on('close', () => this.#part(pair))
    const reader = new MessageReader()
    client.on('data', (data) => {
      for (const request of reader.read(data)) this.#request(pair, request)
    })
    this.#connect(pair)
  }

  #connect(pair: Pair): Socket {
    const server = connect(this.#target, '127.0.0.1')
    pair.server = server
    server.setNoDelay(true)
    server.on('error', () => undefined)
    server.on('close', () => {
      if (pair.server === server) pair.server = null
      if (!this.keepsClients) this.#part(pair)
    })
    const reader = new MessageReader()
    server.on('data', (data) => {
      for (const reply of reader.read(data)) void this.#reply(pair, reply)
    })
    return server
  }

  #request(pair: Pair, request: Buffer) {
    const { requestId, body } = parseMessage(request)
    const [name = ''] = Object.keys(body ?? {})
    const forward = () => void (pair.server ?? this.#connect(pair)).write(request)
    if (!body || isMonitoring(name)) return forward()
    const target = body[name === 'getMore' ? 'collection' : name]
    const command = { name, collection: typeof target === 'string' ? target : null, body }
    this.commands.push(command)
    if (this.commands.length > this.#maxRecorded) this.commands.shift()
    const fate = this.onCommand(command)
    if (fate.kind === 'refuse') return void pair.client.write(replyTo(request, fate.reply))
    pair.open.set(requestId, fate)
    forward()
  }

  async #reply(pair: Pair, reply: Buffer) {
    const { responseTo, body } = parseMessage(reply)
    const fate = pair.open.get(responseTo)
    const send = (message: Buffer) => {
      pair.open.delete(responseTo)
      if (!pair.client.destroyed) pair.client.write(message)
    }
    // Without `topologyVersion` the driver polls, and so notices a changed reply.
    if (!fate && body && 'maxWireVersion' in body) return send(withBody(reply, ({ topologyVersion: _, ...rest }) => this.onHello(rest)))
    switch (fate?.kind) {
      case 'hold':
        await fate.until()
        return send(reply)
      case 'change':
        await fate.after?.()
        return send(withBody(reply, fate.change))
      case 'lose_reply':
        return
      default:
        send(reply)
    }
  }

  #part(pair: Pair) {
    if (!this.#pairs.delete(pair)) return
    pair.client.resetAndDestroy()
    pair.server?.resetAndDestroy()
  }
}
