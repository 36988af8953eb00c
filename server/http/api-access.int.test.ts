/** Sessions, tokens, admins, origins and limits, over real connections. */
import { describe, expect, test } from 'vitest'
import { adminToken, metricsToken } from './api.fixture.ts'
import { asAdmin, bodyOf, cookieOf, expectProblem, start } from './api-expectations.fixture.ts'

describe('callers', () => {
  test('GET /api/me makes a guest only without a cookie', async () => {
    const { get } = await start({ canvas: { cooldownMs: 5_000 } })
    const first = await get('/api/me')
    const setCookie = first.headers.get('set-cookie') ?? ''
    expect(setCookie).toMatch(/^fresco_session_[0-9a-f]{8}=[^;]+; /)
    for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/', 'Max-Age=2592000']) expect(setCookie).toContain(part)
    expect(setCookie).not.toContain('Secure')
    const me = await bodyOf(first)
    expect(me).toEqual({
      painter: { id: expect.stringMatching(/^p_[a-z0-9]{12,}$/), name: `Guest ${me.painter.id.slice(-4)}`, role: 'guest' },
      charges: { available: 5, max: 5, nextChargeAt: null, nextChargeInMs: null },
    })
    expect(first.headers.get('access-control-allow-origin')).toBeNull()
    const again = await get('/api/me?canvas=main', { cookie: `other=1; ${cookieOf(first)}` })
    expect(again.headers.get('set-cookie')).toBeNull()
    expect((await bodyOf(again)).painter).toEqual(me.painter)
    await expectProblem(await get('/api/me?canvas=nope'), 'canvas_not_found')
  })

  test('a forged, foreign or expired cookie counts as none', async () => {
    const { get, clock } = await start()
    const cookie = cookieOf(await get('/api/me'))
    const { painter } = await bodyOf(await get('/api/me', { cookie }))
    const forged = cookie.replace(painter.id, 'p_aaaaaaaaaaaaaaaa')
    for (const bad of [forged, `${cookie}x`, 'fresco_session=', 'fresco_session=1.2.3', `fresco_session=${'x'.repeat(3_000)}`]) {
      const response = await get('/api/me', { cookie: bad })
      expect(response.headers.get('set-cookie')).toMatch(/^fresco_session_/)
      expect((await bodyOf(response)).painter.id).not.toBe('p_aaaaaaaaaaaaaaaa')
    }
    clock.nowMs += 30 * 86_400_000
    expect((await get('/api/me', { cookie })).headers.get('set-cookie')).toMatch(/^fresco_session_/)
  })

  test('POST /api/tokens makes a new guest, or a token for the calling painter', async () => {
    const { get, post } = await start()
    const response = await post('/api/tokens')
    expect(response.status).toBe(201)
    expect(response.headers.get('set-cookie')).toBeNull()
    const { token, painter } = await bodyOf(response)
    const headers = { authorization: `bearer ${token}` }
    expect((await bodyOf(await get('/api/me', headers))).painter).toEqual({ ...painter, role: 'guest' })
    expect((await bodyOf(await post('/api/tokens', undefined, headers))).painter).toEqual(painter)
    const cookie = cookieOf(await get('/api/me'))
    const mine = (await bodyOf(await get('/api/me', { cookie }))).painter
    expect((await bodyOf(await post('/api/tokens', undefined, { cookie }))).painter.id).toBe(mine.id)
  })

  test('a bad Bearer is refused by every route, before the body is read', async () => {
    const { get, post, send } = await start()
    const cookie = cookieOf(await get('/api/me'))
    const { token } = await bodyOf(await post('/api/tokens'))
    for (const bad of ['x', '', cookie.split('=')[1], `${token}x`, metricsToken]) {
      const headers = { authorization: `Bearer ${bad}`, cookie }
      await expectProblem(await get('/api/me', headers), 'unauthenticated')
      await expectProblem(await post('/api/pixels', { gx: 0, gy: 0, color: 1 }, headers), 'unauthenticated')
      await expectProblem(await send('POST', '/api/pixels', { body: 'x'.repeat(17_000), headers }), 'unauthenticated')
      await expectProblem(await post('/api/tokens', undefined, headers), 'unauthenticated')
      await expectProblem(await send('POST', '/api/admin/canvases/main/picture', { body: 'x', headers }), 'unauthenticated')
    }
    expect((await get('/api/me', { authorization: 'Basic dXNlcjpwYXNz', cookie })).status).toBe(200)
    const asCookie = await get('/api/me', { cookie: `fresco_session=${token}` })
    expect(asCookie.headers.get('set-cookie')).toMatch(/^fresco_session_/)
  })

  test('the admin token paints as the admin', async () => {
    const { get, post } = await start()
    expect((await bodyOf(await get('/api/me', asAdmin))).painter).toEqual({ id: 'p_admin', name: 'Admin', role: 'admin' })
    await post('/api/pixels', { gx: 0, gy: 0, color: 1 }, asAdmin)
    expect(await bodyOf(await get('/api/canvases/main/pixels/0/0'))).toMatchObject({ by: { id: 'p_admin', name: 'Admin' } })
  })

  test('a browser signs in as an admin and signs out', async () => {
    const { get, post, send, api } = await start()
    // The route goes through Next, so the test calls the Web handler.
    const ask = (method: string, init: RequestInit) => api.handle(new Request('http://localhost/api/admin/session', { method, ...init }))
    const cookie = cookieOf(await get('/api/me'))
    const { painter } = await bodyOf(await get('/api/me', { cookie }))
    await expectProblem(await ask('POST', { body: '{"token":"nope"}', headers: { 'content-type': 'application/json' } }), 'unauthenticated')
    await expectProblem(await ask('POST', { body: '{}', headers: { 'content-type': 'application/json' } }), 'invalid_request')
    const json = { 'content-type': 'application/json' }
    const became = await ask('POST', { body: JSON.stringify({ token: adminToken }), headers: { ...json, cookie } })
    expect(became.status).toBe(200)
    const adminCookie = cookieOf(became)
    expect((await bodyOf(await get('/api/me', { cookie: adminCookie }))).painter).toEqual({ ...painter, role: 'admin' })
    const refused = await send('POST', '/api/admin/canvases/main/picture', { body: 'x', headers: { cookie, 'content-type': 'image/png' } })
    await expectProblem(refused, 'forbidden')
    const ended = await ask('DELETE', { headers: { cookie: adminCookie } })
    expect(ended.status).toBe(204)
    expect((await bodyOf(await get('/api/me', { cookie: cookieOf(ended) }))).painter).toEqual(painter)
    const fresh = await ask('POST', { body: JSON.stringify({ token: adminToken }), headers: json })
    expect((await bodyOf(fresh)).painter.id).toBe('p_admin')
    const gone = await ask('DELETE', { headers: { cookie: cookieOf(fresh) } })
    expect(gone.headers.get('set-cookie')).toContain('Max-Age=0')
    expect((await post('/api/tokens')).status).toBe(201)
  })

  test('the sign-in link of the first start works once', async () => {
    const { get, api, signInLink } = await start()
    const link = signInLink.make('http://localhost').split('=')[1]
    const ask = (body: unknown) => {
      const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
      return api.handle(new Request('http://localhost/api/admin/session', init))
    }
    await expectProblem(await ask({ link: 'nope' }), 'unauthenticated')
    await expectProblem(await ask({ link, token: 'nope' }), 'unauthenticated')
    const became = await ask({ link })
    expect(became.status).toBe(200)
    expect((await bodyOf(await get('/api/me', { cookie: cookieOf(became) }))).painter.role).toBe('admin')
    await expectProblem(await ask({ link }), 'unauthenticated')
  })

  test('cookies are Secure under https', async () => {
    const behindProxy = await start({ trustProxy: 1 })
    const secure = await behindProxy.get('/api/me', { 'x-forwarded-proto': 'https', 'x-forwarded-for': '1.2.3.4' })
    expect(secure.headers.get('set-cookie')).toMatch(/^__Host-fresco_session_.*Path=\/.*Secure/)
    expect(secure.headers.get('set-cookie')).not.toContain('Domain')
    const untrusted = await start()
    expect((await untrusted.get('/api/me', { 'x-forwarded-proto': 'https' })).headers.get('set-cookie')).not.toContain('Secure')
    const published = await start({ publicUrls: ['https://fresco.example'] })
    expect((await published.get('/api/me')).headers.get('set-cookie')).toContain('Secure')
  })
})

describe('Origin', () => {
  const body = { gx: 0, gy: 0, color: 1 }

  test('without PUBLIC_URL it must equal the Host, which must be an address', async () => {
    const { post, get, url, port } = await start()
    expect((await post('/api/pixels', body, { origin: url })).status).toBe(201)
    for (const origin of [
      'http://evil.example',
      'null',
      `http://127.0.0.1:${port + 1}`,
      `http://localhost:${port}`,
      'garbage',
      `${url}.evil.example`,
    ]) {
      await expectProblem(await post('/api/pixels', body, { origin }), 'forbidden')
      await expectProblem(await post('/api/tokens', undefined, { origin }), 'forbidden')
      expect((await get('/api/canvases/main', { origin })).status).toBe(200)
    }
  })

  test('with PUBLIC_URL it must be in the list', async () => {
    const { post, url } = await start({ publicUrls: ['https://a.example', 'http://b.example:8080'] })
    for (const origin of ['https://a.example', 'http://b.example:8080'])
      expect((await post('/api/pixels', body, { origin })).status).toBe(201)
    for (const origin of [url, 'http://a.example', 'https://b.example:8080'])
      await expectProblem(await post('/api/pixels', body, { origin }), 'forbidden')
    expect((await post('/api/pixels', body)).status).toBe(201)
  })

  test('pages of every origin may read public GETs without credentials, and nothing else', async () => {
    const { send } = await start()
    const open = await send('OPTIONS', '/api/canvases/main/tiles/0/board')
    expect(open.status).toBe(204)
    expect(open.headers.get('access-control-allow-origin')).toBe('*')
    expect(open.headers.get('access-control-allow-methods')).toBe('GET, HEAD')
    expect(open.headers.get('access-control-allow-credentials')).toBeNull()
    for (const path of ['/api/pixels', '/api/me', '/api/tokens', '/metrics']) {
      const closed = await send('OPTIONS', path)
      expect(closed.status).toBe(204)
      expect(closed.headers.get('allow')).toContain('OPTIONS')
      expect(closed.headers.get('access-control-allow-origin')).toBeNull()
      expect(closed.headers.get('access-control-allow-methods')).toBeNull()
    }
    const refused = await send('GET', '/api/canvases/nope')
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
  })
})

describe('limits', () => {
  test('20 requests a second per painter', async () => {
    const { post } = await start({ rateLimits: true })
    const { token } = await bodyOf(await post('/api/tokens'))
    const headers = { authorization: `Bearer ${token}` }
    const answers = await Promise.all(Array.from({ length: 25 }, (_, gx) => post('/api/pixels', { gx, gy: 0, color: 1 }, headers)))
    expect(answers.filter(({ status }) => status === 201).length).toBe(20)
    const limited = answers.find(({ status }) => status === 429) as Response
    expect(limited.headers.get('retry-after')).toBe('1')
    expect((await expectProblem(limited, 'rate_limited')).retryAfterMs).toBeGreaterThan(0)
  })

  test('60 new guests or tokens a minute per address', async () => {
    const { post, get } = await start({ rateLimits: true })
    const statuses: number[] = []
    for (let i = 0; i < 62; i++) statuses.push((await (i % 2 ? post('/api/tokens') : get('/api/me'))).status)
    expect(statuses.filter((status) => status === 429).length).toBe(2)
    expect(statuses.lastIndexOf(201)).toBeLessThan(60)
  })

  test('100 requests a second per address, and probes do not count', async () => {
    const burst = async (): Promise<{ get: Awaited<ReturnType<typeof start>>['get']; answers: Response[] }> => {
      const { get } = await start({ rateLimits: true })
      const begunMs = performance.now()
      const answers = await Promise.all(Array.from({ length: 110 }, () => get('/api/canvases/main')))
      // On a busy machine a burst can take longer than the second that is limited.
      return performance.now() - begunMs < 900 ? { get, answers } : burst()
    }
    const { get, answers } = await burst()
    expect(answers.filter(({ status }) => status === 200).length).toBe(100)
    await expectProblem(answers.find(({ status }) => status === 429) as Response, 'rate_limited')
    expect((await get('/livez')).status).toBe(200)
  })
})

test('an image on another site makes no guest, so it cannot use up the new guests of an address', async () => {
  const { get } = await start({ rateLimits: true })
  for (let i = 0; i < 90; i++) {
    const site = i % 2 ? 'cross-site' : 'same-site'
    await expectProblem(
      await get('/api/me', { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }),
      'forbidden',
    )
  }
  for (const site of ['same-origin', 'none']) {
    const response = await get('/api/me', { 'sec-fetch-site': site })
    expect([response.status, response.headers.has('set-cookie')]).toEqual([200, true])
  }
})

test('a changing request from another site is refused, also without an Origin', async () => {
  const { post, send } = await start()
  for (const site of ['cross-site', 'same-site']) {
    const from = { 'sec-fetch-site': site }
    await expectProblem(
      await post('/api/pixels', { gx: 0, gy: 0, color: 1 }, { ...from, authorization: `Bearer ${adminToken}` }),
      'forbidden',
    )
    await expectProblem(await send('DELETE', '/api/admin/sessions', { headers: from }), 'forbidden')
  }
  expect((await post('/api/pixels', { gx: 0, gy: 0, color: 1 }, { 'sec-fetch-site': 'same-origin' })).status).toBe(201)
})

test.each([
  ['an unknown path', 'GET', '/api/nothing', 404],
  ['another method', 'PUT', '/api/pixels', 405],
  ['a preflight', 'OPTIONS', '/api/pixels', 204],
] as const)('A6 %s counts against the limit of its address', async (_what, method, path, status) => {
  const { send } = await start({ rateLimits: true })
  const answers = await Promise.all(Array.from({ length: 250 }, () => send(method, path)))
  const statuses = new Set(answers.map((answer) => answer.status))
  expect(statuses).toEqual(new Set([status, 429]))
})
