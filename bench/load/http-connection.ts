/** One keep-alive HTTP connection with one request at a time. All connections read into the same buffer, one after another. */
import { connect, type Socket } from 'node:net'
import { AnswerReader, type HttpAnswer } from './http-wire.ts'

const received = Buffer.alloc(65_536)

export class HttpConnection {
  readonly #socket: Socket
  #onAnswer: ((answer: HttpAnswer) => void) | null = null
  #onFailure: ((error: Error) => void) | null = null
  bytesReceived = 0

  constructor(port: number) {
    const reader = new AnswerReader((answer) => {
      const onAnswer = this.#onAnswer
      this.#onAnswer = null
      this.#onFailure = null
      onAnswer?.(answer)
    })
    const callback = (length: number) => {
      this.bytesReceived += length
      reader.push(received.subarray(0, length))
      return true
    }
    this.#socket = connect({ port, host: '127.0.0.1', onread: { buffer: received, callback } })
    this.#socket.setNoDelay(true)
    this.#socket.on('error', (error) => this.#onFailure?.(error))
    this.#socket.on('close', () => this.#onFailure?.(new Error('the server closed the connection without an answer')))
  }

  /** `request` is ASCII. The answer is a view, for as long as `onAnswer` runs. */
  send(request: string, onAnswer: (answer: HttpAnswer) => void, onFailure: (error: Error) => void) {
    this.#onAnswer = onAnswer
    this.#onFailure = onFailure
    this.#socket.write(request, 'latin1')
  }

  request(request: string): Promise<{ status: number; head: string; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const keep = ({ status, head, body }: HttpAnswer) => resolve({ status, head: head.toString(), body: Buffer.from(body) })
      this.send(request, keep, reject)
    })
  }

  close() {
    this.#onFailure = null
    this.#socket.destroy()
  }
}
