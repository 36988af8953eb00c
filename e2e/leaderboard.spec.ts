/** N1: the leaderboard and painters' profiles. */
import type { Api } from './support/api.ts'
import { expectAccessible } from './support/axe.ts'
import { expect, test } from './support/fixtures.ts'

test.use({ serverEnv: { COOLDOWN_MS: '0' } })
const tag = { tag: '@embedded' }

/** Statistics follow the log by a moment. */
const placedToday = ({ url }: Api, count: number) =>
  expect.poll(async () => (await (await fetch(`${url}/api/canvases/main/stats?period=day`)).json()).totals.placed).toBe(count)

const row = (count: number, gy: number) => Array.from({ length: count }, (_, gx) => ({ gx, gy, color: 3 }))

test('N1 the key L opens the numbers, which have bots and the own row, and a painter has a profile', tag, async ({ api, openTab }) => {
  await api.placeAll(row(4, 0))
  const tab = await openTab({ path: '/#x=50&y=50&z=20' })
  const { page } = tab
  await tab.chooseColor(5)
  await tab.click(50, 50)
  await tab.shows(api)
  await placedToday(api, 5)
  await page.keyboard.press('l')
  const panel = page.getByRole('dialog', { name: 'Numbers' })
  const leaders = panel.getByTestId('leader')
  await expect(leaders).toHaveCount(2)
  await expect(leaders.nth(0)).toContainText('bot')
  await expect(leaders.nth(0)).toContainText('4')
  await expect(leaders.nth(1)).not.toContainText('bot')
  await expect(panel.getByTestId('total-placed')).toContainText('5')
  const own = panel.getByTestId('own-row')
  await expect(own).toContainText('3 more to the next place')
  await panel.getByRole('radio', { name: 'All time' }).click()
  await panel.getByRole('radio', { name: 'Standing' }).click()
  await expect(leaders).toHaveCount(2)
  await expectAccessible(page)

  await leaders.nth(1).click()
  const profile = page.getByRole('dialog', { name: 'Painter' })
  await expect(profile.getByText('This is you.')).toBeVisible()
  await expect(profile.getByTestId('day-placed')).toContainText('Rank 2')
  await expect(profile.getByTestId('profile-pixel')).toHaveCount(2)
  await expectAccessible(page)
  await page.mouse.move(0, 0)
  await profile.getByTestId('profile-pixel').first().click()
  await expect.poll(() => tab.view()).toMatchObject({ centerX: 50.5, centerY: 50.5 })
  await profile.getByRole('button', { name: 'Back to the numbers' }).click()
  await expect(panel).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)
  expect(tab.pageErrors).toEqual([])
})

test('N1 nobody yet, no answer, and old figures that stay are told apart', tag, async ({ api, openTab }) => {
  const tab = await openTab()
  const { page } = tab
  await page.route('**/stats?period=*', (route) => route.abort())
  await page.keyboard.press('l')
  const panel = page.getByRole('dialog', { name: 'Numbers' })
  await expect(panel.getByTestId('failure')).toContainText('The figures did not come')
  await expect(panel.getByTestId('leader')).toHaveCount(0)
  await page.unroute('**/stats?period=*')
  await panel.getByRole('button', { name: 'Try now' }).click()
  await expect(panel).toContainText('No one has painted here today.')
  await expect(panel.getByTestId('own-row')).toContainText('Not on this list yet')
  await api.placeAll(row(3, 0))
  await placedToday(api, 3)
  // A page that becomes visible asks at once.
  const becomeVisible = () => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await expect(async () => {
    await becomeVisible()
    await expect(panel.getByTestId('leader')).toHaveCount(1, { timeout: 500 })
  }).toPass()
  await page.route('**/stats?period=*', (route) => route.fulfill({ status: 503, body: '{}' }))
  await becomeVisible()
  await expect(panel.getByTestId('failure')).toContainText('below is what was counted at')
  await expect(panel.getByTestId('leader')).toHaveCount(1)
})

test('N1 on a phone of 320 px the numbers are a sheet that fits', tag, async ({ api, openTab }) => {
  await api.placeAll(row(4, 0))
  await placedToday(api, 4)
  const tab = await openTab({ context: { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true } })
  const { page } = tab
  await page.getByTestId('tools-button').tap()
  await page.getByTestId('tool-leaderboard').tap()
  const panel = page.getByRole('dialog', { name: 'Numbers' })
  await expect(panel.getByTestId('own-row')).toBeInViewport()
  await expect(panel.getByTestId('leader')).toHaveCount(1)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  const sheet = await panel.boundingBox()
  expect(sheet?.x).toBeGreaterThanOrEqual(0)
  expect((sheet?.x ?? 0) + (sheet?.width ?? 0)).toBeLessThanOrEqual(320)
})
