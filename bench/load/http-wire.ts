/**
 * HTTP/1.1 as bytes: prebuilt requests, and answers parsed from the received bytes. An answer without a Content-Length is an error, because a
 * load that misreads its answers measures something else.
 */
export interface HttpAnswer {
  readonly status: number
  /** A view, for as long as `onAnswer` runs. */
  readonly head: Buffer
  /** The same. */
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

/** Splits received bytes into answers, as cheaply as possible: the load must be faster than any server. */
export class AnswerReader {
  readonly #onAnswer: (answer: HttpAnswer) => void
  #rest: Buffer | null = null

  constructor(onAnswer: (answer: HttpAnswer) => void) {
    this.#onAnswer = onAnswer
  }

  /** The chunk may be reused afterwards. */
  push(chunk: Buffer) {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    let start = 0
    while (start < bytes.length) {
      const headEnd = bytes.indexOf('\r\n\r\n', start)
      if (headEnd === -1) break
      const head = bytes.subarray(start, headEnd)
      const status = statusOf(head)
      const bodyEnd = headEnd + 4 + lengthOf(head, status)
      if (bytes.length < bodyEnd) break
      this.#onAnswer({ status, head, body: bytes.subarray(headEnd + 4, bodyEnd) })
      start = bodyEnd
    }
    this.#rest = start === bytes.length ? null : Buffer.from(bytes.subarray(start))
  }
}

const digit0 = 48
const statusOf = (head: Buffer) => (head.readUInt8(9) - digit0) * 100 + (head.readUInt8(10) - digit0) * 10 + head.readUInt8(11) - digit0

/** However the name is written, it ends like this, and no other header does. */
const lengthName = 'ength: '

const lengthOf = (head: Buffer, status: number) => {
  if (status === 101 || status === 204 || status === 304) return 0
  const found = head.indexOf(lengthName)
  if (found === -1) throw new Error(`an answer without a length: ${head.toString()}`)
  let length = 0
  for (let at = found + lengthName.length; at < head.length; at++) {
    const digit = (head[at] as number) - digit0
    if (digit < 0 || digit > 9) break
    length = length * 10 + digit
  }
  return length
}
