/** Placing while the store is unavailable, and the budget of an address, over real connections. */
import { describe, expect, test } from 'vitest'
import { StoreError } from '../store/port.ts'
import { bodyOf, cookieOf, expectProblem, start } from './api-expectations.fixture.ts'

describe('when the store is unavailable', () => {
  test('placing answers 503 with Retry-After, and reads use cached data', async () => {
    const { post, get, store, clock } = await start()
    const { token } = await bodyOf(await post('/api/tokens'))
    const headers = { authorization: `Bearer ${token}` }
    expect((await post('/api/pixels', { gx: 0, gy: 0, color: 1 }, headers)).status).toBe(201)
    store.isDown = true
    const refused = await post('/api/pixels', { gx: 1, gy: 0, color: 1 }, headers)
    expect(refused.headers.get('retry-after')).toBe('1')
    await expectProblem(refused, 'unavailable')
    clock.nowMs += 5_000
    expect((await get('/api/canvases/main')).status).toBe(200)
    for (const path of [
      '/api/canvases/main/tiles/0/commits',
      '/api/canvases/main/tiles/0/board',
      '/api/canvases/main/board.png',
      '/api/me',
      '/api/canvases/main/pixels/0/0',
    ]) {
      await expectProblem(await get(path), 'unavailable')
    }
    store.isDown = false
    expect((await post('/api/pixels', { gx: 1, gy: 0, color: 1 }, headers)).status).toBe(201)
  })

  test('A1 an unknown outcome closes the connection without an answer', async () => {
    const { post, url } = await start({
      place: () => () => Promise.reject(new StoreError('outcome_unknown', 'lost')),
    })
    await expect(post('/api/pixels', { gx: 0, gy: 0, color: 1 })).rejects.toThrow('fetch failed')
    const batch = fetch(`${url}/api/pixels/batch`, {
      method: 'POST',
      body: '{"pixels":[{"gx":0,"gy":0,"color":1}]}',
      headers: { 'content-type': 'application/json' },
    })
    await expect(batch).rejects.toThrow('fetch failed')
  })

  test('A1 an error after the commit closes the connection, because the pixel may be saved', async () => {
    const { post } = await start({
      place: (place) => async (request) => ({ ...(await place(request)), results: [] }) as never,
    })
    await expect(post('/api/pixels', { gx: 0, gy: 0, color: 1 })).rejects.toThrow('fetch failed')
  })
})

describe('painters of one address', () => {
  const row = (gy: number, count: number) => Array.from({ length: count }, (_, gx) => ({ gx, gy, color: 1 }))
  const painters = async ({ post }: Awaited<ReturnType<typeof start>>, count: number) => {
    const tokens: string[] = []
    for (let index = 0; index < count; index++) tokens.push((await bodyOf(await post('/api/tokens'))).token)
    return tokens.map((token) => ({ authorization: `Bearer ${token}` }))
  }
  const placedBy = async (api: Awaited<ReturnType<typeof start>>, headers: Record<string, string>, gy: number, count = 12) => {
    const { results } = await bodyOf(await api.post('/api/pixels/batch', { pixels: row(gy, count) }, headers))
    return (results as { code?: string }[]).map(({ code }) => code ?? 'placed')
  }
  const canvas = { cooldownMs: 5_000, maxCharges: 10, startCharges: 3 }

  test('a painter without placements has the start charges, after any time', async () => {
    const api = await start({ canvas })
    const [headers = {}] = await painters(api, 1)
    api.clock.nowMs += 86_400_000
    expect((await bodyOf(await api.get('/api/me', headers))).charges).toEqual({
      available: 3,
      max: 10,
      nextChargeAt: null,
      nextChargeInMs: null,
    })
    expect((await placedBy(api, headers, 0)).filter((code) => code === 'placed')).toHaveLength(3)
    api.clock.nowMs += 10_000
    expect((await placedBy(api, headers, 1)).filter((code) => code === 'placed')).toHaveLength(2)
  })

  test('paint together as much as two painters with ADDRESS_PAINTERS=2', async () => {
    const api = await start({ canvas, addressPainters: 2 })
    const all = await painters(api, 9)
    const codes: string[] = []
    for (const [gy, headers] of all.entries()) codes.push(...(await placedBy(api, headers, gy)))
    expect(codes.filter((code) => code === 'placed')).toHaveLength(20)
    expect(codes.slice(0, 12).filter((code) => code === 'cooldown')).toHaveLength(9)
    expect(codes.at(-1)).toBe('rate_limited')
    const problem = await expectProblem(await api.post('/api/pixels', { gx: 0, gy: 20, color: 1 }, all[8]), 'rate_limited')
    expect(problem).toMatchObject({ retryAfterMs: 2_500 })
    api.clock.nowMs += 2_500
    expect((await api.post('/api/pixels', { gx: 0, gy: 20, color: 1 }, all[8])).status).toBe(201)
  })

  test('a placement that is refused for another reason costs the address nothing', async () => {
    const api = await start({ canvas, addressPainters: 1 })
    const [one = {}, two = {}, three = {}, four = {}] = await painters(api, 4)
    const outside = Array.from({ length: 200 }, () => ({ gx: -1, gy: 0, color: 1 }))
    await Promise.all([
      ...Array.from({ length: 5 }, () => api.post('/api/pixels/batch', { pixels: outside }, one)),
      ...Array.from({ length: 5 }, () => placedBy(api, one, 1, 50)),
    ])
    expect((await placedBy(api, two, 2)).filter((code) => code === 'placed')).toHaveLength(3)
    const key = { 'idempotency-key': 'mine' }
    const first = await api.post('/api/pixels', { gx: 0, gy: 3, color: 1 }, { ...three, ...key })
    expect(first.status).toBe(201)
    await placedBy(api, three, 4)
    await placedBy(api, four, 5)
    expect((await api.post('/api/pixels', { gx: 1, gy: 3, color: 1 }, four)).status).toBe(429)
    const again = await api.post('/api/pixels', { gx: 0, gy: 3, color: 1 }, { ...three, ...key })
    expect(await bodyOf(again)).toEqual(await bodyOf(first))
  })
})

test('a request that names its painter is accepted only from that painter, and makes no guest', async () => {
  const { get, post, store } = await start()
  const cookie = cookieOf(await get('/api/me'))
  const { painter } = await bodyOf(await get('/api/me', { cookie }))
  const named = { 'fresco-painter': painter.id }
  const pixel = { gx: 0, gy: 0, color: 1 }
  for (const headers of [named, { ...named, cookie: cookieOf(await get('/api/me')) }]) {
    const refused = await post('/api/pixels', pixel, headers)
    expect(refused.headers.get('set-cookie')).toBeNull()
    await expectProblem(refused, 'unauthenticated')
    await expectProblem(await get('/api/me', headers), 'unauthenticated')
  }
  expect((await store.backlog()).unsequenced).toBe(0)
  expect((await post('/api/pixels', pixel, { ...named, cookie })).status).toBe(201)
  expect((await get('/api/me', { ...named, cookie })).status).toBe(200)
})
