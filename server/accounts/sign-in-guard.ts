/**
 * Throttles guesses at the operator's secrets, per address and in total, and logs sign-ins and failures without the secrets.
 * HTTP and sockets share it. An expired token of a painter is not a guess and is not counted.
 */
import { LRUCache } from 'lru-cache'
import type { Refusal } from '../../lib/refusal.ts'
import { limitKey } from '../limits/address-prefixes.ts'
import type { Logger } from '../observability/log.ts'
import type { ThrottledWarnings } from '../observability/throttled-warnings.ts'
import { named } from '../request-id.ts'
import type { BadToken, Caller } from './caller.ts'

export const signInLimits = { failuresOfAddress: 10, failuresInAll: 100, windowMs: 60_000, maxAddresses: 10_000 } as const

export type SignInWay = 'token' | 'link' | 'bearer' | 'socket'

export interface SignInGuard {
  /** Null: this address may sign in. Call it before a secret is compared. */
  refuse(address: string): Refusal | null
  /** The reason to refuse these credentials, or null. Counts a wrong token. */
  refuseToken(options: { identified: Caller | BadToken; address: string; way: 'bearer' | 'socket' }): Refusal | null
  /** Counts and logs a wrong secret. Returns `unauthenticated`, or `rate_limited` over the limit. */
  failed(options: { address: string; way: SignInWay; detail: string }): Refusal
  signedIn(options: { address: string; way: SignInWay; by: string }): void
  signedOut(options: { address: string; by: string; everywhere: boolean }): void
}

interface Window {
  failures: number
  endsAtMs: number
}

export interface SignInGuardOptions {
  readonly enabled: boolean
  readonly monotonicNow: () => number
  readonly throttledWarnings: ThrottledWarnings
  readonly logger: Pick<Logger, 'info'>
}

const expiredToken: Refusal = { code: 'unauthenticated', detail: 'This token has expired. Get a new one from POST /api/tokens.' }
const wrongToken = 'This token is not valid.'

export const createSignInGuard = ({ enabled, monotonicNow: now, throttledWarnings, logger }: SignInGuardOptions): SignInGuard => {
  const windows = new LRUCache<string, Window>({ max: signInLimits.maxAddresses })
  let inAll: Window = { failures: 0, endsAtMs: 0 }

  const isOpen = (window: Window | undefined): window is Window => window !== undefined && now() < window.endsAtMs
  const fresh = (): Window => ({ failures: 0, endsAtMs: now() + signInLimits.windowMs })

  /** The end of the limit; null without one. */
  const throttledUntil = (window: Window | undefined, limit: number) =>
    enabled && isOpen(window) && window.failures >= limit ? window.endsAtMs : null
  const addressUntil = (address: string) => throttledUntil(windows.get(limitKey(address)), signInLimits.failuresOfAddress)
  const totalUntil = () => throttledUntil(inAll, signInLimits.failuresInAll)

  const tooMany = (untilMs: number): Refusal => ({
    code: 'rate_limited',
    detail: 'Too many wrong tokens. Wait a moment before the next try.',
    retryAfterMs: Math.max(1, Math.ceil(untilMs - now())),
  })

  const limitOf = (address: string): Refusal | null => {
    const untilMs = addressUntil(address) ?? totalUntil()
    return untilMs === null ? null : tooMany(untilMs)
  }

  const refuse: SignInGuard['refuse'] = (address) => {
    const limited = limitOf(address)
    if (!limited) return null
    const refused = named(limited)
    throttledWarnings.warn(address, 'sign_ins_refused', { requestId: refused.requestId })
    return refused
  }

  const failed: SignInGuard['failed'] = ({ address, way, detail }) => {
    const refused = named(limitOf(address) ?? { code: 'unauthenticated', detail })
    const key = limitKey(address)
    const known = windows.get(key)
    const window = isOpen(known) ? known : fresh()
    if (!isOpen(inAll)) inAll = fresh()
    window.failures++
    inAll.failures++
    windows.set(key, window)
    throttledWarnings.warn(address, 'sign_in_failed', { way, requestId: refused.requestId })
    return refused
  }

  return {
    refuse,
    failed,
    refuseToken({ identified, address, way }) {
      if (identified.kind === 'bad_token') return identified.expired ? expiredToken : failed({ address, way, detail: wrongToken })
      // Otherwise the answer would show a throttled address that its guess was right.
      const untilMs = identified.kind === 'admin' && identified.via === 'token' ? addressUntil(address) : null
      return untilMs === null ? null : tooMany(untilMs)
    },
    signedIn: ({ address, way, by }) => logger.info({ event: 'admin_signed_in', address, way, by }),
    signedOut: ({ address, by, everywhere }) => logger.info({ event: 'admin_signed_out', address, by, everywhere }),
  }
}
