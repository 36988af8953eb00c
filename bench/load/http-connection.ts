/** One kept-open HTTP connection with one request in flight. */
import { connect, type Socket } from 'node:net'
import { AnswerReader, type HttpAnswer } from './http-wire.ts'

export class HttpConnection {
  readonly #socket: Socket
  #onAnswer: ((answer: HttpAnswer) => void) | null = null
  #onFailure: ((error: Error) => void) | null = null
  bytesReceived = 0

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.setNoDelay(true)
    const reader = new AnswerReader((answer) => {
      const onAnswer = this.#onAnswer
      this.#onAnswer = null
      this.#onFailure = null
      onAnswer?.(answer)
    })
    this.#socket.on('data', (chunk) => {
      this.bytesReceived += chunk.length
      reader.push(chunk)
    })
    this.#socket.on('error', (error) => this.#onFailure?.(error))
    this.#socket.on('close', () => this.#onFailure?.(new Error('the server closed the connection without an answer')))
  }

  send(request: string, onAnswer: (answer: HttpAnswer) => void, onFailure: (error: Error) => void) {
    this.#onAnswer = onAnswer
    this.#onFailure = onFailure
    this.#socket.write(request)
  }

  request(request: string): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => this.send(request, resolve, reject))
  }

  close() {
    this.#onFailure = null
    this.#socket.destroy()
  }
}
