import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createLogger } from '../observability/log.ts'
import { logRequests } from './access-log.ts'

const start = async () => {
  const lines: string[] = []
  const server = createServer((request, response) => {
    if (request.url === '/closed') return void request.socket.destroy()
    if (request.url === '/failing') response.setHeader('x-request-id', 'abc')
    response.writeHead(request.url === '/failing' ? 503 : 200).end('x'.repeat(request.url === '/large' ? 50_000 : 5))
  })
  logRequests(server, {
    logger: createLogger({ level: 'info', write: (line) => void lines.push(line) }),
    addressOf: () => '192.0.2.1',
    routeOf: (_method, path) => (path.length < 10 ? path : 'unknown'),
    monotonicNow: () => performance.now(),
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { lines, port, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

/** Sends a request, and resolves when its connection is closed. */
const sendRaw = (port: number, text: string) =>
  new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(text, 'latin1'))
    socket.on('error', () => undefined).on('close', () => resolve())
    socket.resume()
  })

test('each request is one line with its route, status, bytes, time and address', async () => {
  const { port, entries } = await start()
  for (const path of ['/small', '/large', '/failing', '/closed']) await sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
  await expect.poll(entries).toHaveLength(4)
  expect(entries()).toMatchObject([
    { event: 'access', method: 'GET', route: '/small', status: 200, address: '192.0.2.1', ms: expect.any(Number) },
    { route: '/large', status: 200 },
    { route: '/failing', status: 503, requestId: 'abc' },
    { route: '/closed', status: null, bytes: 0 },
  ])
  const [small, large] = entries().map(({ bytes }) => Number(bytes))
  expect(small).toBeLessThan(1_000)
  expect(large).toBeGreaterThan(50_000)
  expect(large).toBeLessThan(51_000)
})

test('a path without a route is escaped and cut, and the query is not logged', async () => {
  const { port, lines, entries } = await start()
  await sendRaw(port, `GET /%1b[2J%c2%9b"\\${'y'.repeat(5_000)}?token=secret HTTP/1.1\r\nHost: a\r\n\r\n`)
  await expect.poll(entries).toHaveLength(1)
  expect(String(entries()[0]?.['route'])).toHaveLength(1_001)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there.
  expect(lines[0]).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u202e]+\n$/)
  expect(lines[0]).not.toContain('secret')
})
