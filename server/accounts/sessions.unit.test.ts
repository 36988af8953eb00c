import { expect, test } from 'vitest'
import { asPainterId } from '../../lib/brand.ts'
import { adminPainter, bearerOf, createSessions, type SessionsOptions } from './sessions.ts'

const dayMs = 86_400_000
const sessionId = '0123456789abcdef0123456789abcdef'
const adminToken = 'an-admin-token-of-thirty-two-characters'

const setUp = (options: Partial<SessionsOptions> = {}) => {
  const clock = { nowMs: 1_000 * dayMs }
  const open = new Set<string>()
  let state = 1
  const sessions = createSessions({
    sessionSecret: 'a-session-secret-of-thirty-two-characters',
    adminToken,
    isAdminSessionOpen: (id) => open.has(id),
    now: () => clock.nowMs,
    randomBytes: (count) =>
      Uint8Array.from({ length: count }, () => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
        return state >>> 24
      }),
    ...options,
  })
  const cookie = (session: string | null = null, painter = sessions.newGuest(), secure = false) =>
    sessions.sessionCookie({ painter, session, secure }).split(';')[0] as string
  const renewal = (header: string, secure = false) => sessions.renewal({ credentials: { cookie: header, authorization: null }, secure })
  const byCookie = (header: string) => sessions.identify({ cookie: header, authorization: null })
  const byBearer = (token: string) => sessions.identify({ cookie: null, authorization: `Bearer ${token}` })
  return { clock, open, sessions, cookie, renewal, byCookie, byBearer }
}

test('a cookie proves the painter that it was made for', () => {
  const { sessions, cookie, byCookie } = setUp()
  const painter = sessions.newGuest()
  const caller = { kind: 'guest', painter, via: 'cookie' }
  expect(byCookie(cookie(null, painter))).toEqual(caller)
  expect(byCookie(`a=b; ${cookie(null, painter)}; c=d`)).toEqual(caller)
})

test('each guest has a different id, of all letters and digits', () => {
  const { sessions } = setUp()
  const guests = Array.from({ length: 100 }, () => sessions.newGuest())
  expect(new Set(guests.map(({ id }) => id)).size).toBe(100)
  expect(new Set(guests.flatMap(({ id }) => [...id.slice(2)])).size).toBe(36)
  for (const { id, name, role } of guests) {
    expect(id).toMatch(/^p_[a-z0-9]{16}$/)
    expect({ name, role }).toEqual({ name: `Guest ${id.slice(-4)}`, role: 'guest' })
  }
})

test('any changed character makes a cookie invalid', () => {
  const { cookie, byCookie } = setUp()
  const good = cookie()
  const start = good.indexOf('=') + 1
  for (let i = start; i < good.length; i++) {
    const other = good[i] === 'a' ? 'b' : 'a'
    const forged = good.slice(0, i) + other + good.slice(i + 1)
    // The last character of 32 bytes in base64 carries four bits that mean nothing.
    if (i < good.length - 1) expect(byCookie(forged), `character ${i}`).toEqual({ kind: 'anonymous' })
  }
})

test('a cookie and a token expire after thirty days, also when they are cached', () => {
  const { clock, sessions, cookie, byCookie, byBearer } = setUp()
  const [header, token] = [cookie(), sessions.issueToken(sessions.newGuest())]
  clock.nowMs += 30 * dayMs - 1
  expect(byCookie(header).kind).toBe('guest')
  expect(byBearer(token).kind).toBe('guest')
  clock.nowMs += 1
  expect(byCookie(header)).toEqual({ kind: 'anonymous' })
  expect(byBearer(token)).toEqual({ kind: 'bad_token', expired: true })
})

test('use renews a cookie and a token once a day, for the same painter', () => {
  const { clock, sessions, cookie, renewal, byCookie, byBearer } = setUp()
  const painter = sessions.newGuest()
  const [header, token] = [cookie(null, painter), sessions.issueToken(painter)]
  const renewedToken = () => sessions.renewal({ credentials: { cookie: null, authorization: `Bearer ${token}` }, secure: false })
  clock.nowMs += dayMs - 1
  expect([renewal(header), renewedToken()]).toEqual([null, null])
  clock.nowMs += 1
  const [newCookie, newToken] = [renewal(header), renewedToken()]
  clock.nowMs += 29 * dayMs
  expect(byCookie(header).kind).toBe('anonymous')
  expect(newCookie && 'setCookie' in newCookie && byCookie(newCookie.setCookie.split(';')[0] ?? '')).toMatchObject({ painter })
  expect(newToken && 'token' in newToken && byBearer(newToken.token)).toMatchObject({ painter })
})

test('a cookie is not valid as a token, nor a token as a cookie', () => {
  const { sessions, cookie, byCookie, byBearer } = setUp()
  const painter = sessions.newGuest()
  const token = sessions.issueToken(painter)
  expect(byBearer(token)).toEqual({ kind: 'guest', painter, via: 'token' })
  expect(sessions.identify({ cookie: null, authorization: null, token })).toEqual({ kind: 'guest', painter, via: 'token' })
  expect(byCookie(`fresco_session=${token}`)).toEqual({ kind: 'anonymous' })
  expect(byBearer(cookie().split('=')[1] as string)).toEqual({ kind: 'bad_token' })
})

test('a Bearer has priority over a cookie, also a bad one over a good cookie', () => {
  const { sessions, cookie } = setUp()
  const header = cookie()
  expect(sessions.identify({ cookie: header, authorization: 'Bearer nope' })).toEqual({ kind: 'bad_token' })
  expect(sessions.identify({ cookie: header, authorization: 'Bearer' })).toEqual({ kind: 'bad_token' })
  expect(sessions.identify({ cookie: header, authorization: null, token: 'nope' })).toEqual({ kind: 'bad_token' })
  expect(sessions.identify({ cookie: header, authorization: 'Basic dXNlcg==' }).kind).toBe('guest')
})

test('the admin token is an admin', () => {
  const { sessions, byBearer } = setUp()
  expect(byBearer(adminToken)).toEqual({ kind: 'admin', painter: adminPainter, via: 'token', session: null })
  expect(sessions.isAdminToken(adminToken)).toBe(true)
  expect(sessions.isAdminToken(`${adminToken}x`)).toBe(false)
  expect(byBearer(adminToken.slice(0, -1))).toEqual({ kind: 'bad_token' })
})

test('a cookie with a session is an admin while the session is open, and its painter afterwards', () => {
  const { clock, open, sessions, cookie, renewal, byCookie } = setUp()
  const painter = sessions.newGuest()
  const header = cookie(sessionId, painter)
  expect(sessions.claimedSession(header)).toBe(sessionId)
  expect(byCookie(header)).toEqual({ kind: 'guest', painter, via: 'cookie' })
  open.add(sessionId)
  expect(byCookie(header)).toEqual({ kind: 'admin', painter: { ...painter, role: 'admin' }, via: 'cookie', session: sessionId })
  open.delete(sessionId)
  expect(byCookie(header).kind).toBe('guest')
  clock.nowMs += dayMs
  const renewed = renewal(header)
  open.add(sessionId)
  expect(renewed && 'setCookie' in renewed && byCookie(renewed.setCookie.split(';')[0] ?? '').kind).toBe('guest')
})

test('only an open session paints as the operator', () => {
  const { sessions, cookie, byCookie, byBearer } = setUp()
  expect(byCookie(cookie(sessionId, adminPainter))).toEqual({ kind: 'anonymous' })
  expect(byCookie(cookie(null, adminPainter))).toEqual({ kind: 'anonymous' })
  expect(byBearer(sessions.issueToken(adminPainter)).kind).toBe('bad_token')
})

test('the name of the cookie differs for each installation, and is bound to the host over https', () => {
  const one = setUp()
  const two = setUp({ sessionSecret: 'another-session-secret-of-thirty-two' })
  expect(one.cookie()).toMatch(/^fresco_session_[0-9a-f]{8}=/)
  expect(one.cookie().split('=')[0]).not.toBe(two.cookie().split('=')[0])
  const painter = one.sessions.newGuest()
  expect(one.cookie(null, painter, true)).toMatch(/^__Host-fresco_session_/)
  // Both installations answer one browser, which sends both cookies to each.
  expect(one.byCookie(`${two.cookie()}; ${one.cookie(null, painter)}`)).toMatchObject({ painter })
})

test('a cookie with the old name is accepted, and replaced by one with the new name', () => {
  const { sessions, cookie, renewal, byCookie } = setUp()
  const painter = sessions.newGuest()
  const old = `fresco_session=${cookie(null, painter).split('=')[1]}`
  expect(byCookie(old)).toEqual({ kind: 'guest', painter, via: 'cookie' })
  expect(renewal(old)).toMatchObject({ setCookie: expect.stringMatching(/^fresco_session_[0-9a-f]{8}=/) })
  expect(renewal(cookie(null, painter))).toBeNull()
  expect(renewal(cookie(null, painter), true)).toMatchObject({ setCookie: expect.stringMatching(/^__Host-fresco_session_/) })
  // Another host of the domain may set the old and the plain name, and does not win.
  expect(byCookie(`${cookie()}; ${cookie(null, painter, true)}`)).toMatchObject({ painter })
})

test('statements are not valid under another secret', () => {
  const { sessions, cookie } = setUp()
  const stranger = setUp({ sessionSecret: 'another-session-secret-of-thirty-two' })
  expect(stranger.byCookie(cookie())).toEqual({ kind: 'anonymous' })
  expect(stranger.byBearer(sessions.issueToken(sessions.newGuest()))).toEqual({ kind: 'bad_token' })
})

test('a token keeps the id and the age of its painter', () => {
  const { sessions, byBearer } = setUp()
  const painter = { id: asPainterId('p_abcd'), name: 'Guest abcd', role: 'guest', createdAtMs: 0 } as const
  expect(byBearer(sessions.issueToken(painter))).toEqual({ kind: 'guest', painter, via: 'token' })
})

test('hasSession finds a session cookie, valid or not', () => {
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
