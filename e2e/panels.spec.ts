/** The panels of the tool group: loaded when they are opened, not modal, closed with Esc. On a phone they are sheets. */
import { expect, test } from './support/fixtures.ts'

const tag = { tag: '@embedded' }

test('a panel opens and closes with its button and its key, and painting continues beside it', tag, async ({ api, openTab }) => {
  const tab = await openTab()
  const { page } = tab
  const panel = page.getByRole('dialog', { name: 'How to paint' })
  const button = page.getByRole('button', { name: 'Help' })
  await expect(button).toHaveAttribute('aria-pressed', 'false')
  await button.click()
  await expect(panel.getByRole('switch')).toBeVisible()
  await expect(button).toHaveAttribute('aria-pressed', 'true')
  await tab.chooseColor(5)
  await tab.click(100, 60)
  await expect.poll(() => tab.pending()).toBe(0)
  await tab.shows(api)
  await expect(panel).toBeVisible()
  await page.keyboard.press('?')
  await expect(panel).toHaveCount(0)
  await page.keyboard.press('?')
  await expect(panel).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)
  await expect(page.getByTestId('board')).toBeFocused()
  expect(tab.pageErrors).toEqual([])
})

test('a panel is loaded when it is opened, and a failed load can be tried again', tag, async ({ openTab }) => {
  const { page } = await openTab()
  const loaded: string[] = []
  page.on('request', (request) => loaded.push(request.url()))
  await page.route('**/_next/static/**', (route) => route.abort())
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toContainText('could not be loaded')
  expect(loaded.some((url) => url.includes('/_next/static/'))).toBe(true)
  await page.unroute('**/_next/static/**')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('dialog').getByRole('switch')).toBeVisible()
})

for (const [width, height] of [
  [390, 844],
  [320, 568],
] as const) {
  test(`at ${width} × ${height} a panel becomes a strip above the dock, and painting continues`, tag, async ({ api, openTab }) => {
    const tab = await openTab({ path: '/#x=100&y=60&z=14', context: { viewport: { width, height }, hasTouch: true, isMobile: true } })
    const { page } = tab
    const panel = page.getByRole('dialog', { name: 'How to paint' })
    await page.getByRole('button', { name: 'Help' }).tap()
    await expect(panel).toBeFocused()
    await panel.getByRole('button', { name: 'Show the palette below' }).tap()
    await expect(panel).toBeFocused()
    const strip = await panel.boundingBox()
    const dock = await page.getByTestId('dock').boundingBox()
    expect(strip?.height).toBeLessThan(60)
    expect((strip?.y ?? 0) + (strip?.height ?? 0)).toBeLessThanOrEqual(dock?.y ?? 0)
    await tab.chooseColor(6)
    const { x, y } = await tab.pointOf(100, 52)
    await page.touchscreen.tap(x, y)
    await page.getByRole('button', { name: 'Paint 100, 52' }).tap()
    await expect.poll(async () => (await api.settledBoard()).seq).toBe(1)
    for (const button of await page.getByRole('button').all()) {
      const box = await button.boundingBox()
      expect(Math.min(box?.width ?? 0, box?.height ?? 0), (await button.getAttribute('aria-label')) ?? '').toBeGreaterThanOrEqual(44)
    }
    await panel.getByRole('button', { name: 'Show all of this' }).tap()
    await expect(panel).toContainText('Two fingers')
    await panel.getByRole('button', { name: 'Close' }).tap()
    await expect(panel).toHaveCount(0)
    expect(tab.pageErrors).toEqual([])
  })
}
