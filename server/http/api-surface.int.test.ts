/** The API over real connections: unknown paths, other methods, probes, and clients that misbehave. */
import { connect } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { version } from '../version.ts'
import { adminToken, metricsToken } from './api.fixture.ts'
import { bodyOf, expectProblem, start } from './api-expectations.fixture.ts'

describe('paths and methods', () => {
  test('unknown paths are not found', async () => {
    const { get, post } = await start()
    const paths = [
      '/api',
      '/api/',
      '/api/nothing',
      '/api/pixels/',
      '/api/canvases/main/nowhere',
      '/api/admin/outbox/nowhere',
      '/api/%',
      '/api/canvases//tiles/0/board',
    ]
    for (const path of paths) await expectProblem(await get(path), 'not_found')
    await expectProblem(await post('/api/placements/abc/nothing'), 'not_found')
  })

  test('other methods are refused with the allowed ones', async () => {
    const { send } = await start()
    for (const [method, path, allow] of [
      ['GET', '/api/pixels', 'POST, OPTIONS'],
      ['DELETE', '/api/pixels', 'POST, OPTIONS'],
      ['PUT', '/api/canvases/main', 'GET, HEAD, OPTIONS'],
      ['PATCH', '/api/me', 'GET, HEAD, OPTIONS'],
      ['POST', '/livez', 'GET, HEAD, OPTIONS'],
      ['GET', '/api/admin/session', 'POST, DELETE, OPTIONS'],
    ] as const) {
      const response = await send(method, path)
      expect(response.headers.get('allow')).toBe(allow)
      await expectProblem(response, 'method_not_allowed')
    }
  })

  test('the overview is for admins', async () => {
    const { get } = await start()
    await expectProblem(await get('/api/admin/overview'), 'unauthenticated')
    await expectProblem(await get('/api/admin/overview', { authorization: 'Bearer wrong' }), 'unauthenticated')
    const response = await get('/api/admin/overview', { authorization: `Bearer ${adminToken}` })
    expect(response.status).toBe(200)
    expect(await bodyOf(response)).toMatchObject({
      mode: { stream: 'embedded' },
      store: { connected: true },
      outbox: { pending: 0 },
      history: [],
    })
  })

  test('HEAD answers as GET without the body', async () => {
    const { send, get } = await start()
    for (const path of ['/api/canvases/main', '/api/canvases/main/tiles/0/board', '/livez', '/api/canvases/nope']) {
      const [head, full] = [await send('HEAD', path), await get(path)]
      expect(head.status).toBe(full.status)
      expect(await head.text()).toBe('')
      expect(head.headers.get('content-type')).toBe(full.headers.get('content-type'))
      expect(head.headers.get('content-length')).toBe(full.headers.get('content-length'))
    }
    const picture = await send('HEAD', '/api/canvases/main/board.png')
    expect([picture.status, picture.headers.get('content-length')]).toEqual([200, null])
  })

  test('every answer has nosniff and a policy that forbids everything', async () => {
    const { get, post } = await start()
    for (const response of [await get('/api/canvases/main'), await get('/api/nothing'), await post('/api/pixels', {})]) {
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(response.headers.get('content-security-policy')).toContain(`default-src 'none'`)
    }
  })
})

describe('probes', () => {
  test('readyz fails without a store, and livez does not', async () => {
    const { get, store } = await start()
    expect(await (await get('/livez')).text()).toBe('ok')
    expect(await (await get('/livez?format=prometheus')).text()).toBe('# ok\n')
    expect(await (await get('/readyz')).text()).toBe('ok')
    store.isDown = true
    expect((await get('/livez')).status).toBe(200)
    const unready = await get('/readyz')
    expect(unready.headers.get('retry-after')).toBe('1')
    await expectProblem(unready, 'unavailable')
  })

  test('health details and metrics are for this machine, admins and the metrics token', async () => {
    const { get, store } = await start()
    const stranger = { 'x-forwarded-for': '127.0.0.1' }
    const health = await get('/api/health')
    expect(health.headers.get('content-type')).toBe('application/health+json')
    expect(await bodyOf(health)).toEqual({
      status: 'pass',
      version,
      checks: { store: { status: 'pass', kind: 'memory', latencyMs: 0, cannotWrite: null } },
    })
    expect(await bodyOf(await get('/api/health', stranger))).toEqual({ status: 'pass' })
    expect((await get('/metrics')).status).toBe(200)
    const proxies = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-port']
    for (const header of [...proxies, 'cf-connecting-ip', 'true-client-ip', 'x-client-ip', 'cdn-loop', 'x-envoy-external-address']) {
      await expectProblem(await get('/metrics', { [header]: '127.0.0.1' }), 'forbidden')
    }
    await expectProblem(await get('/metrics', { ...stranger, authorization: 'Bearer nope' }), 'forbidden')
    for (const token of [adminToken, metricsToken]) {
      const headers = { ...stranger, authorization: `Bearer ${token}` }
      expect((await get('/metrics', headers)).status).toBe(200)
      expect(await bodyOf(await get('/api/health', headers))).toHaveProperty('checks')
    }
    // A client cannot set the internal headers.
    await expectProblem(await get('/metrics', { ...stranger, 'x-fresco-address': '127.0.0.1', 'x-fresco-direct': '1' }), 'forbidden')
    store.isDown = true
    const failing = await get('/api/health')
    expect(failing.status).toBe(503)
    expect(await bodyOf(failing)).toMatchObject({ status: 'fail', checks: { store: { status: 'fail' } } })
  })
})

describe('connections', () => {
  const raw = async (port: number, chunks: readonly string[], options: { until: RegExp }) =>
    new Promise<string>((resolve, reject) => {
      let received = ''
      const socket = connect(port, '127.0.0.1', () => {
        for (const chunk of chunks) socket.write(chunk)
      })
      socket.on('data', (data) => {
        received += data.toString('latin1')
        if (options.until.test(received)) socket.end()
      })
      socket.on('close', () => resolve(received))
      socket.on('error', reject)
    })

  test('metrics are refused for another Host, and to a proxy without forwarding headers', async () => {
    const { port } = await start()
    const ask = (version: string, host: string) =>
      raw(port, [`GET /metrics HTTP/${version}\r\nHost: ${host}\r\nConnection: close\r\n\r\n`], { until: /\r\n\r\n/ })
    for (const host of ['localhost', 'LOCALHOST:3000', '127.0.0.1', '127.8.8.8:80', '[::1]:3000']) {
      expect(await ask('1.1', host), host).toMatch(/^HTTP\/1\.1 200 /)
      expect(await ask('1.0', host), host).toMatch(/^HTTP\/1\.1 403 /)
    }
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', 'user@localhost.x', '10.0.0.1', '']) {
      expect(await ask('1.1', host), host).toMatch(/^HTTP\/1\.1 403 /)
    }
  })

  test('after a refused body, the next request on its connection is answered', async () => {
    const { port } = await start()
    const body = `{"more":"${'x'.repeat(20_000)}"}`
    const refused = `POST /api/pixels HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    const next = 'GET /livez HTTP/1.1\r\nhost: x\r\n\r\n'
    const received = await raw(port, [refused, next], { until: /\r\n\r\nok$/ })
    expect(received).toMatch(/^HTTP\/1\.1 413 /)
    expect(received).toMatch(/HTTP\/1\.1 200 OK/)
  })

  test('after a refused body of unknown length, the next request is answered', async () => {
    const { port } = await start()
    const head = 'POST /api/pixels HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n'
    const chunk = `2710\r\n${'x'.repeat(10_000)}\r\n`
    const received = await raw(port, [head, chunk, chunk, chunk, '0\r\n\r\n', 'GET /livez HTTP/1.1\r\nhost: x\r\n\r\n'], {
      until: /\r\n\r\nok$/,
    })
    expect(received).toMatch(/^HTTP\/1\.1 413 /)
    expect(received).toMatch(/HTTP\/1\.1 200 OK/)
  })

  test('a client that keeps sending after a refusal is cut off', async () => {
    const { port } = await start({ lingerMs: 50 })
    const head = 'POST /api/pixels HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9000000\r\n\r\n'
    const socket = connect(port, '127.0.0.1')
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
    let received = ''
    socket.on('data', (data) => {
      received += data.toString('latin1')
    })
    // The connection is reset while the client writes.
    socket.on('error', () => undefined)
    socket.write(head)
    const sending = setInterval(() => socket.write('x'), 5)
    await closed
    clearInterval(sending)
    expect(received).toMatch(/^HTTP\/1\.1 413 /)
  }, 4_000)

  test('the server continues after a client disconnects during its request', async () => {
    const { port, get, store } = await start()
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write('POST /api/pixels HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"gx":1')
        socket.destroy()
        resolve()
      })
    })
    expect((await get('/livez')).status).toBe(200)
    expect(await store.backlog()).toMatchObject({ unsequenced: 0 })
  })
})

test('A6 a client that never reads a large answer is cut off, and its slot is released', async () => {
  const fixture = await start({ canvas: { width: 1_000, height: 1_000, tileSize: 1_024 }, unreadMs: 300 })
  const socket = connect({ port: fixture.port, host: '127.0.0.1' }).on('error', () => undefined)
  socket.pause()
  // Far more than the kernel buffers.
  const path = '/api/canvases/main/tiles/0/board'
  for (let i = 0; i < 20; i++) socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\n\r\n`)
  const open = () => new Promise<number>((resolve) => fixture.server.getConnections((_error, count) => resolve(count)))
  await vi.waitFor(async () => expect(await open()).toBe(1))
  await vi.waitFor(async () => expect(await open()).toBe(0), { timeout: 10_000 })
  socket.destroy()
})
