/** A wire between a test and its server that can be slow, lose what is answered, or be cut. */
import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net'

export class TcpProxy {
  /** Each piece of an answer comes so much later. */
  delayMs = 0
  /** Looked at before a request is passed on; what it decides holds for the wire from then on. */
  onRequest: (request: Buffer) => 'pass' | 'lose_answer' | 'cut' = () => 'pass'
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const server = createServer()
    const proxy = new TcpProxy(server)
    server.on('connection', (client) => proxy.#connect(client, targetPort))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return proxy
  }

  get port() {
    return (this.#server.address() as AddressInfo).port
  }

  /** Cuts every wire and takes no new ones. */
  async close() {
    this.cut()
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  cut() {
    for (const socket of this.#sockets) socket.destroy()
  }

  #connect(client: Socket, targetPort: number) {
    const target = dial(targetPort, '127.0.0.1')
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.setNoDelay(true).on('error', () => undefined)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
    }
    let loses = false
    client.on('data', (request) => {
      const fate = this.onRequest(request)
      if (fate === 'cut') return client.destroy()
      loses ||= fate === 'lose_answer'
      target.write(request)
    })
    target.on('data', (answer) => {
      if (loses) return
      if (this.delayMs === 0) client.write(answer)
      else setTimeout(() => client.writable && client.write(answer), this.delayMs)
    })
  }
}
