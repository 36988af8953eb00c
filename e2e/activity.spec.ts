/** H1: the activity of a board. */
import { expectAccessible } from './support/axe.ts'
import { expect, type Tab, test } from './support/fixtures.ts'

test.use({ serverEnv: { COOLDOWN_MS: '0' } })
const tag = { tag: '@embedded' }

const square = (gx: number, gy: number) =>
  Array.from({ length: 100 }, (_, index) => ({ gx: gx + (index % 10), gy: gy + Math.floor(index / 10), color: 2 }))

/** The mean color of a cell on the screen, as red, green and blue. */
const colorOf = async (tab: Tab, gx: number, gy: number): Promise<[number, number, number]> => {
  const { x, y } = await tab.pointOf(gx, gy)
  const png = await tab.page.screenshot({ clip: { x: x - 2, y: y - 2, width: 4, height: 4 } })
  return tab.page.evaluate(async (base64) => {
    const image = new Image()
    image.src = `data:image/png;base64,${base64}`
    await image.decode()
    const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d')
    context?.drawImage(image, 0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0] = context?.getImageData(0, 0, 1, 1).data ?? []
    return [red, green, blue] as [number, number, number]
  }, png.toString('base64'))
}
const isGrey = ([red, green, blue]: [number, number, number]) => Math.max(red, green, blue) - Math.min(red, green, blue) < 6
const brightness = (rgb: readonly number[]) => Math.max(...rgb)

for (const renderer of ['webgl', '2d']) {
  test(
    `H1 heat shows new pixels bright over the grey board, and untouched those of nobody (${renderer})`,
    tag,
    async ({ api, openTab }) => {
      await api.placeAll(square(90, 50))
      const tab = await openTab({ path: `/${renderer === '2d' ? '?renderer=2d' : ''}#x=100&y=60&z=20` })
      const { page } = tab
      await page.keyboard.press('a')
      const panel = page.getByRole('dialog', { name: 'Activity' })
      await panel.getByRole('radio', { name: 'Heat' }).click()
      await expect(panel.getByTestId('legend')).toBeVisible()
      // White that nobody has painted is grey, and what was painted just now is bright.
      await expect.poll(async () => isGrey(await colorOf(tab, 85, 60)) && brightness(await colorOf(tab, 85, 60)) < 110).toBe(true)
      await expect.poll(async () => brightness(await colorOf(tab, 94, 54))).toBeGreaterThan(200)
      // A frame keeps the ages current.
      await api.place(85, 60, 3)
      await expect.poll(async () => brightness(await colorOf(tab, 85, 60))).toBeGreaterThan(200)
      await panel.getByRole('radio', { name: 'Untouched' }).click()
      await expect.poll(async () => isGrey(await colorOf(tab, 94, 54))).toBe(true)
      await expect.poll(async () => brightness(await colorOf(tab, 80, 60))).toBeGreaterThan(150)
      await panel.getByRole('radio', { name: 'Off' }).click()
      await expect.poll(() => colorOf(tab, 80, 60)).toEqual([255, 255, 255])
      expect(tab.pageErrors).toEqual([])
    },
  )
}

test('H1 the panel has the pixels of each minute and links to the busiest areas', tag, async ({ api, openTab }) => {
  await api.placeAll([...square(20, 20), ...square(150, 90).slice(0, 30)])
  const tab = await openTab()
  const { page } = tab
  await page.getByRole('button', { name: 'Activity' }).click()
  const panel = page.getByRole('dialog', { name: 'Activity' })
  const areas = panel.getByTestId('busy-area')
  await expect(areas.first()).toContainText('24, 24')
  await expect(areas.nth(1)).toBeVisible()
  await expect(panel.getByTestId('this-minute')).not.toContainText('–')
  await expectAccessible(page)
  await areas.first().click()
  await expect.poll(() => tab.view()).toMatchObject({ centerX: 24, centerY: 24, zoom: 16 })
  await panel.getByRole('radio', { name: '10 minutes' }).click()
  await expect(areas.first()).toBeVisible()
  expect(tab.pageErrors).toEqual([])
})

test('H1 an overloaded server is asked again, and a quiet board says so', tag, async ({ openTab }) => {
  const { page } = await openTab()
  await page.route('**/ages', (route) => route.fulfill({ status: 503, body: '{}' }))
  await page.keyboard.press('a')
  const panel = page.getByRole('dialog', { name: 'Activity' })
  await expect(panel.getByTestId('activity-partial')).toContainText('This tries again automatically')
  await page.unroute('**/ages')
  await expect(panel.getByTestId('activity-partial')).toHaveCount(0)
  await expect(panel.getByTestId('activity-quiet')).toBeVisible()
})

test('H1 pulses show where somebody paints', tag, async ({ api, openTab }) => {
  const tab = await openTab({ path: '/#x=50&y=50&z=20', context: { reducedMotion: 'reduce' } })
  const { page } = tab
  await page.keyboard.press('a')
  await page.getByRole('radio', { name: 'Pulses' }).click()
  await page.keyboard.press('Escape')
  const beside = async () => {
    const { x, y } = await tab.pointOf(50, 50)
    // The ring is still with reduced motion, a little outside of the cell.
    const png = await page.screenshot({ clip: { x: x - 20, y: y - 20, width: 40, height: 8 } })
    return png.toString('base64')
  }
  const empty = await beside()
  await expect(async () => {
    await api.place(50, 50, Math.floor(Math.random() * 30))
    await expect.poll(beside, { timeout: 1_000, intervals: [50] }).not.toBe(empty)
  }).toPass()
  await expect.poll(beside).toBe(empty)
})

test('H1 on a phone of 320 px the panel is a sheet that fits', tag, async ({ api, openTab }) => {
  await api.placeAll(square(20, 20))
  const tab = await openTab({ context: { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true } })
  const { page } = tab
  await page.getByRole('button', { name: 'Tools' }).tap()
  await page.getByTestId('tool-activity').tap()
  const panel = page.getByRole('dialog', { name: 'Activity' })
  await panel.getByRole('radio', { name: 'Heat' }).tap()
  await expect(panel.getByTestId('legend')).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
})
