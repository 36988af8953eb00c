/**
 * How much of something each address holds at once (connections, sockets, bytes), within a bound for the address and wider bounds for the
 * prefixes around it. An address that holds nothing takes no memory (A6).
 */
import { limitPrefixes } from './address-prefixes.ts'

export const createAddressCounts = (limit: number) => {
  const counts = new Map<string, number>()
  const countOf = (key: string) => counts.get(key) ?? 0
  return {
    /** False, and nothing is counted, when it would exceed a bound. After true, call `release` with the same amount. */
    take(address: string, amount = 1): boolean {
      const prefixes = limitPrefixes(address)
      if (prefixes.some(({ key, factor }) => countOf(key) + amount > limit * factor)) return false
      for (const { key } of prefixes) counts.set(key, countOf(key) + amount)
      return true
    },
    release(address: string, amount = 1) {
      for (const { key } of limitPrefixes(address)) {
        const left = countOf(key) - amount
        if (left > 0) counts.set(key, left)
        else counts.delete(key)
      }
    },
    held: (address: string) => countOf(limitPrefixes(address)[0]?.key ?? address),
  }
}

/** Bounds each address, unless `countsAddresses` is false, and all addresses together. */
export const createSharedCounts = (limits: { ofAddress: number; ofProcess: number }, countsAddresses: boolean) => {
  const addresses = createAddressCounts(countsAddresses ? limits.ofAddress : Number.POSITIVE_INFINITY)
  let total = 0
  return {
    /** The bound that leaves no room, or null. After null, call `release` with the same amount. */
    take(address: string, amount = 1): 'address' | 'process' | null {
      if (total + amount > limits.ofProcess) return 'process'
      if (!addresses.take(address, amount)) return 'address'
      total += amount
      return null
    },
    release(address: string, amount = 1) {
      total -= amount
      addresses.release(address, amount)
    },
  }
}

export type SharedCounts = ReturnType<typeof createSharedCounts>
