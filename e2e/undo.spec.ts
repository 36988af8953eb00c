/** U1, U6 and U8: undo. */
import { patch, stored } from './support/boards.ts'
import { expect, type Tab, test } from './support/fixtures.ts'
import type { FrescoServer } from './support/server.ts'

const tag = { tag: '@embedded' }
const phone = { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true }

/** Busy machines are slow, so the time to undo is long. */
const setUndoMs = async (server: FrescoServer, undoMs: number) => {
  const answer = await patch(server, (await stored(server))?.rev ?? 0, { undoMs })
  expect(answer.status).toBe(200)
}

const undoButton = (tab: Tab) => tab.page.getByTestId('undo')
const colorOf = (bytes: Uint8Array, gx: number, gy: number) => bytes[gy * 256 + gx]

/** Draws a row of cells with Space held. */
const drawRow = async (tab: Tab, gx: number, gy: number, length: number) => {
  const [from, to] = [await tab.pointOf(gx, gy), await tab.pointOf(gx + length - 1, gy)]
  await tab.page.mouse.move(from.x, from.y)
  await tab.page.keyboard.down('Space')
  await tab.page.mouse.move(to.x, to.y)
  await tab.page.keyboard.up('Space')
  await expect.poll(() => tab.pending()).toBe(0)
}

const path = '/#x=50&y=50&z=16'

test('U1: the key U takes back a click and a stroke, and another browser follows', tag, async ({ server, api, openTab }) => {
  await setUndoMs(server, 60_000)
  const [tab, other] = [await openTab({ path }), await openTab()]
  await api.place(45, 50, 3)
  await expect(undoButton(tab)).toHaveAttribute('data-state', 'empty')
  await expect(undoButton(tab)).toHaveAttribute('aria-disabled', 'true')
  await tab.chooseColor(5)
  await tab.click(45, 50)
  await drawRow(tab, 47, 50, 8)
  await expect(undoButton(tab)).toHaveAccessibleName('Undo 8 pixels')
  await expect(undoButton(tab)).toContainText('s left')
  await tab.page.keyboard.press('u')
  await expect(undoButton(tab)).toHaveAccessibleName('Undo 1 pixel')
  await expect(tab.page.getByTestId('announcement')).toHaveText('8 pixels taken back.')
  await undoButton(tab).click()
  await tab.shows(api)
  await other.shows(api)
  const { bytes } = await api.settledBoard()
  expect([colorOf(bytes, 45, 50), colorOf(bytes, 47, 50), colorOf(bytes, 54, 50)]).toEqual([3, 31, 31])
  expect((await api.log()).filter(({ cause }) => cause === 'undo').flatMap(({ pixels }) => pixels)).toHaveLength(9)
  expect(tab.pageErrors).toEqual([])
})

test('U1: the inspector takes back one own pixel of a stroke', tag, async ({ server, api, openTab }) => {
  await setUndoMs(server, 60_000)
  const tab = await openTab({ path })
  await tab.chooseColor(5)
  await drawRow(tab, 45, 50, 4)
  const { x, y } = await tab.pointOf(46, 50)
  await tab.page.mouse.click(x, y, { button: 'right' })
  await tab.page.getByTestId('inspector-undo').click()
  await expect(tab.page.getByTestId('inspector-undo')).toHaveCount(0)
  await expect(undoButton(tab)).toHaveAccessibleName('Undo 3 pixels')
  await tab.shows(api)
  const { bytes } = await api.settledBoard()
  expect([45, 46, 47].map((gx) => colorOf(bytes, gx, 50))).toEqual([5, 31, 5])
})

test('U6: what someone else has painted over stays, with one sentence', tag, async ({ server, api, openTab }) => {
  await setUndoMs(server, 60_000)
  const tab = await openTab({ path })
  await tab.chooseColor(5)
  await drawRow(tab, 45, 50, 8)
  await api.placeAll([
    { gx: 46, gy: 50, color: 9 },
    { gx: 50, gy: 50, color: 9 },
  ])
  await tab.shows(api)
  await tab.page.keyboard.press('u')
  await expect(tab.page.getByTestId('notice')).toContainText('6 of 8 taken back. Someone else has painted over it.')
  await tab.shows(api)
  const { bytes } = await api.settledBoard()
  expect([45, 46, 47, 50, 52].map((gx) => colorOf(bytes, gx, 50))).toEqual([31, 9, 31, 9, 31])
})

test('U8: the steps survive a reload, and the button says when undo is off', tag, async ({ server, api, openTab }) => {
  await setUndoMs(server, 60_000)
  const tab = await openTab({ path })
  await tab.chooseColor(5)
  await tab.click(45, 50)
  await tab.shows(api)
  await tab.page.reload()
  await tab.isConnected('live')
  await expect(undoButton(tab)).toHaveAttribute('data-state', 'ready')
  await tab.page.keyboard.press('u')
  await tab.shows(api)
  expect(colorOf((await api.settledBoard()).bytes, 45, 50)).toBe(31)
  await setUndoMs(server, 0)
  await expect(undoButton(tab)).toHaveAttribute('data-state', 'off')
  await tab.page.keyboard.press('u')
  await expect(tab.page.getByTestId('notice')).toContainText('Undo is off')
})

test(
  'U1: on a slow line a pixel in flight is undone after its answer, and the smallest phone has the button',
  tag,
  async ({ server, api, openTab }) => {
    await setUndoMs(server, 60_000)
    const tab = await openTab({ path: '/#x=100&y=60&z=14', context: phone })
    const held: (() => void)[] = []
    await tab.page.route('**/api/pixels', async (route) => {
      await new Promise<void>((resolve) => held.push(resolve))
      await route.continue()
    })
    await tab.chooseColor(6)
    const { x, y } = await tab.pointOf(98, 52)
    await tab.page.touchscreen.tap(x, y)
    await tab.page.touchscreen.tap(x, y)
    await expect.poll(() => held.length).toBe(1)
    await undoButton(tab).tap()
    await expect.poll(async () => (await tab.bytes())?.charCodeAt(52 * 256 + 98)).toBe(31)
    expect((await api.settledBoard()).seq).toBe(0)
    held[0]?.()
    await expect.poll(async () => (await api.log()).map(({ cause }) => cause)).toEqual(['paint', 'undo'])
    await tab.shows(api)
    const [button, dock] = [await undoButton(tab).boundingBox(), await tab.page.getByTestId('dock').boundingBox()]
    expect((button?.x ?? 0) + (button?.width ?? 999)).toBeLessThanOrEqual((dock?.x ?? 0) + (dock?.width ?? 0))
    expect(button?.height).toBeGreaterThanOrEqual(44)
  },
)
