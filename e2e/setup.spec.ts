import { request as ask, createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from './support/fixtures.ts'

/** A proxy that changes requests with `change` and passes no upgrade. */
const startProxy = async (
  to: number,
  change: (url: string) => { url: string; headers?: Record<string, string> },
): Promise<{ server: Server; url: string }> => {
  const server = createServer((request, response) => {
    const { url, headers = {} } = change(request.url ?? '/')
    const { upgrade: _, connection: __, ...kept } = request.headers
    const passed = ask({ port: to, host: '127.0.0.1', path: url, method: request.method, headers: { ...kept, ...headers } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    request.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

test('a misconfigured proxy is reported at /admin, in the log and in a metric', { tag: '@embedded' }, async ({ server, page }) => {
  const proxy = await startProxy(server.port, (url) => ({ url, headers: { 'x-forwarded-for': '1.2.3.4' } }))
  try {
    const origin = 'https://fresco.example'
    const refused = await fetch(`${proxy.url}/api/pixels`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: '{}',
    })
    expect(refused.status).toBe(403)
    expect((await fetch(`${proxy.url}/socket.io/?EIO=4&transport=websocket`)).status).toBe(400)
    expect((await fetch(`${proxy.url}/metrics`)).status).toBe(403)
    for (let poll = 0; poll < 3; poll++)
      expect((await fetch(`${proxy.url}/socket.io/?EIO=4&transport=polling&sid=unknown`)).status).toBe(400)

    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    const expected = [
      'no_public_url',
      'websocket_not_upgraded',
      'session_of_another_process',
      'forwarded_for_ignored',
      'metrics_through_proxy',
    ]
    for (const reason of expected) {
      expect(metrics).toMatch(new RegExp(`^fresco_setup_warnings_total\\{reason="${reason}"\\} [1-9]`, 'm'))
      expect(server.output.split(`"event":"${reason}"`), reason).toHaveLength(2)
    }
    await page.goto(`${server.url}/admin`)
    await page.getByLabel('Admin token').fill(server.adminToken)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'A proxy does not pass WebSockets on' })).toBeVisible()
    const setup = page.getByRole('region', { name: 'Setup' })
    await expect(setup.getByText(`POST /api/pixels from ${origin}`)).toBeVisible()
    await expect(setup.getByText('Set PUBLIC_URL to the address', { exact: false })).toBeVisible()
  } finally {
    proxy.server.close()
  }
})

test('behind a sub-path the page says what is wrong, whether the proxy strips the path or not', { tag: '@embedded' }, async ({
  server,
  page,
}) => {
  const kept = await fetch(`${server.url}/fresco/`)
  expect([kept.status, await kept.text()]).toEqual([404, expect.stringContaining('Fresco works at the root of an address only')])

  const proxy = await startProxy(server.port, (url) => ({ url: url.startsWith('/fresco/') ? url.slice('/fresco'.length) : '/livez' }))
  try {
    await page.goto(`${proxy.url}/fresco/`)
    await expect(page.getByText('Fresco works at the root of an address only', { exact: false })).toBeVisible()
    await expect.poll(() => server.output).toContain('"event":"sub_path"')
  } finally {
    proxy.server.close()
  }
  await page.goto(server.url)
  await expect(page.getByText('Fresco works at the root of an address only', { exact: false })).toBeHidden()
})
