/** A change of a canvas from the request to the clients, on both stacks. On MongoDB and Redis, the clients are at another process. */
import { io } from 'socket.io-client'
import { afterEach, expect, test, vi } from 'vitest'
import { adminToken, closeAll, closers, startServer as start } from './started-server.fixture.ts'
import { hasTestMongo, TestMongo } from './store/mongo/test-mongo.fixture.ts'
import { hasRedisServer, TestRedis } from './stream/redis/test-redis.fixture.ts'

vi.mock('./pages.ts', () => ({
  createPages: () => ({ handle: async () => undefined, ready: Promise.resolve(), close: async () => undefined }),
}))

afterEach(closeAll)

const follow = async (url: string, format: 'packed' | 'json') => {
  const socket = io(url, { transports: ['websocket'], forceNew: true })
  closers.push(() => void socket.disconnect())
  const changes: [title: string, rev: number, cooldownMs: number, seq: number][] = []
  socket.on('canvas', ({ title, rev, cooldownMs }, seq) => changes.push([title, rev, cooldownMs, seq]))
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  const joined = await socket.timeout(5_000).emitWithAck('join', { canvas: 'main', format, control: 0, tiles: [{ tile: 0, seq: null }] })
  expect(joined).toMatchObject({ rev: 1, control: { head: 0, mode: 'live' } })
  return changes
}

const changeTwice = async (changing: string, following: string) => {
  const clients = [await follow(following, 'packed'), await follow(following, 'json')]
  const patch = (rev: number, change: object) =>
    fetch(`${changing}/api/admin/canvases/main`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json', 'if-match': String(rev) },
      body: JSON.stringify(change),
    })
  expect((await patch(1, { title: 'One', cooldownMs: 1_000 })).status).toBe(200)
  expect((await patch(1, { title: 'Late' })).status).toBe(409)
  expect((await patch(2, { title: 'Two', state: 'paused' })).status).toBe(200)
  const expected = [
    ['One', 2, 1_000, 1],
    ['Two', 3, 1_000, 2],
  ]
  await vi.waitFor(() => expect(clients).toEqual([expected, expected]), { timeout: 2_000 })
  const body = JSON.stringify({ gx: 1, gy: 1, color: 1 })
  const placed = await fetch(`${following}/api/pixels`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  expect([placed.status, await placed.json()]).toMatchObject([409, { code: 'canvas_paused' }])
}

test('A2 A3 each change reaches every client once and in order, embedded', async () => {
  const url = await start({})
  await changeTwice(url, url)
})

test.skipIf(!hasTestMongo() || !hasRedisServer())(
  'A2 A3 each change reaches every client of another process once and in order',
  async () => {
    const [mongo, redis] = [await TestMongo.start(), await TestRedis.start()]
    closers.push(
      () => mongo.dispose(),
      () => redis.dispose(),
    )
    const environment = { MONGODB_URI: mongo.uri('changes'), REDIS_URL: redis.url }
    await changeTwice(await start(environment), await start(environment))
  },
)
