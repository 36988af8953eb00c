import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { io } from 'socket.io-client'
import type { Api } from './support/api.ts'
import { asString, expect, test } from './support/fixtures.ts'
import type { FrescoServer } from './support/server.ts'

const fresco = async (server: FrescoServer, ...args: string[]) => {
  const { stdout } = await promisify(execFile)(process.execPath, ['server/cli/main.ts', ...args], {
    env: { ...process.env, ...server.env },
  })
  return stdout
}

/** A program that follows tile 0 and records the answer to each join. */
const watch = (url: string) => {
  const joins: { epoch: string; mode: string; head: number }[] = []
  const state: { epoch?: string; seq: number | null } = { seq: null }
  const socket = io(url, { transports: ['websocket'], reconnectionDelayMax: 500 })
  socket.on('connect', () => {
    socket.emit(
      'join',
      { canvas: 'main', ...(state.epoch ? { epoch: state.epoch } : {}), tiles: [{ tile: 0, seq: state.seq }] },
      (answer: { epoch: string; tiles: { mode: string; head: number }[] }) => {
        const [tile] = answer.tiles
        if (!tile) return
        joins.push({ epoch: answer.epoch, ...tile })
        state.epoch = answer.epoch
        state.seq = tile.head
      },
    )
  })
  socket.on('pixels', (_canvas: string, _tile: number, _from: number, to: number) => {
    state.seq = to
  })
  return { joins, state, close: () => socket.close() }
}

/** Places pixels one by one, so that each is a commit. */
const boardAt = async (api: Api, seq: number) => {
  await expect.poll(async () => (await api.board()).seq).toBe(seq)
  return api.board()
}

test('A3 A4 a board restored under old tabs, an old socket client and an old Redis: all reload, and painting continues', async ({
  server,
  api,
  openTab,
}) => {
  test.setTimeout(120_000)
  const parent = mkdtempSync(join(tmpdir(), 'fresco-restore-'))
  const folder = join(parent, 'backup')
  const tab = await openTab()
  const client = watch(server.url)
  for (let gx = 0; gx < 10; gx++) expect((await api.place(gx, 1, 5)).status).toBe(201)
  const saved = await boardAt(api, 10)
  expect(await fresco(server, 'backup', folder)).toContain('1 canvases')
  for (let gx = 0; gx < 30; gx++) expect((await api.place(gx, 2, 7)).status).toBe(201)
  const later = await boardAt(api, 40)
  await expect.poll(() => tab.bytes()).toBe(asString(later.bytes))
  await expect.poll(() => client.state.seq).toBe(40)

  expect(await server.end('SIGTERM')).toBe(0)
  expect(await fresco(server, 'restore', folder, '--force')).toContain('Restored: 1 canvases')
  await server.boot()
  expect(asString((await boardAt(api, 10)).bytes)).toBe(asString(saved.bytes))
  await tab.isConnected('live', 15_000)
  await expect.poll(() => tab.bytes(), { timeout: 15_000 }).toBe(asString(saved.bytes))
  await expect.poll(() => client.joins.at(-1)?.epoch, { timeout: 15_000 }).not.toBe(client.joins[0]?.epoch)
  expect(client.joins.at(-1)?.mode).toBe('reload')

  // Redis and the clients have had these seqs in the earlier epoch.
  for (let gx = 0; gx < 15; gx++) expect((await api.place(gx, 3, 9)).status).toBe(201)
  const now = await boardAt(api, 25)
  await expect.poll(() => tab.bytes()).toBe(asString(now.bytes))
  await expect.poll(() => client.state.seq).toBe(25)
  expect(await fresco(server, 'audit')).toContain('Everything agrees.')
  expect(tab.pageErrors).toEqual([])
  client.close()
  rmSync(parent, { recursive: true, force: true })
})
