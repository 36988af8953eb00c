/**
 * Limits per address and per painter, other than charges: against one client that takes what belongs to all.
 *
 * They live in this process's memory, so a request never waits for another process, and a key is forgotten when its second or
 * minute is over (A6). Requests for static files do not count. Called by the API, by `place-pixels.ts` and by the gateway.
 */
import { isIP } from 'node:net'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { PainterId } from '../../lib/brand.ts'
import type { Refusal } from '../../lib/refusal.ts'

export const limitRates = {
  requestsPerSecondOfAddress: 100,
  requestsPerSecondOfPainter: 20,
  newPaintersPerMinuteOfAddress: 60,
  socketsOfAddress: 100,
} as const

export interface Limits {
  /** Null: go on. */
  request(address: string): Promise<Refusal | null>
  painter(painter: PainterId): Promise<Refusal | null>
  /** A new guest or a token. */
  newPainter(address: string): Promise<Refusal | null>
  /** False: too many are open. True must be followed by one `closeSocket`. */
  openSocket(address: string): boolean
  closeSocket(address: string): void
}

export const createLimits = (options: { enabled: boolean }): Limits => {
  if (!options.enabled) return unlimited
  const requests = new RateLimiterMemory({ points: limitRates.requestsPerSecondOfAddress, duration: 1 })
  const painters = new RateLimiterMemory({ points: limitRates.requestsPerSecondOfPainter, duration: 1 })
  const newPainters = new RateLimiterMemory({ points: limitRates.newPaintersPerMinuteOfAddress, duration: 60 })
  const sockets = new Map<string, number>()
  return {
    request: (address) => consume(requests, limitKey(address), 'Too many requests from this address.'),
    painter: (painter) => consume(painters, painter, 'Too many requests from this painter.'),
    newPainter: (address) => consume(newPainters, limitKey(address), 'Too many new guests or tokens from this address.'),
    openSocket(address) {
      const key = limitKey(address)
      const open = sockets.get(key) ?? 0
      if (open >= limitRates.socketsOfAddress) return false
      sockets.set(key, open + 1)
      return true
    },
    closeSocket(address) {
      const key = limitKey(address)
      const open = (sockets.get(key) ?? 1) - 1
      if (open > 0) sockets.set(key, open)
      else sockets.delete(key)
    },
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

const consume = async (limiter: RateLimiterMemory, key: string, detail: string): Promise<Refusal | null> => {
  try {
    await limiter.consume(key)
    return null
  } catch (result) {
    if (!(result instanceof RateLimiterRes)) throw result
    return { code: 'rate_limited', detail: `${detail} Slow down a little.`, retryAfterMs: Math.max(1, result.msBeforeNext) }
  }
}

/** What counts as one address. An IPv6 customer has at least a /64 to pick addresses from, so that is one. */
export const limitKey = (address: string): string => {
  if (isIP(address) !== 6) return address
  const [head = '', tail = ''] = address.toLowerCase().split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === '' ? [] : tail.split(':')
  const missing = address.includes('::') ? Math.max(0, 8 - front.length - back.length) : 0
  return [...front, ...Array<string>(missing).fill('0'), ...back]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
