import { expect, test } from 'vitest'
import { asPainterId } from '../../lib/brand.ts'
import { adminPainter, bearerOf, createSessions, type SessionsOptions } from './sessions.ts'

const dayMs = 86_400_000
const adminToken = 'an-admin-token-of-thirty-two-characters'

const setUp = (options: Partial<SessionsOptions> = {}) => {
  const clock = { nowMs: 1_000 * dayMs }
  let state = 1
  const sessions = createSessions({
    sessionSecret: 'a-session-secret-of-thirty-two-characters',
    adminToken,
    now: () => clock.nowMs,
    randomBytes: (count) =>
      Uint8Array.from({ length: count }, () => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
        return state >>> 24
      }),
    ...options,
  })
  const cookie = (admin = false, painter = sessions.newGuest()) =>
    sessions.sessionCookie({ painter, admin, secure: false }).split(';')[0] as string
  const byCookie = (header: string) => sessions.identify({ cookie: header, authorization: null })
  const byBearer = (token: string) => sessions.identify({ cookie: null, authorization: `Bearer ${token}` })
  return { clock, sessions, cookie, byCookie, byBearer }
}

test('a cookie proves the painter that it was made for', () => {
  const { sessions, cookie, byCookie } = setUp()
  const painter = sessions.newGuest()
  const identity = { kind: 'painter', painter, via: 'cookie' }
  expect(byCookie(cookie(false, painter))).toEqual(identity)
  expect(byCookie(`a=b; ${cookie(false, painter)}; c=d`)).toEqual(identity)
})

test('guests have ids of their own, of all letters and digits', () => {
  const { sessions } = setUp()
  const guests = Array.from({ length: 100 }, () => sessions.newGuest())
  expect(new Set(guests.map(({ id }) => id)).size).toBe(100)
  expect(new Set(guests.flatMap(({ id }) => [...id.slice(2)])).size).toBe(36)
  for (const { id, name, role } of guests) {
    expect(id).toMatch(/^p_[a-z0-9]{16}$/)
    expect({ name, role }).toEqual({ name: `Guest ${id.slice(-4)}`, role: 'guest' })
  }
})

test('every changed character makes a cookie worthless', () => {
  const { cookie, byCookie } = setUp()
  const good = cookie()
  const start = good.indexOf('=') + 1
  for (let i = start; i < good.length; i++) {
    const other = good[i] === 'a' ? 'b' : 'a'
    const forged = good.slice(0, i) + other + good.slice(i + 1)
    // The last character of 32 bytes in base64 carries four bits that mean nothing.
    if (i < good.length - 1) expect(byCookie(forged), `character ${i}`).toEqual({ kind: 'none' })
  }
})

test('a cookie ends after a year, also one that was seen before', () => {
  const { clock, cookie, byCookie } = setUp()
  const header = cookie()
  clock.nowMs += 365 * dayMs - 1
  expect(byCookie(header).kind).toBe('painter')
  clock.nowMs += 1
  expect(byCookie(header).kind).toBe('none')
})

test('a cookie is no token, and a token is no cookie', () => {
  const { sessions, cookie, byCookie, byBearer } = setUp()
  const painter = sessions.newGuest()
  const token = sessions.issueToken(painter)
  expect(byBearer(token)).toEqual({ kind: 'painter', painter, via: 'token' })
  expect(sessions.identify({ cookie: null, authorization: null, token })).toEqual({ kind: 'painter', painter, via: 'token' })
  expect(byCookie(`fresco_session=${token}`)).toEqual({ kind: 'none' })
  expect(byBearer(cookie().split('=')[1] as string)).toEqual({ kind: 'bad_token' })
})

test('a Bearer counts before a cookie, and a bad one is not mended by a good cookie', () => {
  const { sessions, cookie } = setUp()
  const header = cookie()
  expect(sessions.identify({ cookie: header, authorization: 'Bearer nope' })).toEqual({ kind: 'bad_token' })
  expect(sessions.identify({ cookie: header, authorization: 'Bearer' })).toEqual({ kind: 'bad_token' })
  expect(sessions.identify({ cookie: header, authorization: null, token: 'nope' })).toEqual({ kind: 'bad_token' })
  expect(sessions.identify({ cookie: header, authorization: 'Basic dXNlcg==' }).kind).toBe('painter')
})

test('the admin token is an admin', () => {
  const { sessions, byBearer } = setUp()
  expect(byBearer(adminToken)).toEqual({ kind: 'admin', painter: adminPainter, via: 'token' })
  expect(sessions.isAdminToken(adminToken)).toBe(true)
  expect(sessions.isAdminToken(`${adminToken}x`)).toBe(false)
  expect(byBearer(adminToken.slice(0, -1))).toEqual({ kind: 'bad_token' })
})

test('an admin’s cookie keeps the painter, and ends with the admin token that it was made with', () => {
  const { sessions, cookie, byCookie } = setUp()
  const painter = sessions.newGuest()
  const header = cookie(true, painter)
  expect(byCookie(header)).toEqual({ kind: 'admin', painter: { ...painter, role: 'admin' }, via: 'cookie' })
  expect(setUp({ adminToken: 'another-admin-token-of-thirty-two-chars' }).byCookie(header)).toEqual({ kind: 'none' })
})

test('another secret knows nothing of our statements', () => {
  const { sessions, cookie } = setUp()
  const stranger = setUp({ sessionSecret: 'another-session-secret-of-thirty-two' })
  expect(stranger.byCookie(cookie())).toEqual({ kind: 'none' })
  expect(stranger.byBearer(sessions.issueToken(sessions.newGuest()))).toEqual({ kind: 'bad_token' })
})

test('a painter’s id and age survive the way through a token', () => {
  const { sessions, byBearer } = setUp()
  const painter = { id: asPainterId('p_admin'), name: 'Admin', role: 'guest', createdAtMs: 0 } as const
  expect(byBearer(sessions.issueToken(painter))).toEqual({ kind: 'painter', painter, via: 'token' })
})

test('hasSession sees the claim, not whether it is true', () => {
  const { sessions } = setUp()
  expect(sessions.hasSession('a=b; fresco_session=forged')).toBe(true)
  expect(sessions.hasSession('a=fresco_session')).toBe(false)
  expect(sessions.hasSession(undefined)).toBe(false)
})

test.each([
  [null, null],
  ['Bearer abc', 'abc'],
  ['bearer   abc  ', 'abc'],
  ['Bearer', ''],
  ['Bearer ', ''],
  ['Basic abc', null],
  ['Bearerabc', null],
])('bearerOf(%j) is %j', (header, token) => {
  expect(bearerOf(header)).toBe(token)
})
