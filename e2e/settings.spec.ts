/** S3: settings of this device, in a panel from the painter's menu; on a phone from the tools. */
import { expectAccessible } from './support/axe.ts'
import { expect, test } from './support/fixtures.ts'

const tag = { tag: '@embedded' }

test('S3: the painter’s menu opens the settings, which survive a reload and reach other tabs', tag, async ({ openTab, server }) => {
  const { page, pageErrors } = await openTab()
  await page.getByTestId('painter').click()
  await page.getByRole('menuitem', { name: 'Settings' }).click()
  const panel = page.getByRole('dialog', { name: 'Settings' })
  const other = await page.context().newPage()
  await other.goto(server.url)
  const root = page.locator('html')
  await expectAccessible(page)
  await panel.getByTestId('setting-theme').getByText('Dark').click()
  await panel.getByTestId('setting-motion').getByText('Less', { exact: true }).click()
  await expect(root).toHaveAttribute('data-theme', 'dark')
  await expect(root).toHaveAttribute('data-motion', 'less')
  await expect(other.locator('html')).toHaveAttribute('data-theme', 'dark')
  expect(await panel.evaluate((element) => getComputedStyle(element).animationName)).toBe('none')
  await expectAccessible(page)
  await page.reload()
  await expect(root).toHaveAttribute('data-theme', 'dark')
  await expect(root).toHaveAttribute('data-motion', 'less')
  await page.keyboard.press(',')
  await expect(panel.getByTestId('setting-motion').getByRole('radio', { name: 'Less' })).toBeChecked()
  expect(pageErrors).toEqual([])
})

test('S3: keys are listed and changed, and a key that belongs to another command asks first', tag, async ({ openTab }) => {
  const { page } = await openTab()
  await page.keyboard.press(',')
  const grid = page.getByTestId('key-grid')
  const gridButton = page.getByRole('button', { name: 'Grid', exact: true })
  await expect(grid).toHaveText('G')
  await grid.click()
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('key-message')).toContainText('cannot be chosen')
  await page.keyboard.press('e')
  await expect(page.getByTestId('key-message')).toContainText('E belongs to “Pick a colour from the board”')
  await page.keyboard.press('Escape')
  await expect(grid).toHaveText('G')
  await grid.click()
  await page.keyboard.press('e')
  await page.keyboard.press('e')
  await expect(grid).toHaveText('E')
  await expect(page.getByTestId('key-eyedropper')).toHaveText('none')
  await page.getByRole('button', { name: 'Close' }).click()
  await page.reload()
  await page.keyboard.press('e')
  await expect(gridButton).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.press('g')
  await expect(gridButton).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toContainText('EGrid')
  await page.getByRole('button', { name: 'Change keys' }).click()
  await page.getByRole('button', { name: 'Use all usual keys' }).click()
  await expect(grid).toHaveText('G')
  await page.getByTestId('setting-letters').click()
  await page.getByRole('button', { name: 'Close' }).click()
  await page.keyboard.press('g')
  await expect(gridButton).toHaveAttribute('aria-pressed', 'true')
})

test('S3: the data of the device is exported without secrets, and erased only after a question', tag, async ({ openTab }) => {
  const { page } = await openTab({
    prepare: (opened) =>
      opened.addInitScript(() => {
        if (sessionStorage.getItem('once')) return
        sessionStorage.setItem('once', '1')
        sessionStorage.setItem('fresco:token', 'secret')
        localStorage.setItem('fresco.grid', 'true')
        localStorage.setItem('other', 'stays')
        indexedDB.open('fresco-test').onupgradeneeded = ({ target }) => {
          const database = (target as IDBOpenDBRequest).result
          database.createObjectStore('things', { keyPath: 'id' }).add({ id: 1, cells: new Uint16Array([1, 65_535]) })
        }
      }),
    isLive: false,
  })
  await page.getByRole('button', { name: 'Grid', exact: true }).waitFor()
  await page.keyboard.press(',')
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()])
  const text = await (await file.createReadStream()).toArray().then((parts) => Buffer.concat(parts as Buffer[]).toString())
  const exported = JSON.parse(text) as { settings: object; databases: Record<string, { things: unknown[] }> }
  expect(file.suggestedFilename()).toMatch(/^fresco-\d{4}-\d\d-\d\d\.json$/)
  expect(exported.settings).toMatchObject({ 'fresco.grid': 'true' })
  expect(exported.databases['fresco-test']?.things).toEqual([{ id: 1, cells: { type: 'Uint16Array', base64: 'AQD//w==' } }])
  // The server replaces a token that it does not know.
  const token = () => page.evaluate(() => sessionStorage.getItem('fresco:token'))
  await expect.poll(token).not.toBe('secret')
  const before = await token()
  expect(text).not.toContain('fresco:token')
  await page.getByRole('button', { name: 'Erase' }).click()
  await page.getByRole('button', { name: 'Keep it' }).click()
  expect(await page.evaluate(() => localStorage.getItem('fresco.grid'))).toBe('true')
  await page.getByRole('button', { name: 'Erase' }).click()
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Erase all of it' }).click()])
  const left = await page.evaluate(async () => ({
    stored: [localStorage.getItem('fresco.grid'), localStorage.getItem('other'), sessionStorage.getItem('fresco:token')],
    databases: (await indexedDB.databases()).map(({ name }) => name),
  }))
  // The painter stays, also where a token replaces the cookie.
  expect(left.stored).toEqual([null, 'stays', before])
  expect(left.databases).not.toContain('fresco-test')
})

for (const [width, height, language] of [
  [320, 568, 'en'],
  [390, 844, 'ar'],
  [568, 320, 'de'],
] as const) {
  test(`S3: at ${width} × ${height} in "${language}" the dock opens the tools, and they the settings`, tag, async ({ openTab, server }) => {
    const tab = await openTab({
      context: { viewport: { width, height }, hasTouch: true, isMobile: true },
      prepare: (page) => page.context().addCookies([{ name: 'fresco-language', value: language, url: server.url }]),
    })
    const { page } = tab
    const dock = page.getByTestId('dock')
    await dock.getByTestId('tools-button').tap()
    const tools = page.getByTestId('tools')
    await expectAccessible(page)
    await tools.getByTestId('tool-grid').tap()
    await expect(tools.getByTestId('tool-grid')).toHaveAttribute('aria-pressed', 'true')
    await tools.getByRole('button').last().tap()
    await page.getByTestId('setting-grid').tap()
    const overflow = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('[role=dialog], [role=dialog] *, [data-testid=dock], [data-testid=dock] button')]
        .filter((element) => {
          const { left, right } = element.getBoundingClientRect()
          return !element.matches('.sr-only') && (left < -0.5 || right > innerWidth + 0.5)
        })
        .map((element) => element.outerHTML.slice(0, 100)),
    )
    expect(overflow).toEqual([])
    for (const button of await page.getByRole('dialog').locator('button:not([role=switch], [data-testid^=key-])').all()) {
      const box = await button.boundingBox()
      expect(box?.height ?? 0, (await button.textContent()) ?? '').toBeGreaterThanOrEqual(44)
    }
    await page.getByRole('dialog').getByRole('button').nth(1).tap()
    await expect(page.getByRole('dialog')).toHaveCount(0)
    for (const button of await dock.getByRole('button').all()) {
      const box = await button.boundingBox()
      expect(box && box.x >= 0 && box.x + box.width <= width, (await button.getAttribute('aria-label')) ?? '').toBe(true)
    }
    expect(tab.pageErrors).toEqual([])
  })
}
