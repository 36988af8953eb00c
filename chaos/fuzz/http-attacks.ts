/** HTTP that no client library sends: malformed lines and headers, duplicate and conflicting lengths, chunks, pipelines, endless requests. */
import type { Random } from '../random.ts'
import type { AttackMakers, Step, Target } from './attack.ts'
import { between, oneOf, randomBytes, times } from './choices.ts'
import { requestBytes } from './http-request.ts'
import { strangeHeaderValue, strangeQuery, strangeSegment } from './strange-values.ts'

const paths = [
  '/',
  '/livez',
  '/readyz',
  '/api/canvases',
  '/api/canvases/main',
  '/api/me',
  '/api/pixels',
  '/socket.io/?EIO=4&transport=polling',
] as const
const methods = [
  'TRACE',
  'CONNECT',
  'OPTIONS',
  'PUT',
  'PATCH',
  'PROPFIND',
  'get',
  'GETS',
  'M-SEARCH',
  'PRI',
  'QUERY',
  'X',
  'HEAD',
  'DELETE',
] as const
const headerNames = [
  'Host',
  'Content-Length',
  'Transfer-Encoding',
  'Connection',
  'Upgrade',
  'Expect',
  'Cookie',
  'Authorization',
  'Origin',
  'Range',
  'If-None-Match',
  'Accept-Encoding',
  'Content-Type',
  'Content-Encoding',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'Forwarded',
  'Sec-Fetch-Site',
  'Sec-WebSocket-Key',
  'X-Request-Id',
  'Idempotency-Key',
  'Te',
  'Trailer',
  '',
  ' Host',
  'Ho st',
  'H\u0000st',
] as const

const send = (bytes: string, pieces = 1): Step[] => [
  { do: 'send', on: 0, bytes, pieces },
  { do: 'read', on: 0, withinMs: 1_000 },
]

const strangeHeaders = (random: Random, count: number) =>
  times(count, () => [oneOf(random, headerNames), strangeHeaderValue(random)] as const)

const requestLines = (random: Random, { host }: Target) =>
  oneOf(random, [
    'GET',
    'GET /',
    'GET  / HTTP/1.1',
    'GET / HTTP/1.2',
    'GET / HTTP/0.9',
    'GET / HTTP/2.0',
    'GET / http/1.1',
    'GET / HTTP/1.1 x',
    '/ GET HTTP/1.1',
    'GET\t/\tHTTP/1.1',
    'GET * HTTP/1.1',
    'OPTIONS * HTTP/1.1',
    `CONNECT ${host} HTTP/1.1`,
    'CONNECT example.com:443 HTTP/1.1',
    `GET http://${host}/livez HTTP/1.1`,
    'GET http://example.com/livez HTTP/1.1',
    'GET http://[::1 HTTP/1.1',
    'GET http: HTTP/1.1',
    'GET //example.com/x HTTP/1.1',
    'GET /\\example.com HTTP/1.1',
    'GET ?x HTTP/1.1',
    'GET #x HTTP/1.1',
    'GET /#x HTTP/1.1',
    'GET /\u0000 HTTP/1.1',
    'GET /\u00ff\u00fe HTTP/1.1',
    'GET javascript:alert(1) HTTP/1.1',
    'GET file:///etc/passwd HTTP/1.1',
    `GET /${'a'.repeat(between(random, 1_000, 20_000))} HTTP/1.1`,
    `${'A'.repeat(5_000)} / HTTP/1.1`,
    `${randomBytes(random, 40)}`,
  ])

const chunkBodies = [
  '5\r\nhello\r\n0\r\n\r\n',
  '0\r\n\r\n',
  'FFFFFFFFFFFFFFFFF\r\nx',
  '-1\r\nx\r\n0\r\n\r\n',
  'zz\r\n',
  '5;ext=1\r\nhello\r\n0\r\n\r\n',
  '5\nhello\n0\n\n',
  '5\r\nhelloworld\r\n0\r\n\r\n',
  '0\r\nX-Trailer: 1\r\nContent-Length: 5\r\n\r\n',
  ` 5\r\nhello\r\n0\r\n\r\n`,
  `5;${'a'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`,
  `${'1\r\nx\r\n'.repeat(3_000)}0\r\n\r\n`,
] as const

export const httpAttacks: AttackMakers = {
  'request line': (random, target) => send(`${requestLines(random, target)}\r\nHost: ${target.host}\r\n\r\n`),
  'unknown method': (random, { host }) =>
    send(requestBytes({ host, method: oneOf(random, methods), path: oneOf(random, paths), body: random.chance(0.5) ? 'x' : null })),
  headers: (random, { host }) =>
    send(requestBytes({ host, path: oneOf(random, paths), headers: strangeHeaders(random, between(random, 1, 8)) })),
  'many headers': (random, { host }) =>
    send(requestBytes({ host, path: '/livez', headers: times(between(random, 100, 3_000), (index) => [`X-${index}`, 'y'] as const) })),
  'huge header': (random, { host }) =>
    send(requestBytes({ host, path: '/livez', headers: [[oneOf(random, headerNames), 'x'.repeat(between(random, 8_000, 70_000))]] })),
  'no header ends': (random, { host }) =>
    send(`GET / HTTP/1.1\r\nHost: ${host}\r\nX: ${oneOf(random, ['', '\n', '\r', '\n \n', '\u0000'])}`),
  hosts: (random, { host }) => {
    const lines = oneOf(random, [
      `Host: ${host}\r\nHost: ${host}`,
      `Host: ${host}\r\nHost: evil.example`,
      'Host:',
      '',
      `Host: ${strangeHeaderValue(random)}`,
    ])
    return send(`GET ${oneOf(random, paths)} HTTP/1.1\r\n${lines}\r\n\r\n`)
  },
  lengths: (random, { host }) => {
    const lines = oneOf(random, [
      'Content-Length: 5\r\nContent-Length: 6',
      'Content-Length: 5, 5',
      'Content-Length: -1',
      'Content-Length: +5',
      'Content-Length: 0x5',
      'Content-Length: 5\r\nTransfer-Encoding: chunked',
      'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
      'Transfer-Encoding: xchunked',
      'Transfer-Encoding: gzip, chunked',
      'Transfer-Encoding : chunked',
      'Content-Length: 99999999999999999999',
      'Content-Length: 17000',
    ])
    return send(
      `POST ${oneOf(random, paths)} HTTP/1.1\r\nHost: ${host}\r\n${lines}\r\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    )
  },
  chunks: (random, { host, tokens }) =>
    send(
      `POST ${oneOf(random, ['/api/pixels', '/api/tokens', '/', '/socket.io/?EIO=4&transport=polling'])} HTTP/1.1\r\nHost: ${host}\r\n` +
        `Authorization: Bearer ${random.pick(tokens)}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${oneOf(random, chunkBodies)}`,
      between(random, 1, 4),
    ),
  pipeline: (random, { host }) =>
    send(
      times(between(random, 2, random.chance(0.1) ? 300 : 20), () => requestBytes({ host, path: oneOf(random, paths) })).join(''),
      between(random, 1, 3),
    ),
  'pipeline, never read': (random, { host }) => [
    {
      do: 'flood',
      on: 0,
      bytes: requestBytes({ host, path: oneOf(random, paths) }),
      totalBytes: 20_000,
      bytesPerSecond: 40_000,
      allowedBytes: null,
    },
    { do: 'reset', on: 0 },
  ],
  'half a request': (random, { host }) => {
    const whole = requestBytes({ host, method: 'POST', path: oneOf(random, paths), body: '{"gx":' })
    return [
      { do: 'send', on: 0, bytes: whole.slice(0, between(random, 1, whole.length)) },
      { do: 'wait', ms: random.chance(0.05) ? 20_000 : between(random, 0, 1_000) },
      { do: oneOf(random, ['end', 'reset']), on: 0 },
    ]
  },
  'slow request': (random, { host }) =>
    send(
      requestBytes({ host, method: 'POST', path: '/api/pixels', headers: strangeHeaders(random, 2), body: '{"gx":' }),
      between(random, 10, 60),
    ),
  upgrade: (random, { host }) => {
    const path = oneOf(random, [...paths, '/socket.io', '/socket.io/', '/socket.io/x?EIO=4&transport=websocket', '/_next/webpack-hmr'])
    const value = oneOf(random, ['websocket', 'h2c', 'TLS/1.0', 'websocket, h2c', 'x'.repeat(2_000), ''])
    const headers = [
      ['Connection', oneOf(random, ['Upgrade', 'Upgrade, HTTP2-Settings', 'upgrade, close', 'keep-alive'])],
      ['Upgrade', value],
      ['HTTP2-Settings', 'AAMAAABkAARAAAAAAAIAAAAA'],
      ['Sec-WebSocket-Version', oneOf(random, ['13', '8', '-1', ''])],
      ['Sec-WebSocket-Key', oneOf(random, ['dGhlIHNhbXBsZSBub25jZQ==', 'x', ''])],
    ] as const
    return send(requestBytes({ host, path, headers, method: oneOf(random, ['GET', 'GET', 'POST']) }))
  },
  'HTTP/2 unasked': (random) =>
    send(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${'\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000'.repeat(between(random, 1, 50))}`),
  'TLS unasked': (random) => send(`\u0016\u0003\u0001\u0002\u0000\u0001${randomBytes(random, between(random, 1, 500))}`),
  'encoded path': (random, { host }) =>
    send(requestBytes({ host, path: `/${times(between(random, 1, 6), () => strangeSegment(random)).join('/')}${strangeQuery(random)}` })),
}
