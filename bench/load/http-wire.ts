/**
 * HTTP/1.1 as bytes: requests that are built beforehand, and answers cut out of what a connection receives. Only answers with a
 * Content-Length; any other is an error, because a load that misreads its answers measures something else.
 */
export interface HttpAnswer {
  readonly status: number
  readonly head: string
  readonly body: Buffer
}

export const encodeRequest = (request: {
  method: 'GET' | 'POST'
  path: string
  headers?: Readonly<Record<string, string>>
  body?: string
}): string => {
  const headers: Record<string, string> = { Host: 'localhost', ...request.headers }
  if (request.body !== undefined) {
    headers['Content-Type'] = 'application/json'
    headers['Content-Length'] = String(Buffer.byteLength(request.body))
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${request.method} ${request.path} HTTP/1.1\r\n${lines.join('')}\r\n${request.body ?? ''}`
}

export class AnswerReader {
  readonly #onAnswer: (answer: HttpAnswer) => void
  #rest: Buffer | null = null

  constructor(onAnswer: (answer: HttpAnswer) => void) {
    this.#onAnswer = onAnswer
  }

  push(chunk: Buffer) {
    let bytes: Buffer | null = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    while (bytes) {
      const end: number = bytes.indexOf('\r\n\r\n')
      if (end === -1) break
      const head: string = bytes.toString('latin1', 0, end)
      const bodyEnd: number = end + 4 + lengthOf(head)
      if (bytes.length < bodyEnd) break
      const answer = { status: Number(head.slice(9, 12)), head, body: bytes.subarray(end + 4, bodyEnd) }
      bytes = bytes.length === bodyEnd ? null : bytes.subarray(bodyEnd)
      this.#onAnswer(answer)
    }
    this.#rest = bytes
  }
}

const lengthOf = (head: string) => {
  if (head.startsWith('HTTP/1.1 101') || head.startsWith('HTTP/1.1 204') || head.startsWith('HTTP/1.1 304')) return 0
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`an answer without a length: ${head}`)
  return Number(length)
}
