import type { Socket } from 'socket.io-client'
import { afterEach, expect, test, vi } from 'vitest'
import { asPainterId, asPosition } from '../../lib/brand.ts'
import { testCanvas } from '../store/fixtures.ts'
import { streamCommit } from '../stream/contract.ts'
import { closeAll, connect, follow, heard, join, main, start, tile0 } from './gateway-fixture.ts'

afterEach(closeAll)

/** Stops reading from the network. */
const pause = (socket: Socket) => {
  const { transport } = socket.io.engine as unknown as { transport: { ws: { _socket: { pause(): void } } } }
  transport.ws._socket.pause()
}

const largeCommit = () => {
  const pixels = Array.from({ length: 4_096 }, (_, i) => ({ position: asPosition(i), color: i % 4, previous: 0, by: asPainterId('p_a') }))
  return streamCommit(1, { pixels })
}

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
  pause(socket)
  const commit = largeCommit()
  // More than the kernel's buffers on both sides take.
  for (let i = 0; i < 2_000; i++) gateway.frame({ ref: { canvas: main, tile: tile0 }, from: commit.seq, to: commit.seq, commits: [commit] })
  gateway.cutOffSlowClients()
  await vi.waitFor(() => expect(gateway.sockets()).toBe(0))
})

test('A7 what was sent before the end arrives, and a client that does not read does not hold it up', async () => {
  const { gateway, url } = await start()
  const [reading, stalled] = [await connect(url), await connect(url)]
  for (const socket of [reading, stalled]) await join(socket, 0)
  const frames = heard(reading, 'pixels')
  pause(stalled)
  const commit = largeCommit()
  for (let i = 0; i < 50; i++) gateway.frame({ ref: { canvas: main, tile: tile0 }, from: commit.seq, to: commit.seq, commits: [commit] })
  await gateway.close()
  await vi.waitFor(() => expect(frames).toHaveLength(50))
  expect(gateway.sockets()).toBe(0)
})

test('A7 closing ends every connection, and clients look for another one', async () => {
  const { gateway, url } = await start()
  const socket = await connect(url)
  const reason = new Promise((resolve) => socket.once('disconnect', resolve))
  await gateway.close()
  expect(await reason).toBe('transport close')
})

test('A2 whoever joins more tiles than memory keeps unwatched hears of all of them', async () => {
  const { url, place } = await start({ canvas: { width: 512, height: 512 } })
  const socket = await connect(url)
  const tiles = Array.from({ length: 64 }, (_, i) => Math.floor(i / 8) * 256 + (i % 8))
  const frames = heard(socket, 'pixels')
  expect(await socket.timeout(5_000).emitWithAck('join', { canvas: 'main', tiles: tiles.map((tile) => ({ tile, seq: 0 })) })).toMatchObject(
    {
      ok: true,
      tiles: tiles.map((tile) => ({ tile, mode: 'live' })),
    },
  )
  for (const tile of tiles) await place((tile % 256) * 64, 1, { gy: Math.floor(tile / 256) * 64 })
  await vi.waitFor(() => expect(new Set(frames.map(([, tile]) => tile)).size).toBe(64))
})

test('a leave that follows a join is done after it', async () => {
  const { gateway, store, url } = await start()
  const socket = await connect(url)
  let goOn: () => void = () => undefined
  const readBoard = store.readBoard.bind(store)
  vi.spyOn(store, 'readBoard').mockImplementation(async (ref) => {
    await new Promise<void>((resolve) => {
      goOn = resolve
    })
    return readBoard(ref)
  })
  const joined = join(socket, 0)
  const left = socket.timeout(5_000).emitWithAck('leave', { canvas: 'main', tiles: [0] })
  await vi.waitFor(() => expect(store.readBoard).toHaveBeenCalled())
  goOn()
  expect([await joined, await left]).toMatchObject([{ ok: true }, { ok: true }])
  expect(gateway.watched({ canvas: main, tile: tile0 })).toBe(false)
})

test('a tile that is named twice is joined and replayed once', async () => {
  const { url, place } = await start()
  const socket = await connect(url)
  await join(socket, 0)
  await place(0, 1)
  await vi.waitFor(async () => expect(await join(socket, 1)).toMatchObject({ tiles: [{ head: 1 }] }))
  const other = await connect(url)
  const events = heard(other, 'pixel_placed')
  const twice = {
    canvas: 'main',
    format: 'json',
    tiles: [
      { tile: 0, seq: 0 },
      { tile: 0, seq: 0 },
    ],
  }
  expect(await other.timeout(5_000).emitWithAck('join', twice)).toMatchObject({ tiles: [{ tile: 0, mode: 'replay' }] })
  await vi.waitFor(() => expect(events).toHaveLength(1))
})

test('no event and no credential, however odd, ends the process', async () => {
  const { url } = await start()
  for (const token of [{ toString: 1, valueOf: 1 }, [], 7, true, { length: 1 }]) {
    await expect(connect(url, { auth: { token } }), JSON.stringify(token)).rejects.toMatchObject({ data: { code: 'unauthenticated' } })
  }
  const socket = await connect(url, { auth: { token: null } })
  socket.emit('error', new Error('mine'))
  socket.emit('constructor', {})
  socket.emit('__proto__', {})
  socket.emit('join', { canvas: 'main', tiles: [{ tile: 0, seq: null }] }, 'not a function')
  expect(await join(socket)).toMatchObject({ ok: true })
})

test('A6 messages that nobody listens to count as well', async () => {
  const { url } = await start()
  const socket = await connect(url)
  const gone = new Promise((resolve) => socket.once('disconnect', resolve))
  for (let i = 0; i < 1_000; i++) socket.emit('nothing', i)
  expect(await gone).toBe('io server disconnect')
})

test('A6 an address has a number of connections, and gets them back', async () => {
  let open = 0
  const limits = { openSocket: () => open < 2 && ++open > 0, closeSocket: () => void open-- }
  const { gateway, url } = await start({ gateway: { limits } })
  const [first] = [await connect(url), await connect(url)]
  await expect(connect(url)).rejects.toThrow()
  first.disconnect()
  await vi.waitFor(() => expect(gateway.sockets()).toBe(1))
  await connect(url)
})

test('A1 when nobody knows whether a placement was saved, the connection ends without an answer', async () => {
  const placePixel = () => Promise.reject(Object.assign(new Error('lost'), { code: 'outcome_unknown' }))
  const { url } = await start({ gateway: { placePixel } })
  const socket = await connect(url, { auth: { token: 'anna' } })
  let answered = false
  const reason = new Promise((resolve) => socket.once('disconnect', resolve))
  socket.emit('place', { gx: 1, gy: 1, color: 1 }, () => {
    answered = true
  })
  expect([await reason, answered]).toEqual(['transport close', false])
})

test('a painter is told the charges also where nothing was joined', async () => {
  const { url } = await start({ canvas: { cooldownMs: 60_000 } })
  const socket = await connect(url, { auth: { token: 'anna' } })
  const told = heard(socket, 'me')
  for (let i = 0; i < 3; i++) await socket.timeout(5_000).emitWithAck('place', { gx: i, gy: 0, color: 2 })
  await vi.waitFor(() => expect((told.at(-1)?.[0] as { charges: unknown } | undefined)?.charges).toMatchObject({ available: 2 }))
})

test('heads say where the tiles stand', async () => {
  const { gateway, url, place } = await start()
  const socket = await connect(url)
  await join(socket, 0)
  const [frames, heads] = [heard(socket, 'pixels'), heard(socket, 'heads')]
  await place(0, 1)
  await vi.waitFor(() => expect(frames).toHaveLength(1))
  await gateway.tellHeads()
  await vi.waitFor(() => expect(heads).toEqual([['main', 'epoch001', 1, [[0, 1]]]]))
})
