/** The panels of the tool group: loaded when they are opened, not modal, closed with Esc. */
import { expect, test } from './support/fixtures.ts'

const tag = { tag: '@embedded' }

test('a panel opens and closes with its button and its key, and painting goes on beside it', tag, async ({ api, openTab }) => {
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
