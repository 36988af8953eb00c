import { Api } from './support/api.ts'
import { asString, expect, Tab, test } from './support/fixtures.ts'
import { Host } from './support/host.ts'
import { FrescoServer } from './support/server.ts'
import { Services } from './support/services.ts'

const board = { CANVAS_WIDTH: '200', CANVAS_HEIGHT: '120' }

test('B4 the settings of the site are on the pages of another process within two seconds', { tag: '@embedded' }, async () => {
  const services = await Services.start()
  const [one, two] = [await FrescoServer.start({ ...board, ...services.env }), await FrescoServer.start({ ...board, ...services.env })]
  const titleOf = async (server: FrescoServer) => /<title>([^<]*)/.exec(await (await fetch(server.url)).text())?.[1]
  // The other process has cached the settings before the change.
  await expect.poll(() => titleOf(two), { timeout: 20_000 }).toBe('Main · Fresco')
  await new Host(one).setSite({ name: 'Winter' })
  await expect.poll(() => titleOf(two), { timeout: 2_000, intervals: [100] }).toBe('Main · Winter')
  for (const server of [one, two]) await server.dispose()
  await services.dispose()
})

test('A1 A2 A4 two web processes and a separate publisher: one of each is killed under load, and every tab is exact', {
  tag: '@embedded',
}, async ({ browser }) => {
  test.setTimeout(120_000)
  const services = await Services.start()
  const start = (roles: string) => FrescoServer.start({ ...board, ...services.env, ROLES: roles })
  const [one, two, publisher] = [await start('web'), await start('web'), await start('publisher')]
  const tabs: Tab[] = []
  for (const server of [one, two]) {
    const tab = new Tab(await (await browser.newContext()).newPage())
    await tab.open(server.url)
    tabs.push(tab)
  }
  const apis = [new Api(one.url), new Api(two.url)]
  const acknowledged: string[] = []
  let running = true
  const paint = async (api: Api, worker: number) => {
    for (let i = 0; running; i++) {
      const response = await api.place((worker * 25 + i) % 200, i % 120, (i + worker) % 32).catch(() => null)
      const body = response?.status === 201 ? await response.json().catch(() => null) : null
      if (body) acknowledged.push((body as { id: string }).id)
      else await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  for (const api of apis) await api.token()
  const workers = apis.flatMap((api, number) => [0, 1, 2, 3].map((worker) => paint(api, number * 4 + worker)))
  await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(200)
  await Promise.all([two.end('SIGKILL'), publisher.end('SIGKILL')])
  const before = acknowledged.length
  await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(before + 100)
  await Promise.all([two.boot(), publisher.boot()])
  running = false
  await Promise.all(workers)

  const { bytes } = (await apis[0]?.settledBoard()) ?? { bytes: new Uint8Array() }
  for (const tab of tabs) await expect.poll(() => tab.bytes(), { timeout: 5_000 }).toBe(asString(bytes))
  const saved = new Set((await apis[1]?.log())?.flatMap((commit) => commit.pixels.map((pixel) => pixel.id)))
  expect(acknowledged.filter((id) => !saved.has(id))).toEqual([])
  for (const server of [one, two, publisher]) await server.dispose()
  await services.dispose()
})

test('A2 Redis is killed and restarted: placing continues, and no pixel is missing afterwards', { tag: '@embedded' }, async ({
  browser,
}) => {
  test.setTimeout(90_000)
  const services = await Services.start()
  const server = await FrescoServer.start({ ...board, ...services.env })
  const api = new Api(server.url)
  const tab = new Tab(await (await browser.newContext()).newPage())
  await tab.open(server.url)
  await services.redis.kill()
  const health = async () => ((await (await fetch(`${server.url}/api/health`)).json()) as { status: string }).status
  await expect.poll(health).toBe('warn')
  for (let gx = 0; gx < 20; gx++) expect((await api.place(gx, 1, 5)).status).toBe(201)
  await services.redis.boot()
  await expect.poll(async () => (await api.settledBoard()).seq, { timeout: 15_000 }).toBeGreaterThan(0)
  expect((await api.place(50, 1, 7)).status).toBe(201)
  await tab.shows(api, 10_000)
  await expect.poll(health).toBe('pass')
  const { bytes } = await api.settledBoard()
  expect(Array.from({ length: 20 }, (_, gx) => bytes[256 + gx])).toEqual(Array(20).fill(5))
  await server.dispose()
  await services.dispose()
})

for (const part of ['MONGODB_URI', 'REDIS_URL'] as const) {
  test(`${part} alone switches its own part`, { tag: '@embedded' }, async () => {
    const services = await Services.start()
    const { [part]: uri = '', ADMIN_TOKEN = '', SESSION_SECRET = '' } = services.env
    const server = await FrescoServer.start({ ...board, [part]: uri, ADMIN_TOKEN, SESSION_SECRET })
    const api = new Api(server.url)
    expect((await api.place(3, 4, 5)).status).toBe(201)
    expect((await api.settledBoard()).bytes[4 * 256 + 3]).toBe(5)
    expect(await server.end('SIGTERM')).toBe(0)
    await server.boot()
    expect((await api.settledBoard()).bytes[4 * 256 + 3]).toBe(5)
    await server.dispose()
    await services.dispose()
  })
}
