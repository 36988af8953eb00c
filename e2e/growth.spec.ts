/** A board whose size and palette grow while people paint, one of whom is offline. */
import type { Page } from '@playwright/test'
import { decode } from 'fast-png'
import type { Api } from './support/api.ts'
import { asString, expect, type Tab, test } from './support/fixtures.ts'
import type { FrescoServer } from './support/server.ts'

const colors = ['#FFFFFF', '#000000', '#FF0000', '#00FF00', '#0000FF', '#FFFF00', '#FF00FF', '#00FFFF', '#888888']
const more = ['#123456', '#234567', '#345678', '#456789', '#56789A', '#6789AB', '#789ABC', '#89ABCD']
const all = [...colors, ...more]
const tiles = [0, 1, 256, 257]

test.use({
  serverEnv: {
    CANVAS_WIDTH: '64',
    CANVAS_HEIGHT: '64',
    CANVAS_TILE_SIZE: '64',
    CANVAS_PALETTE: all.slice(0, 4).join(),
    CANVAS_BACKGROUND: '0',
  },
})

const change = async (server: FrescoServer, settings: object) => {
  const { rev } = (await (await fetch(`${server.url}/api/canvases/main`)).json()) as { rev: number }
  const response = await fetch(`${server.url}/api/admin/canvases/main`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json', 'if-match': String(rev) },
    body: JSON.stringify(settings),
  })
  expect(response.status).toBe(200)
}

/** Waits until the tab shows the same bytes as the API in all tiles. */
const showsTiles = async (tab: Tab, api: Api, shown: readonly number[]) => {
  for (const tile of shown) {
    const { bytes } = await api.settledBoard(tile)
    await expect.poll(() => tab.bytes(tile), { message: `tile ${tile}` }).toBe(asString(bytes))
  }
}

const hasColors = (page: Page, count: number) => expect(page.locator('[data-color]:visible')).toHaveCount(count)

/** The color in the middle of a cell on the screen, from a screenshot. */
const colorOnScreen = async (tab: Tab, gx: number, gy: number) => {
  const { x, y } = await tab.pointOf(gx, gy)
  // Away from the cell, so that its mark does not cover it.
  await tab.page.mouse.move(5, 400)
  const png = await tab.page.screenshot({ clip: { x: Math.floor(x), y: Math.floor(y), width: 1, height: 1 } })
  return [...decode(png).data.slice(0, 3)]
}

const rgb = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))

for (const renderer of ['', '?renderer=2d']) {
  test(`B2 C3 a board of one tile grows to four and its palette to 17 colors while people paint${renderer && ' (2D canvas)'}`, {
    tag: renderer ? '@embedded' : [],
  }, async ({ server, api, openTab }) => {
    test.setTimeout(120_000)
    const path = `/${renderer}#x=64&y=64&z=5`
    const [here, away] = [await openTab({ path }), await openTab({ path })]
    let loads = 0
    for (const { page } of [here, away]) page.on('load', () => loads++)
    await here.chooseColor(3)
    await here.click(5, 5)
    await showsTiles(away, api, [0])
    await hasColors(here.page, 4)

    await away.page.context().setOffline(true)
    await away.isConnected('offline', 2_000)
    await change(server, { width: 128, height: 128 })
    await expect.poll(() => here.bytes(257)).not.toBeNull()
    await here.click(100, 100)
    await change(server, { palette: all.slice(0, 5), colorNames: ['white', 'black', 'red', 'green', 'sky'] })
    await hasColors(here.page, 5)
    await expect(here.page.locator('[data-color="4"]:visible')).toHaveAttribute('aria-label', /sky/i)
    await here.chooseColor(4)
    for (const gx of [6, 70, 101]) await here.click(gx, 100 - gx)
    await here.click(101, 100)
    await expect.poll(() => here.pending()).toBe(0)

    await away.page.context().setOffline(false)
    await away.isConnected('live')
    await hasColors(away.page, 5)
    for (const tab of [here, away]) await showsTiles(tab, api, tiles)
    expect((await api.settledBoard(257)).bytes[36 * 64 + 37]).toBe(4)

    await change(server, { palette: all.slice(0, 16) })
    await change(server, { palette: all })
    for (const tab of [here, away]) {
      await hasColors(tab.page, 17)
      await tab.chooseColor(16)
    }
    await Promise.all([here.click(110, 20), away.click(20, 110)])
    await Promise.all([here.click(111, 20), away.click(21, 110)])
    for (const tab of [here, away]) {
      await expect.poll(() => tab.pending()).toBe(0)
      await showsTiles(tab, api, tiles)
      expect(await colorOnScreen(tab, 110, 20)).toEqual(rgb('#89ABCD'))
      expect(await colorOnScreen(tab, 101, 100)).toEqual(rgb('#0000FF'))
      expect(await colorOnScreen(tab, 90, 90)).toEqual(rgb('#FFFFFF'))
      expect(tab.pageErrors).toEqual([])
    }
    expect((await api.settledBoard(1)).bytes[20 * 64 + 46]).toBe(16)
    expect(loads).toBe(0)
  })
}
