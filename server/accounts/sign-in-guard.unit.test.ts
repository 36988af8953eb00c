import { expect, test } from 'vitest'
import { createThrottledWarnings } from '../observability/throttled-warnings.ts'
import type { Caller } from './caller.ts'
import { adminPainter } from './sessions.ts'
import { createSignInGuard, signInLimits } from './sign-in-guard.ts'

const operator: Caller = { kind: 'admin', painter: adminPainter, via: 'token', session: null }

const setUp = ({ enabled = true } = {}) => {
  const clock = { nowMs: 0 }
  const lines: unknown[] = []
  const logger = { info: (line: unknown) => void lines.push(line), warn: (line: unknown) => void lines.push(line) }
  const throttledWarnings = createThrottledWarnings({ logger, now: () => clock.nowMs })
  const guard = createSignInGuard({ enabled, monotonicNow: () => clock.nowMs, throttledWarnings, logger })
  const fail = (address: string) => guard.failed({ address, way: 'token', detail: 'ViolationKind.' })
  return { clock, guard, fail, lines }
}

test('an address may fail ten times a minute', () => {
  const { clock, guard, fail } = setUp()
  for (let index = 0; index < signInLimits.failuresOfAddress; index++) {
    expect(guard.refuse('1.2.3.4')).toBeNull()
    expect(fail('1.2.3.4').code).toBe('unauthenticated')
  }
  expect(guard.refuse('1.2.3.4')).toMatchObject({ code: 'rate_limited', retryAfterMs: 60_000 })
  expect(guard.refuseToken({ identified: operator, address: '1.2.3.4', way: 'bearer' })?.code).toBe('rate_limited')
  expect(fail('1.2.3.4').code).toBe('rate_limited')
  expect(guard.refuse('1.2.3.5')).toBeNull()
  clock.nowMs = signInLimits.windowMs
  expect(guard.refuse('1.2.3.4')).toBeNull()
})

test('an IPv6 customer counts as one address', () => {
  const { guard, fail } = setUp()
  for (let index = 0; index < signInLimits.failuresOfAddress; index++) fail(`2001:db8::${index + 1}`)
  expect(guard.refuse('2001:db8::ffff')?.code).toBe('rate_limited')
})

test('all addresses together may fail a hundred times a minute, and a right Bearer still passes', () => {
  const { clock, guard, fail } = setUp()
  for (let index = 0; index < signInLimits.failuresInAll; index++) fail(`10.0.0.${index}`)
  expect(guard.refuse('1.2.3.4')).toMatchObject({ code: 'rate_limited' })
  expect(guard.refuseToken({ identified: operator, address: '1.2.3.4', way: 'bearer' })).toBeNull()
  clock.nowMs = signInLimits.windowMs
  expect(guard.refuse('1.2.3.4')).toBeNull()
})

test('an expired token is refused with a remedy, and does not count as a guess', () => {
  const { guard } = setUp()
  const expired = { identified: { kind: 'bad_token', expired: true }, address: '1.2.3.4', way: 'socket' } as const
  for (let index = 0; index < 20; index++) expect(guard.refuseToken(expired)?.detail).toContain('POST /api/tokens')
  expect(guard.refuse('1.2.3.4')).toBeNull()
  const wrong = { ...expired, identified: { kind: 'bad_token' } } as const
  for (let index = 0; index < 10; index++) expect(guard.refuseToken(wrong)?.code).toBe('unauthenticated')
  expect(guard.refuseToken(wrong)?.code).toBe('rate_limited')
})

test('failures are logged once a minute for each address, sign-ins and sign-outs each time', () => {
  const { guard, fail, lines } = setUp()
  for (let index = 0; index < 50; index++) fail('1.2.3.4')
  guard.signedIn({ address: '1.2.3.4', way: 'link', by: 'p_admin' })
  guard.signedOut({ address: '1.2.3.4', by: 'p_admin', everywhere: true })
  expect(lines).toEqual([
    { event: 'sign_in_failed', address: '1.2.3.4', way: 'token', requestId: expect.stringMatching(/^[0-9a-f]{16}$/) },
    { event: 'admin_signed_in', address: '1.2.3.4', way: 'link', by: 'p_admin' },
    { event: 'admin_signed_out', address: '1.2.3.4', by: 'p_admin', everywhere: true },
  ])
})

test('with RATE_LIMITS=off nothing is throttled', () => {
  const { guard, fail } = setUp({ enabled: false })
  for (let index = 0; index < 200; index++) expect(fail('1.2.3.4').code).toBe('unauthenticated')
  expect(guard.refuse('1.2.3.4')).toBeNull()
})
