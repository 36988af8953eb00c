/**
 * Converts between the Web's `Request` and `Response` and the API's exchange, for Next's mount.
 *
 * A `Request` has no client address. The custom server writes it into internal headers, and overwrites any that a client sent
 * (`internal-headers.ts`).
 */
import type { Answer, ApiRequest, Body, Peer } from './exchange.ts'
import { internalHeaders } from './internal-headers.ts'

export const fromWebRequest = (request: Request): ApiRequest => {
  const { pathname, search } = new URL(request.url)
  return {
    method: request.method,
    pathname,
    search,
    peer: peerOf(request.headers),
    signal: request.signal,
    header: (name) => request.headers.get(name),
    body: (limit) => readBody(request, limit),
  }
}

const peerOf = (headers: Headers): Peer => {
  const protocol = headers.get(internalHeaders.protocol)
  return {
    address: headers.get(internalHeaders.address) ?? 'unknown',
    direct: headers.get(internalHeaders.direct) === '1',
    protocol: protocol === 'http' || protocol === 'https' ? protocol : null,
  }
}

const readBody = async (request: Request, { maxBytes, maxMs }: { maxBytes: number; maxMs: number }): Promise<Body> => {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return { ok: false, why: 'too_large' }
  if (!request.body) return { ok: true, bytes: new Uint8Array(0) }
  const reader = request.body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  let timer: NodeJS.Timeout | undefined
  const slow = new Promise<'slow'>((resolve) => {
    timer = setTimeout(() => resolve('slow'), maxMs)
  })
  try {
    for (;;) {
      const next = await Promise.race([reader.read(), slow])
      if (next === 'slow') return { ok: false, why: 'too_slow' }
      if (next.done) return { ok: true, bytes: Buffer.concat(chunks) }
      size += next.value.length
      if (size > maxBytes) return { ok: false, why: 'too_large' }
      chunks.push(next.value)
    }
  } catch {
    return { ok: false, why: 'disconnected' }
  } finally {
    clearTimeout(timer)
    reader.releaseLock()
  }
}

export const toWebResponse = (answer: Answer, method: string): Response => {
  const headers = new Headers(answer.headers)
  if (typeof answer.body === 'string') headers.set('content-length', String(Buffer.byteLength(answer.body)))
  else if (answer.body instanceof Uint8Array) headers.set('content-length', String(answer.body.length))
  // The type of `Response` excludes buffers that threads share; these never are.
  return new Response(method === 'HEAD' ? null : (answer.body as BodyInit | null), { status: answer.status, headers })
}
