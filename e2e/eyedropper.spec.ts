/** E1: the eyedropper. */
import { expect, type Tab, test } from './support/fixtures.ts'

const tag = { tag: '@embedded' }

const chosen = (tab: Tab) => tab.page.locator('[data-color][data-state=checked]:visible')

test('E1 a middle click and a click with Alt pick the shown color, and neither paint, pan nor scroll', tag, async ({ openTab }) => {
  const tab = await openTab({ path: '/#x=50&y=50&z=20' })
  await tab.page.route('**/api/pixels', () => undefined)
  await tab.chooseColor(5)
  // This pixel is never answered, so it stays optimistic.
  await tab.click(50, 50)
  await expect.poll(() => tab.pending()).toBe(1)
  await tab.chooseColor(9)
  const before = await tab.view()
  const { x, y } = await tab.pointOf(50, 50)
  await tab.page.mouse.click(x, y, { button: 'middle' })
  await expect(chosen(tab)).toHaveAttribute('data-color', '5')
  await expect(tab.page.getByTestId('announcement')).toContainText('chosen')
  await tab.chooseColor(9)
  await tab.page.keyboard.down('Alt')
  await tab.page.mouse.click(x, y)
  await tab.page.keyboard.up('Alt')
  await expect(chosen(tab)).toHaveAttribute('data-color', '5')
  await tab.page.mouse.move(x, y)
  await tab.page.mouse.down({ button: 'middle' })
  await tab.page.mouse.move(x + 80, y + 80, { steps: 4 })
  await tab.page.mouse.up({ button: 'middle' })
  expect(await tab.view()).toMatchObject({ centerX: before.centerX, centerY: before.centerY })
  expect(await tab.pending()).toBe(1)
})

test('E1 the key E or the button and a tap pick one color, Escape ends it, and the next click paints', tag, async ({ api, openTab }) => {
  const tab = await openTab({ path: '/#x=50&y=50&z=20' })
  await tab.chooseColor(6)
  await tab.click(50, 50)
  await tab.shows(api)
  await tab.chooseColor(2)
  await tab.page.keyboard.press('e')
  const button = tab.page.getByRole('button', { name: 'Pick a colour' })
  await expect(button).toHaveAttribute('aria-pressed', 'true')
  await tab.page.keyboard.press('Escape')
  await expect(button).toHaveAttribute('aria-pressed', 'false')
  await button.click()
  await tab.click(50, 50)
  await expect(chosen(tab)).toHaveAttribute('data-color', '6')
  await expect(button).toHaveAttribute('aria-pressed', 'false')
  expect(await tab.pending()).toBe(0)
  await tab.click(51, 50)
  await tab.shows(api)
  const { bytes } = await api.settledBoard()
  expect([50, 51].map((gx) => bytes[50 * 256 + gx])).toEqual([6, 6])
})
