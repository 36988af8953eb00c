/**
 * How much of something each address holds at once (connections, sockets, bytes), within a bound for the address and wider bounds for the
 * prefixes around it. An address that holds nothing takes no memory (A6).
 */
import { limitPrefixes } from './address-prefixes.ts'

export interface AddressCounts {
  /** False, and nothing is counted, when a bound would be passed. True must be followed by `release` of the same amount. */
  take(address: string, amount?: number): boolean
  release(address: string, amount?: number): void
  /** What the address holds. */
  held(address: string): number
}

export const createAddressCounts = (limit: number): AddressCounts => {
  const counts = new Map<string, number>()
  const countOf = (key: string) => counts.get(key) ?? 0
  return {
    take(address, amount = 1) {
      const prefixes = limitPrefixes(address)
      if (prefixes.some(({ key, factor }) => countOf(key) + amount > limit * factor)) return false
      for (const { key } of prefixes) counts.set(key, countOf(key) + amount)
      return true
    },
    release(address, amount = 1) {
      for (const { key } of limitPrefixes(address)) {
        const left = countOf(key) - amount
        if (left > 0) counts.set(key, left)
        else counts.delete(key)
      }
    },
    held: (address) => countOf(limitPrefixes(address)[0]?.key ?? address),
  }
}
