/** A TCP connection on which a test writes single bytes. */
import { connect, type Socket } from 'node:net'

export class RawSocket {
  readonly socket: Socket
  text = ''
  isClosed = false

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1').on('error', () => undefined)
    this.socket.setEncoding('latin1')
    this.socket.on('data', (part: string) => {
      this.text += part
    })
    this.socket.on('close', () => {
      this.isClosed = true
    })
  }

  send(bytes: string | Uint8Array) {
    if (this.socket.writable) this.socket.write(bytes)
    return this
  }

  destroy() {
    this.socket.destroy()
  }
}
