/** What the command line and the log report at a start. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './support/fixtures.ts'
import { FrescoServer } from './support/server.ts'

const exitOf = async (child: ChildProcess) => ((await once(child, 'exit')) as [number])[0]
const links = (server: FrescoServer) => server.output.match(/\S+#sign-in=\S+/g) ?? []

test('a start on a port that is in use creates nothing, and the next start prints the sign-in link', { tag: '@embedded' }, async ({
  server,
}) => {
  const other = await FrescoServer.prepare()
  expect(await exitOf(other.spawn({ PORT: String(server.port) }))).toBe(1)
  expect(other.output).toContain(`Another program listens on port ${server.port}. Stop it, or set PORT`)
  expect(readdirSync(other.dataDir)).toEqual([])
  await other.boot()
  expect(links(other)).toHaveLength(1)
  await other.dispose()
})

test('the sign-in link is printed again until an operator has signed in', { tag: '@embedded' }, async ({ server }) => {
  expect(await server.end('SIGKILL')).toBeNull()
  await server.boot()
  expect(links(server)).toHaveLength(2)
  const link = links(server)[1]?.split('#sign-in=')[1]
  const signIn = (body: object) =>
    fetch(`${server.url}/api/admin/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  expect((await signIn({ token: 'x'.repeat(40) })).status).toBe(401)
  expect((await signIn({ link })).status).toBe(200)
  await server.end('SIGTERM')
  await server.boot()
  expect(links(server)).toHaveLength(2)
})

test('a setting that does not change an existing board is named in the log', { tag: '@embedded' }, async ({ server }) => {
  await server.end('SIGTERM')
  expect(server.output).not.toContain('setting_ignored')
  await server.boot({ COOLDOWN_MS: '1000', CANVAS_WIDTH: '2000', CANVAS_API_TOKEN: 'of another program' })
  const lines = server.output.split('\n').filter((line) => line.includes('setting_ignored'))
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({ name: 'CANVAS_WIDTH', configured: '2000', effective: '200' }),
    expect.objectContaining({ name: 'COOLDOWN_MS', configured: '1000', effective: '0' }),
  ])
  expect(server.output).toContain('"names":["CANVAS_API_TOKEN"]')
})

test('a misspelt setting and an unknown argument are refused', { tag: '@embedded' }, async ({ server }) => {
  expect(await exitOf(server.spawn({ CANVAS_WIDHT: '10' }))).toBe(1)
  expect(server.output).toContain('CANVAS_WIDHT is not a setting: did you mean CANVAS_WIDTH?')
  expect(await exitOf(server.spawn({}, ['--port', '80']))).toBe(2)
  expect(server.output).toContain('Fresco takes no argument "--port".')
})

test('a start prints the addresses on the network, and what a name needs', { tag: '@embedded' }, async ({ server }) => {
  const named = await FrescoServer.prepare({ PUBLIC_URL: 'https://fresco.example' })
  await named.boot()
  expect(named.output).toContain('Fresco is at https://fresco.example\n')
  expect(named.output).not.toContain('On your network')
  await named.dispose()
  expect(server.output).toContain(`Fresco is at http://localhost:${server.port}\n`)
})

test('a DATA_DIR that cannot be a folder is named', { tag: '@embedded' }, async ({ server }) => {
  const file = join(server.dataDir, 'admin-token')
  expect(existsSync(file)).toBe(true)
  expect(await exitOf(server.spawn({ PORT: '0', DATA_DIR: join(file, 'data') }))).toBe(1)
  expect(server.output).toMatch(/Fresco cannot start\. DATA_DIR .*admin-token\/data cannot be written \(ENOTDIR\)/)
})
