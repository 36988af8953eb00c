/** I1, I2: the inspector, a card about one cell. */
import { expectAccessible } from './support/axe.ts'
import { expect, type Tab, test } from './support/fixtures.ts'

const tag = { tag: '@embedded' }
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

const inspector = (tab: Tab) => tab.page.getByTestId('inspector')
const text = (tab: Tab) => tab.page.getByTestId('inspected-text')
const entries = (tab: Tab) => tab.page.getByTestId('cell-history').getByRole('listitem')

const rightClick = async (tab: Tab, gx: number, gy: number) => {
  const { x, y } = await tab.pointOf(gx, gy)
  await tab.page.mouse.click(x, y, { button: 'right' })
}

test(
  'I1: a right click shows color, painter, time and history, live, beside the cell wherever the board moves',
  tag,
  async ({ api, openTab }) => {
    await api.place(50, 50, 3)
    const tab = await openTab({ path: '/#x=50&y=50&z=20' })
    await rightClick(tab, 50, 50)
    await expect(inspector(tab)).toBeFocused()
    await expect(inspector(tab)).toHaveAccessibleName('Cell 50, 50')
    await expect(text(tab)).toHaveText('Orange, painted just now')
    await expect(entries(tab)).toHaveCount(1)
    await expect(entries(tab).first()).toContainText('Guest')
    await api.place(50, 50, 12)
    await expect(text(tab)).toHaveText('Dark blue, painted just now')
    await expect(entries(tab)).toHaveCount(2)
    await expect(tab.page.getByTestId('announcement')).toContainText('Dark blue')

    const besideCell = async () => {
      const [card, cell] = [await inspector(tab).boundingBox(), await tab.pointOf(50, 50)]
      return Math.round((card?.x ?? 0) - cell.x)
    }
    const before = await besideCell()
    expect(before).toBe(28)
    const { x, y } = await tab.pointOf(45, 50)
    await tab.page.mouse.move(x, y)
    await tab.page.mouse.down()
    await tab.page.mouse.move(x - 100, y - 20, { steps: 4 })
    await tab.page.mouse.move(x - 100, y - 20)
    await tab.page.mouse.up()
    await expect.poll(besideCell).toBe(before)

    // An own pixel is there at once, and then in the history.
    await tab.chooseColor(6)
    await tab.click(50, 50)
    await expect(text(tab)).toContainText('Dark green')
    await expect(entries(tab).first()).toContainText('You')
    await inspector(tab).getByRole('button', { name: 'Undo 1 pixel' }).click()
    await expect(text(tab)).toContainText('Dark blue')
    await expect(inspector(tab)).toBeFocused()
    await expect(entries(tab).first()).toHaveAttribute('data-retracted', 'undo')
    await expect(entries(tab).first()).toContainText('taken back')
    await expect(entries(tab)).toHaveCount(3)
    await inspector(tab).getByRole('button', { name: 'Close' }).click()
    await expect(inspector(tab)).toHaveCount(0)
    expect(tab.pageErrors).toEqual([])
  },
)

test(
  'I1: by keyboard alone: I opens, Tab reaches the actions, and Esc ends inspector, mode and panel in this order',
  tag,
  async ({ api, openTab }) => {
    await api.place(50, 50, 12)
    const tab = await openTab({ path: '/#x=50&y=50&z=20' })
    const { keyboard } = tab.page
    await keyboard.press('r')
    const panel = tab.page.getByRole('dialog', { name: 'Rules' })
    await expect(panel).toBeFocused()
    await tab.page.getByTestId('board').focus()
    await keyboard.press('e')
    await keyboard.press('ArrowUp')
    await keyboard.press('i')
    await expect(inspector(tab)).toHaveAccessibleName('Cell 50, 50')
    await expect(inspector(tab)).toBeFocused()
    const use = tab.page.getByRole('button', { name: 'Use Dark blue' })
    await expect(use).toBeVisible()
    for (let i = 0; i < 6 && !(await use.evaluate((node) => node === document.activeElement)); i++) await keyboard.press('Tab')
    await keyboard.press('Enter')
    await expect(tab.page.locator('[data-color="12"][data-state=checked]:visible')).toBeVisible()
    const eyedropper = tab.page.getByRole('button', { name: 'Pick a colour' })
    await keyboard.press('Escape')
    await expect(inspector(tab)).toHaveCount(0)
    await expect(tab.page.getByTestId('board')).toBeFocused()
    await expect(eyedropper).toHaveAttribute('aria-pressed', 'true')
    await keyboard.press('Escape')
    await expect(eyedropper).toHaveAttribute('aria-pressed', 'false')
    await expect(panel).toBeVisible()
    await keyboard.press('Escape')
    await expect(panel).toHaveCount(0)
    await keyboard.press('i')
    await expect(inspector(tab)).toBeFocused()
    await keyboard.press('i')
    await expect(inspector(tab)).toHaveCount(0)
  },
)

test('I2: unpainted, outside, a failed request and no connection each have a sentence', tag, async ({ api, openTab }) => {
  await api.place(20, 20, 3)
  const tab = await openTab({ path: '/#x=5&y=20&z=20' })
  await rightClick(tab, 10, 20)
  await expect(text(tab)).toHaveText('No one has painted here yet.')
  await rightClick(tab, -3, 20)
  await expect(text(tab)).toHaveText('This is outside the board, which is 200 × 120.')
  await tab.page.route('**/pixels/20/20', (route) => route.fulfill({ status: 503, body: '{}' }))
  await rightClick(tab, 20, 20)
  await expect(inspector(tab).getByRole('alert')).toContainText('could not be loaded')
  await expect(text(tab)).toHaveText('Orange')
  await tab.page.unroute('**/pixels/20/20')
  await inspector(tab).getByRole('button', { name: 'Try again' }).click()
  await expect(text(tab)).toHaveText('Orange, painted just now')
  await expect(inspector(tab).getByRole('alert')).toHaveCount(0)
  await tab.page.context().setOffline(true)
  await expect(inspector(tab)).toContainText('You are offline. This was here at')
  await tab.page.context().setOffline(false)
  await tab.isConnected('live')
  await expect(inspector(tab)).not.toContainText('You are offline')
  expect(tab.pageErrors).toEqual([])
})

test('I1: a link is copied, and on plain http it is in a selected field', tag, async ({ openTab }) => {
  const tab = await openTab({ path: '/#x=50&y=50&z=20', context: { permissions: ['clipboard-read', 'clipboard-write'] } })
  await rightClick(tab, 50, 50)
  await inspector(tab).getByRole('button', { name: 'Copy link' }).click()
  await expect(inspector(tab).getByRole('button', { name: 'Link copied' })).toBeVisible()
  const link = await tab.page.evaluate(() => navigator.clipboard.readText())
  expect(new URL(link).pathname + new URL(link).search).toBe('/c/main?x=50&y=50&z=20')
  await expect(inspector(tab).getByRole('button', { name: 'Copy link' })).toBeVisible()
  await tab.page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
  await inspector(tab).getByRole('button', { name: 'Copy link' }).click()
  const field = tab.page.getByTestId('link-field')
  await expect(field).toBeFocused()
  expect(await tab.page.evaluate(() => getSelection()?.toString() || (document.activeElement as HTMLInputElement).value)).toBe(link)
  await tab.page.keyboard.press('Escape')
  await expect(field).toHaveCount(0)
  await expect(inspector(tab)).toBeVisible()
})

test(
  'I1: on a phone a long press opens a sheet that leaves the cell free and becomes a strip, and never paints',
  tag,
  async ({ api, openTab }) => {
    await api.place(100, 53, 3)
    const tab = await openTab({ path: '/#x=100&y=50&z=14', context: phone })
    const { x, y } = await tab.pointOf(100, 53)
    const cdp = await tab.page.context().newCDPSession(tab.page)
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: Math.round(x), y: Math.round(y) }] })
    await expect(inspector(tab)).toHaveAttribute('data-state', 'sheet')
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    await expect(text(tab)).toHaveText('Orange, painted just now')
    const sheet = await inspector(tab).boundingBox()
    expect((await tab.pointOf(100, 54)).y).toBeLessThan(sheet?.y ?? 0)
    for (const button of await inspector(tab).getByRole('button').all()) {
      const box = await button.boundingBox()
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44)
    }
    await expectAccessible(tab.page)
    await inspector(tab).getByRole('button', { name: 'Show the palette below' }).tap()
    await expect(inspector(tab)).toHaveAttribute('data-state', 'strip')
    await expect(text(tab)).toBeVisible()
    const strip = await inspector(tab).boundingBox()
    const dock = await tab.page.getByTestId('dock').boundingBox()
    expect((strip?.y ?? 0) + (strip?.height ?? 0)).toBeLessThanOrEqual(dock?.y ?? 0)
    await inspector(tab).getByRole('button', { name: 'Show all of this' }).tap()
    await inspector(tab).getByRole('button', { name: 'Close' }).tap()
    await expect(inspector(tab)).toHaveCount(0)
    expect((await api.settledBoard()).seq).toBe(1)
    expect(tab.pageErrors).toEqual([])
  },
)

test('I1: the inspector is accessible in both themes, also from right to left', tag, async ({ api, openTab }) => {
  await api.place(50, 50, 3)
  for (const locale of ['en', 'ar']) {
    const tab = await openTab({ path: '/#x=50&y=50&z=20', context: { locale } })
    await rightClick(tab, 50, 50)
    await expect(entries(tab)).toHaveCount(1)
    await expectAccessible(tab.page)
    const card = await inspector(tab).boundingBox()
    expect(Math.round((card?.x ?? 0) - (await tab.pointOf(50, 50)).x)).toBe(28)
  }
})
