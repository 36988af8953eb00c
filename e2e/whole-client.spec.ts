/** The program in PROTOCOL.md, run as it is printed there. */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { killAtExit } from '../server/testing/kill-at-exit.ts'
import { expect, test } from './support/fixtures.ts'

const root = join(import.meta.dirname, '..')
const report = `
setInterval(() => {
  const shown = [...tiles].map(([tile, { colors }]) => [tile, colors && Buffer.from(colors).toString('base64')])
  console.log(JSON.stringify(Object.fromEntries(shown)))
}, 100)
`

const startProgram = (url: string) => {
  const program = /### A whole client.*?```js\n(.*?)```/s.exec(readFileSync(join(root, 'docs/PROTOCOL.md'), 'utf8'))?.[1]
  if (!program) throw new Error('no program in PROTOCOL.md')
  // In the project, where it finds socket.io-client.
  const folder = join(root, 'test-results', 'whole-client')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `watch-${new URL(url).port}.mjs`)
  writeFileSync(file, program + report)
  const child = spawn(process.execPath, [file, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  killAtExit(child)
  let last: Record<string, string | null> = {}
  child.stdout.on('data', (data: Buffer) => {
    const line = data.toString().trim().split('\n').at(-1)
    if (line?.endsWith('}')) last = JSON.parse(line)
  })
  return { child, shown: () => last }
}

test.use({ serverEnv: { CANVAS_WIDTH: '64', CANVAS_HEIGHT: '64' } })

test('A2 A3 B2 the whole client follows a board that grows, also while the server was away', async ({ server, api }) => {
  const { child, shown } = startProgram(server.url)
  const grow = async (rev: number, change: object) => {
    const headers = { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json', 'if-match': String(rev) }
    const response = await fetch(`${server.url}/api/admin/canvases/main`, { method: 'PATCH', headers, body: JSON.stringify(change) })
    expect(response.status).toBe(200)
  }
  const isExact = async (tiles: readonly number[]) => {
    const boards: Record<string, string> = {}
    for (const tile of tiles) boards[tile] = Buffer.from((await api.settledBoard(tile)).bytes).toString('base64')
    await expect.poll(shown, { timeout: 20_000 }).toEqual(boards)
  }
  try {
    await api.place(1, 1, 3)
    await isExact([0])
    await grow(1, { width: 128 })
    await api.place(100, 1, 4)
    await isExact([0, 1])
    await server.end('SIGKILL')
    await server.boot()
    await grow(2, { height: 128 })
    await api.place(100, 100, 5)
    await isExact([0, 1, 256, 257])
  } finally {
    child.kill()
  }
})
