import { asString, expect, test } from './support/fixtures.ts'

test('A2 A4 two tabs that paint show the pixels of both', async ({ api, openTab }) => {
  const [one, two] = [await openTab(), await openTab()]
  await one.chooseColor(5)
  await two.chooseColor(9)
  await one.click(20, 30)
  await two.click(21, 30)
  await one.click(22, 30)
  for (const tab of [one, two]) {
    await tab.shows(api)
    await expect.poll(() => tab.pending()).toBe(0)
    expect(tab.pageErrors).toEqual([])
  }
  const { bytes } = await api.settledBoard()
  expect([20, 21, 22].map((gx) => bytes[30 * 256 + gx])).toEqual([5, 9, 5])
})

test('an empty board invites to paint, and a painted one does not', { tag: '@embedded' }, async ({ api, openTab }) => {
  const first = await openTab()
  await expect(first.page.getByTestId('hint')).toContainText('No one has painted here yet.')
  const other = await openTab()
  await first.chooseColor(5)
  await first.click(20, 30)
  await other.shows(api)
  await expect(other.page.getByTestId('hint')).not.toContainText('No one')
  await expect((await openTab()).page.getByTestId('hint')).not.toContainText('No one')
})

test('A2 ten browser contexts show the same pixel', { tag: '@embedded' }, async ({ api, openTab }) => {
  test.setTimeout(120_000)
  const tabs = []
  for (let i = 0; i < 10; i++) tabs.push(await openTab())
  await tabs[0]?.chooseColor(2)
  await tabs[0]?.click(100, 60)
  await expect.poll(async () => (await api.settledBoard()).bytes[60 * 256 + 100]).toBe(2)
  const { bytes } = await api.settledBoard()
  for (const tab of tabs) await expect.poll(() => tab.bytes(), { timeout: 15_000 }).toBe(asString(bytes))
})

test('an optimistic pixel is shown at once, before the answer', { tag: '@embedded' }, async ({ openTab }) => {
  const tab = await openTab()
  await tab.page.route('**/api/pixels', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    await route.continue()
  })
  await tab.chooseColor(3)
  await tab.click(10, 10)
  expect((await tab.bytes())?.charCodeAt(10 * 256 + 10)).toBe(3)
  expect(await tab.pending()).toBe(1)
  await expect.poll(() => tab.pending()).toBe(0)
  expect((await tab.bytes())?.charCodeAt(10 * 256 + 10)).toBe(3)
})

test('a reload and a deep link show the same place and the same pixels', { tag: '@embedded' }, async ({ api, openTab }) => {
  const tab = await openTab({ path: '/#x=40&y=50&z=12' })
  const view = await tab.view()
  expect(view.zoom).toBeCloseTo(12, 1)
  expect([view.centerX, view.centerY].map(Math.round)).toEqual([40, 50])
  await tab.chooseColor(7)
  await tab.click(41, 51)
  await tab.shows(api)
  await tab.page.reload()
  await tab.isConnected('live')
  await tab.shows(api)
  const again = await tab.view()
  expect([again.centerX, again.centerY].map(Math.round)).toEqual([40, 50])
  expect(again.zoom).toBeCloseTo(view.zoom, 1)
})

test('the keyboard alone is enough', { tag: '@embedded' }, async ({ api, openTab }) => {
  const tab = await openTab({ path: '/#x=50&y=50&z=10' })
  const { keyboard } = tab.page
  await keyboard.press('ArrowRight')
  const said = tab.page.getByTestId('announcement')
  await expect(said).toHaveText(/^\d+, \d+\. White\.$/)
  const [gx = 0, gy = 0] = ((await said.textContent()) ?? '').match(/\d+/g)?.map(Number) ?? []
  await keyboard.press('Shift+ArrowDown')
  await keyboard.press('ArrowLeft')
  await expect(said).toContainText(`${gx - 1}, ${gy + 10}.`)
  await keyboard.press('4')
  await expect(said).toHaveText('Orange chosen.')
  await keyboard.press(']')
  // A held key paints once.
  for (let held = 0; held < 5; held++) await keyboard.down('Enter')
  await keyboard.up('Enter')
  await expect(said).toHaveText('Saved.')
  await tab.shows(api)
  expect(await api.head()).toBe(1)
  expect((await api.settledBoard()).bytes[(gy + 10) * 256 + gx - 1]).toBe(4)
  await keyboard.press('?')
  await expect(tab.page.getByRole('dialog')).toBeVisible()
  await keyboard.press('Escape')
  await expect(tab.page.getByRole('dialog')).toBeHidden()
  await expect(tab.page.getByTestId('board')).toBeFocused()
  expect(tab.pageErrors).toEqual([])
})

test('the board shows that it has the focus', { tag: '@embedded' }, async ({ openTab }) => {
  const { page } = await openTab()
  const edge = () => page.screenshot({ clip: { x: 0, y: 200, width: 8, height: 8 } })
  const before = await edge()
  await page.keyboard.press('Tab')
  await expect(page.getByTestId('board')).toBeFocused()
  expect((await edge()).equals(before)).toBe(false)
})

test.describe('with a mouse', () => {
  for (const viewport of [
    { width: 1024, height: 768 },
    { width: 1240, height: 768 },
    { width: 1241, height: 768 },
    { width: 1280, height: 800 },
  ]) {
    test(`no card covers another, nor the whole board, at ${viewport.width} × ${viewport.height}`, { tag: '@embedded' }, async ({
      api,
      openTab,
    }) => {
      const tab = await openTab({ context: { viewport } })
      const { page } = tab
      const dock = await page.getByTestId('dock').boundingBox()
      const coordinates = await page.getByTestId('coordinates').boundingBox()
      if (!dock || !coordinates) throw new Error('a card is not there')
      const isApart = coordinates.x + coordinates.width < dock.x || coordinates.y + coordinates.height < dock.y
      expect(isApart).toBe(true)
      await page.mouse.click(viewport.width / 2, 200, { button: 'right' })
      expect(await page.getByTestId('dock').boundingBox(), 'a right click moves nothing').toEqual(dock)
      const { width, height } = await (await fetch(`${api.url}/api/canvases/main`)).json()
      const { centerX, centerY, zoom } = await tab.view()
      const [right, bottom] = [viewport.width / 2 + (width - centerX) * zoom, viewport.height / 2 + (height - centerY) * zoom]
      expect(right).toBeLessThanOrEqual(viewport.width)
      expect(bottom).toBeLessThanOrEqual(dock.y)
    })
  }
})

test.describe('with a cooldown', () => {
  test.use({ serverEnv: { COOLDOWN_MS: '60000', MAX_CHARGES: '2', START_CHARGES: '2' } })

  test('a refusal removes the optimistic pixel and says why', async ({ api, openTab }) => {
    const tab = await openTab()
    await tab.chooseColor(2)
    await tab.click(30, 30)
    await tab.click(31, 30)
    await expect(tab.page.getByTestId('charges')).toContainText('0 of 2 pixels')
    await tab.click(32, 30)
    await expect(tab.page.getByTestId('notice')).toContainText(/That was your last pixel\. The next one comes in \d+ s\./)
    await tab.shows(api)
    const { bytes } = await api.settledBoard()
    expect([30, 31, 32].map((gx) => bytes[30 * 256 + gx])).toEqual([2, 2, 31])
  })

  test('after a refusal the page shows the pixel that another painter placed meanwhile', { tag: '@embedded' }, async ({ api, openTab }) => {
    const tab = await openTab()
    await tab.page.route('**/api/pixels', async (route) => {
      await api.place(30, 30, 6)
      await route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        body: JSON.stringify({ type: 'x', title: 'x', status: 409, code: 'canvas_paused', detail: 'x' }),
      })
    })
    await tab.chooseColor(2)
    await tab.click(30, 30)
    await expect(tab.page.getByTestId('notice')).toContainText('The board is paused.')
    await tab.shows(api)
    expect((await tab.bytes())?.charCodeAt(30 * 256 + 30)).toBe(6)
  })
})
