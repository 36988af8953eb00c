/** Refusals as HTTP answers: `application/problem+json` (RFC 9457). */
import { problemOf, type Refusal, retryAfterSeconds } from '../../lib/refusal.ts'

export const problemResponse = (refusal: Refusal, headers: Record<string, string> = {}): Response => {
  const problem = problemOf(refusal)
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(refusal.retryAfterMs === undefined ? {} : { 'retry-after': String(retryAfterSeconds(refusal.retryAfterMs)) }),
      ...headers,
    },
  })
}

export const jsonResponse = (body: unknown, options: { status?: number; headers?: Record<string, string> } = {}): Response =>
  new Response(JSON.stringify(body), {
    status: options.status ?? 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...options.headers },
  })

/** A refusal on its way out of a handler: what a helper deep inside found wrong with the request. */
export class RefusalError extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.code)
    this.refusal = refusal
  }
}
