import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { createOrigins } from './origins.ts'
import { cliUserAgent, SetupWatch } from './setup-watch.ts'

interface Asked {
  readonly method?: string
  readonly url?: string
  readonly headers?: Record<string, string>
  readonly httpVersion?: string
  readonly remoteAddress?: string
  readonly status?: number
}

const setUp = (options: { publicUrls?: string[]; trustProxy?: number } = {}) => {
  const clock = { nowMs: 0 }
  const codes: string[] = []
  const { publicUrls = [], trustProxy = 0 } = options
  const watch = new SetupWatch({
    warnings: { warn: (code) => void codes.push(code), clear: () => undefined },
    origins: createOrigins({ publicUrls }),
    hasSession: (cookie) => cookie === 'session',
    publicUrls,
    trustProxy,
    now: () => clock.nowMs,
  })
  /** Returns the warnings of the request. With `upgrade` it became a WebSocket. */
  const ask = (
    { method = 'GET', url = '/', headers = {}, httpVersion = '1.1', remoteAddress = '127.0.0.1', status = 200 }: Asked,
    upgrade = false,
  ) => {
    codes.length = 0
    const response = upgrade ? null : Object.assign(new EventEmitter(), { statusCode: status })
    const request = { method, url, httpVersion, headers: { host: 'localhost:3000', ...headers }, socket: { remoteAddress } }
    watch.check(request as unknown as IncomingMessage, response as unknown as ServerResponse | null)
    response?.emit('finish')
    return [...codes]
  }
  return { clock, ask }
}

test('a correct request gives no warning, with and without a proxy', () => {
  const direct = setUp()
  for (const url of [
    '/',
    '/admin',
    '/c/main',
    '/c/main/',
    '/api/pixels',
    '/metrics',
    '/livez',
    '/icons/icon.svg',
    '/_next/static/x.js',
    '/wp-login.php',
  ])
    expect(direct.ask({ url }), url).toEqual([])
  expect(
    direct.ask({ method: 'POST', url: '/api/pixels', headers: { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' } }),
  ).toEqual([])
  expect(direct.ask({ url: '/socket.io/?EIO=4&transport=websocket' }, true)).toEqual([])

  const proxied = setUp({ publicUrls: ['https://fresco.example'], trustProxy: 1 })
  const headers = { host: 'fresco.example', 'x-forwarded-for': '1.2.3.4', 'x-forwarded-proto': 'https' }
  expect(proxied.ask({ headers })).toEqual([])
  expect(proxied.ask({ method: 'POST', url: '/api/pixels', headers: { ...headers, origin: 'https://fresco.example' } })).toEqual([])
  expect(proxied.ask({ url: '/metrics' }), 'a scraper of this machine').toEqual([])
})

test('a refused page of this server shows that PUBLIC_URL is empty or lacks its address, unlike a page of another site', () => {
  const post = { method: 'POST', url: '/api/pixels' }
  const lan = { host: 'fresco.lan:3000', origin: 'http://fresco.lan:3000' }
  expect(setUp().ask({ ...post, headers: lan })).toEqual(['no_public_url'])
  expect(setUp({ publicUrls: ['https://fresco.example'] }).ask({ ...post, headers: lan })).toEqual(['address_not_in_public_url'])
  expect(setUp().ask({ ...post, headers: { origin: 'https://evil.example' } })).toEqual(['foreign_origin'])
  const behindName = { host: '127.0.0.1:3000', 'x-forwarded-host': 'fresco.example', origin: 'https://fresco.example' }
  expect(setUp().ask({ ...post, headers: behindName })).toEqual(['no_public_url'])
  expect(setUp().ask({ ...post, headers: { ...lan, 'sec-fetch-site': 'same-origin', host: '127.0.0.1:3000' } })).toEqual([
    'no_public_url',
    'proxy_without_headers',
  ])
  expect(setUp().ask({ method: 'GET', url: '/api/canvases', headers: { origin: 'https://evil.example' } }), 'reading is open').toEqual([])
})

test('a refused socket gives a warning only if it carries a session', () => {
  const headers = { host: 'fresco.lan:3000', origin: 'http://fresco.lan:3000', cookie: 'session' }
  const url = '/socket.io/?EIO=4&transport=websocket'
  expect(setUp().ask({ url, headers }, true)).toEqual(['no_public_url'])
  expect(setUp().ask({ url, headers: { ...headers, cookie: '' } }, true)).toEqual([])
})

test('a proxy without WebSockets is found by a request without its upgrade, and by sessions of another process', () => {
  const { clock, ask } = setUp()
  expect(ask({ url: '/socket.io/?EIO=4&transport=websocket', status: 400 })).toEqual(['websocket_not_upgraded'])
  const poll = { url: '/socket.io/?EIO=4&transport=polling&sid=abc', status: 400 }
  expect([ask(poll), ask(poll)]).toEqual([[], []])
  expect(ask(poll)).toEqual(['session_of_another_process'])
  clock.nowMs = 60_000
  expect(ask(poll), 'long after').toEqual([])
  expect(ask({ ...poll, status: 200 })).toEqual([])
})

test.each<[number, string | undefined, string[]]>([
  [0, undefined, []],
  [0, '1.2.3.4', ['forwarded_for_ignored']],
  [1, undefined, ['forwarded_for_missing']],
  [1, '1.2.3.4', []],
  [2, '1.2.3.4', ['forwarded_for_missing']],
  [2, '1.2.3.4, 5.6.7.8', []],
])('with TRUST_PROXY=%i and X-Forwarded-For %s the warnings are %j', (trustProxy, forwarded, codes) => {
  const headers: Record<string, string> = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  const { ask } = setUp({ trustProxy })
  expect(ask({ url: '/api/canvases', headers })).toEqual(codes)
  if (forwarded === undefined) expect(ask({ url: '/livez', headers })).toEqual([])
})

test('a command on this machine needs no X-Forwarded-For, and cannot hide a proxy', () => {
  const { ask } = setUp({ trustProxy: 1 })
  const headers = { 'user-agent': cliUserAgent }
  const url = '/api/canvases/main/board.png?scale=1'
  expect(ask({ url, headers })).toEqual([])
  expect(ask({ url, headers, remoteAddress: '::ffff:127.0.0.1' })).toEqual([])
  expect(ask({ url, headers, remoteAddress: '10.0.0.7' })).toEqual(['forwarded_for_missing'])
  expect(ask({ url, headers: { ...headers, 'x-real-ip': '1.2.3.4' } })).toEqual(['forwarded_for_missing'])
  expect(ask({ url }), 'another program').toEqual(['forwarded_for_missing'])
  expect(setUp().ask({ url, headers: { ...headers, 'x-forwarded-for': '1.2.3.4' } })).toEqual(['forwarded_for_ignored'])
})

test('a bare proxy_pass is found, and that it makes /metrics public', () => {
  const { ask } = setUp()
  expect(ask({ httpVersion: '1.0' })).toEqual(['proxy_without_headers'])
  expect(ask({ url: '/metrics', httpVersion: '1.0' })).toEqual(['proxy_without_headers', 'metrics_through_proxy'])
  expect(ask({ url: '/metrics', headers: { host: 'fresco.example' } })).toEqual(['metrics_through_proxy'])
  expect(ask({ url: '/api/health', headers: { 'x-real-ip': '1.2.3.4' }, status: 403 })).toEqual(['metrics_through_proxy'])
  expect(ask({ url: '/metrics', headers: { host: 'fresco.example', authorization: 'Bearer x' } }), 'with the token').toEqual([])
  expect(ask({ url: '/metrics', headers: { host: 'web:3000' }, remoteAddress: '10.0.0.7', status: 403 }), 'a scraper elsewhere').toEqual([])
})

test.each(['/fresco/', '/fresco/_next/static/a.js', '/fresco/api/canvases', '/fresco/socket.io/?EIO=4', '/fresco/admin'])(
  'a request below a path gives a warning: %s',
  (url) => {
    expect(setUp().ask({ url })).toEqual(['sub_path'])
  },
)
test('a proxy that removes a path may send it in a header', () => {
  expect(setUp().ask({ headers: { 'x-forwarded-prefix': '/fresco' } })).toEqual(['sub_path'])
  expect(setUp().ask({ headers: { 'x-forwarded-prefix': '/' } })).toEqual([])
})
test('a page below a removed path is found by the referer of its image', () => {
  const headers = { referer: 'http://localhost:3000/fresco/', 'sec-fetch-site': 'same-origin' }
  expect(setUp().ask({ url: '/icons/icon.svg', headers })).toEqual(['sub_path'])
  for (const referer of ['http://localhost:3000/', 'http://localhost:3000/c/main', 'https://blog.example/posts/'])
    expect(setUp().ask({ url: '/icons/icon.svg', headers: { referer } }), referer).toEqual([])
})
test('behind a proxy without PUBLIC_URL the warning is no_public_url, for any Host', () => {
  const headers = { origin: 'https://fresco.example', host: 'upstream', 'x-forwarded-for': '1.2.3.4' }
  expect(setUp({ trustProxy: 1 }).ask({ method: 'POST', url: '/api/pixels', headers })).toEqual(['no_public_url'])
})
