import { once } from 'node:events'
import { Api } from './support/api.ts'
import { expect, test } from './support/fixtures.ts'

test('A1 A4 SIGKILL under load loses nothing that was acknowledged', async ({ server, api }) => {
  const acknowledged: { id: string; gx: number; gy: number }[] = []
  await api.token()
  let running = true
  const paint = async (worker: number) => {
    for (let i = 0; running; i++) {
      const [gx, gy] = [(worker * 20 + (i % 20)) % 200, Math.floor(i / 20) % 120]
      const response = await api.place(gx, gy, (i + worker) % 32).catch(() => null)
      if (response?.status === 201) acknowledged.push({ ...((await response.json().catch(() => ({}))) as { id: string }), gx, gy })
    }
  }
  const workers = Array.from({ length: 16 }, (_, worker) => paint(worker))
  await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(500)
  await server.end('SIGKILL')
  running = false
  await Promise.all(workers)
  await server.boot()
  const board = await api.settledBoard()
  const log = await api.log()
  const saved = new Set(log.flatMap((commit) => commit.pixels.map((pixel) => pixel.id)))
  expect(acknowledged.filter(({ id }) => id && !saved.has(id))).toEqual([])
  const fold = new Uint8Array(256 * 256).fill(31)
  for (const { gx, gy, color } of log.flatMap((commit) => commit.pixels)) fold[gy * 256 + gx] = color
  expect(Buffer.from(board.bytes).equals(fold)).toBe(true)
})

test('A7 after SIGTERM the server finishes accepted requests and exits with 0', async ({ server, api }) => {
  await api.token()
  const all = Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      api
        .place(i, 0, i % 32)
        .then((response) => response.status)
        .catch(() => 0),
    ),
  )
  await expect.poll(async () => (await api.board()).seq).toBeGreaterThan(0)
  expect(await server.end('SIGTERM')).toBe(0)
  const statuses = await all
  expect(statuses.filter((status) => ![0, 201, 503].includes(status))).toEqual([])
  await server.boot()
  await api.settledBoard()
  const placed = (await api.log()).reduce((sum, commit) => sum + commit.pixels.length, 0)
  expect(placed).toBe(statuses.filter((status) => status === 201).length)
})

test('A7 a server whose output is not read starts, serves and stops', { tag: '@embedded' }, async ({ server }) => {
  await server.end('SIGKILL')
  const unread = server.launch()
  unread.stdout?.destroy()
  unread.stderr?.destroy()
  await expect.poll(async () => (await fetch(`${server.url}/readyz`).catch(() => null))?.status, { timeout: 20_000 }).toBe(200)
  expect((await fetch(server.url)).status).toBe(200)
  expect(await server.end('SIGTERM')).toBe(0)
})

test('a second server on the same folder is refused, and says why', { tag: '@embedded' }, async ({ server }) => {
  const second = server.spawn({ PORT: '0' })
  const [code] = (await once(second, 'exit')) as [number]
  expect(code).toBe(1)
  expect(server.output).toContain('Another Fresco process')
})

test('all mistakes in the environment are reported at once', { tag: '@embedded' }, async ({ server }) => {
  const wrong = server.spawn({ PORT: 'abc', CANVAS_WIDTH: '0', COOLDOWN_MS: '-1', ROLES: 'web,cook' })
  const [code] = (await once(wrong, 'exit')) as [number]
  expect(code).toBe(1)
  for (const name of ['PORT', 'CANVAS_WIDTH', 'COOLDOWN_MS', 'ROLES']) expect(server.output).toContain(`  ${name} `)
})

test('both mounts answer alike', { tag: '@embedded' }, async ({ server, api }) => {
  await api.place(3, 4, 5)
  await api.settledBoard()
  const bearer = { authorization: `Bearer ${await api.token()}` }
  const json = { ...bearer, 'content-type': 'application/json' }
  const requests: [string, RequestInit][] = [
    ['/api/canvases', {}],
    ['/api/canvases/main', {}],
    ['/api/canvases/nowhere', {}],
    ['/api/canvases/main/tiles/0/board', { headers: { 'accept-encoding': 'identity' } }],
    ['/api/canvases/main/tiles/9/board', {}],
    ['/api/canvases/main/tiles/0/commits?after=0', {}],
    ['/api/canvases/main/tiles/0/commits?limit=0', {}],
    ['/api/canvases/main/pixels/3/4', {}],
    ['/api/canvases/main/pixels/-1/4', {}],
    ['/api/me', { headers: bearer }],
    ['/api/me', { headers: { authorization: 'Bearer wrong' } }],
    ['/api/nothing', {}],
    ['/api/pixels', { method: 'DELETE' }],
    ['/api/pixels', { method: 'POST', headers: json, body: 'no json' }],
    ['/api/pixels', { method: 'POST', headers: json, body: '{"gx": "7"}' }],
    ['/api/pixels', { method: 'POST', headers: json, body: '{"gx": 200, "gy": 0, "color": 0}' }],
    ['/api/pixels', { method: 'POST', headers: { ...json, origin: 'http://evil.example' }, body: '{}' }],
    ['/api/pixels', { method: 'POST', headers: { ...json, 'content-type': 'text/plain' }, body: '{}' }],
    ['/api/pixels', { method: 'POST', headers: json, body: `{"x": "${'x'.repeat(17_000)}"}` }],
  ]
  for (const [path, init] of requests) {
    const answers = await Promise.all(
      [{}, { 'fresco-bypass': 'off' }].map(async (mount) => {
        const response = await fetch(server.url + path, { ...init, headers: { ...init.headers, ...mount } })
        const { headers } = response
        return {
          status: response.status,
          // Each request has its own id.
          body: Buffer.from(await response.arrayBuffer())
            .toString('latin1')
            .replace(/"requestId":"\w+"/, '"requestId"'),
          headers: [
            'content-type',
            'cache-control',
            'etag',
            'fresco-epoch',
            'fresco-seq',
            'allow',
            'access-control-allow-origin',
            'retry-after',
          ].map((name) => headers.get(name)),
        }
      }),
    )
    expect(answers[1], `${init.method ?? 'GET'} ${path}`).toEqual(answers[0])
  }
})

test('the page works under a strict content security policy', { tag: '@embedded' }, async ({ server, api, openTab }) => {
  const response = await fetch(server.url)
  const policy = response.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("script-src 'self' 'nonce-")
  expect(policy).not.toContain("script-src 'self' 'unsafe-inline'")
  const tab = await openTab()
  await tab.chooseColor(1)
  await tab.click(50, 50)
  await expect.poll(async () => (await api.board()).bytes[50 * 256 + 50]).toBe(1)
  expect(tab.pageErrors).toEqual([])
})

test('the page of an unknown board says that there is no such board', { tag: '@embedded' }, async ({ server, openTab }) => {
  const tab = await openTab()
  await tab.page.goto(`${server.url}/c/nowhere`)
  await expect(tab.page.getByText('There is no board here')).toBeVisible()
  await tab.page.getByRole('link').click()
  await tab.isConnected('live')
})

test('an imported picture is exported byte for byte, and open tabs show it', async ({ server, api, openTab }) => {
  const { encode } = await import('fast-png')
  const tab = await openTab()
  const info = (await (await fetch(`${server.url}/api/canvases/main`)).json()) as { palette: string[] }
  const [width, height] = [200, 120]
  const data = new Uint8Array(width * height * 4)
  for (let i = 0; i < width * height; i++) {
    const hex = info.palette[(i * 7 + (i >> 5)) % info.palette.length] ?? '#000000'
    data.set(
      [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)),
      i * 4,
    )
    data[i * 4 + 3] = 255
  }
  const response = await fetch(`${server.url}/api/admin/canvases/main/picture`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'image/png' },
    body: encode({ width, height, data, channels: 4 }) as Uint8Array<ArrayBuffer>,
  })
  expect(await response.json()).toEqual({ placed: width * height })
  await tab.shows(new Api(server.url))
  const { decode, convertIndexedToRgb } = await import('fast-png')
  const png = decode(new Uint8Array(await (await fetch(`${server.url}/api/canvases/main/board.png`)).arrayBuffer()))
  const rgb = convertIndexedToRgb(png)
  const wanted = data.filter((_, i) => i % 4 !== 3)
  expect(Buffer.from(rgb).equals(Buffer.from(wanted))).toBe(true)
  await tab.shows(api)
})
