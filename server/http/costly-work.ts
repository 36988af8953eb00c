/**
 * Makes costly answers one after another, and pauses after each for as long as it took. At least half of the time is left for
 * placements and frames, whatever the number of requests.
 *
 * Called by the API for routes that are `costly`, for each part of a picture that is streamed, and for pages.
 */
import type { Refusal } from '../../lib/refusal.ts'
import { createAddressCounts } from '../limits/address-counts.ts'

export const costlyLimits = {
  /** That one address has waiting or in work. */
  ofAddress: 16,
  ofProcess: 128,
  maxRestMs: 1_000,
} as const

export type Made<Value> = { ok: true; value: Value } | { ok: false; refusal: Refusal }

export interface CostlyWork {
  run<Value>(address: string, make: () => Promise<Value>): Promise<Made<Value>>
  /** The next part of an answer that has begun: made in its turn, and never refused. */
  part<Value>(make: () => Promise<Value>): Promise<Value>
}

export interface CostlyWorkOptions {
  /** Whether an address may have a bounded number only. */
  readonly countsAddresses: boolean
  /** Milliseconds, for durations. */
  readonly now: () => number
  readonly wait?: (ms: number, then: () => void) => void
}

const ofAddressRefusal: Refusal = {
  code: 'rate_limited',
  detail: 'This address waits for several costly answers already. Slow down a little.',
  retryAfterMs: 1_000,
}
const ofProcessRefusal: Refusal = {
  code: 'overloaded',
  detail: 'Too many costly answers are under way. Try again in a moment.',
  retryAfterMs: 2_000,
}

export const createCostlyWork = ({
  countsAddresses,
  now,
  wait = (ms, then) => void setTimeout(then, ms),
}: CostlyWorkOptions): CostlyWork => {
  const addresses = createAddressCounts(countsAddresses ? costlyLimits.ofAddress : Number.POSITIVE_INFINITY)
  let count = 0
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
    part: inTurn,
    async run(address, make) {
      if (count >= costlyLimits.ofProcess) return { ok: false, refusal: ofProcessRefusal }
      if (!addresses.take(address)) return { ok: false, refusal: ofAddressRefusal }
      count++
      try {
        return { ok: true, value: await inTurn(make) }
      } finally {
        count--
        addresses.release(address)
      }
    },
  }
}
