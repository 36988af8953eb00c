/** M1: the minimap. */
import { expectAccessible } from './support/axe.ts'
import { expect, type Tab, test } from './support/fixtures.ts'

test.use({ serverEnv: { COOLDOWN_MS: '0' } })
const tag = { tag: '@embedded' }

/** The color in the middle of a cell on the picture of the minimap, on the board of 200 × 120. */
const colorAt = ({ page }: Tab, gx: number, gy: number) =>
  page.getByTestId('minimap-picture').evaluate(
    (element, [x, y]) => {
      const canvas = element as HTMLCanvasElement
      const scale = canvas.width / 200
      const top = Math.floor((canvas.width - Math.round(120 * scale)) / 2)
      const data = canvas.getContext('2d')?.getImageData(Math.floor((x + 0.5) * scale), top + Math.floor((y + 0.5) * scale), 1, 1).data
      return data ? Array.from(data).join() : null
    },
    [gx, gy] as const,
  )

test('M1 the map shows the board and the window, and a click, dragging and arrow keys move the view', tag, async ({ api, openTab }) => {
  const tab = await openTab({ path: '/#x=100&y=60&z=20' })
  const { page } = tab
  const map = page.getByTestId('minimap')
  await expect(map).toBeVisible()
  const before = await colorAt(tab, 30, 30)
  await api.placeAll(Array.from({ length: 100 }, (_, index) => ({ gx: 25 + (index % 10), gy: 25 + Math.floor(index / 10), color: 2 })))
  await expect.poll(() => colorAt(tab, 30, 30)).not.toBe(before)
  const box = await map.boundingBox()
  if (!box) throw new Error('no minimap')
  await page.mouse.click(box.x + box.width / 4, box.y + box.height / 2)
  await expect.poll(async () => Math.round((await tab.view()).centerX)).toBe(50)
  const frame = page.getByTestId('minimap-window')
  const left = (await frame.boundingBox())?.x ?? 0
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.75, box.y + box.height / 2, { steps: 4 })
  await expect.poll(async () => Math.round((await tab.view()).centerX)).toBe(150)
  await page.mouse.up()
  await page.mouse.move(0, 0)
  expect((await tab.view()).centerX).toBeGreaterThan(149)
  expect((await frame.boundingBox())?.x).toBeGreaterThan(left)
  await map.focus()
  const { centerX } = await tab.view()
  await page.keyboard.press('ArrowLeft')
  await expect.poll(async () => (await tab.view()).centerX).toBeLessThan(centerX)
  await expect(page.getByTestId('announcement')).toContainText('The view is at')
  expect(await tab.pending()).toBe(0)
  await expectAccessible(page)
})

test('M1 the picture is drawn at most four times a second', tag, async ({ api, openTab }) => {
  const tab = await openTab()
  const picture = tab.page.getByTestId('minimap-picture')
  const redraws = async () => Number(await picture.getAttribute('data-redraws'))
  await expect.poll(redraws).toBeGreaterThan(0)
  const [first, startMs] = [await redraws(), Date.now()]
  for (let index = 0; index < 30; index++) await api.place(index, 1, 4)
  await tab.shows(api)
  await expect.poll(redraws).toBeGreaterThan(first)
  expect((await redraws()) - first).toBeLessThanOrEqual(Math.ceil((Date.now() - startMs) / 250) + 1)
})

test('M1 the key M and the buttons hide and show it, and a panel in a low window needs its room', tag, async ({ openTab }) => {
  const { page } = await openTab()
  const map = page.getByTestId('minimap')
  await expect(map).toBeVisible()
  await page.keyboard.press('m')
  await expect(map).toHaveCount(0)
  await page.reload()
  await page.getByRole('button', { name: 'Show the map' }).click()
  await expect(map).toBeVisible()
  await page.keyboard.press('?')
  await expect(map).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Show the map' })).toBeDisabled()
  await page.setViewportSize({ width: 1440, height: 900 })
  await expect(map).toBeVisible()
  const panel = await page.getByRole('dialog').boundingBox()
  const box = await map.boundingBox()
  expect((panel?.y ?? 0) + (panel?.height ?? 0)).toBeLessThan(box?.y ?? 0)
})

test('M1 on a phone it is hidden until it is opened', tag, async ({ openTab }) => {
  const { page } = await openTab({ context: { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true } })
  await expect(page.getByTestId('minimap')).toHaveCount(0)
  await page.getByRole('button', { name: 'Show the map' }).tap()
  const box = await page.getByTestId('minimap').boundingBox()
  const dock = await page.getByTestId('dock').boundingBox()
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(dock?.y ?? 0)
  await page.getByRole('button', { name: 'Hide the map' }).tap()
  await expect(page.getByTestId('minimap')).toHaveCount(0)
})
