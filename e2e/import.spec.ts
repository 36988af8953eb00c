import { encode } from 'fast-png'
import { expect, test } from './support/fixtures.ts'

test.use({ serverEnv: { CANVAS_WIDTH: '1000', CANVAS_HEIGHT: '1000' } })

test('A1 A2 A4 SIGKILL in the middle of a million pixels: the log has no gap, the board is its fold, and the tabs are exact', {
  tag: '@embedded',
}, async ({ server, api, openTab }) => {
  test.setTimeout(120_000)
  const tabs = [await openTab(), await openTab()]
  const info = (await (await fetch(`${server.url}/api/canvases/main`)).json()) as { palette: string[]; background: number }
  const side = 1_000
  const data = new Uint8Array(side * side * 3)
  const colors = info.palette.map((hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)))
  for (let i = 0; i < side * side; i++) data.set(colors[((i % side) ^ Math.floor(i / side)) % colors.length] ?? [0, 0, 0], i * 3)
  const painting = fetch(`${server.url}/api/admin/canvases/main/picture`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'image/png' },
    body: encode({ width: side, height: side, data, channels: 3 }) as Uint8Array<ArrayBuffer>,
  }).then(
    () => 'finished',
    () => 'cut off',
  )
  await expect.poll(() => api.head(), { intervals: [20], timeout: 20_000 }).toBeGreaterThan(20)
  await server.end('SIGKILL')
  expect(await painting).toBe('cut off')
  await server.boot()
  const restartedAt = Date.now()

  const board = await api.settledBoard()
  for (const tab of tabs) await tab.shows(api, 5_000 - (Date.now() - restartedAt))
  const fold = new Uint8Array(1_024 * 1_024).fill(info.background)
  const log = await api.log()
  for (const { gx, gy, color } of log.flatMap((commit) => commit.pixels)) fold[gy * 1_024 + gx] = color
  expect(log.length).toBe(board.seq)
  expect(Buffer.from(board.bytes).equals(fold)).toBe(true)
  for (const tab of tabs) expect(tab.pageErrors).toEqual([])
})
