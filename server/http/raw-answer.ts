/** Answers on a connection that has no `ServerResponse`, such as an upgrade or a malformed request, and closes the connection. */
import type { Duplex } from 'node:stream'

export interface RawAnswer {
  /** With its reason phrase: `400 Bad Request`. */
  readonly status: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export const endRaw = (socket: Duplex, { status, headers = {}, body = '' }: RawAnswer) => {
  socket.on('error', () => undefined)
  const lines = Object.entries({
    'content-type': 'text/plain; charset=utf-8',
    ...headers,
    'x-content-type-options': 'nosniff',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  })
  socket.end(`HTTP/1.1 ${status}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`, () => socket.destroy())
}
