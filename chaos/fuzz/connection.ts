/** One TCP connection of an attack: the received bytes, and whether it is open. Errors of the connection are results, too. */
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Flood } from './attack.ts'

/** The bytes of an answer that are kept; further ones are counted. */
const keptBytes = 200_000
/** An answer has ended when nothing has followed for this long. */
const quietMs = 25
const connectWithinMs = 2_000

export class Connection {
  readonly #socket: Socket
  readonly #opened: Promise<void>
  received = ''
  receivedBytes = 0
  closed = false
  #sentAt = 0
  #receivedAt = 0

  constructor(options: { port: number; address: string }) {
    const socket = connect({ host: '127.0.0.1', port: options.port, localAddress: options.address, noDelay: true })
    this.#socket = socket
    this.#opened = new Promise((resolve) => {
      socket.once('connect', () => resolve())
      socket.once('close', () => resolve())
      socket.setTimeout(connectWithinMs, () => resolve())
    })
    socket.on('data', (data) => {
      this.#receivedAt = performance.now()
      this.receivedBytes += data.length
      if (this.received.length < keptBytes) this.received += data.toString('latin1').slice(0, keptBytes - this.received.length)
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.closed = true
    })
  }

  async send(bytes: string, pieces = 1) {
    await this.#opened
    const size = Math.max(1, Math.ceil(bytes.length / pieces))
    for (let from = 0; from < bytes.length && !this.closed; from += size) {
      if (from > 0) await wait(8)
      this.#socket.write(bytes.slice(from, from + size), 'latin1')
    }
    this.#sentAt = performance.now()
  }

  /** Waits for the answer to the last bytes that were sent, and for its end. */
  async read(withinMs: number) {
    const until = performance.now() + withinMs
    while (!this.closed && performance.now() < until) {
      await wait(5)
      if (this.#receivedAt >= this.#sentAt && performance.now() - this.#receivedAt > quietMs) return
    }
  }

  /** Returns the number of bytes that were accepted before the server closed the connection. */
  async flood({ bytes, totalBytes, bytesPerSecond }: Flood, signal: AbortSignal): Promise<number> {
    await this.#opened
    const socket = this.#socket
    socket.pause()
    const piece = Buffer.from(bytes, 'latin1')
    const began = performance.now()
    // Bytes that are still buffered here were not accepted.
    const taken = () => socket.bytesWritten - socket.writableLength
    const before = taken()
    const until = began + (totalBytes / bytesPerSecond) * 1_000 + 5_000
    for (let sent = 0; sent < totalBytes && !this.closed && !signal.aborted && performance.now() < until; ) {
      const due = ((performance.now() - began) * bytesPerSecond) / 1_000
      if (sent > due || socket.writableLength > 1_048_576) await wait(10)
      else {
        socket.write(piece)
        sent += piece.length
      }
    }
    // Only a reader gets the end of a connection; a writer gets an error.
    await wait(50)
    return taken() - before
  }

  end() {
    this.#socket.end()
  }

  reset() {
    this.#socket.resetAndDestroy()
  }

  destroy() {
    this.#socket.destroy()
  }
}
