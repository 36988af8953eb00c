/** One request to an address that may be hanging or hostile: bounded in time and bytes, follows no redirect, and sends no secret. */
import { type ClientRequest, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { reasonOf } from './check.ts'

export interface BoundedRequest {
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

export interface Answered {
  readonly kind: 'answered'
  /** 101 for an upgrade. */
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Of an upgrade, the first bytes. */
  readonly body: string
  /** When the certificate ends; null without TLS. */
  readonly certificateEndsMs: number | null
  readonly tookMs: number
}

export type Failed = { readonly kind: 'dns' | 'refused' | 'tls' | 'silent' | 'not_http'; readonly detail: string }

export const requestMs = 4_000
export const maxAnswerBytes = 65_536

const kindOf = (code: string): Failed['kind'] => {
  if (/^(ENOTFOUND|EAI_)/.test(code)) return 'dns'
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO|EPROTO/.test(code)) return 'tls'
  if (/^E(CONNREFUSED|HOSTUNREACH|NETUNREACH|HOSTDOWN|ADDRNOTAVAIL|ACCES|INVAL)/.test(code)) return 'refused'
  return code === 'ETIMEDOUT' ? 'silent' : 'not_http'
}

/** The end of the certificate, while the connection is open. */
const endOf = (request: ClientRequest): number | null => {
  const { getPeerCertificate } = (request.socket ?? {}) as Partial<TLSSocket>
  if (!getPeerCertificate) return null
  const end = Date.parse(getPeerCertificate.call(request.socket).valid_to ?? '')
  return Number.isNaN(end) ? null : end
}

/** Null when there are too many bytes. Of an upgrade, it reads until Engine.IO has opened a session. */
const read = async (stream: IncomingMessage | Duplex, isUpgrade: boolean): Promise<string | null> => {
  const most = isUpgrade ? 4_096 : maxAnswerBytes
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > most) return null
    chunks.push(chunk)
    if (isUpgrade && Buffer.concat(chunks).includes('"sid"')) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Never rejects. */
export const boundedRequest = async (options: BoundedRequest): Promise<Answered | Failed> => {
  const { url, method = 'GET', headers = {}, body } = options
  const startedAt = performance.now()
  const deadline = AbortSignal.any([options.signal, AbortSignal.timeout(requestMs)])
  const send = url.startsWith('https:') ? httpsRequest : httpRequest
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const request = send(url, { method, agent: false, signal: deadline, maxHeaderSize: 16_384, headers: { ...headers, ...length } })
  try {
    const { message, stream } = await new Promise<{ message: IncomingMessage; stream: IncomingMessage | Duplex }>((resolve, reject) => {
      request.once('response', (response) => resolve({ message: response, stream: response }))
      request.once('upgrade', (response, socket, head) => {
        if (head.length > 0) socket.unshift(head)
        deadline.addEventListener('abort', () => socket.destroy())
        resolve({ message: response, stream: socket })
      })
      request.on('error', reject)
      request.end(body)
    })
    stream.on('error', () => undefined)
    const certificateEndsMs = endOf(request)
    const isUpgrade = message !== stream
    const text = await read(stream, isUpgrade)
    if (text === null) return { kind: 'not_http', detail: 'too many bytes' }
    const { statusCode: status = 0, headers: answered } = message
    return { kind: 'answered', status, headers: answered, body: text, certificateEndsMs, tookMs: performance.now() - startedAt }
  } catch (error) {
    if (deadline.aborted) return { kind: 'silent', detail: 'no complete answer' }
    return { kind: kindOf((error as NodeJS.ErrnoException).code ?? ''), detail: reasonOf(error) }
  } finally {
    request.destroy()
    request.socket?.destroy()
  }
}
