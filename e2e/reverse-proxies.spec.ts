/** nginx and Caddy with the files of `deploy/` in front of two web processes on MongoDB and Redis. */
import { io } from 'socket.io-client'
import { Api } from './support/api.ts'
import { expect, Tab, test } from './support/fixtures.ts'
import { type ProxyProgram, ReverseProxies } from './support/reverse-proxies.ts'
import { FrescoServer } from './support/server.ts'
import { Services } from './support/services.ts'

interface Stack {
  readonly services: Services
  readonly proxies: ReverseProxies
  readonly webs: readonly [FrescoServer, FrescoServer]
  readonly publisher: FrescoServer
}

const startStack = async (): Promise<Stack> => {
  const [services, proxies] = await Promise.all([Services.start(), ReverseProxies.prepare()])
  const { nginxUrl, caddyUrl } = proxies
  const common = { CANVAS_WIDTH: '200', CANVAS_HEIGHT: '120', PUBLIC_URL: `${nginxUrl},${caddyUrl}`, TRUST_PROXY: '1', ...services.env }
  const start = (roles: string) => FrescoServer.start({ ...common, ROLES: roles })
  const [one, two, publisher] = await Promise.all([start('web'), start('web'), start('publisher')])
  await proxies.start([one.port, two.port])
  return { services, proxies, webs: [one, two], publisher }
}

test.describe('two web processes behind a reverse proxy', { tag: '@embedded' }, () => {
  // Both proxies share the stack.
  test.describe.configure({ mode: 'default' })
  let stack: Stack
  test.beforeAll(async () => {
    stack = await startStack()
  })
  test.afterAll(async () => {
    await stack.proxies.dispose()
    for (const server of [...stack.webs, stack.publisher]) await server.dispose()
    await stack.services.dispose()
  })

  const programs = ['nginx', 'caddy'] as const satisfies readonly ProxyProgram[]
  const urlOf = (program: ProxyProgram) => stack.proxies[`${program}Url`]
  const admin = () => ({ authorization: `Bearer ${stack.publisher.adminToken}` })

  for (const program of programs) {
    test(`A2 ${program}: a client that only polls reaches the process of its session with every request`, async () => {
      const socket = io(urlOf(program), { transports: ['polling'], upgrade: false, forceNew: true })
      const disconnects: string[] = []
      socket.on('disconnect', (reason) => disconnects.push(reason))
      const frames: unknown[] = []
      socket.onAny((...message) => frames.push(message))
      await expect.poll(() => socket.connected).toBe(true)
      expect(await socket.timeout(5_000).emitWithAck('join', { canvas: 'main', tiles: [{ tile: 0, seq: null }] })).toMatchObject({
        ok: true,
      })
      const painter = new Api(urlOf(program))
      for (let gx = 10; gx < 20; gx++) {
        const before = frames.length
        expect((await painter.place(gx, 1, 5)).status).toBe(201)
        await expect.poll(() => frames.length).toBeGreaterThan(before)
      }
      expect(disconnects).toEqual([])
      socket.disconnect()
    })

    test(`${program}: metrics and health are closed, and bodies and headers have the bounds of Fresco`, async () => {
      for (const path of ['/metrics', '/api/health']) expect((await fetch(urlOf(program) + path)).status, path).toBe(403)
      const send = (path: string, type: string, bytes: number) =>
        fetch(urlOf(program) + path, { method: 'POST', headers: { ...admin(), 'content-type': type }, body: 'x'.repeat(bytes) })
      const tooLong = await send('/api/pixels', 'application/json', 17_000)
      expect([tooLong.status, tooLong.headers.get('content-type')]).toEqual([413, 'application/problem+json'])
      expect((await send('/api/admin/canvases/main/picture', 'image/png', 33 * 2 ** 20)).status).toBe(413)
      const picture = await send('/api/admin/canvases/main/picture', 'image/png', 2 ** 21)
      expect(picture.headers.get('content-type')).toBe('application/problem+json')
      expect((await fetch(`${urlOf(program)}/api/canvases`, { headers: { 'x-long': 'x'.repeat(15_000) } })).status).toBe(200)
      expect((await fetch(`${urlOf(program)}/api/canvases`, { headers: { 'x-long': 'x'.repeat(17_000) } })).status).toBeGreaterThanOrEqual(
        400,
      )
    })
  }

  // Last, because a returning process takes over some long-polling connections.
  for (const program of programs) {
    test(`A2 ${program}: a page over TLS and HTTP/2 stays exact by WebSocket while each process is killed`, async ({ browser }) => {
      const context = await browser.newContext({ ignoreHTTPSErrors: true })
      const page = await context.newPage()
      const sockets: string[] = []
      page.on('websocket', (socket) => socket.on('framereceived', () => sockets.push(socket.url())))
      const tab = new Tab(page)
      await tab.open(urlOf(program))
      const protocol = await page.evaluate(() =>
        performance.getEntriesByType('navigation').map((entry) => (entry as PerformanceNavigationTiming).nextHopProtocol),
      )
      expect(protocol).toEqual(['h2'])
      const painter = new Api(urlOf(program))
      await painter.token()
      const shows = (gx: number) => expect.poll(async () => (await tab.bytes())?.charCodeAt(gx), { timeout: 10_000 }).toBe(gx)
      const paint = (gx: number) => expect.poll(async () => (await painter.place(gx, 0, gx)).status, { timeout: 10_000 }).toBe(201)
      await paint(1)
      await shows(1)
      for (const [number, web] of stack.webs.entries()) {
        await web.end('SIGKILL')
        await paint(2 + number)
        await shows(2 + number)
        await web.boot()
      }
      expect(sockets.length).toBeGreaterThan(2)
      await context.close()
    })

    // After the restarts, because each process logs the failed sign-ins of an address once a minute.
    test(`${program}: the address of a client is not what it writes into X-Forwarded-For`, async () => {
      const before = stack.webs.map(({ output }) => output.length)
      const headers = { 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '203.0.113.7', 'content-type': 'application/json' }
      const answer = await fetch(`${urlOf(program)}/api/admin/session`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ token: `not the admin token, ${program}` }),
      })
      expect(answer.status).toBe(401)
      const newOutput = () => stack.webs.map(({ output }, number) => output.slice(before[number])).join('')
      await expect.poll(newOutput).toContain('sign_in_failed')
      expect(newOutput()).toContain('"address":"127.0.0.1"')
      expect(newOutput()).not.toContain('203.0.113.7')
    })

    test(`${program}: there is no warning about the setup`, async () => {
      const overview = async () => (await fetch(`${urlOf(program)}/api/admin/overview`, { headers: admin() })).json()
      // The process that was started last becomes visible with its heartbeat. Warnings stay for ten minutes.
      await expect.poll(overview).toMatchObject({ warnings: [], gateways: [{}, {}] })
      // The overview has a warning of another process a second later, and the log has it at once.
      for (const { output } of stack.webs) expect(output).not.toContain('"remedy"')
    })
  }
})
