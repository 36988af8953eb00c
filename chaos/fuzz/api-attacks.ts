/** Every route of docs/PROTOCOL.md with right, nearly right and strange input, by every kind of caller. No request may paint. */
import type { Random } from '../random.ts'
import { type AttackMakers, latin1, type Step, type Target } from './attack.ts'
import { between, oneOf, randomBytes, weighted } from './choices.ts'
import { exchange } from './http-request.ts'
import { refusedBatch, refusedPlacement } from './refused-placements.ts'
import { strangeHeaderValue, strangeJson, strangeQuery, strangeSegment } from './strange-values.ts'

type Pairs = readonly (readonly [string, string])[]

const reads = [
  '/api/canvases',
  '/api/canvases/*',
  '/api/canvases/main/tiles/*/board',
  '/api/canvases/*/tiles/*/board',
  '/api/canvases/main/tiles/0/board',
  '/api/canvases/main/tiles/*/commits',
  '/api/canvases/main/tiles/0/commits',
  '/api/canvases/main/board.png',
  '/api/canvases/*/board.png',
  '/api/canvases/main/pixels/*/*',
  '/api/canvases/main/stats',
  '/api/me',
  '/api/placements/*',
  '/api/health',
  '/api/*',
  '/api',
  '/livez',
  '/readyz',
  '/metrics',
  '/api/admin/overview',
  '/api/admin/outbox/dead',
  '/api/admin/*',
] as const

/** Without `pause` and `resume`: they would succeed and change what other attacks test. */
const adminActs = ['/api/admin/outbox/dead/*/retry', '/api/admin/outbox/dead/*/discard', '/api/admin/*', '/api/admin/outbox/*'] as const

const fill = (random: Random, path: string) =>
  path.replaceAll('*', () => strangeSegment(random)).replaceAll(/outbox\/(pause|resume)/g, 'outbox/x')

/** Callers: anonymous, a guest, a painter, the operator, or one with a false credential. */
const callerOf = (random: Random, { tokens, adminToken, guestCookie, host }: Target): Pairs =>
  weighted<Pairs>(random, [
    [4, []],
    [2, [['Cookie', guestCookie]]],
    [3, [['Authorization', `Bearer ${random.pick(tokens)}`]]],
    [3, [['Authorization', `Bearer ${adminToken}`]]],
    [1, [['Authorization', `Bearer ${adminToken.slice(1)}`]]],
    [1, [['Authorization', strangeHeaderValue(random)]]],
    [1, [['Cookie', `fresco_session=${strangeHeaderValue(random)}`]]],
    [
      1,
      [
        ['Cookie', guestCookie],
        ['Origin', `http://${host}`],
      ],
    ],
    [
      1,
      [
        ['Cookie', guestCookie],
        ['Origin', 'https://evil.example'],
      ],
    ],
  ])

const lineBreaks = /[\r\n]/g

const extrasOf = (random: Random): Pairs => [
  ...(random.chance(0.2) ? [['Accept-Encoding', oneOf(random, ['br', 'zstd', 'gzip', '*', 'br;q=0', '', ','])] as const] : []),
  ...(random.chance(0.2) ? [['If-None-Match', strangeHeaderValue(random).replaceAll(lineBreaks, '')] as const] : []),
  ...(random.chance(0.1) ? [['Range', oneOf(random, ['bytes=0-1', 'bytes=9-1', 'x'])] as const] : []),
  ...(random.chance(0.2) ? [['Idempotency-Key', oneOf(random, ['k1', 'x'.repeat(64), 'x'.repeat(65), ' ', 'é'])] as const] : []),
]

const json: Pairs = [['Content-Type', 'application/json']]
const contentTypeOf = (random: Random): Pairs =>
  random.chance(0.8)
    ? json
    : [['Content-Type', oneOf(random, ['text/plain', 'multipart/form-data; boundary=x', 'application/json; charset=utf-7', ''])]]

const posting = (random: Random, target: Target, path: string, body: string): Step[] =>
  exchange({
    host: target.host,
    method: 'POST',
    path,
    headers: [...callerOf(random, target), ...contentTypeOf(random), ...extrasOf(random)],
    body: latin1(body),
  })

export const apiAttacks: AttackMakers = {
  read: (random, target) => {
    const path = fill(random, oneOf(random, reads)) + strangeQuery(random)
    const headers = [...callerOf(random, target), ...extrasOf(random)]
    return exchange({
      host: target.host,
      method: oneOf(random, ['GET', 'GET', 'GET', 'HEAD', 'OPTIONS']),
      path,
      headers,
      close: random.chance(0.3),
    })
  },
  'log and past': (random, target) => {
    const number = () =>
      oneOf(random, ['0', '1', '3', '1000', '-1', '1e3', '9'.repeat(30), '', '2026-11-24T12:00:00Z', '1970-01-01T00:00:00Z', 'x'])
    const query = oneOf(random, [
      `after=${number()}&limit=${number()}`,
      `seq=${number()}`,
      `at=${number()}`,
      `seq=${number()}&at=${number()}`,
    ])
    const what = query.startsWith('after') ? 'commits' : 'board'
    return exchange({ host: target.host, path: `/api/canvases/main/tiles/${oneOf(random, ['0', '1', '256', '999'])}/${what}?${query}` })
  },
  place: (random, target) => posting(random, target, '/api/pixels', refusedPlacement(random, target)),
  batch: (random, target) => posting(random, target, '/api/pixels/batch', refusedBatch(random, target)),
  // No placement has these ids, so nothing is undone.
  undo: (random, target) => posting(random, target, fill(random, '/api/placements/*/undo'), oneOf(random, ['', '{}', strangeJson(random)])),
  'undo a stroke': (random, target) => {
    const ids = Array.from({ length: oneOf(random, [0, 1, 3, 256, 257]) }, () =>
      oneOf(random, ['', 'x', `${'0'.repeat(21)}-0.0`, '__proto__']),
    )
    const body = random.chance(0.7) ? JSON.stringify({ ids }) : `{"ids":${strangeJson(random)}}`
    return posting(random, target, '/api/placements/undo', body)
  },
  'strange body': (random, target) =>
    posting(
      random,
      target,
      oneOf(random, ['/api/pixels', '/api/pixels/batch', '/api/placements/undo', '/api/tokens', '/api/admin/session']),
      strangeJson(random),
    ),
  'large body': (random, target) => posting(random, target, '/api/pixels', 'x'.repeat(between(random, 16_000, 40_000))),
  token: (random, target) =>
    exchange({
      host: target.host,
      method: 'POST',
      path: '/api/tokens',
      headers: [...callerOf(random, target), ...extrasOf(random)],
      body: '',
    }),
  'admin session': (random, target) => {
    const token = oneOf(random, [JSON.stringify(target.adminToken), JSON.stringify(randomBytes(random, 40)), strangeJson(random)])
    const body = latin1(oneOf(random, [`{"token":${token}}`, `{"link":${token}}`, `{"token":${token},"link":${token}}`]))
    const method = oneOf(random, ['POST', 'POST', 'DELETE'])
    return exchange({ host: target.host, method, path: '/api/admin/session', headers: [...callerOf(random, target), ...json], body })
  },
  'admin act': (random, target) => posting(random, target, fill(random, oneOf(random, adminActs)), strangeJson(random)),
  'wrong method': (random, target) => {
    const method = oneOf(random, ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])
    const headers = [...callerOf(random, target), ...json, ['Access-Control-Request-Method', 'PUT'] as const]
    return exchange({ host: target.host, method, path: fill(random, oneOf(random, reads)), headers, body: '{}' })
  },
}
