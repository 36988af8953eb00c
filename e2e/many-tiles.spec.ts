/** A canvas with more tiles than one socket may follow. */
import { expect, Tab, test } from './support/fixtures.ts'

test.use({ serverEnv: { CANVAS_WIDTH: '1536', CANVAS_HEIGHT: '1536', CANVAS_TILE_SIZE: '64' } })

const side = 24
const tiles = Array.from({ length: side * side }, (_, i) => Math.floor(i / side) * 256 + (i % side))
/** The tile in the bottom right corner. */
const corner = 23 * 256 + 23

const shownTiles = (tab: Tab) =>
  tab.page.evaluate((all) => {
    const handle = (globalThis as { __fresco?: { bytes(tile: number): Uint8Array | null } }).__fresco
    return all.filter((tile) => handle?.bytes(tile) != null).length
  }, tiles)

test('the whole board is shown, the page says how much of it is live, and the other tiles refresh in turns', { tag: '@embedded' }, async ({
  api,
  browser,
  server,
}) => {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 } })
  const tab = new Tab(await context.newPage())
  await tab.page.goto(server.url)
  await tab.isConnected('partly_live', 30_000)
  expect(await shownTiles(tab)).toBe(tiles.length)
  await expect(tab.page.getByTestId('connection-amount')).toContainText('416 of 576 parts')

  await api.place(1_535, 1_535, 3)
  const lastByte = () => tab.bytes(corner).then((bytes) => bytes?.charCodeAt(64 * 64 - 1))
  await expect.poll(lastByte, { timeout: 30_000 }).toBe(3)

  await tab.page.goto(`${server.url}/#x=1500&y=1500&z=4`)
  await tab.isConnected('live')
  await api.place(1_535, 1_535, 4)
  await expect.poll(lastByte).toBe(4)
  expect(tab.pageErrors).toEqual([])
  await context.close()
})

test('a tile that is not loaded cannot be painted, and the page says why', { tag: '@embedded' }, async ({ api, openTab, server }) => {
  const tab = await openTab({
    path: '/#x=64&y=32&z=10',
    prepare: (page) => page.route(`${server.url}/api/canvases/main/tiles/1/board`, (route) => route.abort()),
    isLive: false,
  })
  await expect.poll(() => tab.bytes(0)).not.toBeNull()
  await tab.click(70, 30)
  await expect(tab.page.getByTestId('notice')).toContainText('still loading')
  await tab.click(60, 30)
  await expect.poll(() => tab.pending()).toBe(0)
  await expect.poll(() => api.head(0)).toBe(1)
  expect(await api.head(1)).toBe(0)
  await expect(tab.page.getByTestId('connection')).not.toHaveAttribute('data-state', 'live')
})
