/** The server before it reads a request: connection limits, timeouts, and malformed requests. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { connectionLimits } from './http/connection-guard.ts'
import { silentLogger } from './observability/log.ts'
import { createThrottledWarnings } from './observability/throttled-warnings.ts'
import { createWebServer, type WebServerOptions } from './web-server.ts'

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const start = async (options: Partial<WebServerOptions> = {}, listen: (http: Server) => void = () => undefined) => {
  const warn = vi.fn()
  const throttledWarnings = createThrottledWarnings({ logger: { warn }, now: performance.now.bind(performance) })
  const web = createWebServer({ logger: silentLogger, throttledWarnings, countsAddresses: true, ...options })
  listen(web.http)
  const api = {
    usesBypass: () => true,
    answer: async ({ url }: IncomingMessage, response: ServerResponse) => void (url === '/hang' || response.end(`hello:${url}`)),
    prepareForNext: () => undefined,
  }
  const pages = { handle: async () => undefined, ready: Promise.resolve(), close: async () => undefined }
  web.serve({ api, pages, gate: null, dev: false, isSecure: () => false, publicUrls: [] })
  const port = await web.listen({ port: 0, host: '127.0.0.1' })
  closers.push(() => web.close())
  const dial = (localAddress = '127.0.0.1') => {
    const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => undefined)
    closers.push(() => void socket.destroy())
    return socket
  }
  const events = () => warn.mock.calls.map(([{ event }]) => event as string)
  const connections = () => new Promise<number>((resolve) => web.http.getConnections((_error, count) => resolve(count)))
  return { port, dial, events, connections }
}

/** Also resolves after an error, unlike `once`. */
const closeOf = (socket: Socket) => new Promise<void>((resolve) => void socket.once('close', () => resolve()))

const heard = async (socket: Socket) => {
  let text = ''
  socket.setEncoding('latin1').on('data', (part: string) => {
    text += part
  })
  await closeOf(socket)
  return text
}
/** The answer to a raw request, and the path that the handlers got. */
const answerTo = async (dial: () => Socket, target: string, { method = 'GET', host = 'x', headers = '' } = {}) => {
  const socket = dial()
  socket.write(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close${headers}\r\n\r\n`)
  return heard(socket)
}

test('a client that offers another protocol gets an answer in HTTP/1.1', async () => {
  const { dial } = await start()
  for (const protocol of ['h2c', 'websocket', 'TLS/1.0']) {
    expect(await answerTo(dial, '/', { headers: `, Upgrade\r\nUpgrade: ${protocol}` })).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*hello:\/$/)
  }
})

test('a client that offers h2c below /socket.io/ gets the same answer as without it', async () => {
  const { dial } = await start()
  for (const protocol of ['h2c', 'H2C', 'websockets']) {
    expect(await answerTo(dial, '/socket.io/?x', { headers: `, Upgrade\r\nUpgrade: ${protocol}` })).toMatch(
      /^HTTP\/1\.1 200 OK[\s\S]*hello:/,
    )
  }
})

test('every answer has nosniff', async () => {
  const { dial, port } = await start()
  const nosniff = /\r\nx-content-type-options: nosniff\r\n/i
  for (const target of ['/', '/socket.io/?x', '*']) expect(await answerTo(dial, target)).toMatch(nosniff)
  const malformed = dial()
  malformed.write('hello there\r\n\r\n')
  expect(await heard(malformed)).toMatch(nosniff)
  expect((await fetch(`http://127.0.0.1:${port}/`)).headers.get('x-content-type-options')).toBe('nosniff')
})

test('a whole address is reduced to its path, and a malformed one is refused', async () => {
  const { dial } = await start()
  expect(await answerTo(dial, 'http://example.org:3000/livez?a=1', { host: 'example.org:3000' })).toMatch(/hello:\/livez\?a=1$/)
  expect(await answerTo(dial, 'HTTPS://Example.org', { host: 'example.ORG:443' })).toMatch(/hello:\/$/)
  expect(await answerTo(dial, 'http://example.org?a', { host: 'example.org' })).toMatch(/hello:\/\?a$/)
  expect(await answerTo(dial, '/api/%E0%A4%A')).toMatch(/hello:\/api\/%E0%A4%A$/)
  for (const target of ['/c/%E0%A4%A', '*']) expect(await answerTo(dial, target)).toMatch(/^HTTP\/1\.1 400 /)
})

test('a request that names two hosts is refused on every path', async () => {
  const { dial } = await start()
  for (const path of ['/', '/api/me', '/livez', '/socket.io/?EIO=4']) {
    for (const second of ['host: y', 'HOST: x', 'Host: ']) {
      expect(await answerTo(dial, path, { headers: `\r\n${second}` }), `${path} ${second}`).toMatch(/^HTTP\/1\.1 400 /)
    }
    for (const other of ['http://y', 'http://user@x', 'http://x:81']) {
      expect(await answerTo(dial, other + path), other + path).toMatch(/^HTTP\/1\.1 400 /)
    }
  }
})

test('TRACE is refused on every path', async () => {
  const { dial } = await start()
  for (const path of ['/', '/api/me', '/livez', '/_next/static/x.js', '/socket.io/']) {
    const answer = await answerTo(dial, path, { method: 'TRACE', headers: '\r\nCookie: secret' })
    expect(answer, path).toMatch(/^HTTP\/1\.1 405 /)
    expect(answer).not.toContain('secret')
  }
})

test('an upgrade that names two hosts is refused before Socket.IO gets it', async () => {
  const upgraded = vi.fn()
  const { dial } = await start({}, (http) => http.on('upgrade', upgraded))
  const headers = ', Upgrade\r\nUpgrade: websocket\r\nHost: y'
  expect(await answerTo(dial, '/socket.io/?EIO=4&transport=websocket', { headers })).toMatch(/^HTTP\/1\.1 400 /)
  expect(upgraded).not.toHaveBeenCalled()
})

test('A6 an address over the limit of unanswered requests loses a connection, and others are served', async () => {
  const { dial, events } = await start()
  const { unansweredOfAddress } = connectionLimits
  const hanging = dial().resume()
  hanging.write('GET /hang HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(unansweredOfAddress))
  const other = dial('127.0.0.2')
  other.write(ask)
  expect(await heard(other)).toContain('hello')
  expect(hanging.destroyed).toBe(false)
  hanging.write('GET /hang HTTP/1.1\r\nHost: x\r\n\r\n')
  await closeOf(hanging)
  expect(events()).toEqual(['requests_refused'])
  const again = dial()
  again.write(ask)
  expect(await heard(again)).toContain('hello')
})

test('A6 requests that are sent together with a CONNECT are released', async () => {
  const closed = vi.fn()
  const { dial } = await start({}, (http) => http.on('request', (_request, response) => response.once('close', closed)))
  const socket = dial().resume()
  // The second answer waits for the first one.
  socket.write(`GET /hang HTTP/1.1\r\nHost: x\r\n\r\nGET /hang HTTP/1.1\r\nHost: x\r\n\r\nCONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n`)
  await closeOf(socket)
  await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(2))
})

test('an upgrade before the previous answer is not upgraded', async () => {
  const upgraded = vi.fn()
  const { dial } = await start({}, (http) => http.on('upgrade', upgraded))
  const socket = dial()
  const target = '/socket.io/?EIO=4&transport=websocket'
  socket.write(
    `GET /one HTTP/1.1\r\nHost: x\r\n\r\nGET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n`,
  )
  expect(await heard(socket)).toMatch(/hello:\/one.*hello:\/socket\.io/s)
  expect(upgraded).not.toHaveBeenCalled()
})

const ask = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

test.runIf(process.platform === 'linux')('A6 when 2,000 come back while the process is busy, none is turned away', async () => {
  expect(Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8')), 'net.core.somaxconn').toBeGreaterThanOrEqual(2_000)
  const { port } = await start({ countsAddresses: false })
  const script = `
    const { connect } = require('node:net')
    let connected = 0
    for (let i = 0; i < 2_000; i++) connect(${port}, '127.0.0.1', () => connected++).on('error', () => undefined)
    setTimeout(() => process.stdout.write(String(connected), () => process.exit()), 800)`
  const crowd = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  crowd.stdout.on('data', (part: Buffer) => {
    output += part.toString()
  })
  await once(crowd, 'spawn')
  // Like a busy process: it accepts nothing meanwhile, and the kernel holds the new connections.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_000)
  await once(crowd, 'close')
  expect(output).toBe('2000')
})

test('A6 of 2,000 connections from one address only the limit stays, others are accepted, and the log has one line', async () => {
  const { dial, events, connections } = await start()
  let gone = 0
  const sockets: Socket[] = []
  // At most as many at a time as the kernel holds before they are accepted.
  while (sockets.length < 2_000) {
    const some = Array.from({ length: 200 }, () => dial().resume())
    for (const socket of some) socket.on('close', () => gone++)
    sockets.push(...some)
    await vi.waitFor(() => expect(gone).toBe(Math.max(0, sockets.length - connectionLimits.ofAddress)), { timeout: 20_000 })
  }
  expect(await connections()).toBe(connectionLimits.ofAddress)
  const other = dial('127.0.0.2')
  other.write(ask)
  expect(await heard(other)).toContain('hello')
  expect(events()).toEqual(['connections_refused'])

  for (const socket of sockets) socket.destroy()
  await vi.waitFor(async () => expect(await connections()).toBe(0))
  const again = dial()
  again.write(ask)
  expect(await heard(again)).toContain('hello')
})

test('one connection over the limit is refused, and the limit is not', async () => {
  const { dial, connections } = await start()
  for (let i = 0; i < connectionLimits.ofAddress - 1; i++) dial()
  await vi.waitFor(async () => expect(await connections()).toBe(connectionLimits.ofAddress - 1), { timeout: 20_000 })
  const last = dial()
  last.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  expect(String((await once(last, 'data'))[0])).toContain('200')
  await closeOf(dial().resume())
})

test('behind a proxy connections are not counted by address', async () => {
  const { dial, connections, events } = await start({ countsAddresses: false })
  for (let i = 0; i < connectionLimits.ofAddress + 50; i++) dial()
  await vi.waitFor(async () => expect(await connections()).toBe(connectionLimits.ofAddress + 50), { timeout: 20_000 })
  expect(events()).toEqual([])
})

test('slow headers and silent connections are closed in time (slowloris)', async () => {
  const { dial, events } = await start({ timeouts: { headersTimeout: 500, requestTimeout: 1_000, connectionsCheckingInterval: 100 } })
  const trickling = Array.from({ length: 20 }, () => dial())
  const silent = Array.from({ length: 20 }, () => dial())
  const timers = trickling.map((socket) => setInterval(() => socket.writable && socket.write('X-A: b\r\n'), 50))
  for (const socket of trickling) socket.write('GET / HTTP/1.1\r\nHost: x\r\n')
  const ends = await Promise.all([...trickling, ...silent].map(heard))
  for (const timer of timers) clearInterval(timer)
  for (const end of ends) expect(end).toContain('408')
  expect(events()).toEqual(['slow_request_cut_off'])
})

test('invalid HTTP and too large headers get an answer and a log line', async () => {
  const { dial, events } = await start()
  for (const [sent, status] of [
    ['hello there\r\n\r\n', '400'],
    [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
    [`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, '431'],
    ['POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '400'],
  ] as const) {
    const socket = dial()
    socket.write(sent)
    expect(await heard(socket), sent.slice(0, 40)).toContain(status)
  }
  expect(events()).toEqual(['malformed_request'])
})

test('before the server serves, it closes connections', async () => {
  const throttledWarnings = createThrottledWarnings({ logger: { warn: vi.fn() }, now: performance.now.bind(performance) })
  const web = createWebServer({ logger: silentLogger, throttledWarnings, countsAddresses: true })
  closers.push(() => web.close())
  const port = await web.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect({ port, host: '127.0.0.1' }).on('error', () => undefined)
  socket.write('GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n')
  expect(await heard(socket)).toBe('')
})
