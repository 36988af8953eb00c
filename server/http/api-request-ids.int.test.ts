/** What an operator finds in the log about a failing request, and that nothing from outside changes a line. */
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLogger } from '../observability/log.ts'
import { adminToken, type Fixture, startApi } from './api.fixture.ts'

type Line = Record<string, unknown>
let lines: string[]
let api: Fixture
beforeEach(async () => {
  lines = []
  api = await startApi({ rateLimits: true, logger: createLogger({ level: 'info', write: (line) => void lines.push(line) }) })
})
afterEach(() => api.close())

const logged = (event: string) => lines.map((line) => JSON.parse(line) as Line).filter((line) => line['event'] === event)

/** The name of a request, which the problem and the header have. */
const nameOf = async (response: Response) => {
  const requestId = response.headers.get('x-request-id')
  expect(await response.json()).toMatchObject({ requestId })
  expect(requestId).toMatch(/^[0-9a-f]{16}$/)
  return requestId
}

test('a failing answer and its line have the same name, which no client chooses', async () => {
  api.store.isDown = true
  const answer = await api.get('/api/admin/canvases', { authorization: `Bearer ${adminToken}`, 'x-request-id': 'mine' })
  expect(answer.status).toBe(503)
  const requestId = await nameOf(answer)
  expect(logged('request_unavailable')).toMatchObject([
    { path: '/api/admin/canvases', requestId, alsoSince: 0, err: { code: 'unavailable' } },
  ])
  expect(lines.join('')).not.toContain('at ')
  const placing = await api.post('/api/pixels', { gx: 1, gy: 2, color: 1 })
  const refused = logged('request_unavailable').find(({ path }) => path === '/api/pixels')
  expect(refused).toMatchObject({ code: 'unavailable', requestId: await nameOf(placing) })
  for (let index = 0; index < 5; index++) await api.get('/api/admin/canvases', { authorization: `Bearer ${adminToken}` })
  expect(logged('request_unavailable')).toHaveLength(2)
})

test('an unexpected error is logged with its stack and the name of the request', async () => {
  api.store.listCanvases = () => Promise.reject(new Error('a bug'))
  const requestId = await nameOf(await api.get('/api/admin/canvases', { authorization: `Bearer ${adminToken}` }))
  expect(logged('request_failed')).toMatchObject([{ requestId, err: { message: 'a bug', stack: expect.stringContaining('.ts:') } }])
})

test('a wrong token, a refused origin and too many requests are one line each, and further ones are counted', async () => {
  const wrong = await nameOf(await api.get('/api/admin/canvases', { authorization: 'Bearer wrong' }))
  await api.get('/api/admin/canvases', { authorization: 'Bearer wrong' })
  const origin = { origin: 'http://evil.example' }
  const foreign = await nameOf(await api.post('/api/pixels', {}, origin))
  await api.post('/api/pixels', {}, origin)
  const limited = (await Promise.all(Array.from({ length: 150 }, () => api.get('/api/nothing')))).filter(({ status }) => status === 429)
  const names = await Promise.all(limited.map(nameOf))
  expect(logged('sign_in_failed')).toMatchObject([{ way: 'bearer', requestId: wrong }])
  expect(logged('origin_refused')).toMatchObject([{ ...origin, requestId: foreign }])
  expect(logged('requests_refused')).toMatchObject([{ code: 'rate_limited', requestId: expect.toBeOneOf(names) }])
})

test('a successful answer and a refusal that is not logged have no name', async () => {
  for (const answer of [await api.get('/api/canvases/main'), await api.get('/api/canvases/nope'), await api.post('/api/pixels', {})]) {
    expect(answer.headers.get('x-request-id')).toBeNull()
  }
  expect(lines).toEqual([])
})

/** Sends bytes that no client library would send, and resolves when the connection is closed. */
const sendRaw = (bytes: Buffer) =>
  new Promise<void>((resolve) => {
    const socket = connect(api.port, '127.0.0.1', () => socket.end(bytes))
    socket.on('error', () => undefined).on('close', () => resolve())
    socket.resume()
  })

test('nothing that a request has can break a line: control characters, escapes, bidi marks and long texts', async () => {
  const hostile = Buffer.from(`\u001b[2J\u009b31m\u202e\u2028\ufeff\u0000"}\\{"event":"forged"}${'x'.repeat(3_000)}`)
  const headers = ['Origin', 'User-Agent', 'Referer', 'X-Forwarded-For', 'Authorization: Bearer', 'Cookie', 'X-Request-Id', 'Host']
  for (const header of headers) {
    for (const part of [hostile, hostile.subarray(4, 40), hostile.filter((byte) => byte >= 32)]) {
      const name = header.includes(':') ? `${header} ` : `${header}: `
      await sendRaw(
        Buffer.concat([Buffer.from(`POST /api/pixels HTTP/1.1\r\nHost: a\r\n${name}`), part, Buffer.from('\r\nConnection: close\r\n\r\n')]),
      )
    }
  }
  await sendRaw(Buffer.concat([Buffer.from('GET /api/'), hostile, Buffer.from(' HTTP/1.1\r\nHost: a\r\n\r\n')]))
  await sendRaw(Buffer.from('GET /api/%1b%5b2J%0a%e2%80%ae HTTP/1.1\r\nHost: a\r\n\r\n'))
  expect(logged('origin_refused')).toHaveLength(1)
  for (const line of lines) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there.
    expect(line).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\ufeff]+\n$/)
    expect(line.length).toBeLessThan(2_000)
    expect(JSON.parse(line)).not.toMatchObject({ event: 'forged' })
  }
})
