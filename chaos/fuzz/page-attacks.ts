/** Pages and Next's own routes: odd queries, data requests, internal headers, actions and images. */
import type { Random } from '../random.ts'
import type { AttackMakers } from './attack.ts'
import { oneOf } from './choices.ts'
import { exchange } from './http-request.ts'
import { strangeHeaderValue, strangeJson, strangeQuery, strangeSegment } from './strange-values.ts'

const pages = ['/', '/c/main', '/c/nowhere', '/admin', '/c', '/c/main/x', '/favicon.ico', '/icon.svg', '/robots.txt'] as const

const internals = [
  '/_next/image?url=%2Ficon.svg&w=64&q=75',
  '/_next/image?url=http%3A%2F%2F127.0.0.1%2F&w=64&q=75',
  '/_next/image?url=%2Fapi%2Fcanvases%2Fmain%2Fboard.png&w=3840&q=100',
  '/_next/data/x/index.json',
  '/_next/static/../../package.json',
  '/_next/static/%2e%2e%2f%2e%2e%2fpackage.json',
  '/_next/static/chunks/none.js',
  '/_next/webpack-hmr',
  '/__nextjs_original-stack-frame',
  '/_error',
  '/_not-found',
  '/index.html',
  '/admin.rsc',
  '/index.rsc',
  '/.env',
  '/.git/config',
] as const

const junk = (random: Random) => encodeURI(strangeHeaderValue(random))

const nextHeaders = (random: Random) =>
  oneOf(random, [
    ['RSC', '1'],
    ['Next-Router-Prefetch', '1'],
    ['Next-Router-State-Tree', encodeURIComponent(strangeJson(random)).slice(0, 4_000)],
    ['Next-Router-Segment-Prefetch', `/${strangeSegment(random)}`],
    ['Next-Action', 'x'.repeat(40)],
    ['Next-Url', junk(random)],
    ['x-middleware-subrequest', 'middleware:middleware:middleware:middleware:middleware'],
    ['x-nextjs-data', '1'],
    ['x-invoke-path', '/admin'],
    ['x-invoke-status', '500'],
    ['x-matched-path', '/admin'],
    ['x-now-route-matches', '1=main'],
    ['x-prerender-revalidate', 'x'],
    ['fresco-bypass', 'off'],
    ['x-nonce', '"><script>'],
    ['content-security-policy', "script-src 'nonce-x'"],
  ] as [[string, string], ...[string, string][]])

export const pageAttacks: AttackMakers = {
  page: (random, { host }) => exchange({ host, path: oneOf(random, pages) + strangeQuery(random) }),
  'canvas page': (random, { host }) => exchange({ host, path: `/c/${strangeSegment(random)}${strangeQuery(random)}` }),
  internals: (random, { host }) => exchange({ host, path: oneOf(random, internals) }),
  "Next's headers": (random, { host }) =>
    exchange({
      host,
      path: oneOf(random, [...pages, '/api/canvases/main', '/api/me']),
      headers: [nextHeaders(random), nextHeaders(random)],
    }),
  'action or body': (random, { host }) => {
    const headers = [
      ['Next-Action', oneOf(random, ['x', 'a'.repeat(42), ''])],
      ['Content-Type', oneOf(random, ['multipart/form-data; boundary=x', 'text/plain;charset=UTF-8', 'application/x-www-form-urlencoded'])],
    ] as const
    const body = oneOf(random, [
      '--x\r\nContent-Disposition: form-data; name="$ACTION_ID_x"\r\n\r\n\r\n--x--',
      '[]',
      '["$F1"]',
      '["$undefined"]',
      'a=b',
    ])
    return exchange({ host, method: 'POST', path: oneOf(random, pages), headers, body })
  },
}
