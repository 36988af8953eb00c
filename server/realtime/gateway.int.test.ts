import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { io, type Socket } from 'socket.io-client'
import { afterEach, expect, test, vi } from 'vitest'
import { asCanvasId, asPainterId, asPosition, asTile } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { guestName, type Painter } from '../../lib/painter.ts'
import { type Frame, TileFollower } from '../../lib/tile-follower.ts'
import { Broadcaster } from '../broadcasting/broadcaster.ts'
import { unpackFrame } from '../broadcasting/frame.ts'
import { TileCache } from '../broadcasting/tile-cache.ts'
import { noFailpoints } from '../failpoints.ts'
import { createSupervisor } from '../lifecycle.ts'
import { silentLogger } from '../observability/log.ts'
import { Publisher } from '../publishing/publisher.ts'
import { paint, testCanvas } from '../store/fixtures.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { streamCommit } from '../stream/contract.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { Gateway } from './gateway.ts'

const main = asCanvasId('main')
const tile0 = asTile(0)
const cells = 64 * 64

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A whole process without HTTP: placing goes straight to the store, tokens are painters' names. */
const start = async (options: { canvas?: Partial<Canvas> } = {}) => {
  const store = new MemoryStore()
  const stream = new EmbeddedStream()
  await store.ensureCanvas(testCanvas(options.canvas))
  const httpServer = createServer()
  const shared = { store, stream, failpoints: noFailpoints, logger: silentLogger, now: Date.now, random: Math.random }
  const tiles: TileCache = new TileCache({ store, watched: (ref) => gateway.watched(ref) })
  let groups = 0
  const place = async (gx: number, color: number, painter?: Painter) => {
    const request = paint({ gx, gy: 0, color }, painter ? { painter } : {})
    const outcomes = await store.place({ id: `group${(groups++).toString().padStart(8, '0')}`, requests: [request], nowMs: Date.now() })
    publisher.wake()
    return outcomes[0]
  }
  const gateway = new Gateway({
    httpServer,
    gateway: 'test',
    liveTiles: tiles,
    store,
    stream,
    canvases: { get: (id) => store.getCanvas(id), forget: () => undefined, show: (canvas) => ({ id: canvas.id, rev: canvas.rev }) },
    async placePixel({ painter, body }) {
      const { gx, color } = body as { gx: number; color: number }
      await place(gx, color, painter)
      stream.signal({ kind: 'me', canvas: main, painter: painter.id })
      return { kind: 'placed', placement: { gx } }
    },
    identify({ token }) {
      if (!token) return { kind: 'none' }
      if (token === 'bad') return { kind: 'bad_token' }
      const id = asPainterId(`p_${token}`)
      return { kind: 'painter', via: 'token', painter: { id, name: guestName(id), role: 'guest', createdAtMs: 0 } }
    },
    originAllowed: (origin) => origin === undefined || origin === 'http://good',
    hasSession: (cookie) => cookie !== undefined,
    addressOf: () => 'here',
    limits: { openSocket: () => true, closeSocket: () => undefined },
    logger: silentLogger,
    now: Date.now,
  })
  const broadcaster = new Broadcaster({ ...shared, gateway: 'test', tiles, sink: gateway })
  const publisher = new Publisher({ ...shared, pollMs: 20 })
  const supervisor = createSupervisor({ logger: silentLogger, now: Date.now, random: Math.random })
  for (const service of [publisher, broadcaster.follow, broadcaster.watchTails]) supervisor.start(service)
  await new Promise<void>((resolve) => httpServer.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`
  closers.push(async () => {
    await supervisor.stop()
    gateway.close()
    await stream.close()
  })
  return { store, stream, gateway, broadcaster, tiles, url, place }
}

const connect = async (url: string, options: Record<string, unknown> = {}) => {
  const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, ...options })
  closers.push(() => void socket.disconnect())
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return socket
}

const heard = (socket: Socket, event: string) => {
  const all: unknown[][] = []
  socket.on(event, (...args: unknown[]) => all.push(args))
  return all
}

/** Follows tile 0 as a browser does. */
const follow = (socket: Socket) => {
  const follower = new TileFollower()
  socket.on('pixels', (_canvas: string, _tile: number, from: number, to: number, data: string) => {
    follower.frame({ from, to, ...unpackFrame(data, cells) } satisfies Frame)
  })
  return follower
}

const join = (socket: Socket, seq: number | null = null, more: Record<string, unknown> = {}) =>
  socket.timeout(5_000).emitWithAck('join', { canvas: 'main', tiles: [{ tile: 0, seq }], ...more })

test('A2 A4 two clients see every pixel, packed and as JSON, and end with the bytes of the store', async () => {
  const { store, tiles, url, place } = await start()
  const [packed, json] = [await connect(url), await connect(url)]
  const follower = follow(packed)
  const events = heard(json, 'pixel_placed')
  expect(await join(packed)).toEqual({ ok: true, epoch: 'epoch001', rev: 1, tiles: [{ tile: 0, head: 0, mode: 'reload' }] })
  expect(await join(json, 0, { format: 'json', epoch: 'epoch001' })).toMatchObject({ tiles: [{ mode: 'live' }] })
  const board = await tiles.board({ canvas: main, tile: tile0 })
  if (board) follower.board(board)
  for (let i = 0; i < 30; i++) await place(i % 7, i % 4)
  await vi.waitFor(() => expect([follower.seq(), events.length]).toEqual([30, 30]))
  expect(follower.colors()).toEqual((await store.readBoard({ canvas: main, tile: tile0 }))?.colors)
  expect(events.map(([event]) => (event as { seq: number }).seq)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
  expect(events[8]?.[0]).toMatchObject({
    canvas: 'main',
    tile: 0,
    seq: 9,
    index: 0,
    count: 1,
    gx: 1,
    gy: 0,
    color: '#FFFFFF',
    cause: 'paint',
  })
})

test('A3 whoever comes back gets exactly what was missed, before anything new', async () => {
  const { url, place } = await start()
  const first = await connect(url)
  await join(first)
  for (let i = 0; i < 10; i++) await place(i, 1)
  const seen = heard(first, 'pixels')
  await vi.waitFor(async () => expect(await join(first, 10)).toMatchObject({ tiles: [{ mode: 'live' }] }))
  const second = await connect(url)
  const frames = heard(second, 'pixels')
  expect(await join(second, 4, { epoch: 'epoch001' })).toMatchObject({ tiles: [{ head: 10, mode: 'replay' }] })
  await place(20, 2)
  await vi.waitFor(() => expect(frames.at(-1)?.[3]).toBe(11))
  expect(frames.map(([, , from, to]) => [from, to])).toEqual([
    [5, 10],
    [11, 11],
  ])
  expect(seen.length).toBeGreaterThan(0)
})

test('a client that missed pixels while the server was away is replayed them from the store', async () => {
  const { store, url, place } = await start()
  for (let i = 0; i < 5; i++) await place(i, 1)
  await vi.waitFor(async () => expect((await store.readHeads(main)).get(tile0)).toBe(5))
  const socket = await connect(url)
  const frames = heard(socket, 'pixels')
  expect(await join(socket, 2, { epoch: 'epoch001' })).toMatchObject({ tiles: [{ head: 5, mode: 'replay' }] })
  await vi.waitFor(() => expect(frames.map(([, , from, to]) => [from, to])).toEqual([[3, 5]]))
  expect(await join(socket, 2, { epoch: 'gone0000' })).toMatchObject({ tiles: [{ mode: 'reload' }] })
})

test('A2 a commit that the stream lost is found at the tails', async () => {
  const { stream, broadcaster, url, place } = await start()
  const socket = await connect(url)
  const frames = heard(socket, 'pixels')
  await join(socket, 0)
  vi.spyOn(stream, 'append').mockImplementation(async (commits) => commits.map(() => ({ kind: 'appended' })))
  await place(1, 1)
  await vi.waitFor(async () => {
    await broadcaster.checkTails()
    expect(frames).toHaveLength(1)
  })
  expect(broadcaster.healedGaps).toBe(1)
})

test('nothing that a socket sends does harm', async () => {
  const { url, place } = await start()
  const socket = await connect(url)
  const ask = (event: string, ...payload: unknown[]) => socket.timeout(5_000).emitWithAck(event, ...payload)
  const code = async (event: string, ...payload: unknown[]) =>
    ((await ask(event, ...payload)) as { problem?: { code: string } }).problem?.code
  const bad: unknown[] = [
    undefined,
    null,
    7,
    'x',
    [],
    {},
    { canvas: 'main' },
    { canvas: 'main', tiles: [] },
    { canvas: 'main', tiles: [{ tile: -1, seq: 0 }] },
    { canvas: 'main', tiles: [{ tile: '0', seq: 0 }] },
    { canvas: 'main', tiles: [{ tile: 0, seq: -1 }] },
    { canvas: 'main', tiles: [{ tile: 0, seq: 1.5 }] },
    { canvas: 'main', tiles: Array.from({ length: 65 }, () => ({ tile: 0, seq: null })) },
    { canvas: '../etc', tiles: [{ tile: 0, seq: null }] },
    JSON.parse('{"__proto__": {"canvas": "main"}, "tiles": [{"tile": 0}]}'),
  ]
  for (const payload of bad) expect(await code('join', payload), JSON.stringify(payload)).toBe('invalid_request')
  expect(await code('join', { canvas: 'nowhere', tiles: [{ tile: 0, seq: null }] })).toBe('canvas_not_found')
  expect(await code('join', { canvas: 'main', tiles: [{ tile: 2, seq: null }] })).toBe('tile_not_found')
  expect(await code('leave', { canvas: 'main', tiles: [0] })).toBeUndefined()
  expect(await code('leave', 'what')).toBe('invalid_request')
  expect(await code('place', { gx: 0, gy: 0, color: 1 })).toBe('unauthenticated')
  socket.emit('join')
  socket.emit('seen', { ms: 'soon' })
  socket.emit('no-such-event', {})
  expect(await join(socket)).toMatchObject({ ok: true })
  const frames = heard(socket, 'pixels')
  await place(0, 1)
  await vi.waitFor(() => expect(frames).toHaveLength(1))
})

test('A6 a flood of messages is refused, and then cut off', async () => {
  const { url } = await start()
  const socket = await connect(url)
  const answers = await Promise.all(
    Array.from({ length: 150 }, () => socket.timeout(5_000).emitWithAck('leave', { canvas: 'main', tiles: [] })),
  )
  expect(answers.filter((answer) => (answer as { ok: boolean }).ok).length).toBeGreaterThanOrEqual(100)
  expect(answers.some((answer) => (answer as { problem?: { code: string } }).problem?.code === 'rate_limited')).toBe(true)
  const gone = new Promise((resolve) => socket.once('disconnect', resolve))
  for (let i = 0; i < 1_000; i++) socket.emit('leave', { canvas: 'main', tiles: [] })
  await gone
})

test('a bad token and a foreign page with a cookie are refused; a socket without a cookie may come from anywhere', async () => {
  const { url } = await start()
  await expect(connect(url, { auth: { token: 'bad' } })).rejects.toMatchObject({ data: { code: 'unauthenticated' } })
  const cookie = { cookie: 'fresco_session=x' }
  await expect(connect(url, { extraHeaders: { ...cookie, origin: 'http://evil' } })).rejects.toThrow()
  await connect(url, { extraHeaders: { ...cookie, origin: 'http://good' } })
  await connect(url, { extraHeaders: { origin: 'http://evil' } })
})

test('a painter places over the socket and is told the charges on all sockets', async () => {
  const { url } = await start({ canvas: { cooldownMs: 60_000 } })
  const [one, two] = [await connect(url, { auth: { token: 'anna' } }), await connect(url, { auth: { token: 'anna' } })]
  await join(two, 0)
  const told = heard(two, 'me')
  const frames = heard(two, 'pixels')
  expect(await one.timeout(5_000).emitWithAck('place', { gx: 3, gy: 0, color: 2 })).toEqual({ ok: true, placement: { gx: 3 } })
  await vi.waitFor(() => expect(told).toHaveLength(1))
  expect(told[0]?.[0]).toMatchObject({ canvas: 'main', painter: { id: 'p_anna', name: 'Guest anna' }, charges: { available: 4, max: 5 } })
  await vi.waitFor(() => expect(frames).toHaveLength(1))
})

test('presence counts the sockets that joined, here and elsewhere', async () => {
  const { stream, url } = await start()
  const [one, two] = [await connect(url), await connect(url)]
  const told = heard(one, 'presence')
  await join(one)
  await vi.waitFor(() => expect(told[0]).toEqual(['main', 1]))
  await join(two)
  stream.signal({ kind: 'presence', gateway: 'elsewhere', online: { main: 5 } })
  await vi.waitFor(() => expect(told.at(-1)).toEqual(['main', 7]), { timeout: 5_000 })
  two.disconnect()
  await vi.waitFor(() => expect(told.at(-1)).toEqual(['main', 6]), { timeout: 5_000 })
})

test('a canvas that changed is told before the frame that needs it', async () => {
  const { store, url, place } = await start()
  const socket = await connect(url)
  const order: unknown[] = []
  socket.on('canvas', (canvas: { rev: number }) => order.push(['canvas', canvas.rev]))
  socket.on('pixels', (_canvas, _tile, from) => order.push(['pixels', from]))
  await join(socket, 0)
  await place(0, 1)
  await vi.waitFor(() => expect(order).toEqual([['pixels', 1]]))
  await store.updateCanvas(main, { palette: [...testCanvas().palette, '#123456'] })
  await place(0, 4)
  await place(1, 1)
  await vi.waitFor(() => expect(order.length).toBeGreaterThanOrEqual(3))
  expect(order[1]).toEqual(['canvas', 2])
})

test('A6 a client that does not read is cut off', async () => {
  const { gateway, url } = await start()
  const socket = await connect(url)
  await join(socket, 0)
  const transport = (socket.io.engine as unknown as { transport: { ws: { _socket: { pause(): void; resume(): void } } } }).transport
  transport.ws._socket.pause()
  const pixels = Array.from({ length: 4_096 }, (_, i) => ({ position: asPosition(i), color: i % 4, previous: 0, by: asPainterId('p_a') }))
  const commit = streamCommit(1, { pixels })
  // More than the kernel's buffers on both sides take.
  for (let i = 0; i < 2_000; i++) gateway.frame({ ref: { canvas: main, tile: tile0 }, from: commit.seq, to: commit.seq, commits: [commit] })
  gateway.cutOffSlowClients()
  await vi.waitFor(() => expect(gateway.sockets()).toBe(0))
})

test('A7 closing ends every connection, and clients look for another one', async () => {
  const { gateway, url } = await start()
  const socket = await connect(url)
  const reason = new Promise((resolve) => socket.once('disconnect', resolve))
  gateway.close()
  expect(await reason).toBe('transport close')
})
