/** Refusals as HTTP answers: `application/problem+json` (RFC 9457). */
import { problemOf, type Refusal, retryAfterSeconds } from '../../lib/refusal.ts'
import type { Answer } from './exchange.ts'
import { requestIdHeader } from './request-id-header.ts'

export const problemAnswer = (refusal: Refusal, headers?: Readonly<Record<string, string>>): Answer => {
  const problem = problemOf(refusal)
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(refusal.retryAfterMs === undefined ? {} : { 'retry-after': String(retryAfterSeconds(refusal.retryAfterMs)) }),
      ...(refusal.code === 'unauthenticated' ? { 'www-authenticate': 'Bearer' } : {}),
      ...(refusal.requestId === undefined ? {} : { [requestIdHeader]: refusal.requestId }),
      ...headers,
    },
    refusal: refusal.code,
    body: JSON.stringify(problem),
  }
}
