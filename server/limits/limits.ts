/**
 * Rate limits per address and per painter, so that one client cannot use up the capacity for all.
 *
 * The counts are in this process's memory, so a request never waits for another process. A key is removed after its second or minute (A6).
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
  uploadsPerMinuteOfAddress: 60,
  uploadsPerMinuteOfPainter: 10,
  socketsOfAddress: 100,
} as const

/** The cost of expensive requests. Others cost 1. */
export const requestCosts = {
  page: 4,
  pixelHistory: 2,
  stats: 2,
  logPage: 5,
  pastBoard: 10,
  ages: 5,
  picture: 25,
  template: 2,
} as const

export interface Limits {
  /** Null: the request is allowed. `cost` is 1 by default. */
  request(address: string, cost?: number): Promise<Refusal | null>
  painter(painter: PainterId): Promise<Refusal | null>
  /** For a new guest or a token. */
  newPainter(address: string): Promise<Refusal | null>
  /** For a template that is uploaded or changed. */
  upload(address: string, painter: PainterId): Promise<Refusal | null>
  /** False: too many are open. After true, call `closeSocket` once. */
  openSocket(address: string): boolean
  closeSocket(address: string): void
}

export const createLimits = (options: { enabled: boolean }): Limits => {
  if (!options.enabled) return unlimited
  const requests = perAddress(limitRates.requestsPerSecondOfAddress, 1)
  const painters = new RateLimiterMemory({ points: limitRates.requestsPerSecondOfPainter, duration: 1 })
  const newPainters = perAddress(limitRates.newPaintersPerMinuteOfAddress, 60)
  const uploads = perAddress(limitRates.uploadsPerMinuteOfAddress, 60)
  const painterUploads = new RateLimiterMemory({ points: limitRates.uploadsPerMinuteOfPainter, duration: 60 })
  const sockets = createAddressCounts(limitRates.socketsOfAddress)
  return {
    request: (address, cost = 1) => requests(address, cost, 'Too many requests from this address.'),
    painter: (painter) => consume(painters, { key: painter, cost: 1, detail: 'Too many requests from this painter.' }),
    newPainter: (address) => newPainters(address, 1, 'Too many new guests or tokens from this address.'),
    upload: async (address, painter) =>
      (await consume(painterUploads, { key: painter, cost: 1, detail: 'Too many changes of templates by this painter.' })) ??
      uploads(address, 1, 'Too many changes of templates from this address.'),
    openSocket: (address) => sockets.take(address),
    closeSocket: (address) => sockets.release(address),
  }
}

/** One limiter for addresses and one for each wider prefix. A request over the limit of its address costs the wider prefixes nothing. */
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
  upload: () => pass,
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
    return { code: 'rate_limited', detail: `${detail} Slow down.`, retryAfterMs: Math.max(1, result.msBeforeNext) }
  }
}
