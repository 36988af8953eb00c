/** A proxy at a PUBLIC_URL, which a test can break. */
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

export interface ProxyFaults {
  /** Does not forward `Upgrade`. */
  noUpgrade?: boolean
  /** Adds no address. */
  noAddress?: boolean
  /** Removes the `Origin`. */
  noOrigin?: boolean
  /** Opens the metrics to everybody, with a token of its own. */
  metricsToken?: string
  /** Answers instead of forwarding. */
  answer?: (request: IncomingMessage, response: ServerResponse) => void
}

export class PublicProxy {
  readonly #server = createServer((incoming, response) => this.#forward(incoming, response))
  readonly #sockets = new Set<Socket>()
  #requests = 0
  faults: ProxyFaults = {}
  /** The processes behind it, in turns. */
  targets: readonly number[] = []
  url = ''

  static async start(): Promise<PublicProxy> {
    const proxy = new PublicProxy()
    proxy.#server.on('upgrade', (incoming, socket: Socket, head) => proxy.#upgrade(incoming, socket, head))
    proxy.#server.on('connection', (socket) => {
      proxy.#sockets.add(socket)
      socket.on('error', () => undefined).once('close', () => proxy.#sockets.delete(socket))
    })
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    proxy.url = `http://127.0.0.1:${(proxy.#server.address() as AddressInfo).port}`
    return proxy
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #target() {
    return this.targets[this.#requests++ % this.targets.length] ?? 0
  }

  #headersOf({ headers }: IncomingMessage): OutgoingHttpHeaders {
    const { noAddress, noOrigin, metricsToken } = this.faults
    const { origin, ...others } = headers
    const forwarded = [headers['x-forwarded-for'], '127.0.0.1'].filter(Boolean).join(', ')
    return {
      ...others,
      ...(noAddress ? {} : { 'x-forwarded-for': forwarded }),
      ...(noOrigin || origin === undefined ? {} : { origin }),
      ...(metricsToken ? { authorization: `Bearer ${metricsToken}` } : {}),
    }
  }

  #forward(incoming: IncomingMessage, response: ServerResponse) {
    if (this.faults.answer) return this.faults.answer(incoming, response)
    const { connection: _, upgrade: __, ...headers } = this.#headersOf(incoming)
    const { method = 'GET', url: path = '/' } = incoming
    const outgoing = request({ port: this.#target(), host: '127.0.0.1', method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    outgoing.on('error', () => response.writeHead(502).end('Bad Gateway'))
    incoming.pipe(outgoing)
  }

  #upgrade(incoming: IncomingMessage, socket: Socket, head: Buffer) {
    if (this.faults.noUpgrade) return void socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')
    const target = connect(this.#target(), '127.0.0.1')
    const lines = Object.entries(this.#headersOf(incoming)).map(([name, value]) => `${name}: ${value}`)
    target.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    target.write(head)
    target.pipe(socket).pipe(target)
    target.on('error', () => socket.destroy()).on('close', () => socket.destroy())
    socket.on('close', () => target.destroy())
  }
}
