/** Placing over real connections: valid bodies, and the refusals of invalid ones. */
import { describe, expect, test } from 'vitest'
import type { ProblemCode } from '../../lib/refusal.ts'
import { updateCanvas } from '../store/store.fixture.ts'
import { bodyOf, cookieOf, expectProblem, start } from './api-expectations.fixture.ts'

describe('POST /api/pixels', () => {
  test('places a pixel and answers with the placement', async () => {
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

  test('charges are null without a cooldown, and a color may be an index', async () => {
    const { post } = await start()
    const placed = await bodyOf(await post('/api/pixels', { gx: 0, gy: 0, color: 3, canvas: 'main', other: { more: [] } }))
    expect(placed).toMatchObject({ gx: 0, gy: 0, color: '#0000FF', tile: 0 })
    expect(placed.charges).toEqual({ available: null, max: null, nextChargeAt: null, nextChargeInMs: null })
  })

  test('a body without a content type, or of another JSON type, is accepted', async () => {
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

  test('many unknown keys are ignored', async () => {
    const { send } = await start()
    const body = `{"__proto__":{"gx":5},${Array.from({ length: 1_500 }, (_, i) => `"k${i}":0`).join(',')},"gx":1,"gy":2,"color":3}`
    const response = await send('POST', '/api/pixels', { body, headers: { 'content-type': 'application/json' } })
    expect(await bodyOf(response)).toMatchObject({ gx: 1, gy: 2 })
  })

  test('16 KiB are accepted, and one byte more is too large', async () => {
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

  test('a large body without a length is refused while it arrives, and the connection stays open', async () => {
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

  test('a body of another media type is refused', async () => {
    const { send } = await start()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'multipart/form-data; boundary=x']) {
      await expectProblem(
        await send('POST', '/api/pixels', { body: '{"gx":1,"gy":1,"color":1}', headers: { 'content-type': type } }),
        'unsupported_media_type',
      )
    }
  })

  test('a client without charges gets the time until its next charge', async () => {
    const { post, clock } = await start({ canvas: { cooldownMs: 2_500, maxCharges: 1, startCharges: 1 } })
    const first = await post('/api/pixels', { gx: 0, gy: 0, color: 1 })
    const cookie = cookieOf(first)
    clock.nowMs += 1_000
    const second = await post('/api/pixels', { gx: 1, gy: 0, color: 1 }, { cookie })
    expect(second.headers.get('retry-after')).toBe('2')
    expect(await expectProblem(second, 'cooldown')).toMatchObject({ retryAfterMs: 1_500 })
  })

  test('a paused and a closed canvas refuse placements', async () => {
    const { post, store, clock } = await start()
    for (const [state, code] of [
      ['paused', 'canvas_paused'],
      ['closed', 'canvas_closed'],
    ] as const) {
      await updateCanvas(store, { state })
      clock.nowMs += 2_000
      await expectProblem(await post('/api/pixels', { gx: 0, gy: 0, color: 1 }), code)
      await expectProblem(await post('/api/pixels/batch', { pixels: [{ gx: 0, gy: 0, color: 1 }] }), code)
    }
  })

  test('a color that was added after the canvas was cached is shown', async () => {
    const { post, store } = await start()
    expect((await post('/api/pixels', { gx: 0, gy: 0, color: 0 })).status).toBe(201)
    await updateCanvas(store, { palette: ['#FFFFFF', '#FF0000', '#00FF00', '#0000FF', '#ABCDEF'] })
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
    // The same body after parsing: with the default, the color as its index, and the keys in another order.
    const again = await post('/api/pixels', { color: 1, canvas: 'main', gy: 2, gx: 1 }, headers)
    expect(again.status).toBe(201)
    expect(await bodyOf(again)).toEqual(first)
    expect(await store.backlog()).toMatchObject({ unsequenced: 1 })
    await expectProblem(await post('/api/pixels', { gx: 1, gy: 3, color: 1 }, headers), 'idempotency_key_reused')
    await expectProblem(await post('/api/pixels/batch', { pixels: [{ gx: 1, gy: 2, color: 1 }] }, headers), 'idempotency_key_reused')
  })

  test('a key belongs to one painter, and a refusal is not stored', async () => {
    const { post } = await start()
    const headers = { 'idempotency-key': 'mine' }
    const refused = await post('/api/pixels', { gx: 100, gy: 0, color: 1 }, headers)
    await expectProblem(refused, 'out_of_bounds')
    const cookie = cookieOf(refused)
    expect(cookie).toMatch(/^fresco_session_/)
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

  test('a batch with a key is placed once', async () => {
    const { post, store } = await start()
    const { token } = await bodyOf(await post('/api/tokens'))
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': 'batch' }
    const body = { pixels: [{ gx: 0, gy: 0, color: 1 }, { gx: 'x' }, { gx: 1, gy: 0, color: 1 }] }
    const first = await bodyOf(await post('/api/pixels/batch', body, headers))
    expect(await bodyOf(await post('/api/pixels/batch', body, headers))).toEqual(first)
    expect(await store.backlog()).toMatchObject({ unsequenced: 1 })
    await expectProblem(await post('/api/pixels/batch', { pixels: body.pixels.slice(1) }, headers), 'idempotency_key_reused')
  })

  test('an invalid batch is refused as a whole', async () => {
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
