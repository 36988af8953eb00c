/**
 * Attacks on a real server from one address, with the limits on. The server stays up and its memory stays bounded, other clients are
 * served, and the log reports the attack in a line or two.
 */
import { randomBytes } from 'node:crypto'
import { crc32, deflateSync, gzipSync } from 'node:zlib'
import { io, type Socket } from 'socket.io-client'
import { Api } from './support/api.ts'
import { expect, test } from './support/fixtures.ts'
import { RawSocket } from './support/raw-socket.ts'
import type { FrescoServer } from './support/server.ts'

test.use({ serverEnv: { RATE_LIMITS: 'on' } })
test.describe.configure({ timeout: 90_000 })

const tag = { tag: '@embedded' }
const maxGrowthBytes = 50 * 1_048_576
/** Three semi-spaces of 8 MB each, which any load uses (`nodeFlags`). */
const youngGenerationBytes = 24 * 1_048_576

const gauges = async (server: FrescoServer) => {
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  return (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1])
}

const residentBytes = async (server: FrescoServer) => (await gauges(server))('process_resident_memory_bytes')

/** The server accepts other clients once the second of the attack is over. */
const servesOthers = async (server: FrescoServer) => {
  await expect.poll(async () => (await fetch(`${server.url}/api/canvases/main`)).status).toBe(200)
  await expect.poll(async () => (await new Api(server.url).place(1, 1, 3)).status).toBe(201)
}

const logged = (server: FrescoServer, event: string) => server.output.split('\n').filter((line) => line.includes(`"event":"${event}"`))

const head = (lines: readonly string[]) => `${lines.join('\r\n')}\r\n\r\n`
const post = (path: string, length: number, more: readonly string[] = []) =>
  head([`POST ${path} HTTP/1.1`, 'Host: localhost', 'Content-Type: application/json', `Content-Length: ${length}`, ...more])

test('slowloris: headers and bodies that trickle are cut off in time and reported in one line', tag, async ({ server }) => {
  const slow = Array.from({ length: 50 }, (_, i) => {
    const raw = new RawSocket(server.port)
    return raw.send(i % 2 === 0 ? 'GET /api/canvases HTTP/1.1\r\nHost: localhost\r\n' : post('/api/pixels', 1_000))
  })
  const trickle = setInterval(() => {
    for (const [i, raw] of slow.entries()) raw.send(i % 2 === 0 ? 'X-A: b\r\n' : ' ')
  }, 500)
  await servesOthers(server)
  await expect.poll(() => slow.every((raw) => raw.isClosed), { timeout: 40_000 }).toBe(true)
  clearInterval(trickle)
  expect(slow.filter((raw) => !/ (408|400) /.test(raw.text))).toEqual([])
  expect(logged(server, 'slow_request_cut_off')).toHaveLength(1)
  await servesOthers(server)
})

test('A6 2,000 connections from one address: a bounded number is accepted, and one line reports it', tag, async ({ server }) => {
  const before = await residentBytes(server)
  const sockets: RawSocket[] = []
  while (sockets.length < 2_000) {
    sockets.push(...Array.from({ length: 200 }, () => new RawSocket(server.port)))
    await expect.poll(() => sockets.filter((raw) => raw.isClosed).length).toBeGreaterThanOrEqual(Math.max(0, sockets.length - 400))
  }
  expect(sockets.filter((raw) => !raw.isClosed).length).toBeLessThanOrEqual(400)
  for (const raw of sockets) raw.destroy()
  await servesOthers(server)
  expect(logged(server, 'connections_refused')).toHaveLength(1)
  expect((await residentBytes(server)) - before).toBeLessThan(maxGrowthBytes)
})

/** Opens 150 sockets of one address, each of which joins 800 times at once. Returns their outcomes. */
const floodWithJoins = async (server: FrescoServer) => {
  const sockets: Socket[] = []
  let [refused, cutOff, joined] = [0, 0, 0]
  for (let i = 0; i < 150; i++) {
    const socket = io(server.url, { transports: ['websocket'], reconnection: false, forceNew: true })
    socket.on('connect_error', () => refused++)
    socket.on('disconnect', () => cutOff++)
    sockets.push(socket)
  }
  await expect.poll(() => sockets.filter(({ connected }) => connected).length + refused).toBe(150)
  for (const socket of sockets.filter(({ connected }) => connected)) {
    for (let i = 0; i < 800; i++) {
      socket.emit('join', { canvas: 'main', tiles: [{ tile: 0, seq: null }] }, (answer: { ok: boolean }) => {
        if (answer.ok) joined++
      })
    }
  }
  await expect.poll(() => cutOff, { timeout: 20_000 }).toBe(150 - refused)
  return { refused, joined }
}

/** Sends 2,000 placements on one connection at once. Returns the count of each status. */
const floodWithRequests = async (server: FrescoServer) => {
  const body = JSON.stringify({ gx: 5, gy: 5, color: 3 })
  const token = await new Api(server.url).token()
  const raw = new RawSocket(server.port)
  raw.send(`${post('/api/pixels', body.length, [`Authorization: Bearer ${token}`])}${body}`.repeat(2_000))
  const answers = () => raw.text.match(/HTTP\/1\.1 (\d+)/g) ?? []
  await expect.poll(() => answers().length, { timeout: 20_000 }).toBe(2_000)
  raw.destroy()
  const counts = new Map<string, number>()
  for (const answer of answers()) counts.set(answer.slice(-3), (counts.get(answer.slice(-3)) ?? 0) + 1)
  return counts
}

/** The memory in use after garbage collection: V8's heap and the external memory of its objects. */
const usedBytes = async (server: FrescoServer) => {
  const times = () => server.output.split('garbage collected').length
  const before = times()
  server.signal('SIGUSR2')
  await expect.poll(times).toBe(before + 1)
  const gauge = await gauges(server)
  return gauge('nodejs_heap_size_used_bytes') + gauge('nodejs_external_memory_bytes')
}

test.describe('with a heap that can be measured', () => {
  const collectsGarbage = `--expose-gc --import ${new URL('../server/testing/collect-garbage.ts', import.meta.url).href}`
  test.use({ serverEnv: { RATE_LIMITS: 'on', NODE_OPTIONS: collectsGarbage } })

  test('A6 a flood of joins, and more sockets than an address may have', tag, async ({ server }) => {
    const { refused, joined } = await floodWithJoins(server)
    expect(refused).toBeGreaterThanOrEqual(50)
    expect(joined).toBeGreaterThan(0)
    await servesOthers(server)
    for (const event of ['sockets_refused', 'message_flood_cut_off']) expect(logged(server, event), event).toHaveLength(1)
    // V8 grows the heap in steps of 40 MB. The memory in use may grow by 20 kB for each socket of four floods.
    const before = await usedBytes(server)
    for (let times = 0; times < 4; times++) await floodWithJoins(server)
    expect((await usedBytes(server)) - before).toBeLessThan(8 * 1_048_576)
  })

  test('A6 2,000 requests down one connection, without waiting for an answer', tag, async ({ server }) => {
    const fresh = await residentBytes(server)
    const counts = await floodWithRequests(server)
    expect([...counts.keys()].sort()).toEqual(['201', '429'])
    expect(counts.get('201')).toBeLessThan(500)
    expect(logged(server, 'requests_refused')).toHaveLength(1)
    await servesOthers(server)
    // In the first flood a new process compiles its code and its young generation grows. Memory that each flood leaks is still in use later.
    expect((await residentBytes(server)) - fresh).toBeLessThan(maxGrowthBytes + youngGenerationBytes)
    const before = await usedBytes(server)
    for (let times = 0; times < 3; times++) {
      await floodWithRequests(server)
      await servesOthers(server)
    }
    expect((await usedBytes(server)) - before).toBeLessThan(8 * 1_048_576)
  })
})

const chunk = (type: string, data: Buffer) => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
const png = (width: number, height: number, ...chunks: readonly Buffer[]) => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), ...chunks, chunk('IEND', Buffer.alloc(0))])
}

test('A6 decompression bombs are not unpacked: pictures, request bodies, WebSocket frames', tag, async ({ server }) => {
  const bomb = deflateSync(Buffer.alloc(300 * 1_048_576), { level: 1 })
  const paint = async (body: Buffer) =>
    (
      await fetch(`${server.url}/api/admin/canvases/main/picture`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'image/png' },
        body: new Uint8Array(body),
      })
    ).status
  await servesOthers(server)
  const before = await residentBytes(server)
  // More rows than in the header, a size that no canvas has, and a bomb in the place of a text or a color profile.
  expect(await paint(png(200, 120, chunk('IDAT', bomb))), 'its own rows are painted, the rest is not unpacked').toBe(200)
  expect(await paint(png(0x7fffffff, 0x7fffffff, chunk('IDAT', bomb)))).toBeGreaterThanOrEqual(400)
  for (const type of ['zTXt', 'iCCP']) {
    const status = await paint(
      png(1, 1, chunk(type, Buffer.concat([Buffer.from('a\0\0'), bomb])), chunk('IDAT', deflateSync(Buffer.alloc(4, 255)))),
    )
    expect([200, 400, 422]).toContain(status)
  }

  const packed = gzipSync(Buffer.alloc(10 * 1_048_576, ' '))
  const response = await fetch(`${server.url}/api/pixels`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: new Uint8Array(packed),
  })
  expect([400, 413, 415]).toContain(response.status)

  const raw = new RawSocket(server.port)
  const key = randomBytes(16).toString('base64')
  raw.send(
    head([
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${key}`,
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
    ]),
  )
  await expect.poll(() => raw.text).toContain('101 Switching Protocols')
  expect(raw.text.toLowerCase()).not.toContain('permessage-deflate')
  // A masked text frame that says it is compressed: FIN, RSV1.
  raw.send(Buffer.concat([Buffer.from([0xc1, 0x80 | 100, 0, 0, 0, 0]), bomb.subarray(0, 100)]))
  await expect.poll(() => raw.isClosed).toBe(true)

  await servesOthers(server)
  expect((await residentBytes(server)) - before).toBeLessThan(maxGrowthBytes)
})

test('A6 messages, bodies, headers and addresses that are too large are refused before they are read', tag, async ({ server }) => {
  const before = await residentBytes(server)
  for (const [sent, status] of [
    [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, /^HTTP\/1.1 431/],
    [`GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, /^HTTP\/1.1 431/],
    [post('/api/pixels', 2 ** 40), /^HTTP\/1.1 413/],
    [post('/socket.io/?EIO=4&transport=polling', 100).replace('\r\n\r\n', '\r\nX: y\r\n\r\n'), /^HTTP\/1.1 4/],
  ] as const) {
    const raw = new RawSocket(server.port).send(sent)
    await expect.poll(() => raw.text, { message: sent.slice(0, 60) }).toMatch(status)
    raw.destroy()
  }
  const socket = io(server.url, { transports: ['websocket'], reconnection: false })
  const reason = new Promise((resolve) => socket.once('disconnect', resolve))
  socket.emit('join', { canvas: 'main', tiles: 'x'.repeat(70_000) })
  expect(await reason).toMatch(/transport/)
  await servesOthers(server)
  expect(logged(server, 'malformed_request')).toHaveLength(1)
  expect((await residentBytes(server)) - before).toBeLessThan(maxGrowthBytes)
})
