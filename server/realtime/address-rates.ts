/** How often one address may open connections, join namespaces, and report drawn frames. Full buckets are not kept in memory (A6). */
import { limitPrefixes } from '../limits/address-prefixes.ts'
import { type BucketRate, TokenBucket } from './token-bucket.ts'

export const addressRates = {
  handshakes: { burst: 100, perSecond: 10 },
  connects: { burst: 200, perSecond: 20 },
  seen: { burst: 10, perSecond: 1 },
} as const

const forgetEveryMs = 10_000

class Buckets {
  readonly #rate: BucketRate
  readonly #now: () => number
  readonly #buckets = new Map<string, TokenBucket>()
  #forgottenAtMs = 0

  constructor(rate: BucketRate, now: () => number) {
    this.#rate = rate
    this.#now = now
  }

  /** Takes one from the address, and from each wider prefix around it. */
  tryTake(address: string): boolean {
    const nowMs = this.#now()
    this.#forgetFull(nowMs)
    return limitPrefixes(address).every(({ key, factor }) => this.#bucketOf(key, factor, nowMs).tryTake(1, nowMs))
  }

  #bucketOf(key: string, factor: number, nowMs: number) {
    const { burst, perSecond } = this.#rate
    const bucket = this.#buckets.get(key) ?? new TokenBucket({ burst: burst * factor, perSecond: perSecond * factor }, nowMs)
    this.#buckets.set(key, bucket)
    return bucket
  }

  #forgetFull(nowMs: number) {
    if (nowMs - this.#forgottenAtMs < forgetEveryMs) return
    this.#forgottenAtMs = nowMs
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(nowMs)) this.#buckets.delete(key)
  }
}

/** Each is false when the address is over its rate. */
export const createAddressRates = ({ enabled, now }: { enabled: boolean; now: () => number }) => {
  const limiter = (rate: BucketRate) => {
    const buckets = new Buckets(rate, now)
    return (address: string): boolean => !enabled || buckets.tryTake(address)
  }
  return {
    handshake: limiter(addressRates.handshakes),
    /** To a namespace. */
    connect: limiter(addressRates.connects),
    /** With a report of a drawn frame. */
    seen: limiter(addressRates.seen),
  }
}

export type AddressRates = ReturnType<typeof createAddressRates>
