/** A change of a canvas from the request to the clients, on both stacks. On MongoDB and Redis, the clients are at another process. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { io } from 'socket.io-client'
import { afterEach, expect, test, vi } from 'vitest'
import { monotonicNow } from './clock.ts'
import { readConfig } from './config.ts'
import { createContainer } from './container.ts'
import type { Lifecycle } from './lifecycle.ts'
import { silentLogger } from './observability/log.ts'
import { createUnexpectedErrors } from './observability/unexpected-errors.ts'
import { hasTestMongo, TestMongo } from './store/mongo/test-mongo.fixture.ts'
import { hasRedisServer, TestRedis } from './stream/redis/test-redis.fixture.ts'

vi.mock('./pages.ts', () => ({
  createPages: () => ({ handle: async () => undefined, ready: Promise.resolve(), close: async () => undefined }),
}))

const adminToken = 'an-admin-token-for-this-test-only'
const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const start = async (environment: Readonly<Record<string, string>>) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'fresco-canvas-changes-'))
  const fixed = { DATA_DIR: dataDir, PORT: '0', HOST: '127.0.0.1', CANVAS_WIDTH: '64', CANVAS_HEIGHT: '64', ADMIN_TOKEN: adminToken }
  const result = readConfig({ ...fixed, SESSION_SECRET: 'a-session-secret-for-this-test-only', ...environment })
  if (!result.ok) throw new Error(result.mistakes.join('\n'))
  const stops: (() => Promise<void> | void)[] = []
  const lifecycle: Lifecycle = {
    onStop: (_name, stop) => void stops.unshift(stop),
    stop: async () => 'clean',
    listenForSignals: () => undefined,
    fail: async (_reason, error) => expect.unreachable(String(error)),
  }
  const errors = createUnexpectedErrors({ logger: silentLogger, monotonicNow })
  const container = await createContainer({ config: result.config, logger: silentLogger, lifecycle, errors, dev: false })
  closers.push(async () => {
    for (const stop of stops) await stop()
    rmSync(dataDir, { recursive: true })
  })
  return `http://127.0.0.1:${(await container.listen()).port}`
}

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
