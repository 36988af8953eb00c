/**
 * The whole API over real connections. Every test takes its own server; whatever a request holds, the answer is below 500 or
 * the documented 503, which `expectProblem` and the table of hostile requests check.
 */
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { decode } from 'fast-png'
import { afterEach, describe, expect, test } from 'vitest'
import { asCanvasId } from '../../lib/brand.ts'
import { type ProblemCode, problemStatus } from '../../lib/refusal.ts'
import { StoreError } from '../store/port.ts'
import { adminToken, type Fixture, type FixtureOptions, metricsToken, startApi } from './api-fixture.ts'

const running: Fixture[] = []

const start = async (options?: FixtureOptions) => {
  const fixture = await startApi(options)
  running.push(fixture)
  return fixture
}

afterEach(async () => {
  for (const fixture of running.splice(0)) await fixture.close()
})

// biome-ignore lint/suspicious/noExplicitAny: the tests look into answers whose shape they state themselves.
const bodyOf = async (response: Response): Promise<any> => response.json()

const expectProblem = async (response: Response, code: ProblemCode) => {
  const problem = await bodyOf(response)
  expect(problem).toMatchObject({ code, status: response.status, type: `urn:fresco:problem:${code}` })
  expect(response.status).toBe(problemStatus[code])
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(typeof problem.title).toBe('string')
  expect(problem.detail).not.toMatch(/at .*\.ts|node:internal/)
  return problem
}

const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? ''
const asAdmin = { authorization: `Bearer ${adminToken}` }

describe('POST /api/pixels', () => {
  test('places, and tells what was placed', async () => {
    const { post, clock } = await start({ canvas: { cooldownMs: 5_000 } })
    const response = await post('/api/pixels', { gx: 99, gy: 69, color: '#ff0000' })
    expect(response.status).toBe(201)
    expect(await bodyOf(response)).toEqual({
      id: expect.stringMatching(/^[0-9a-z-]+\.0$/),
      canvas: 'main',
      gx: 99,
      gy: 69,
      color: '#FF0000',
      tile: 257,
      at: new Date(clock.nowMs).toISOString(),
      charges: { available: 4, max: 5, nextChargeAt: new Date(clock.nowMs + 5_000).toISOString(), nextChargeInMs: 5_000 },
    })
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  test('charges are null where there is no cooldown, and a colour may be an index', async () => {
    const { post } = await start()
    const placed = await bodyOf(await post('/api/pixels', { gx: 0, gy: 0, color: 3, canvas: 'main', other: { more: [] } }))
    expect(placed).toMatchObject({ gx: 0, gy: 0, color: '#0000FF', tile: 0 })
    expect(placed.charges).toEqual({ available: null, max: null, nextChargeAt: null, nextChargeInMs: null })
  })

  test('a body without a content type, or of another JSON type, is fine', async () => {
    const { send } = await start()
    const body = new TextEncoder().encode('{"gx":1,"gy":1,"color":1}')
    expect((await send('POST', '/api/pixels', { body })).status).toBe(201)
    const headers = { 'content-type': 'application/vnd.fresco+JSON; charset=utf-8' }
    expect((await send('POST', '/api/pixels', { body, headers })).status).toBe(201)
  })

  const pixel = (change: Record<string, unknown>) => ({ gx: 0, gy: 0, color: 1, ...change })
  const refusals: [name: string, body: unknown, code: ProblemCode, path?: string][] = [
    ['gx as a string', pixel({ gx: '7' }), 'invalid_request', 'gx'],
    ['gx as a fraction', pixel({ gx: 1.5 }), 'invalid_request', 'gx'],
    ['gx null', pixel({ gx: null }), 'invalid_request', 'gx'],
    ['gx missing', { gy: 0, color: 1 }, 'invalid_request', 'gx'],
    ['gx as a list', pixel({ gx: [1] }), 'invalid_request', 'gx'],
    ['gy true', pixel({ gy: true }), 'invalid_request', 'gy'],
    ['gx −1', pixel({ gx: -1 }), 'out_of_bounds'],
    ['gx = width', pixel({ gx: 100 }), 'out_of_bounds'],
    ['gy = height', pixel({ gy: 70 }), 'out_of_bounds'],
    ['gx 1e9', pixel({ gx: 1e9 }), 'out_of_bounds'],
    ['gx 1e300', pixel({ gx: 1e300 }), 'out_of_bounds'],
    ['a colour that is no colour', pixel({ color: 'red' }), 'invalid_request', 'color'],
    ['a short colour', pixel({ color: '#FFF' }), 'invalid_request', 'color'],
    ['a colour null', pixel({ color: null }), 'invalid_request', 'color'],
    ['a colour as a fraction', pixel({ color: 0.5 }), 'invalid_request', 'color'],
    ['a colour that is not in the palette', pixel({ color: '#123456' }), 'color_not_in_palette'],
    ['an index one past the last', pixel({ color: 4 }), 'color_not_in_palette'],
    ['an index −1', pixel({ color: -1 }), 'color_not_in_palette'],
    ['a canvas that is a number', pixel({ canvas: 7 }), 'invalid_request', 'canvas'],
    ['an unknown canvas', pixel({ canvas: 'nope' }), 'canvas_not_found'],
    ['a canvas that could be no id', pixel({ canvas: '../../etc/passwd' }), 'canvas_not_found'],
    ['a list', [], 'invalid_request', ''],
    ['null', null, 'invalid_request', ''],
    ['a string', 'hello', 'invalid_request', ''],
  ]
  test.each(refusals)('refuses %s', async (_name, body, code, path) => {
    const { post, store } = await start()
    const problem = await expectProblem(await post('/api/pixels', body), code)
    if (path !== undefined) expect(problem.errors).toContainEqual({ path, message: expect.any(String) })
    expect(await store.backlog()).toMatchObject({ unsequenced: 0 })
  })

  const rawBodies: [name: string, body: string, code: ProblemCode][] = [
    ['nothing', '', 'invalid_request'],
    ['no JSON', '{"gx":1,', 'invalid_request'],
    ['NaN', '{"gx":NaN,"gy":0,"color":1}', 'invalid_request'],
    ['more than a number can hold', '{"gx":1e999,"gy":0,"color":1}', 'invalid_request'],
    ['deep nesting', `${'['.repeat(8_000)}${']'.repeat(8_000)}`, 'invalid_request'],
    ['deep nesting without an end', '{"a":'.repeat(3_000), 'invalid_request'],
    ['keys of a prototype', '{"__proto__":{"gx":1,"gy":1,"color":1},"constructor":{"prototype":{"gx":1}}}', 'invalid_request'],
    ['10,000 keys', `{${Array.from({ length: 10_000 }, (_, i) => `"${i}":1`).join(',')}}`, 'too_large'],
    ['17 KiB', `{"gx":1,"gy":1,"color":1,"more":"${'x'.repeat(17_000)}"}`, 'too_large'],
    ['bytes that are no UTF-8', '\u0000\u00ff\u00fe', 'invalid_request'],
  ]
  test.each(rawBodies)('refuses %s', async (_name, body, code) => {
    const { send, store } = await start()
    await expectProblem(await send('POST', '/api/pixels', { body, headers: { 'content-type': 'application/json' } }), code)
    expect(await store.backlog()).toMatchObject({ unsequenced: 0 })
    expect(({} as Record<string, unknown>)['gx']).toBeUndefined()
  })

  test('many unknown keys do no harm', async () => {
    const { send } = await start()
    const body = `{"__proto__":{"gx":5},${Array.from({ length: 1_500 }, (_, i) => `"k${i}":0`).join(',')},"gx":1,"gy":2,"color":3}`
    const response = await send('POST', '/api/pixels', { body, headers: { 'content-type': 'application/json' } })
    expect(await bodyOf(response)).toMatchObject({ gx: 1, gy: 2 })
  })

  test('exactly 16 KiB is not too large, one byte more is', async () => {
    const { send } = await start()
    const withLength = (length: number) => {
      const empty = '{"gx":1,"gy":1,"color":1,"more":""}'
      return empty.replace('""', `"${'x'.repeat(length - empty.length)}"`)
    }
    expect((await send('POST', '/api/pixels', { body: withLength(16_384), headers: { 'content-type': 'application/json' } })).status).toBe(
      201,
    )
    await expectProblem(
      await send('POST', '/api/pixels', { body: withLength(16_385), headers: { 'content-type': 'application/json' } }),
      'too_large',
    )
  })

  test('a large body without a length is refused while it comes, and the connection lives on', async () => {
    const { url } = await start()
    const stream = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 40; i++) controller.enqueue(new TextEncoder().encode('x'.repeat(1_000)))
        controller.close()
      },
    })
    const init = { method: 'POST', body: stream, duplex: 'half', headers: { 'content-type': 'application/json' } } as RequestInit
    await expectProblem(await fetch(`${url}/api/pixels`, init), 'too_large')
  })

  test('a body that says it is no JSON is refused', async () => {
    const { send } = await start()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'multipart/form-data; boundary=x']) {
      await expectProblem(
        await send('POST', '/api/pixels', { body: '{"gx":1,"gy":1,"color":1}', headers: { 'content-type': type } }),
        'unsupported_media_type',
      )
    }
  })

  test('a client that spent its charges is told when to come back', async () => {
    const { post, clock } = await start({ canvas: { cooldownMs: 2_500, maxCharges: 1, startCharges: 1 } })
    const first = await post('/api/pixels', { gx: 0, gy: 0, color: 1 })
    const cookie = cookieOf(first)
    clock.nowMs += 1_000
    const second = await post('/api/pixels', { gx: 1, gy: 0, color: 1 }, { cookie })
    expect(second.headers.get('retry-after')).toBe('2')
    expect(await expectProblem(second, 'cooldown')).toMatchObject({ retryAfterMs: 1_500 })
  })

  test('a paused and a closed canvas refuse', async () => {
    const { post, store, clock } = await start()
    for (const [state, code] of [
      ['paused', 'canvas_paused'],
      ['closed', 'canvas_closed'],
    ] as const) {
      await store.updateCanvas(asCanvasId('main'), { state })
      clock.nowMs += 2_000
      await expectProblem(await post('/api/pixels', { gx: 0, gy: 0, color: 1 }), code)
      await expectProblem(await post('/api/pixels/batch', { pixels: [{ gx: 0, gy: 0, color: 1 }] }), code)
    }
  })

  test('a palette that grew since it was looked up shows its new colour', async () => {
    const { post, store } = await start()
    expect((await post('/api/pixels', { gx: 0, gy: 0, color: 0 })).status).toBe(201)
    await store.updateCanvas(asCanvasId('main'), { palette: ['#FFFFFF', '#FF0000', '#00FF00', '#0000FF', '#ABCDEF'] })
    expect(await bodyOf(await post('/api/pixels', { gx: 0, gy: 0, color: 4 }))).toMatchObject({ color: '#ABCDEF' })
  })
})

describe('Idempotency-Key', () => {
  test('the same key gets the first answer again and places nothing', async () => {
    const { post, store, clock } = await start({ canvas: { cooldownMs: 5_000 } })
    const guest = await post('/api/tokens')
    const { token } = await bodyOf(guest)
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': 'one' }
    const first = await bodyOf(await post('/api/pixels', { gx: 1, gy: 2, color: '#ff0000' }, headers))
    clock.nowMs += 60_000
    // The same body as parsed: the default spelled out, the colour as its index, the keys in another order.
    const again = await post('/api/pixels', { color: 1, canvas: 'main', gy: 2, gx: 1 }, headers)
    expect(again.status).toBe(201)
    expect(await bodyOf(again)).toEqual(first)
    expect(await store.backlog()).toMatchObject({ unsequenced: 1 })
    await expectProblem(await post('/api/pixels', { gx: 1, gy: 3, color: 1 }, headers), 'idempotency_key_reused')
    await expectProblem(await post('/api/pixels/batch', { pixels: [{ gx: 1, gy: 2, color: 1 }] }, headers), 'idempotency_key_reused')
  })

  test('a key is the painter’s own, and a refusal is not remembered', async () => {
    const { post } = await start()
    const headers = { 'idempotency-key': 'mine' }
    const refused = await post('/api/pixels', { gx: 100, gy: 0, color: 1 }, headers)
    await expectProblem(refused, 'out_of_bounds')
    const cookie = cookieOf(refused)
    expect(cookie).toMatch(/^fresco_session=/)
    expect((await post('/api/pixels', { gx: 1, gy: 0, color: 1 }, { ...headers, cookie })).status).toBe(201)
    expect((await post('/api/pixels', { gx: 2, gy: 0, color: 1 }, headers)).status).toBe(201)
  })

  test.each([
    ['x'.repeat(64), 201],
    ['x'.repeat(65), 400],
    ['', 400],
    ['two words', 400],
    ['caf\u00e9', 400],
  ])('the key %j answers %i', async (key, status) => {
    const { post } = await start()
    const response = await post('/api/pixels', { gx: 0, gy: 0, color: 1 }, { 'idempotency-key': key })
    expect(response.status).toBe(status)
    if (status === 400) expect(await expectProblem(response, 'invalid_request')).toMatchObject({ errors: [{ path: 'Idempotency-Key' }] })
  })
})

describe('POST /api/pixels/batch', () => {
  test('answers one placement or problem per pixel, in order', async () => {
    const { post } = await start({ canvas: { cooldownMs: 5_000, maxCharges: 2, startCharges: 2 } })
    const pixels = [
      { gx: 0, gy: 0, color: 1 },
      { gx: 100, gy: 0, color: 1 },
      { gx: '7', gy: 0, color: 1 },
      null,
      { gx: 1, gy: 0, color: 2 },
      { gx: 2, gy: 0, color: 2 },
    ]
    const response = await post('/api/pixels/batch', { pixels })
    expect(response.status).toBe(200)
    const { results } = await bodyOf(response)
    expect(results).toMatchObject([
      { gx: 0, color: '#FF0000', charges: { available: 1 } },
      { code: 'out_of_bounds', status: 422 },
      { code: 'invalid_request', errors: [{ path: 'pixels.2.gx' }] },
      { code: 'invalid_request', errors: [{ path: 'pixels.3' }] },
      { gx: 1, charges: { available: 0 } },
      { code: 'cooldown', status: 429, retryAfterMs: 5_000 },
    ])
  })

  test('with a key it is placed once', async () => {
    const { post, store } = await start()
    const { token } = await bodyOf(await post('/api/tokens'))
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': 'batch' }
    const body = { pixels: [{ gx: 0, gy: 0, color: 1 }, { gx: 'x' }, { gx: 1, gy: 0, color: 1 }] }
    const first = await bodyOf(await post('/api/pixels/batch', body, headers))
    expect(await bodyOf(await post('/api/pixels/batch', body, headers))).toEqual(first)
    expect(await store.backlog()).toMatchObject({ unsequenced: 1 })
    await expectProblem(await post('/api/pixels/batch', { pixels: body.pixels.slice(1) }, headers), 'idempotency_key_reused')
  })

  test('what is wrong with the whole fails the whole', async () => {
    const { post } = await start()
    const one = { gx: 0, gy: 0, color: 1 }
    await expectProblem(await post('/api/pixels/batch', { pixels: [] }), 'invalid_request')
    await expectProblem(await post('/api/pixels/batch', { pixels: 'all' }), 'invalid_request')
    await expectProblem(await post('/api/pixels/batch', {}), 'invalid_request')
    await expectProblem(await post('/api/pixels/batch', { canvas: 'nope', pixels: [one] }), 'canvas_not_found')
    await expectProblem(await post('/api/pixels/batch', { pixels: Array(257).fill(one) }), 'invalid_request')
    expect((await post('/api/pixels/batch', { pixels: Array(256).fill(one) })).status).toBe(200)
  })
})

describe('what was placed', () => {
  test('a receipt tells how far a placement has come', async () => {
    const { post, get, sequence, store, clock } = await start()
    const { id, at } = await bodyOf(await post('/api/pixels', { gx: 70, gy: 66, color: 1 }))
    const shown = { id, canvas: 'main', gx: 70, gy: 66, tile: 257, at }
    expect(await bodyOf(await get(`/api/placements/${id}`))).toEqual({ ...shown, state: 'committed', seq: null })
    await sequence()
    expect(await bodyOf(await get(`/api/placements/${id}`))).toEqual({ ...shown, state: 'sequenced', seq: 1 })
    await store.markAsPublished(await store.getUnpublished({ limit: 10 }), clock.nowMs)
    expect(await bodyOf(await get(`/api/placements/${id}`))).toEqual({ ...shown, state: 'published', seq: 1 })
    await expectProblem(await get(`/api/placements/${id.replace(/\d$/, '1')}`), 'not_found')
    clock.nowMs += 3_600_000
    await store.trim({ publishedBeforeMs: clock.nowMs, keysBeforeMs: 0 })
    await expectProblem(await get(`/api/placements/${id}`), 'log_trimmed')
  })

  test('a receipt of nothing is not found', async () => {
    const { get } = await start()
    for (const id of ['x', '.0', 'a.b', '%00', 'zzzzzzzzzzzzzzzzzzzzz-0.0', 'constructor'])
      await expectProblem(await get(`/api/placements/${id}`), 'not_found')
  })

  test('a pixel tells who painted it', async () => {
    const { post, get } = await start()
    expect(await bodyOf(await get('/api/canvases/main/pixels/99/69'))).toEqual({
      gx: 99,
      gy: 69,
      color: '#FFFFFF',
      by: null,
      at: null,
      history: [],
    })
    const { token, painter } = await bodyOf(await post('/api/tokens'))
    const { at } = await bodyOf(await post('/api/pixels', { gx: 99, gy: 69, color: 2 }, { authorization: `Bearer ${token}` }))
    const current = { color: '#00FF00', by: painter, at }
    expect(await bodyOf(await get('/api/canvases/main/pixels/99/69'))).toEqual({
      gx: 99,
      gy: 69,
      ...current,
      history: [{ ...current, cause: 'paint' }],
    })
    await expectProblem(await get('/api/canvases/main/pixels/100/0'), 'out_of_bounds')
    await expectProblem(await get('/api/canvases/main/pixels/0/-1'), 'out_of_bounds')
    await expectProblem(await get('/api/canvases/main/pixels/0/70'), 'out_of_bounds')
    await expectProblem(await get('/api/canvases/main/pixels/1.5/0'), 'invalid_request')
    await expectProblem(await get('/api/canvases/main/pixels/0/x'), 'invalid_request')
    await expectProblem(await get('/api/canvases/nope/pixels/0/0'), 'canvas_not_found')
  })

  test('the log comes in pages, in order and without holes', async () => {
    const { post, get, sequence, clock } = await start()
    const { token, painter } = await bodyOf(await post('/api/tokens'))
    const ids: string[] = []
    for (let i = 0; i < 5; i++) {
      clock.nowMs += 10
      ids.push((await bodyOf(await post('/api/pixels', { gx: i, gy: 65, color: 1 }, { authorization: `Bearer ${token}` }))).id)
      if (i === 3) await sequence()
    }
    const path = '/api/canvases/main/tiles/256/commits'
    const first = await bodyOf(await get(`${path}?limit=3`))
    expect(first).toMatchObject({ tile: 256, epoch: 'epoch001', head: 4, next: 3, painters: { [painter.id]: { name: painter.name } } })
    expect(first.commits.map(({ seq }: { seq: number }) => seq)).toEqual([1, 2, 3])
    expect(first.commits[0]).toEqual({
      seq: 1,
      at: expect.stringMatching(/^2026-.*Z$/),
      cause: 'paint',
      pixels: [{ gx: 0, gy: 65, color: 1, by: painter.id, id: ids[0] }],
    })
    const rest = await bodyOf(await get(`${path}?after=${first.next}&limit=1000`))
    expect(rest).toMatchObject({ next: 4, head: 4, commits: [{ seq: 4 }] })
    expect(await bodyOf(await get(`${path}?after=4`))).toMatchObject({ next: 4, commits: [], painters: {} })
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'after=-1', 'after=1.5', 'after=', 'limit=1e2']) {
      await expectProblem(await get(`${path}?${query}`), 'invalid_request')
    }
  })

  test('a log that does not reach back so far says so', async () => {
    const { post, get, sequence, store, clock } = await start()
    await post('/api/pixels', { gx: 0, gy: 0, color: 1 })
    await sequence()
    await store.markAsPublished(await store.getUnpublished({ limit: 10 }), clock.nowMs)
    await store.trim({ publishedBeforeMs: clock.nowMs + 1, keysBeforeMs: 0 })
    await expectProblem(await get('/api/canvases/main/tiles/0/commits'), 'log_trimmed')
    expect(await bodyOf(await get('/api/canvases/main/tiles/0/commits?after=1'))).toMatchObject({ head: 1, next: 1, commits: [] })
  })
})

describe('canvases', () => {
  test('a canvas is shown with all that a client needs', async () => {
    const { get } = await start()
    const shown = {
      protocol: 1,
      id: 'main',
      title: 'Main',
      epoch: 'epoch001',
      rev: 1,
      width: 100,
      height: 70,
      tileSize: 64,
      tilesX: 2,
      tilesY: 2,
      palette: ['#FFFFFF', '#FF0000', '#00FF00', '#0000FF'],
      colorNames: expect.any(Array),
      background: 0,
      cooldownMs: 0,
      maxCharges: 5,
      state: 'open',
    }
    expect(await bodyOf(await get('/api/canvases/main'))).toEqual(shown)
    for (const id of ['nope', 'Main', 'm%61in', '__proto__', '..%2f', 'x'.repeat(33)]) {
      await expectProblem(await get(`/api/canvases/${id}`), 'canvas_not_found')
    }
  })

  test('a tile’s bytes carry epoch and seq, and are fetched once', async () => {
    const { post, get, sequence } = await start()
    await post('/api/pixels', { gx: 99, gy: 69, color: 3 })
    const path = '/api/canvases/main/tiles/257/board'
    const before = await get(path, { 'accept-encoding': 'identity' })
    expect(before.headers.get('fresco-seq')).toBe('0')
    await sequence()
    const response = await get(path, { 'accept-encoding': 'identity' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    expect(response.headers.get('cache-control')).toBe('public, max-age=1')
    expect(response.headers.get('fresco-epoch')).toBe('epoch001')
    expect(response.headers.get('fresco-seq')).toBe('1')
    expect(response.headers.get('vary')).toBe('Accept-Encoding')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-expose-headers')).toContain('Fresco-Seq')
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(bytes.length).toBe(64 * 64)
    expect(bytes.indexOf(3)).toBe((69 - 64) * 64 + (99 - 64))
    expect(bytes.filter((color) => color !== 0).length).toBe(1)
    const etag = response.headers.get('etag') ?? ''
    expect(etag).not.toBe(before.headers.get('etag'))
    const unchanged = await get(path, { 'if-none-match': `"x", ${etag}` })
    expect(unchanged.status).toBe(304)
    expect(unchanged.headers.get('etag')).toBe(etag)
    expect((await get(path, { 'if-none-match': before.headers.get('etag') ?? '' })).status).toBe(200)
  })

  test.each(['br', 'zstd', 'gzip'])('a board comes as %s to those who accept it', async (encoding) => {
    const { get } = await start()
    const response = await get('/api/canvases/main/tiles/0/board', { 'accept-encoding': encoding })
    expect(response.headers.get('content-encoding')).toBe(encoding)
    expect(Number(response.headers.get('content-length'))).toBeLessThan(200)
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array(64 * 64))
  })

  test('tiles that are not there', async () => {
    const { get } = await start()
    for (const rest of ['board', 'commits']) {
      for (const tile of ['2', '-1', '258', '512', '999999999']) {
        await expectProblem(await get(`/api/canvases/main/tiles/${tile}/${rest}`), 'tile_not_found')
      }
      await expectProblem(await get(`/api/canvases/main/tiles/x/${rest}`), 'invalid_request')
      await expectProblem(await get(`/api/canvases/nope/tiles/0/${rest}`), 'canvas_not_found')
    }
  })

  test('the board as a picture', async () => {
    const { post, get, sequence } = await start()
    await post('/api/pixels', { gx: 99, gy: 69, color: 1 })
    await sequence()
    const response = await get('/api/canvases/main/board.png?scale=2')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('image/png')
    const picture = decode(new Uint8Array(await response.arrayBuffer()))
    expect([picture.width, picture.height]).toEqual([200, 140])
    for (const scale of ['0', '9', 'x', '1.5', ''])
      await expectProblem(await get(`/api/canvases/main/board.png?scale=${scale}`), 'invalid_request')
    await expectProblem(await get('/api/canvases/nope/board.png'), 'canvas_not_found')
    const head = await startedHead(await start({ canvas: { width: 16_384, height: 1, tileSize: 1_024 } }))
    expect(head).toEqual([200, 400])
  })

  const startedHead = async ({ send }: Fixture) => [
    (await send('HEAD', '/api/canvases/main/board.png')).status,
    (await send('HEAD', '/api/canvases/main/board.png?scale=2')).status,
  ]
})

describe('who is asking', () => {
  test('GET /api/me makes a guest, once', async () => {
    const { get } = await start({ canvas: { cooldownMs: 5_000 } })
    const first = await get('/api/me')
    const setCookie = first.headers.get('set-cookie') ?? ''
    expect(setCookie).toMatch(/^fresco_session=[^;]+; /)
    for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/', 'Max-Age=31536000']) expect(setCookie).toContain(part)
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

  test('a forged, a foreign or an expired cookie is as none', async () => {
    const { get, clock } = await start()
    const cookie = cookieOf(await get('/api/me'))
    const { painter } = await bodyOf(await get('/api/me', { cookie }))
    const forged = cookie.replace(painter.id, 'p_aaaaaaaaaaaaaaaa')
    for (const bad of [forged, `${cookie}x`, 'fresco_session=', 'fresco_session=1.2.3', `fresco_session=${'x'.repeat(3_000)}`]) {
      const response = await get('/api/me', { cookie: bad })
      expect(response.headers.get('set-cookie')).toMatch(/^fresco_session=/)
      expect((await bodyOf(response)).painter.id).not.toBe('p_aaaaaaaaaaaaaaaa')
    }
    clock.nowMs += 366 * 86_400_000
    expect((await get('/api/me', { cookie })).headers.get('set-cookie')).toMatch(/^fresco_session=/)
  })

  test('a program gets a token, and a token for the painter that it is', async () => {
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

  test('a bad Bearer is refused everywhere, before the body is looked at', async () => {
    const { get, post, send } = await start()
    const cookie = cookieOf(await get('/api/me'))
    const { token } = await bodyOf(await post('/api/tokens'))
    for (const bad of ['x', '', cookie.replace('fresco_session=', ''), `${token}x`, metricsToken]) {
      const headers = { authorization: `Bearer ${bad}`, cookie }
      await expectProblem(await get('/api/me', headers), 'unauthenticated')
      await expectProblem(await post('/api/pixels', { gx: 0, gy: 0, color: 1 }, headers), 'unauthenticated')
      await expectProblem(await send('POST', '/api/pixels', { body: 'x'.repeat(17_000), headers }), 'unauthenticated')
      await expectProblem(await post('/api/tokens', undefined, headers), 'unauthenticated')
      await expectProblem(await send('POST', '/api/admin/canvases/main/picture', { body: 'x', headers }), 'unauthenticated')
    }
    expect((await get('/api/me', { authorization: 'Basic dXNlcjpwYXNz', cookie })).status).toBe(200)
    const asCookie = await get('/api/me', { cookie: `fresco_session=${token}` })
    expect(asCookie.headers.get('set-cookie')).toMatch(/^fresco_session=/)
  })

  test('the admin token paints as the admin', async () => {
    const { get, post } = await start()
    expect((await bodyOf(await get('/api/me', asAdmin))).painter).toEqual({ id: 'p_admin', name: 'Admin', role: 'admin' })
    await post('/api/pixels', { gx: 0, gy: 0, color: 1 }, asAdmin)
    expect(await bodyOf(await get('/api/canvases/main/pixels/0/0'))).toMatchObject({ by: { id: 'p_admin', name: 'Admin' } })
  })

  test('a browser becomes an admin and stops being one', async () => {
    const { get, post, send } = await start({ behind: (_request, response) => response.end() })
    // The route is not hot, so it is asked where it lives: behind the Web's types.
    const { api } = running[0] as Fixture
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

  test('cookies are Secure under https', async () => {
    const behindProxy = await start({ trustProxy: 1 })
    const secure = await behindProxy.get('/api/me', { 'x-forwarded-proto': 'https', 'x-forwarded-for': '1.2.3.4' })
    expect(secure.headers.get('set-cookie')).toContain('Secure')
    const untrusted = await start()
    expect((await untrusted.get('/api/me', { 'x-forwarded-proto': 'https' })).headers.get('set-cookie')).not.toContain('Secure')
    const published = await start({ publicUrls: ['https://fresco.example'] })
    expect((await published.get('/api/me')).headers.get('set-cookie')).toContain('Secure')
  })
})

describe('Origin', () => {
  const body = { gx: 0, gy: 0, color: 1 }

  test('without PUBLIC_URL it must equal a Host that is an address', async () => {
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

  test('public GETs may be read from anywhere, without credentials; nothing else may', async () => {
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

describe('paths and methods', () => {
  test('what is not there is not found', async () => {
    const { get, post } = await start()
    const paths = [
      '/api/',
      '/api/nothing',
      '/api/pixels/',
      '/api/canvases/main/stats',
      '/api/admin/overview',
      '/api/%',
      '/api/canvases//tiles/0/board',
    ]
    for (const path of paths) await expectProblem(await get(path), 'not_found')
    await expectProblem(await post('/api/placements/abc/undo'), 'not_found')
  })

  test('other methods are not allowed, and those that are, are told', async () => {
    const { send } = await start()
    for (const [method, path, allow] of [
      ['GET', '/api/pixels', 'POST, OPTIONS'],
      ['DELETE', '/api/pixels', 'POST, OPTIONS'],
      ['PUT', '/api/canvases/main', 'GET, HEAD, OPTIONS'],
      ['PATCH', '/api/me', 'GET, HEAD, OPTIONS'],
      ['POST', '/livez', 'GET, HEAD, OPTIONS'],
      ['GET', '/api/admin/session', 'POST, DELETE, OPTIONS'],
    ] as const) {
      const response = await send(method, path)
      expect(response.headers.get('allow')).toBe(allow)
      await expectProblem(response, 'method_not_allowed')
    }
  })

  test('HEAD is GET without the body', async () => {
    const { send, get } = await start()
    for (const path of ['/api/canvases/main', '/api/canvases/main/tiles/0/board', '/livez', '/api/canvases/nope']) {
      const [head, full] = [await send('HEAD', path), await get(path)]
      expect(head.status).toBe(full.status)
      expect(await head.text()).toBe('')
      expect(head.headers.get('content-type')).toBe(full.headers.get('content-type'))
      expect(head.headers.get('content-length')).toBe(full.headers.get('content-length'))
    }
  })

  test('every answer says what it is and may do nothing as a page', async () => {
    const { get, post } = await start()
    for (const response of [await get('/api/canvases/main'), await get('/api/nothing'), await post('/api/pixels', {})]) {
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(response.headers.get('content-security-policy')).toContain(`default-src 'none'`)
    }
  })
})

describe('probes', () => {
  test('livez and readyz', async () => {
    const { get, store } = await start()
    expect(await (await get('/livez')).text()).toBe('ok')
    expect(await (await get('/readyz')).text()).toBe('ok')
    store.isDown = true
    expect((await get('/livez')).status).toBe(200)
    const unready = await get('/readyz')
    expect(unready.headers.get('retry-after')).toBe('1')
    await expectProblem(unready, 'unavailable')
  })

  test('health details and metrics are for this machine, admins and the metrics token', async () => {
    const { get, store } = await start()
    const stranger = { 'x-forwarded-for': '127.0.0.1' }
    const health = await get('/api/health')
    expect(health.headers.get('content-type')).toBe('application/health+json')
    expect(await bodyOf(health)).toEqual({ status: 'pass', checks: { store: { status: 'pass', kind: 'memory', latencyMs: 0 } } })
    expect(await bodyOf(await get('/api/health', stranger))).toEqual({ status: 'pass' })
    expect((await get('/metrics')).status).toBe(200)
    for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-proto', 'x-forwarded-host']) {
      await expectProblem(await get('/metrics', { [header]: '127.0.0.1' }), 'forbidden')
    }
    await expectProblem(await get('/metrics', { ...stranger, authorization: 'Bearer nope' }), 'forbidden')
    for (const token of [adminToken, metricsToken]) {
      const headers = { ...stranger, authorization: `Bearer ${token}` }
      expect((await get('/metrics', headers)).status).toBe(200)
      expect(await bodyOf(await get('/api/health', headers))).toHaveProperty('checks')
    }
    // What the handlers behind Next are told cannot be told by a client.
    await expectProblem(await get('/metrics', { ...stranger, 'x-fresco-address': '127.0.0.1', 'x-fresco-direct': '1' }), 'forbidden')
    store.isDown = true
    const failing = await get('/api/health')
    expect(failing.status).toBe(503)
    expect(await bodyOf(failing)).toMatchObject({ status: 'fail', checks: { store: { status: 'fail' } } })
  })
})

describe('pictures', () => {
  test('an admin paints one, and nobody else', async () => {
    const { get, send, sequence } = await start()
    const png = await (await get('/api/canvases/main/board.png')).arrayBuffer()
    const upload = (query: string, headers: Record<string, string>, body: BodyInit = png) =>
      send('POST', `/api/admin/canvases/main/picture${query}`, { body, headers })
    const type = { 'content-type': 'image/png' }
    await expectProblem(await upload('', type), 'unauthenticated')
    const painted = await upload('?gx=0&gy=0', { ...type, ...asAdmin })
    expect(painted.status).toBe(200)
    expect(await bodyOf(painted)).toEqual({ placed: 7_000 })
    await sequence()
    expect(await bodyOf(await get('/api/canvases/main/pixels/99/69'))).toMatchObject({ history: [{ cause: 'picture' }] })
    expect((await bodyOf(await upload('', { 'content-type': 'application/octet-stream', ...asAdmin }))).placed).toBe(7_000)
    await expectProblem(await upload('', { 'content-type': 'text/html', ...asAdmin }), 'unsupported_media_type')
    await expectProblem(await upload('?gx=1', { ...type, ...asAdmin }), 'out_of_bounds')
    await expectProblem(await upload('?gx=-1', { ...type, ...asAdmin }), 'out_of_bounds')
    await expectProblem(await upload('?gx=1.5', { ...type, ...asAdmin }), 'invalid_request')
    await expectProblem(await upload('?nearest=perhaps', { ...type, ...asAdmin }), 'invalid_request')
    await expectProblem(await upload('', { ...type, ...asAdmin }, 'no picture'), 'invalid_request')
    await expectProblem(await upload('', { ...type, ...asAdmin }, png.slice(0, -20)), 'invalid_request')
    await expectProblem(await upload('', { ...type, ...asAdmin, origin: 'http://evil.example' }), 'forbidden')
    const unknown = await send('POST', '/api/admin/canvases/nope/picture', { body: png, headers: { ...type, ...asAdmin } })
    await expectProblem(unknown, 'canvas_not_found')
  })

  test('one of more than 32 MiB is refused before it is read', async () => {
    const { port } = await start()
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const upload = httpRequest(
        {
          port,
          method: 'POST',
          path: '/api/admin/canvases/main/picture',
          headers: { ...asAdmin, 'content-type': 'image/png', 'content-length': 32 * 1_048_576 + 1 },
        },
        (response) => {
          response.resume()
          resolve(response.statusCode)
          upload.destroy()
        },
      )
      upload.on('error', reject)
      upload.flushHeaders()
    })
    expect(status).toBe(413)
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
    const { get } = await start({ rateLimits: true })
    const answers = await Promise.all(Array.from({ length: 110 }, () => get('/api/canvases/main')))
    expect(answers.filter(({ status }) => status === 200).length).toBe(100)
    await expectProblem(answers.find(({ status }) => status === 429) as Response, 'rate_limited')
    expect((await get('/livez')).status).toBe(200)
  })
})

describe('when the store is away', () => {
  test('placing answers 503 with Retry-After, and looking goes on with what is known', async () => {
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
      placer: (placer) => ({ ...placer, place: () => Promise.reject(new StoreError('outcome_unknown', 'nobody knows')) }),
    })
    await expect(post('/api/pixels', { gx: 0, gy: 0, color: 1 })).rejects.toThrow('fetch failed')
    const batch = fetch(`${url}/api/pixels/batch`, {
      method: 'POST',
      body: '{"pixels":[{"gx":0,"gy":0,"color":1}]}',
      headers: { 'content-type': 'application/json' },
    })
    await expect(batch).rejects.toThrow('fetch failed')
  })

  test('A1 a fault after the commit closes the connection too: the pixel may be saved', async () => {
    const { post } = await start({
      placer: (placer) => ({ ...placer, place: async (request) => ({ ...(await placer.place(request)), results: [] }) as never }),
    })
    await expect(post('/api/pixels', { gx: 0, gy: 0, color: 1 })).rejects.toThrow('fetch failed')
  })
})

describe('connections', () => {
  const raw = async (port: number, chunks: readonly string[], options: { until: RegExp }) =>
    new Promise<string>((resolve, reject) => {
      let received = ''
      const socket = connect(port, '127.0.0.1', () => {
        for (const chunk of chunks) socket.write(chunk)
      })
      socket.on('data', (data) => {
        received += data.toString('latin1')
        if (options.until.test(received)) socket.end()
      })
      socket.on('close', () => resolve(received))
      socket.on('error', reject)
    })

  test('a refused body does not spoil the next request on its connection', async () => {
    const { port } = await start()
    const body = `{"more":"${'x'.repeat(20_000)}"}`
    const refused = `POST /api/pixels HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    const next = 'GET /livez HTTP/1.1\r\nhost: x\r\n\r\n'
    const received = await raw(port, [refused, next], { until: /\r\n\r\nok$/ })
    expect(received).toMatch(/^HTTP\/1\.1 413 /)
    expect(received).toMatch(/HTTP\/1\.1 200 OK/)
  })

  test('a client that goes on sending after a refusal is cut off', async () => {
    const { port } = await start({ lingerMs: 50 })
    const head = 'POST /api/pixels HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9000000\r\n\r\n'
    const received = await raw(port, [head, 'x'.repeat(100)], { until: /never/ })
    expect(received).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('a client that goes away half way leaves nothing behind', async () => {
    const { port, get, store } = await start()
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write('POST /api/pixels HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"gx":1')
        socket.destroy()
        resolve()
      })
    })
    expect((await get('/livez')).status).toBe(200)
    expect(await store.backlog()).toMatchObject({ unsequenced: 0 })
  })
})
