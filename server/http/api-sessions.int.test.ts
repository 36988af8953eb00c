/** Operators' sessions over real connections: signing in, signing out, and old cookies. */
import { describe, expect, test } from 'vitest'
import { adminSessionMs } from '../accounts/admin-sessions.ts'
import { signInLimits } from '../accounts/sign-in-guard.ts'
import { adminToken, type Fixture } from './api.fixture.ts'
import { asAdmin, bodyOf, cookieOf, expectProblem, start } from './api-expectations.fixture.ts'

/** The route goes through Next, so the tests call the Web handler. */
const session = (api: Fixture, method: string, options: { body?: unknown; cookie?: string } = {}) =>
  api.api.handle(
    new Request('http://localhost/api/admin/session', {
      method,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      headers: { 'content-type': 'application/json', ...(options.cookie ? { cookie: options.cookie } : {}) },
    }),
  )

const signIn = async (api: Fixture, cookie?: string) => {
  const response = await session(api, 'POST', { body: { token: adminToken }, ...(cookie ? { cookie } : {}) })
  expect(response.status).toBe(200)
  return cookieOf(response)
}

describe('an operator’s session', () => {
  test('the old cookie has no effect after signing out, and other sessions stay open', async () => {
    const api = await start()
    const [cookie, other] = [await signIn(api), await signIn(api)]
    expect((await api.post('/api/admin/outbox/pause', undefined, { cookie })).status).toBe(200)
    expect((await session(api, 'DELETE', { cookie })).status).toBe(204)
    for (const path of ['pause', 'resume']) {
      await expectProblem(await api.post(`/api/admin/outbox/${path}`, undefined, { cookie }), 'unauthenticated')
    }
    await expectProblem(await api.get('/api/admin/overview', { cookie }), 'unauthenticated')
    expect((await bodyOf(await api.get('/api/me', { cookie }))).painter.role).toBe('guest')
    expect((await api.get('/api/admin/overview', { cookie: other })).status).toBe(200)
  })

  test('a session that another process ended or opened is recognized at once', async () => {
    const api = await start()
    const cookie = await signIn(api)
    const [listed] = await api.store.readAdminSessions()
    await api.store.removeAllAdminSessions()
    await expectProblem(await api.get('/api/admin/overview', { cookie }), 'unauthenticated')
    if (listed) await api.store.saveAdminSession(listed, api.clock.nowMs)
    expect((await api.get('/api/admin/overview', { cookie })).status).toBe(200)
  })

  test('a session ends after twelve hours', async () => {
    const api = await start()
    const cookie = await signIn(api)
    api.clock.nowMs += adminSessionMs - 1
    expect((await api.get('/api/admin/overview', { cookie })).status).toBe(200)
    api.clock.nowMs += 1
    await expectProblem(await api.get('/api/admin/overview', { cookie }), 'unauthenticated')
  })

  test('signing out everywhere ends every session', async () => {
    const api = await start()
    const guest = cookieOf(await api.get('/api/me'))
    await expectProblem(await api.send('DELETE', '/api/admin/sessions', { headers: { cookie: guest } }), 'forbidden')
    const cookies = [await signIn(api, guest), await signIn(api), await signIn(api)]
    const response = await api.send('DELETE', '/api/admin/sessions', { headers: { cookie: cookies[0] ?? '' } })
    expect(response.status).toBe(204)
    for (const cookie of cookies) expect([401, 403]).toContain((await api.get('/api/admin/overview', { cookie })).status)
    const { painter } = await bodyOf(await api.get('/api/me', { cookie: guest }))
    expect((await bodyOf(await api.get('/api/me', { cookie: cookieOf(response) }))).painter).toEqual(painter)
    const again = await signIn(api)
    expect((await api.send('DELETE', '/api/admin/sessions', { headers: asAdmin })).status).toBe(204)
    await expectProblem(await api.get('/api/admin/overview', { cookie: again }), 'unauthenticated')
  })

  test('an operator signs in and out while the store is down', async () => {
    const api = await start()
    api.store.isDown = true
    const cookie = await signIn(api)
    expect((await api.get('/api/admin/overview', { cookie })).status).toBe(200)
    expect((await session(api, 'DELETE', { cookie })).status).toBe(204)
    await expectProblem(await api.get('/api/admin/overview', { cookie }), 'unauthenticated')
  })

  test('an operator gets no token, because it would outlast the session', async () => {
    const api = await start()
    await expectProblem(await api.post('/api/tokens', undefined, { cookie: await signIn(api) }), 'forbidden')
    await expectProblem(await api.post('/api/tokens', undefined, asAdmin), 'forbidden')
  })
})

describe('guesses', () => {
  test('an address with ten wrong guesses waits a minute, also with the right token', async () => {
    const api = await start({ rateLimits: true })
    for (let index = 0; index < signInLimits.failuresOfAddress; index++) {
      await expectProblem(await api.get('/api/me', { authorization: `Bearer guess-${index}` }), 'unauthenticated')
    }
    const problem = await expectProblem(await api.get('/api/me', { authorization: 'Bearer guess' }), 'rate_limited')
    expect(problem.retryAfterMs).toBe(signInLimits.windowMs)
    await expectProblem(await api.get('/api/admin/overview', asAdmin), 'rate_limited')
    const { token } = await bodyOf(await api.post('/api/tokens'))
    expect((await api.get('/api/me', { authorization: `Bearer ${token}` })).status).toBe(200)
    api.clock.nowMs += signInLimits.windowMs
    expect((await api.get('/api/admin/overview', asAdmin)).status).toBe(200)
  })

  test('wrong tokens and links at the sign-in are counted together', async () => {
    const api = await start({ rateLimits: true })
    for (let index = 0; index < signInLimits.failuresOfAddress; index++) {
      const body = index % 2 ? { token: 'wrong' } : { link: 'wrong' }
      expect((await session(api, 'POST', { body })).status).toBe(401)
    }
    expect((await session(api, 'POST', { body: { token: adminToken } })).status).toBe(429)
  })

  test('an expired token is refused as expired, and an old one is renewed before', async () => {
    const api = await start()
    const { token, painter } = await bodyOf(await api.post('/api/tokens'))
    const headers = { authorization: `Bearer ${token}` }
    expect((await api.get('/api/me', headers)).headers.get('fresco-token')).toBeNull()
    api.clock.nowMs += 86_400_000
    const renewed = (await api.post('/api/pixels', { gx: 0, gy: 0, color: 1 }, headers)).headers.get('fresco-token')
    api.clock.nowMs += 29 * 86_400_000
    const problem = await expectProblem(await api.get('/api/me', headers), 'unauthenticated')
    expect(problem.detail).toContain('expired')
    expect((await bodyOf(await api.get('/api/me', { authorization: `Bearer ${renewed}` }))).painter.id).toBe(painter.id)
  })
})
