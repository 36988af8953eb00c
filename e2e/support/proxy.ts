/** A TCP proxy that mishandles WebSocket handshakes as some real proxies do. It passes all other requests. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** `accept` answers 101 itself and passes no messages; `swallow` does not answer. */
export type WebSocketTreatment = 'swallow' | 'accept' | 'refuse'

export interface Proxy {
  readonly url: string
  dispose(): Promise<void>
}

const acceptKey = (key: string) => createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

const answers: Record<WebSocketTreatment, (head: string) => string> = {
  swallow: () => '',
  refuse: () => 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
  accept: (head) => {
    const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? ''
    return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`
  },
}

export const startProxy = async (targetPort: number, treatment: WebSocketTreatment): Promise<Proxy> => {
  const open = new Set<Socket>()
  const track = (socket: Socket) => {
    open.add(socket)
    return socket.on('error', () => socket.destroy()).on('close', () => open.delete(socket))
  }
  const server = createServer((client) => {
    track(client)
    let head = ''
    const read = (chunk: Buffer) => {
      head += chunk.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end === -1) return
      client.off('data', read)
      if (/^upgrade: websocket/im.test(head)) {
        client.resume()
        client.write(answers[treatment](head))
        return
      }
      const upstream = track(connect(targetPort, '127.0.0.1'))
      // One request on each connection, so that the proxy parses each handshake.
      upstream.write(head.slice(0, end).replace(/^connection:.*$/im, 'Connection: close') + head.slice(end), 'latin1')
      client.pipe(upstream).pipe(client)
      client.on('close', () => upstream.destroy())
    }
    client.on('data', read)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async dispose() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
