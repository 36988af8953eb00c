/** How much one painter and one address may ask for; per process. All of it is off with `RATE_LIMITS=off`. */
import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Refusal } from '../../lib/refusal.ts'

export const limitsPer = {
  painterPerSecond: 20,
  addressPerSecond: 100,
  newGuestsPerMinute: 60,
  socketsPerAddress: 100,
} as const

export interface Limits {
  painter(id: string): Promise<Refusal | null>
  address(address: string): Promise<Refusal | null>
  newGuest(address: string): Promise<Refusal | null>
  maySocket(address: string): boolean
  openSocket(address: string): void
  closeSocket(address: string): void
}

const consume = async (limiter: RateLimiterMemory, key: string): Promise<Refusal | null> => {
  try {
    await limiter.consume(key)
    return null
  } catch (rejected) {
    const retryAfterMs = Math.max(1, (rejected as { msBeforeNext?: number }).msBeforeNext ?? 1_000)
    return { code: 'rate_limited', detail: 'Too many requests. Wait a moment and try again.', retryAfterMs }
  }
}

export const createLimits = (options: { enabled: boolean }): Limits => {
  const sockets = new Map<string, number>()
  const counting = {
    openSocket: (address: string) => void sockets.set(address, (sockets.get(address) ?? 0) + 1),
    closeSocket(address: string) {
      const left = (sockets.get(address) ?? 1) - 1
      if (left > 0) sockets.set(address, left)
      else sockets.delete(address)
    },
  }
  if (!options.enabled) {
    const none = async () => null
    return { painter: none, address: none, newGuest: none, maySocket: () => true, ...counting }
  }
  const painters = new RateLimiterMemory({ points: limitsPer.painterPerSecond, duration: 1 })
  const addresses = new RateLimiterMemory({ points: limitsPer.addressPerSecond, duration: 1 })
  const guests = new RateLimiterMemory({ points: limitsPer.newGuestsPerMinute, duration: 60 })
  return {
    painter: (id) => consume(painters, id),
    address: (address) => consume(addresses, address),
    newGuest: (address) => consume(guests, address),
    maySocket: (address) => (sockets.get(address) ?? 0) < limitsPer.socketsPerAddress,
    ...counting,
  }
}
