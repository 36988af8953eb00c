/**
 * Makes costly answers one after another, and pauses after each for as long as it took. At least half of the time is left for
 * placements and frames, whatever the number of requests.
 *
 * Called by the API for routes that are `costly`, for each part of a picture that is streamed, for expensive reads, and for pages.
 */
import type { Refusal } from '../../lib/refusal.ts'
import { createSharedCounts } from '../limits/address-counts.ts'
import type { Parsed } from '../parse.ts'

export const costlyLimits = {
  /** Waiting or running, for one address. */
  ofAddress: 16,
  ofProcess: 128,
  maxRestMs: 1_000,
} as const

export interface CostlyWorkOptions {
  /** Whether the number of an address is bounded. */
  readonly countsAddresses: boolean
  /** Milliseconds, for durations. */
  readonly now: () => number
  readonly wait?: (ms: number, then: () => void) => void
}

const refusals: Readonly<Record<'address' | 'process', Refusal>> = {
  address: { code: 'rate_limited', detail: 'Too many costly requests from this address are waiting. Slow down.', retryAfterMs: 1_000 },
  process: { code: 'overloaded', detail: 'Too many costly requests are waiting. Try again in a moment.', retryAfterMs: 2_000 },
}

export const createCostlyWork = ({ countsAddresses, now, wait = (ms, then) => void setTimeout(then, ms) }: CostlyWorkOptions) => {
  const waiting = createSharedCounts(costlyLimits, countsAddresses)
  let last: Promise<void> = Promise.resolve()

  const inTurn = async <Value>(make: () => Promise<Value>): Promise<Value> => {
    const before = last
    const { promise, resolve } = Promise.withResolvers<void>()
    last = promise
    await before
    const startedAtMs = now()
    try {
      return await make()
    } finally {
      wait(Math.min(costlyLimits.maxRestMs, now() - startedAtMs), resolve)
    }
  }

  return {
    /** Makes the next part of an answer that has begun, in turn. It is never refused. */
    part: inTurn,
    async run<Value>(address: string, make: () => Promise<Value>): Promise<Parsed<Value>> {
      const full = waiting.take(address)
      if (full) return { ok: false, refusal: refusals[full] }
      try {
        return { ok: true, value: await inTurn(make) }
      } finally {
        waiting.release(address)
      }
    },
  }
}

export type CostlyWork = ReturnType<typeof createCostlyWork>
