/** Bytes of answers that clients have not taken yet: bounded for each address, and for all of them together (A6). */
import { createAddressCounts } from '../limits/address-counts.ts'

export const unsentLimits = {
  bytesOfAddress: 32 * 1_048_576,
  bytesOfProcess: 256 * 1_048_576,
  /** Smaller answers are not counted: the number of requests on one connection bounds them. */
  countedBytes: 4_096,
} as const

export interface UnsentBytes {
  /** What bounds it when there is no room; else null, and `release` of the same must follow. */
  take(address: string, bytes: number): 'address' | 'process' | null
  release(address: string, bytes: number): void
}

export const createUnsentBytes = (options: { countsAddresses: boolean }): UnsentBytes => {
  const addresses = createAddressCounts(options.countsAddresses ? unsentLimits.bytesOfAddress : Number.POSITIVE_INFINITY)
  let total = 0
  return {
    take(address, bytes) {
      if (total + bytes > unsentLimits.bytesOfProcess) return 'process'
      if (!addresses.take(address, bytes)) return 'address'
      total += bytes
      return null
    },
    release(address, bytes) {
      total -= bytes
      addresses.release(address, bytes)
    },
  }
}
