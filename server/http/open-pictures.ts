/**
 * Pictures of the board that clients are reading. Each holds buffers until it is read, so their number is limited. At the limit, the
 * slowest reader is cut off for the next one.
 */
import type { Refusal } from '../../lib/refusal.ts'
import { createAddressCounts } from '../limits/address-counts.ts'
import { limitKey } from '../limits/address-prefixes.ts'

export const pictureLimits = {
  ofAddress: 2,
  ofProcess: 8,
  /** A reader that has read something within this time is not cut off for another one. */
  spareMs: 1_000,
} as const

export interface OpenPicture {
  readonly signal: AbortSignal
  /** Makes the next part for the waiting reader. */
  part<Value>(make: () => Promise<Value>): Promise<Value>
  close(): void
}

interface Reading {
  /** When the reader got its last part; infinity while the next part is being made. */
  waitsSinceMs: number
  readonly address: string
  readonly controller: AbortController
  readonly close: () => void
}

const busy: Refusal = { code: 'overloaded', detail: 'Too many pictures are being downloaded. Try again in a moment.', retryAfterMs: 2_000 }
const ofAddressRefusal: Refusal = { code: 'rate_limited', detail: 'This address is downloading two pictures already.', retryAfterMs: 1_000 }

export const createOpenPictures = (options: { countsAddresses: boolean; monotonicNow: () => number }) => {
  const { countsAddresses, monotonicNow } = options
  const addresses = createAddressCounts(countsAddresses ? pictureLimits.ofAddress : Number.POSITIVE_INFINITY)
  const open = new Set<Reading>()

  /** Cuts off the slowest of these readers if it is slow enough. Returns whether it did. */
  const cutOffSlowest = (readers: readonly Reading[]) => {
    const slowest = readers.reduce((one, other) => (other.waitsSinceMs < one.waitsSinceMs ? other : one))
    if (monotonicNow() - slowest.waitsSinceMs < pictureLimits.spareMs) return false
    slowest.close()
    slowest.controller.abort(new Error('The reader of this picture was too slow.'))
    return true
  }

  /** Whether the address may read another picture, after a slow reader of this address is cut off if necessary. */
  const makeRoomFor = (address: string) => {
    if (!countsAddresses || addresses.held(address) < pictureLimits.ofAddress) return true
    const key = limitKey(address)
    return cutOffSlowest([...open].filter((reading) => limitKey(reading.address) === key))
  }

  return {
    open(address: string): { ok: true; picture: OpenPicture } | { ok: false; refusal: Refusal } {
      if (!makeRoomFor(address)) return { ok: false, refusal: ofAddressRefusal }
      if (open.size >= pictureLimits.ofProcess && !cutOffSlowest([...open])) return { ok: false, refusal: busy }
      if (!addresses.take(address)) return { ok: false, refusal: ofAddressRefusal }
      const reading: Reading = {
        waitsSinceMs: Number.POSITIVE_INFINITY,
        address,
        controller: new AbortController(),
        close() {
          if (open.delete(reading)) addresses.release(address)
        },
      }
      open.add(reading)
      const part = async <Value>(make: () => Promise<Value>) => {
        reading.waitsSinceMs = Number.POSITIVE_INFINITY
        const value = await make()
        reading.waitsSinceMs = monotonicNow()
        return value
      }
      return { ok: true, picture: { signal: reading.controller.signal, part, close: reading.close } }
    },
  }
}

export type OpenPictures = ReturnType<typeof createOpenPictures>
