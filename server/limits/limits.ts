/**
 * Limits per address and per painter, other than charges: against one client that takes what belongs to all.
 *
 * They live in this process's memory, so a request never waits for another process, and a key is forgotten when its second or
 * minute is over (A6). Requests for static files do not count. Called by the API, by `placement-use-case.ts` and by the gateway.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { PainterId } from '../../lib/brand.ts'
import type { Refusal } from '../../lib/refusal.ts'
import { createAddressCounts } from './address-counts.ts'
import { limitPrefixes } from './address-prefixes.ts'

export const limitRates = {
  requestsPerSecondOfAddress: 100,
  requestsPerSecondOfPainter: 20,
  newPaintersPerMinuteOfAddress: 60,
  socketsOfAddress: 100,
} as const

/** What a request takes of its address's budget, when it costs more than a cheap read. */
export const requestCosts = {
  page: 4,
  pixelHistory: 2,
  stats: 2,
  logPage: 5,
  pastBoard: 10,
  picture: 25,
} as const

export interface Limits {
  /** Null: go on. An expensive request has a higher `cost` than 1. */
  request(address: string, cost?: number): Promise<Refusal | null>
  painter(painter: PainterId): Promise<Refusal | null>
  /** A new guest or a token. */
  newPainter(address: string): Promise<Refusal | null>
  /** False: too many are open. True must be followed by one `closeSocket`. */
  openSocket(address: string): boolean
  closeSocket(address: string): void
}

export const createLimits = (options: { enabled: boolean }): Limits => {
  if (!options.enabled) return unlimited
  const requests = perAddress(limitRates.requestsPerSecondOfAddress, 1)
  const painters = new RateLimiterMemory({ points: limitRates.requestsPerSecondOfPainter, duration: 1 })
  const newPainters = perAddress(limitRates.newPaintersPerMinuteOfAddress, 60)
  const sockets = createAddressCounts(limitRates.socketsOfAddress)
  return {
    request: (address, cost = 1) => requests(address, cost, 'Too many requests from this address.'),
    painter: (painter) => consume(painters, { key: painter, cost: 1, detail: 'Too many requests from this painter.' }),
    newPainter: (address) => newPainters(address, 1, 'Too many new guests or tokens from this address.'),
    openSocket: (address) => sockets.take(address),
    closeSocket: (address) => sockets.release(address),
  }
}

/** One limiter for the address, and one for each wider prefix. What the address itself may not do costs the wider prefixes nothing. */
const perAddress = (points: number, duration: number) => {
  const limiters = new Map<number, RateLimiterMemory>()
  const limiterOf = (factor: number) => {
    const limiter = limiters.get(factor) ?? new RateLimiterMemory({ points: points * factor, duration })
    limiters.set(factor, limiter)
    return limiter
  }
  return async (address: string, cost: number, detail: string): Promise<Refusal | null> => {
    for (const { key, factor } of limitPrefixes(address)) {
      const refusal = await consume(limiterOf(factor), { key, cost, detail })
      if (refusal) return refusal
    }
    return null
  }
}

const pass = Promise.resolve(null)

const unlimited: Limits = {
  request: () => pass,
  painter: () => pass,
  newPainter: () => pass,
  openSocket: () => true,
  closeSocket: () => undefined,
}

const consume = async (
  limiter: RateLimiterMemory,
  { key, cost, detail }: { key: string; cost: number; detail: string },
): Promise<Refusal | null> => {
  try {
    await limiter.consume(key, cost)
    return null
  } catch (result) {
    if (!(result instanceof RateLimiterRes)) throw result
    return { code: 'rate_limited', detail: `${detail} Slow down a little.`, retryAfterMs: Math.max(1, result.msBeforeNext) }
  }
}
