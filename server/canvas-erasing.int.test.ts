/** Deleting a board and starting it over, from the request to the clients, on both stacks. On MongoDB and Redis, the clients are at another process. */
import { io, type Socket } from 'socket.io-client'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { adminToken, closeAll, closers, startServer } from './started-server.fixture.ts'
import { hasTestMongo, TestMongo } from './store/mongo/test-mongo.fixture.ts'
import { hasRedisServer, TestRedis } from './stream/redis/test-redis.fixture.ts'

vi.mock('./pages.ts', () => ({
  createPages: () => ({ handle: async () => undefined, ready: Promise.resolve(), close: async () => undefined }),
}))

afterEach(closeAll)

/** Everybody has a change within this time. */
const inTime = { timeout: 2_000, interval: 20 }
/** A new board's tiles have no owner among the publishers yet, so its first commit can wait for a second longer. */
const published = { timeout: 5_000, interval: 20 }
const path = '/api/admin/canvases'

const setUp = async (acting: string, watching: string) => {
  const socket: Socket = io(watching, { transports: ['websocket'], forceNew: true })
  closers.push(() => void socket.disconnect())
  const events: unknown[][] = []
  socket.onAny((name, ...args) => events.push([name, ...args]))
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  const join = () => socket.timeout(5_000).emitWithAck('join', { canvas: 'main', control: null, tiles: [{ tile: 0, seq: null }] })
  const asAdmin = (method: string, to: string, json?: unknown, rev?: number) =>
    fetch(`${acting}${path}${to}`, {
      method,
      headers: {
        ...{ authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
        ...(rev === undefined ? {} : { 'if-match': String(rev) }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    })
  const place = (url: string, gx: number) =>
    fetch(`${url}/api/pixels`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ gx, gy: 0, color: 1 }),
    })
  const board = async () => {
    const answer = await fetch(`${watching}/api/canvases/main/tiles/0/board`, { headers: { 'cache-control': 'no-cache' } })
    const bytes = new Uint8Array(await answer.arrayBuffer())
    const [epoch, seq] = ['fresco-epoch', 'fresco-seq'].map((name) => answer.headers.get(name))
    return { status: answer.status, epoch, seq, painted: bytes.filter((color) => color === 1).length }
  }
  const namesOf = (wanted: string) => events.filter(([name]) => name === wanted)
  return { join, asAdmin, place, board, namesOf }
}

const startsOver = async (acting: string, watching: string) => {
  const { join, asAdmin, place, board, namesOf } = await setUp(acting, watching)
  expect(await join()).toMatchObject({ ok: true })
  expect((await place(watching, 3)).status).toBe(201)
  await vi.waitFor(async () => expect(await board()).toMatchObject({ seq: '1', painted: 1 }), inTime)
  const answer = await asAdmin('POST', '/main/start-over', { confirm: 'main' }, 1)
  const canvas = await answer.json()
  expect([answer.status, canvas]).toMatchObject([200, { state: 'paused' }])
  await vi.waitFor(async () => {
    expect(namesOf('canvas').at(-1)?.[1]).toMatchObject({ epoch: canvas.epoch, state: 'paused' })
    expect(namesOf('resync')).toContainEqual(['resync', 'main', 0])
    expect(await board()).toEqual({ status: 200, epoch: canvas.epoch, seq: '0', painted: 0 })
  }, inTime)
  await vi.waitFor(async () => {
    const { canvases } = await (await asAdmin('GET', '')).json()
    expect(canvases).toMatchObject([{ erasing: null }])
    expect((await asAdmin('PATCH', '/main', { state: 'open' }, canvases[0].rev)).status).toBe(200)
  }, inTime)
  await vi.waitFor(async () => expect((await place(watching, 5)).status).toBe(201), inTime)
  expect(await join()).toMatchObject({ ok: true, epoch: canvas.epoch, control: { mode: 'reload' } })
  await vi.waitFor(async () => expect(await board()).toEqual({ status: 200, epoch: canvas.epoch, seq: '1', painted: 1 }), inTime)
  await vi.waitFor(() => expect(namesOf('pixels').at(-1)?.slice(0, 5)).toEqual(['pixels', 'main', 0, 1, 1]), published)
}

const isDeleted = async (acting: string, watching: string) => {
  const { join, asAdmin, place, board, namesOf } = await setUp(acting, watching)
  const { epoch } = await join()
  expect((await place(watching, 3)).status).toBe(201)
  expect((await asAdmin('DELETE', '/main', { confirm: 'main' }, 1)).status).toBe(202)
  await vi.waitFor(async () => {
    expect(namesOf('canvas').at(-1)?.[1]).toMatchObject({ id: 'main', erasing: 'delete', state: 'closed', rev: 2 })
    expect((await board()).status).toBe(404)
    expect((await place(watching, 4)).status).toBe(404)
    expect(await join()).toMatchObject({ ok: false, problem: { code: 'canvas_not_found' } })
  }, inTime)
  const again = { id: 'main', title: 'Again', width: 64, height: 64, state: 'open' }
  await vi.waitFor(async () => expect((await asAdmin('POST', '', again)).status).toBe(201), inTime)
  await vi.waitFor(async () => expect(await join()).toMatchObject({ ok: true, tiles: [{ head: 0 }] }), inTime)
  const events = namesOf('pixels').length
  expect((await place(watching, 5)).status).toBe(201)
  await vi.waitFor(
    () =>
      expect(
        namesOf('pixels')
          .slice(events)
          .map((event) => event.slice(0, 5)),
      ).toEqual([['pixels', 'main', 0, 1, 1]]),
    published,
  )
  const found = await board()
  expect(found).toMatchObject({ status: 200, seq: '1', painted: 1 })
  expect(found.epoch).not.toBe(epoch)
}

describe('embedded', () => {
  test('B1 everybody has an empty board within two seconds after a start over', async () => {
    const url = await startServer({})
    await startsOver(url, url)
  })

  test('B1 a deleted board is gone for everybody within two seconds, and its id can be used again', async () => {
    const url = await startServer({})
    await isDeleted(url, url)
  })
})

describe.skipIf(!hasTestMongo() || !hasRedisServer())('on MongoDB and Redis, at another process', () => {
  const startTwo = async () => {
    const [mongo, redis] = [await TestMongo.start(), await TestRedis.start()]
    closers.push(
      () => mongo.dispose(),
      () => redis.dispose(),
    )
    const environment = { MONGODB_URI: mongo.uri('erasing'), REDIS_URL: redis.url }
    return [await startServer(environment), await startServer(environment)] as const
  }

  test('B1 everybody has an empty board within two seconds after a start over', async () => {
    await startsOver(...(await startTwo()))
  })

  test('B1 a deleted board is gone for everybody within two seconds, and its id can be used again', async () => {
    await isDeleted(...(await startTwo()))
  })
})
