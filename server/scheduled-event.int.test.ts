/** An event by a schedule, from the request to the clients, on both stacks. On MongoDB and Redis, three processes run the schedule. */
import { io } from 'socket.io-client'
import { afterEach, expect, test, vi } from 'vitest'
import type { AdminCanvas, ShownCanvas } from '../lib/show-canvas.ts'
import { adminToken, closeAll, closers, startServer } from './started-server.fixture.ts'
import { hasTestMongo, TestMongo } from './store/mongo/test-mongo.fixture.ts'
import { hasRedisServer, TestRedis } from './stream/redis/test-redis.fixture.ts'

vi.mock('./pages.ts', () => ({
  createPages: () => ({ handle: async () => undefined, ready: Promise.resolve(), close: async () => undefined }),
}))
afterEach(closeAll)

/** What a client gets of the control log, in order, and when. */
const follow = async (url: string) => {
  const socket = io(url, { transports: ['websocket'], forceNew: true })
  closers.push(() => void socket.disconnect())
  const got: (readonly [rev: number, seq: number] | string)[] = []
  const gotAtMs: number[] = []
  const canvases: ShownCanvas[] = []
  socket.on('canvas', (canvas: ShownCanvas, seq) => {
    got.push([canvas.rev, seq])
    gotAtMs.push(Date.now())
    canvases.push(canvas)
  })
  socket.on('announcement', ({ text }) => got.push(text))
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  expect(await socket.timeout(5_000).emitWithAck('join', { canvas: 'main', control: 0, tiles: [{ tile: 0, seq: null }] })).toMatchObject({
    ok: true,
  })
  return { got, gotAtMs, canvases }
}

const patchCanvas = (url: string, rev: number, change: object) =>
  fetch(`${url}/api/admin/canvases/main`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json', 'if-match': String(rev) },
    body: JSON.stringify(change),
  })

const placePixel = (url: string, pixel: object) =>
  fetch(`${url}/api/pixels`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(pixel) })

const codeOf = async (placing: Promise<Response>) => ((await (await placing).json()) as { code?: string }).code ?? 'placed'

/** Returns how late the client got each step, in milliseconds. */
const runEvent = async (changing: string, following: string) => {
  const { got, gotAtMs, canvases } = await follow(following)
  const startMs = Date.now() + 1_500
  const at = (step: number) => new Date(startMs + step * 400).toISOString()
  const schedule = [
    { at: at(0), type: 'open' },
    { at: at(1), type: 'announce', text: 'It grows', lastsMs: 5_000 },
    { at: at(2), type: 'grow', width: 128, height: 64 },
    { at: at(3), type: 'colors', colors: ['#ABCDEF'] },
    { at: at(4), type: 'finale', color: 32 },
  ]
  expect((await patchCanvas(changing, 1, { state: 'paused', schedule })).status).toBe(200)
  expect(await codeOf(placePixel(following, { gx: 0, gy: 0, color: 1 }))).toBe('canvas_paused')
  await vi.waitFor(() => expect(got.at(-1)).toEqual([7, 6]), { timeout: 10_000 })
  expect(await codeOf(placePixel(following, { gx: 0, gy: 0, color: 1 }))).toBe('color_not_allowed')
  expect(await codeOf(placePixel(following, { gx: 127, gy: 63, color: '#abcdef' }))).toBe('placed')
  const close = { at: new Date(Date.now() + 500).toISOString(), type: 'close' }
  expect((await patchCanvas(changing, 7, { schedule: [close] })).status).toBe(200)
  await vi.waitFor(() => expect(got.at(-1)).toEqual([9, 8]), { timeout: 10_000 })
  expect(await codeOf(placePixel(following, { gx: 0, gy: 0, color: 32 }))).toBe('canvas_closed')
  expect(got).toEqual([[2, 1], [3, 2], [4, 3], 'It grows', [5, 4], [6, 5], [7, 6], [8, 7], [9, 8]])
  expect(canvases.at(-1)).toMatchObject({ state: 'closed', width: 128, onlyColor: null, opensAt: null, closesAt: null })
  const headers = { authorization: `Bearer ${adminToken}` }
  const { canvases: admin } = (await (await fetch(`${changing}/api/admin/canvases`, { headers })).json()) as { canvases: AdminCanvas[] }
  expect(admin).toMatchObject([
    { schedule: [], finishedSteps: [close, ...schedule.toReversed()].map(({ type }) => ({ type, error: null })) },
  ])
  const due = [...schedule, close].map(({ at: time }) => Date.parse(time))
  // The first change and the last but one are no steps.
  const delivered = gotAtMs.filter((_, index) => index !== 0 && index !== 6)
  return due.map((dueMs, index) => (delivered[index] ?? Number.NaN) - dueMs)
}

test('E1 E3 each step of a schedule reaches a client once, in order and within a second, embedded', async () => {
  const url = await startServer({})
  for (const lateMs of await runEvent(url, url)) expect(lateMs).toBeLessThan(1_000)
})

test.skipIf(!hasTestMongo() || !hasRedisServer())(
  'E1 E3 each step of a schedule reaches a client of another process once and in order',
  async () => {
    const [mongo, redis] = [await TestMongo.start(), await TestRedis.start()]
    closers.push(
      () => mongo.dispose(),
      () => redis.dispose(),
    )
    const environment = { MONGODB_URI: mongo.uri('event'), REDIS_URL: redis.url }
    const urls = [await startServer(environment), await startServer(environment), await startServer(environment)]
    await runEvent(urls[0] ?? '', urls[2] ?? '')
  },
)
