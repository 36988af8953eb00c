import { afterEach, expect, test, vi } from 'vitest'
import { closeAll, connect, join, received, start } from './gateway.fixture.ts'

afterEach(closeAll)

test('malformed messages of a socket are refused, and the gateway continues', async () => {
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
  const frames = received(socket, 'pixels')
  await place(0, 1)
  await vi.waitFor(() => expect(frames).toHaveLength(1))
})

test('A6 a socket may join 512 tiles, and one more only after it leaves one', async () => {
  const { url } = await start({ canvas: { width: 1_536, height: 1_536 } })
  const socket = await connect(url)
  const tiles = Array.from({ length: 513 }, (_, i) => Math.floor(i / 24) * 256 + (i % 24))
  const joinTiles = (some: readonly number[]) =>
    socket.timeout(5_000).emitWithAck('join', { canvas: 'main', tiles: some.map((tile) => ({ tile, seq: null })) })
  for (let i = 0; i < 512; i += 64) expect(await joinTiles(tiles.slice(i, i + 64))).toMatchObject({ ok: true })
  expect(await joinTiles(tiles.slice(512))).toMatchObject({ ok: false, problem: { code: 'invalid_request' } })
  await socket.timeout(5_000).emitWithAck('leave', { canvas: 'main', tiles: tiles.slice(0, 1) })
  expect(await joinTiles(tiles.slice(512))).toMatchObject({ ok: true })
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

test('no event and no credential, however malformed, ends the process', async () => {
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

test('A6 messages without a handler count as well', async () => {
  const { url } = await start()
  const socket = await connect(url)
  const gone = new Promise((resolve) => socket.once('disconnect', resolve))
  for (let i = 0; i < 1_000; i++) socket.emit('nothing', i)
  expect(await gone).toBe('io server disconnect')
})

test('A6 the connections of an address are limited, and closed ones are released', async () => {
  let open = 0
  const limits = { openSocket: () => open < 2 && ++open > 0, closeSocket: () => void open-- }
  const { gateway, url } = await start({ gateway: { limits } })
  const [first] = [await connect(url), await connect(url)]
  await expect(connect(url)).rejects.toThrow()
  first.disconnect()
  await vi.waitFor(() => expect(gateway.sockets()).toBe(1))
  await connect(url)
})

test('A1 when the outcome of a placement is unknown, the connection is closed without an answer', async () => {
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

test('the report of a drawn frame is bounded, and counts once', async () => {
  const onSeen = vi.fn()
  const { url, place } = await start({ gateway: { onSeen } })
  const [anna, stranger] = [await connect(url, { auth: { token: 'anna' } }), await connect(url)]
  for (const socket of [anna, stranger]) await join(socket)
  const frames = received(stranger, 'pixels')
  await place(0, 1)
  await vi.waitFor(() => expect(frames).toHaveLength(1))
  const seq = frames[0]?.[3] as number
  const report = (socket: typeof anna, ms: number, ofSeq = seq) => socket.emit('seen', { canvas: 'main', tile: 0, seq: ofSeq, ms })
  for (let i = 0; i < 20; i++) {
    report(stranger, 600_000)
    report(stranger, 0, seq + 1)
    report(stranger, 0, 0)
  }
  for (let i = 0; i < 20; i++) for (const socket of [anna, stranger]) report(socket, 1)
  for (const socket of [anna, stranger]) await join(socket)
  expect(onSeen.mock.calls).toEqual([[1], [1]])
})
