/**
 * One attempt to deliver: a POST to an endpoint that may hang or be hostile. It is bounded in time and bytes, follows no redirect, decompresses
 * nothing, and connects to the address that was checked, whatever the name servers answer next.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { printable, printableLines } from '../../lib/printable.ts'
import { webhookLimits } from '../../lib/webhook.ts'
import type { AttemptReport } from '../store/webhooks-port.ts'
import { version } from '../version.ts'
import { type LookUp, resolveHost } from './resolve-host.ts'

export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly allowPrivate: boolean
  /** The server stops. */
  readonly signal: AbortSignal
  readonly deadlineMs?: number
  readonly lookUp?: LookUp
}

export type Answered = AttemptReport & { readonly retryAfter: string | undefined }

/** For the name, the connection and the headers of the answer together. */
export const answerMs = 10_000
const maxHeaderBytes = 16_384

/** Never rejects. */
export const postOnce = async (post: Post): Promise<Answered> => {
  const { deadlineMs = answerMs } = post
  const startedAt = performance.now()
  const signal = AbortSignal.any([post.signal, AbortSignal.timeout(deadlineMs)])
  const report = (some: Partial<Answered>): Answered => {
    const durationMs = Math.round(performance.now() - startedAt)
    return { status: null, error: null, answer: '', retryAfter: undefined, ...some, durationMs }
  }
  let response: IncomingMessage | null = null
  try {
    response = await untilAborted(signal, send(post, signal))
    const status = response.statusCode ?? 0
    const answer = await readStart(response, signal)
    return report({
      status,
      error: status >= 200 && status < 300 ? null : statusError(status),
      answer,
      retryAfter: response.headers['retry-after'],
    })
  } catch (error) {
    if (post.signal.aborted) return report({ error: 'The server stopped.' })
    return report({ error: signal.aborted ? `No answer within ${deadlineMs / 1_000} s.` : reasonOf(error) })
  } finally {
    response?.destroy()
  }
}

const statusError = (status: number) =>
  status >= 300 && status < 400 ? `Status ${status}: redirects are not followed.` : `Status ${status}.`

/** Errors of the system name the host and the port, never the path or the query, which may be secret. */
const reasonOf = (error: unknown) => {
  const { code, message } = error as NodeJS.ErrnoException
  return printable(message || code || 'The request failed.', webhookLimits.maxErrorLength)
}

/** Some look-ups cannot be aborted. Their results are then dropped. */
const untilAborted = <Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })

const send = async ({ url, headers, body, allowPrivate, lookUp }: Post, signal: AbortSignal): Promise<IncomingMessage> => {
  const target = new URL(url)
  const { address, family } = await resolveHost(target.hostname, { allowPrivate, signal, ...(lookUp && { lookUp }) })
  signal.throwIfAborted()
  const request = (target.protocol === 'https:' ? httpsRequest : httpRequest)(target, {
    method: 'POST',
    agent: false,
    signal,
    maxHeaderSize: maxHeaderBytes,
    lookup: (_host, options, done) => (options.all ? done(null, [{ address, family }]) : done(null, address, family)),
    headers: {
      ...headers,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': `Fresco/${version}`,
      'accept-encoding': 'identity',
    },
  })
  return new Promise((resolve, reject) => {
    // The body may fail after the headers, and an error without a listener would end the process.
    request.on('error', reject)
    request.once('response', resolve)
    request.once('upgrade', (_response, socket) => {
      socket.destroy()
      reject(new Error('The endpoint changed the protocol.'))
    })
    request.end(body)
  })
}

/** The first bytes of the answer as text. The status is the result, so a body that hangs or breaks changes nothing. */
const readStart = async (response: IncomingMessage, signal: AbortSignal): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, webhookLimits.maxAnswerBytes - size))
      size += chunk.length
      if (size >= webhookLimits.maxAnswerBytes || signal.aborted) break
    }
  } catch {
    // What has arrived is enough.
  }
  return printableLines(Buffer.concat(chunks).toString('utf8').replaceAll('\r\n', '\n'))
}
