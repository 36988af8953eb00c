/**
 * Thousands of invalid requests, and some valid ones. Every answer is documented, a refused request changes nothing, and none stays in
 * memory. The seed is in the test's name; FUZZ_SEED repeats it.
 */
import { request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asCanvasId, type PainterId } from '../../lib/brand.ts'
import { adminPainterId } from '../../lib/painter.ts'
import { type ProblemCode, problemStatus } from '../../lib/refusal.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { strangeSegments } from '../testing/strange-segments.ts'
import { adminToken, type Fixture } from './api.fixture.ts'
import { bodyOf, start } from './api-expectations.fixture.ts'

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const runs = 5_000
const maxGrowthBytes = 50 * 1_048_576

interface Case {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer | null
}

const canvas = testCanvas()
const edges = [0, 1, -1, canvas.width - 1, canvas.width, canvas.height - 1, canvas.height, 1e9, 2 ** 53, -(2 ** 53), 1e308, 0.5, -0]
const coordinate = fc.oneof(fc.nat(canvas.width - 1), fc.constantFrom(...edges))
const anything = fc.anything({ maxDepth: 2, withNullPrototype: false })
const color = fc.oneof(fc.constantFrom<unknown>('#FF0000', '#ff0000', '#123456', '#ff', 0, 3, 4, -1, '1', null), anything)
const rarely = <Value>(usual: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 4, arbitrary: usual as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: anything })
const pixel = fc.record({ gx: rarely(coordinate), gy: rarely(coordinate), color }, { requiredKeys: [] })
const canvasName = fc.oneof(fc.constantFrom<unknown>('main', 'nowhere', '', 'MAIN', '__proto__', 'a'.repeat(33)), anything)
const jsonOf = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? 'undefined'
  } catch {
    // Bigints and the like have no JSON, so something else is sent.
    return String(typeof value)
  }
}
const json = (values: fc.Arbitrary<unknown>) => values.map(jsonOf)
/** Of a canvas, valid ones among them. None keeps painters from all of the canvas. */
const settingValues = {
  id: fc.oneof(fc.constantFrom<unknown>('side', 'main', 'Main'), anything),
  title: fc.oneof(fc.string(), anything),
  rules: fc.oneof(fc.string(), fc.constantFrom<unknown>('# Rules', '<b>', '[a](javascript:x)'), anything),
  visibility: rarely(fc.constantFrom('listed', 'link')),
  width: rarely(coordinate),
  height: rarely(fc.integer({ min: 60, max: 200 })),
  palette: rarely(fc.array(color, { maxLength: 6 })),
  colorNames: rarely(fc.array(fc.string(), { maxLength: 6 })),
  maxCharges: fc.oneof(fc.integer(), anything),
  undoMs: rarely(fc.nat(70_000)),
  assist: rarely(fc.boolean()),
  protectedAreas: rarely(fc.array(rarely(fc.record({ gx: coordinate, gy: coordinate, width: coordinate, height: coordinate })))),
  schedule: rarely(
    fc.array(rarely(fc.record({ at: fc.constantFrom('2030-01-01T00:00:00.000Z', 'soon'), type: fc.constantFrom('open', 'x') }))),
  ),
  text: rarely(fc.string()),
}
/** A few at a time, because one wrong setting refuses all. */
const settings = fc
  .tuple(fc.record(settingValues), fc.subarray(Object.keys(settingValues) as (keyof typeof settingValues)[], { maxLength: 3 }))
  .map(([all, given]) => Object.fromEntries(given.map((name) => [name, all[name]])))
const body = fc.oneof(
  {
    weight: 6,
    arbitrary: json(fc.record({ gx: rarely(coordinate), gy: rarely(coordinate), color, canvas: canvasName }, { requiredKeys: [] })),
  },
  {
    weight: 3,
    arbitrary: json(fc.record({ canvas: canvasName, pixels: rarely(fc.array(rarely(pixel), { maxLength: 6 })) }, { requiredKeys: [] })),
  },
  { weight: 3, arbitrary: json(settings) },
  { weight: 1, arbitrary: json(fc.record({ token: fc.oneof(fc.constant(adminToken), fc.string(), anything) })) },
  { weight: 1, arbitrary: json(anything) },
  { weight: 1, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '{',
      '{"gx":1',
      `{"gx":${'9'.repeat(400)}}`,
      '[]'.repeat(9_000),
      `${'['.repeat(8_000)}`,
      '{"__proto__":{"gx":1}}',
    ),
  },
  { weight: 1, arbitrary: fc.constant(null) },
)

const segment = fc.oneof(fc.constantFrom(...strangeSegments), fc.string({ maxLength: 40 }).map(encodeURIComponent))
const value = fc.oneof(
  fc.constantFrom('0', '1', '8', '9', '1000', '1001', '-1', '1.5', 'x', '', '99999999999999999999'),
  fc.string({ maxLength: 20 }).map(encodeURIComponent),
)
const query = fc.array(fc.tuple(fc.constantFrom('after', 'limit', 'scale', 'canvas', 'gx', 'gy', 'nearest', 'seq', 'x'), value), {
  maxLength: 3,
})
const templates = [
  '/api/pixels',
  '/api/pixels',
  '/api/pixels',
  '/api/pixels/batch',
  '/api/pixels/batch',
  '/api/tokens',
  '/api/me',
  '/api/placements/*',
  '/api/placements/*/undo',
  '/api/placements/undo',
  '/api/canvases',
  '/api/canvases/*',
  '/api/canvases/main/tiles/*/board',
  '/api/canvases/*/tiles/*/commits',
  '/api/canvases/main/tiles/0/commits',
  '/api/canvases/main/pixels/*/*',
  '/api/canvases/*/board.png',
  '/api/admin/session',
  '/api/admin/canvases/*/picture',
  '/api/admin/canvases/main',
  '/api/admin/canvases/main',
  '/api/admin/canvases',
  '/api/admin/canvases/main/announcement',
  '/api/site/logo',
  '/api/admin/site',
  '/api/admin/site/logo',
  '/api/canvases/*/thumbnail.png',
  '/api/health',
  '/livez',
  '/readyz',
  '/metrics',
  '/api/*',
  '/api',
]

const header = (name: string, values: fc.Arbitrary<string>) =>
  fc.option(values, { freq: 3 }).map((found) => (found === null ? {} : { [name]: found }))
const visible = fc.string({ unit: fc.constantFrom(...'abcXYZ019 -_.;=,%"{}/'), maxLength: 80 }).map((found) => found.trim())

/** Valid requests of a painter, on or off the board. */
const placing = (tokens: readonly string[]): fc.Arbitrary<Case> =>
  fc
    .record({
      gx: coordinate.filter(Number.isInteger),
      gy: coordinate.filter(Number.isInteger),
      color: fc.constantFrom<string | number>('#FF0000', '#ff0000', '#123456', 0, 3, 4, -1),
      token: fc.constantFrom(...tokens),
    })
    .map(({ token, ...wanted }) => ({
      method: 'POST',
      path: '/api/pixels',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(wanted),
    }))

/** Changes of the canvas by an admin who has its newest revision. */
const changing: fc.Arbitrary<Case> = json(settings).map((changed) => ({
  method: 'PATCH',
  path: '/api/admin/canvases/main',
  headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json', 'if-match': newestRev },
  body: changed,
}))

const anyCase = (tokens: readonly string[]): fc.Arbitrary<Case> =>
  fc
    .record({
      method: fc.constantFrom('GET', 'POST', 'POST', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'HEAD'),
      template: fc.constantFrom(...templates),
      segments: fc.array(segment, { minLength: 2, maxLength: 2 }),
      query,
      body,
      headers: fc.tuple(
        fc.oneof(
          { weight: 5, arbitrary: fc.constantFrom(...tokens).map((token) => ({ authorization: `Bearer ${token}` })) },
          { weight: 2, arbitrary: header('authorization', visible) },
        ),
        fc.oneof(
          { weight: 4, arbitrary: fc.constant({ 'content-type': 'application/json' }) },
          { weight: 1, arbitrary: header('content-type', visible) },
        ),
        header('origin', fc.oneof(fc.constantFrom('null', 'https://evil.example', 'http://127.0.0.1'), visible)),
        header(
          'cookie',
          visible.map((found) => `fresco_session=${found}`),
        ),
        header('idempotency-key', fc.oneof(fc.constantFrom('k1', 'k2', 'x'.repeat(64), 'x'.repeat(65)), visible)),
        header('if-match', fc.oneof(fc.constantFrom('1', '"1"', '2', '3', '4', '*'), visible)),
        header('if-none-match', visible),
        header('accept-encoding', fc.constantFrom('br', 'zstd', 'gzip', '*', 'br;q=0', 'nonsense')),
        header('x-forwarded-for', visible),
      ),
    })
    .map(({ method, template, segments, query: asked, body: sent, headers }): Case => {
      const left = [...segments]
      const path = template.replaceAll('*', () => left.shift() ?? '0')
      const search = asked.map(([name, found]) => `${name}=${found}`).join('&')
      return {
        method,
        path: path + (search ? `?${search}` : ''),
        headers: Object.assign({}, ...headers) as Record<string, string>,
        body: method === 'GET' || method === 'HEAD' ? null : sent,
      }
    })

/** Stands for the revision that the canvas has. */
const newestRev = 'newest'

/** In each run, because few seeds have an admin's request without credentials. */
const withoutCredentials: Case = {
  method: 'PATCH',
  path: '/api/admin/canvases/main',
  headers: { 'content-type': 'application/json' },
  body: '{}',
}

const send = ({ port }: Fixture, { method, path, headers, body: sent }: Case) =>
  new Promise<{ status: number; type: string; body: string }>((resolve, reject) => {
    // Without a length the server would read the body of a DELETE as the next request.
    const framed = { ...headers, 'content-length': sent === null ? 0 : Buffer.byteLength(sent) }
    const request = httpRequest({ port, host: '127.0.0.1', method, path, headers: framed, agent: false }, (response) => {
      text(response).then(
        (found) => resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body: found }),
        reject,
      )
    })
    request.on('error', reject)
    request.end(sent ?? undefined)
  })

const withNewestRev = async ({ store }: Fixture, sent: Case): Promise<Case> => {
  if (sent.headers['if-match'] !== newestRev) return sent
  const rev = (await store.getCanvas(asCanvasId('main')))?.rev
  return { ...sent, headers: { ...sent.headers, 'if-match': String(rev) } }
}

/** Everything that a request can change. */
const stateOf = async ({ store }: Fixture, painters: readonly PainterId[]) => {
  const charges = await Promise.all(painters.map((painter) => store.getCharges(painter, asCanvasId('main'))))
  return JSON.stringify([await store.backlog(), await store.listCanvases(), await store.getSite(), charges])
}

const heapBytes = () => {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return process.memoryUsage().heapUsed
}

test(`A1 A6 ${runs} requests of any kind get a documented answer, and refused ones change nothing (FUZZ_SEED=${seed})`, async () => {
  const fixture = await start({ canvas: { cooldownMs: 1_000 } })
  const tokens = [adminToken]
  const painters: PainterId[] = [adminPainterId]
  for (let i = 0; i < 3; i++) {
    const { token, painter } = await bodyOf(await fixture.post('/api/tokens'))
    tokens.push(token)
    painters.push(painter.id)
  }
  const requests = fc.oneof(
    { weight: 4, arbitrary: anyCase(tokens) },
    { weight: 1, arbitrary: placing(tokens) },
    { weight: 1, arbitrary: changing },
  )
  const counts = new Map<number, number>()
  const changes = new Map<number, number>()
  let state = await stateOf(fixture, painters)
  const before = heapBytes()

  await fc.assert(
    fc.asyncProperty(requests, async (sent) => {
      fixture.clock.nowMs += 100
      const { status, type, body: answer } = await send(fixture, await withNewestRev(fixture, sent))
      if (sent.headers['if-match'] === newestRev) changes.set(status, (changes.get(status) ?? 0) + 1)
      counts.set(status, (counts.get(status) ?? 0) + 1)
      expect(status, answer).toBeLessThan(500)
      const after = await stateOf(fixture, painters)
      if (status >= 400 || sent.method === 'GET' || sent.method === 'HEAD') expect(after).toBe(state)
      state = after
      // 418 is the test server's answer for pages, which get all paths outside /api.
      if (status < 400 || status === 418 || sent.method === 'HEAD') return
      expect(type).toBe('application/problem+json')
      const problem = JSON.parse(answer) as { code: ProblemCode; detail: string }
      expect(problemStatus[problem.code]).toBe(status)
      expect(problem.detail).not.toMatch(/node:internal|\.ts:\d/)
    }),
    { numRuns: runs, seed, examples: [[withoutCredentials]] },
  )

  // Pixels were placed, and every kind of refusal occurred.
  for (const status of [200, 201, 400, 401, 404, 405, 422]) expect(counts.get(status) ?? 0, `status ${status}`).toBeGreaterThan(0)
  for (const status of [200, 400]) expect(changes.get(status) ?? 0, `changes with status ${status}`).toBeGreaterThan(20)
  expect((await fixture.get('/livez')).status).toBe(200)
  expect(heapBytes() - before).toBeLessThan(maxGrowthBytes)
}, 180_000)
