/**
 * The handlers exist once and are mounted twice: before Next by the node adapter, and behind Next by the route file. Both give the same
 * answers. A stand-in for Next passes a Web `Request` with the headers of the incoming message to the exported function of the route
 * file, and drops the same headers of the answer.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { getHandle, setHandle } from '../handle.ts'
import { StoreError } from '../store/port.ts'
import { adminToken, type Fixture, type FixtureOptions, startApi } from './api.fixture.ts'

type RouteFile = Record<string, (request: Request) => Promise<Response>>

// biome-ignore lint/style/noRestrictedImports: this test is about that file.
const routeFile = (await import('../../app/api/[...path]/route.ts')) as unknown as RouteFile

const behind = vi.fn(async (incoming: IncomingMessage, outgoing: ServerResponse) => {
  outgoing.setHeader('content-security-policy', 'of a page')
  const { method = 'GET', url = '/' } = incoming
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value))
  // Next adds these to every request, so nothing may depend on their absence.
  headers.set('x-forwarded-for', incoming.socket.remoteAddress ?? '')
  headers.set('x-forwarded-proto', 'http')
  const body = method === 'GET' || method === 'HEAD' ? {} : { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' }
  const handler = routeFile[method]
  if (!handler) throw new Error(`the route file has no ${method}`)
  const response = await handler(new Request(`http://next.invalid${url}`, { method, headers, ...body } as RequestInit))
  outgoing.statusCode = response.status
  for (const [name, value] of response.headers) {
    // Like Next's send-response.js: it drops the framing and keeps existing headers.
    if (name === 'content-length' || name === 'content-encoding' || (outgoing.hasHeader(name) && name !== 'set-cookie')) continue
    outgoing.appendHeader(name, value)
  }
  const bytes = Buffer.from(await response.arrayBuffer())
  if (bytes.length > 0) outgoing.write(bytes)
  outgoing.end()
})

let fixture: Fixture

const start = async (options: FixtureOptions = {}) => {
  fixture = await startApi({ ...options, behind: (request, response) => void behind(request, response) })
  setHandle({ api: fixture.api.handle, pages: null })
}

beforeEach(() => void behind.mockClear())
afterEach(async () => {
  setHandle(null)
  await fixture.close()
})

/** The parts of an answer that clients use. Each failing request has a name of its own. */
const shownTo = async (response: Response) => {
  const headers = Object.fromEntries(response.headers)
  for (const name of ['date', 'connection', 'keep-alive', 'transfer-encoding']) delete headers[name]
  const { 'x-request-id': requestId, ...others } = headers
  const body = Buffer.from(await response.arrayBuffer()).toString('latin1')
  if (requestId === undefined) return { status: response.status, headers, body }
  expect(requestId).toMatch(/^[0-9a-f]{16}$/)
  return {
    status: response.status,
    headers: { ...others, 'x-request-id': 'id' },
    body: body.replace(`"requestId":"${requestId}"`, '"requestId":"id"'),
  }
}

const both = async (method: string, path: string, init: { body?: string; headers?: Record<string, string> } = {}) => {
  const fast = await shownTo(await fixture.send(method, path, init))
  expect(behind).not.toHaveBeenCalled()
  const slow = await shownTo(await fixture.send(method, path, { ...init, headers: { ...init.headers, 'fresco-bypass': 'off' } }))
  expect(behind).toHaveBeenCalledOnce()
  behind.mockClear()
  return { fast, slow }
}

const json = { 'content-type': 'application/json' }
const admin = { authorization: `Bearer ${adminToken}` }
const pixel = '{"gx":1,"gy":2,"color":"#ff0000"}'

const requests: [method: string, path: string, init?: { body?: string; headers?: Record<string, string> }][] = [
  ['POST', '/api/pixels', { body: pixel, headers: { ...json, ...admin, 'idempotency-key': 'one' } }],
  ['POST', '/api/pixels', { body: '{"gx":100,"gy":2,"color":1}', headers: { ...json, ...admin } }],
  ['POST', '/api/pixels', { body: '{"gx":"7"}', headers: json }],
  ['POST', '/api/pixels', { body: 'x'.repeat(17_000), headers: json }],
  ['POST', '/api/pixels', { body: pixel, headers: { 'content-type': 'text/plain' } }],
  ['POST', '/api/pixels', { body: pixel, headers: { ...json, authorization: 'Bearer nope' } }],
  ['POST', '/api/pixels', { body: pixel, headers: { ...json, origin: 'http://evil.example' } }],
  ['POST', '/api/pixels/batch', { body: `{"pixels":[${pixel},{}]}`, headers: { ...json, ...admin, 'idempotency-key': 'two' } }],
  ['POST', '/api/tokens', { headers: { authorization: 'Bearer nope' } }],
  ['GET', '/api/me', { headers: admin }],
  ['GET', '/api/canvases/main'],
  ['HEAD', '/api/canvases/main'],
  ['GET', '/api/canvases/nope'],
  ['GET', '/api/canvases/main/tiles/0/board'],
  ['GET', '/api/canvases/main/tiles/0/board', { headers: { 'if-none-match': 'W/"epoch001-0"' } }],
  ['GET', '/api/canvases/main/tiles/0/board', { headers: { 'accept-encoding': 'gzip;q=0' } }],
  ['GET', '/api/canvases/main/tiles/0/commits?limit=5'],
  ['GET', '/api/canvases/main/tiles/0/commits?limit=5000'],
  ['GET', '/api/canvases/main/pixels/1/2'],
  ['GET', '/api/canvases/main/board.png?scale=2'],
  ['GET', '/api/placements/nothing'],
  ['GET', '/api/health'],
  ['GET', '/api/health', { headers: { 'x-forwarded-for': '127.0.0.1' } }],
  ['GET', '/api/nothing/here'],
  ['DELETE', '/api/pixels'],
  ['PUT', '/api/me', { body: '{}' }],
  ['PATCH', '/api/me', { body: '{}' }],
  ['OPTIONS', '/api/canvases/main'],
  ['OPTIONS', '/api/pixels'],
]

test('both mounts give the same answers', async () => {
  await start()
  for (const [method, path, init] of requests) {
    const { fast, slow } = await both(method, path, init)
    expect(slow, `${method} ${path}`).toEqual(fast)
  }
})

test('both mounts make guests, limit by the address of the client, and ignore internal headers of a client', async () => {
  await start({ rateLimits: true, trustProxy: 1 })
  const spoofed = { 'x-fresco-address': '127.0.0.1', 'x-fresco-direct': '1', 'x-fresco-exchange': '1', 'x-forwarded-for': '9.9.9.9' }
  const { fast, slow } = await both('GET', '/api/health', { headers: spoofed })
  expect(fast.body).toBe('{"status":"pass"}')
  expect(slow).toEqual(fast)
  const guests = await both('GET', '/api/me', { headers: { 'x-forwarded-for': '9.9.9.9', 'x-forwarded-proto': 'https' } })
  for (const { status, headers } of [guests.fast, guests.slow]) {
    expect(status).toBe(200)
    expect(headers['set-cookie']).toMatch(/^__Host-fresco_session_.*Secure/)
  }
  const statuses: number[] = []
  for (let i = 0; i < 60; i++) {
    const mount: Record<string, string> = i % 2 ? { 'fresco-bypass': 'off' } : {}
    statuses.push((await fixture.send('POST', '/api/tokens', { headers: { 'x-forwarded-for': '9.9.9.9', ...mount } })).status)
  }
  expect(statuses.filter((status) => status === 429).length).toBe(2)
})

test('A1 both mounts close the connection when an outcome is unknown', async () => {
  await start({
    place: () => () => Promise.reject(new StoreError('outcome_unknown', 'lost')),
  })
  for (const bypass of ['on', 'off']) {
    await expect(fixture.send('POST', '/api/pixels', { body: pixel, headers: { ...json, 'fresco-bypass': bypass } })).rejects.toThrow(
      'fetch failed',
    )
  }
  expect(behind).toHaveBeenCalledOnce()
})

test('the bypass header is ignored without --bypass-header', async () => {
  await start({ bypassHeader: false })
  const response = await fixture.send('GET', '/api/canvases/main', { headers: { 'fresco-bypass': 'off' } })
  expect(response.status).toBe(200)
  expect(behind).not.toHaveBeenCalled()
})

test('Next gets a short list of headers, and none of its own from a client', async () => {
  await start()
  const own = [
    'rsc',
    'next-action',
    'next-router-state-tree',
    'x-nextjs-data',
    'x-middleware-subrequest',
    'x-invoke-path',
    'x-forwarded-host',
  ]
  await fixture.send('GET', '/somewhere', { headers: { ...Object.fromEntries(own.map((name) => [name, '1'])), cookie: 'a=b' } })
  const [[{ headers }] = [{ headers: {} }]] = behind.mock.calls
  for (const name of [...own, 'x-fresco-nonsense']) expect(headers, name).not.toHaveProperty(name)
  expect(headers).toMatchObject({ cookie: 'a=b', 'x-fresco-address': '127.0.0.1' })
})

test('without a server, the handle explains how to start one', async () => {
  await start()
  setHandle(null)
  expect(() => getHandle()).toThrow('script/server')
})
