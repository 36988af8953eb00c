/** Counts requests against the limits of their addresses, and reports the refused ones. For the API and for pages. */
import type { Refusal } from '../../lib/refusal.ts'
import type { Limits } from '../limits/limits.ts'
import type { ThrottledWarnings } from '../observability/throttled-warnings.ts'

import { named } from '../request-id.ts'

export interface RequestLimiterOptions {
  readonly limits: Pick<Limits, 'request'>
  readonly throttledWarnings: ThrottledWarnings
  readonly onLimited: () => void
}

export const createRequestLimiter = ({ limits, throttledWarnings, onLimited }: RequestLimiterOptions) => {
  /** Reports a request that was refused because of its address or because of the load, and returns the refusal. */
  const refuse = (address: string, refusal: Refusal): Refusal => {
    onLimited()
    const refused = named(refusal)
    throttledWarnings.warn(address, 'requests_refused', { code: refused.code, requestId: refused.requestId })
    return refused
  }
  return {
    refuse,
    /** Null: the request may be answered. */
    async count(address: string, cost?: number): Promise<Refusal | null> {
      const refusal = await limits.request(address, cost)
      return refusal && refuse(address, refusal)
    },
  }
}

export type RequestLimiter = ReturnType<typeof createRequestLimiter>
