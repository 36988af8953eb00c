/** What painters get when a host changes the settings of the board that they have open. */
import type { Page } from '@playwright/test'
import { expect, test } from './support/fixtures.ts'
import { Host } from './support/host.ts'

const phone = { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true } as const
const dock = (page: Page) => page.getByTestId('board-state')

test('the rules are shown without HTML, changed rules are marked until they are opened, and links leave the board open', {
  tag: '@embedded',
}, async ({ server, openTab }) => {
  const host = new Host(server)
  await host.patch({ title: 'Summer festival', rules: '# Be kind\n\n- Have **fun**\n- Read the [wiki](https://wiki.example/a)' })
  const tab = await openTab()
  const { page } = tab
  await expect(page.getByTestId('board-title')).toHaveText('Summer festival')
  await page.getByRole('button', { name: 'Rules, not read yet' }).click()
  const panel = page.getByRole('dialog', { name: 'Rules' })
  await expect(panel.getByRole('heading', { name: 'Be kind', level: 3 })).toBeVisible()
  await expect(panel.getByRole('listitem')).toHaveText(['Have fun', /^Read the wiki/])
  await expect(panel.getByRole('link')).toHaveAttribute('rel', /noopener/)
  await expect(panel).toContainText('200 × 120')

  await host.patch({ rules: 'Now \\<b>bold\\</b> & `<script>alert(1)</script>`' })
  await expect(panel).toContainText('Now <b>bold</b> & <script>alert(1)</script>')
  expect(await panel.locator('b, script').count()).toBe(0)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Rules', exact: true })).toBeVisible()
  await host.patch({ rules: 'Third version' })
  await expect(page.getByRole('button', { name: 'Rules, not read yet' })).toBeVisible()
  await page.keyboard.press('r')
  await expect(panel).toContainText('Third version')
  await page.reload()
  await expect(page.getByRole('button', { name: 'Rules', exact: true })).toBeVisible()
  expect(tab.pageErrors).toEqual([])
})

test('E3 an announcement is shown and read once, and stays away after it is dismissed', { tag: '@embedded' }, async ({
  server,
  openTab,
}) => {
  const host = new Host(server)
  const tab = await openTab()
  const { page } = tab
  const card = page.getByTestId('announcement-card')
  const spoken = page.getByTestId('spoken-announcement')
  await page.evaluate(() => {
    const heard: string[] = []
    const region = document.querySelector('[data-testid=spoken-announcement]')
    if (region)
      new MutationObserver(() => heard.push(region.textContent ?? '')).observe(region, {
        childList: true,
        characterData: true,
        subtree: true,
      })
    Object.assign(window, { heard })
  })
  const heard = () => page.evaluate(() => (window as unknown as { heard: string[] }).heard.filter((text) => text !== ''))
  await host.announce({ text: 'The finale begins at eight.', level: 'important', lastsMs: null })
  await expect(card).toContainText('Important')
  await expect(card).toContainText('The finale begins at eight.')
  await expect(card).toHaveAttribute('data-level', 'important')
  await expect(spoken).toHaveText('The finale begins at eight.')
  await host.patch({ title: 'Other' })
  await expect(page.getByTestId('board-title')).toHaveText('Other')
  await expect(page).toHaveTitle(/Other · Fresco$/)
  expect(await heard()).toEqual(['The finale begins at eight.'])

  await page.reload()
  await expect(card).toBeVisible()
  await tab.isConnected('live')
  await expect(spoken).toHaveText('')
  await card.getByRole('button', { name: 'Dismiss this message' }).click()
  await expect(card).toHaveCount(0)
  await page.reload()
  await tab.isConnected('live')
  await expect(card).toHaveCount(0)

  await host.announce({ text: 'Ten minutes left.', level: 'info', lastsMs: null })
  await expect(card).toContainText('Ten minutes left.')
  await expect(spoken).toHaveText('Ten minutes left.')
  await host.announce(null)
  await expect(card).toHaveCount(0)
  expect(tab.pageErrors).toEqual([])
})

test('E3 an announcement ends at its time by the clock of the server, also where the clock of the visitor is a day late', {
  tag: '@embedded',
}, async ({ server, openTab }) => {
  const host = new Host(server)
  const { page } = await openTab({
    prepare: (tab) =>
      tab.addInitScript(() => {
        const real = Date.now
        Date.now = () => real() - 86_400_000
      }),
  })
  const card = page.getByTestId('announcement-card')
  await host.announce({ text: 'Three seconds.', level: 'info', lastsMs: 3_000 })
  await expect(card).toBeVisible()
  await expect(card).toHaveCount(0, { timeout: 8_000 })
})

test('E1 in a finale only its color can be chosen and painted, by pointer and by key', { tag: '@embedded' }, async ({
  server,
  api,
  openTab,
}) => {
  const host = new Host(server)
  const tab = await openTab()
  const { page } = tab
  await tab.chooseColor(5)
  await host.patch({ onlyColor: 31 })
  await expect(page.getByTestId('finale')).toHaveText('Finale: only White can be placed.')
  await expect(page.locator('[data-color="5"]')).toBeDisabled()
  await expect(page.locator('[data-color="31"]')).toHaveAttribute('data-state', 'checked')
  await page.keyboard.press('1')
  await expect(page.getByTestId('notice')).toContainText('finale')
  await tab.click(50, 50)
  await expect.poll(async () => (await api.log()).flatMap(({ pixels }) => pixels).map(({ color }) => color)).toEqual([31])

  await host.patch({ onlyColor: null })
  await expect(page.getByTestId('finale')).toHaveCount(0)
  await expect(page.locator('[data-color="5"]')).toHaveAttribute('data-state', 'checked')
  await tab.click(52, 50)
  await expect.poll(async () => (await api.settledBoard()).seq).toBe(2)
  await tab.shows(api)
  expect(tab.pageErrors).toEqual([])
})

for (const renderer of ['auto', '2d']) {
  test(`a protected area is hatched on the board (${renderer}), refuses pixels with a reason and is read with the cell`, {
    tag: '@embedded',
  }, async ({ server, api, openTab }) => {
    const host = new Host(server)
    const tab = await openTab({ path: `/?renderer=${renderer}` })
    const { page } = tab
    const shade = async () => {
      const { x, y } = await tab.pointOf(30, 30)
      const picture = await page.screenshot({ clip: { x: x - 20, y: y - 20, width: 40, height: 40 } })
      return picture.toString('base64')
    }
    const bare = await shade()
    await host.patch({ protectedAreas: [{ gx: 10, gy: 10, width: 40, height: 40 }] })
    await expect.poll(shade).not.toBe(bare)
    await tab.click(30, 30)
    await expect(page.getByTestId('notice')).toContainText('This area is protected')
    await page.keyboard.press('ArrowRight')
    await expect(page.getByTestId('announcement')).toContainText('Protected.')
    await tab.click(60, 30)
    await expect.poll(async () => (await api.settledBoard()).seq).toBe(1)
    await host.patch({ protectedAreas: [] })
    await expect.poll(shade).toBe(bare)
    await tab.click(30, 30)
    await expect.poll(async () => (await api.settledBoard()).seq).toBe(2)
    expect(tab.pageErrors).toEqual([])
  })
}

test('a closed board and an archive say so in the dock, and the board can still be looked at', { tag: '@embedded' }, async ({
  server,
  api,
  openTab,
}) => {
  const host = new Host(server)
  const tab = await openTab()
  const { page } = tab
  await api.place(3, 3, 4)
  await host.patch({ state: 'closed' })
  await expect(dock(page)).toHaveAttribute('data-state', 'closed')
  await expect(dock(page)).toContainText('Closed. This board can be looked at, not painted.')
  await tab.click(60, 60)
  await expect(page.getByTestId('notice')).toContainText('closed')
  await host.patch({ archived: true })
  await expect(dock(page)).toHaveAttribute('data-state', 'archived')
  await tab.shows(api)
  expect(tab.pageErrors).toEqual([])
})

test('a board that only its address leads to opens by that address, and search engines are told to leave it out', {
  tag: '@embedded',
}, async ({ server, openTab }) => {
  await new Host(server).patch({ visibility: 'link' })
  const { page } = await openTab({ path: '/c/main' })
  await expect(page.locator('head meta[name=robots]')).toHaveAttribute('content', 'noindex')
  await page.keyboard.press('r')
  await expect(page.getByTestId('rules')).toContainText('Only people who have the address')
})

test('a board that is deleted while it is open says so at once, and a new one with its id starts empty', async ({ server, openTab }) => {
  const host = new Host(server)
  const board = { id: 'second', title: 'Second', width: 64, height: 64, state: 'open' }
  await host.call('POST', '/api/admin/canvases', board)
  const tab = await openTab({ path: '/c/second' })
  const other = await openTab({ path: '/c/main' })
  const { page } = tab
  await tab.click(10, 10)
  await expect.poll(() => tab.pending()).toBe(0)
  await host.delete('second')
  await expect(page.getByRole('heading', { name: 'This board was deleted' })).toBeVisible()
  await expect(page.getByTestId('dock')).toHaveCount(0)
  await expect(other.page.getByTestId('board-title')).toHaveText('Main')
  await other.isConnected('live')
  await page.reload()
  await expect(page.getByRole('heading', { name: 'There is no board here' })).toBeVisible()

  await expect(async () => void (await host.call('POST', '/api/admin/canvases', board))).toPass()
  await tab.open(`${server.url}/c/second`)
  expect(new Set(await tab.bytes()).size).toBe(1)
  await tab.click(20, 20)
  await expect.poll(async () => new Set(await tab.bytes()).size).toBe(2)
  await expect.poll(() => tab.pending()).toBe(0)
  expect(tab.pageErrors).toEqual([])
})

test('a board that is started over while it is open is empty and says so, and painting continues when it is opened', async ({
  server,
  api,
  openTab,
}) => {
  const host = new Host(server)
  const tab = await openTab()
  const { page } = tab
  await tab.click(10, 10)
  await expect.poll(async () => (await api.settledBoard()).seq).toBe(1)
  await tab.shows(api)
  await host.startOver('main')
  await expect(page.getByTestId('notice')).toContainText('started this board over')
  await expect(dock(page)).toBeVisible()
  await expect.poll(async () => new Set(await tab.bytes()).size).toBe(1)
  await expect(dock(page)).toHaveAttribute('data-state', 'paused')
  await tab.isConnected('live')
  await host.patch({ state: 'open' })
  await expect(dock(page)).toHaveCount(0)
  await tab.click(30, 30)
  await expect.poll(async () => (await api.settledBoard()).seq).toBe(1)
  await tab.shows(api)
  expect(tab.pageErrors).toEqual([])
})

test.describe('on a phone', () => {
  test('E3 a long announcement leaves the middle of the board free and can be opened', { tag: '@embedded' }, async ({
    server,
    openTab,
  }) => {
    const host = new Host(server)
    const { page } = await openTab({ context: phone })
    const before = await page.getByTestId('dock').boundingBox()
    await host.announce({ text: 'Painting is fun. '.repeat(16).trim(), level: 'important', lastsMs: null })
    const card = page.getByTestId('announcement-card')
    await expect(card).toBeVisible()
    expect(await page.getByTestId('dock').boundingBox()).toEqual(before)
    const boardMiddle = (44 + (before?.y ?? 0)) / 2
    // The card rises to its place.
    const bottom = async () => {
      const { y, height } = (await card.boundingBox()) ?? { y: 0, height: Number.POSITIVE_INFINITY }
      return y + height
    }
    await expect.poll(bottom).toBeLessThan(boardMiddle)
    const box = await card.boundingBox()
    await card.getByRole('button', { name: 'Show all of it' }).tap()
    await expect(card.getByRole('button', { name: 'Show less' })).toBeVisible()
    expect((await card.boundingBox())?.height).toBeGreaterThan(box?.height ?? 0)
    await card.getByRole('button', { name: 'Dismiss this message' }).tap()
    await expect(card).toHaveCount(0)
  })
})

test('the longest title and name leave room for the state of the connection', { tag: '@embedded' }, async ({ server, openTab }) => {
  const host = new Host(server)
  await host.patch({ title: 'W'.repeat(80) })
  await host.call('PATCH', '/api/admin/site', { name: 'W'.repeat(30) }, { 'if-match': '1' })
  const { page } = await openTab()
  for (const width of [1280, 740, 640, 390, 320]) {
    await page.setViewportSize({ width, height: 600 })
    await expect(page.getByTestId('board-title')).toBeVisible()
    const cut = await page.getByTestId('connection').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)
    expect(cut, `at ${width} px`).toBe(0)
    const [status, tools] = [
      await page.locator('main header').boundingBox(),
      await page.getByRole('button', { name: 'Help' }).boundingBox(),
    ]
    expect((status?.x ?? 0) + (status?.width ?? 0), `at ${width} px`).toBeLessThan(tools?.x ?? 0)
  }
})

test.describe('before the opening', () => {
  const zone = 'America/New_York'
  /** The opening as a visitor in that zone reads it. */
  const clockTime = (ms: number) =>
    new Intl.DateTimeFormat('en', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(ms)

  test('E2 the dock counts down in the time zone of the visitor and links to the calendar, and the board opens by itself', {
    tag: '@embedded',
  }, async ({ server, api, openTab }) => {
    const host = new Host(server)
    const atMs = Date.now() + 3 * 86_400_000 + 3_600_000
    await host.patch({ state: 'paused', schedule: [{ type: 'open', at: new Date(atMs).toISOString() }] })
    // Its clock is five hours slow, which must not change the countdown.
    const tab = await openTab({
      context: { timezoneId: zone },
      prepare: (page) =>
        page.addInitScript(() => {
          const real = Date.now
          Date.now = () => real() - 5 * 3_600_000
        }),
    })
    const { page } = tab
    await expect(dock(page)).toHaveAttribute('data-state', 'opens')
    await expect(dock(page).getByRole('status')).toHaveText(new RegExp(`^Opens \\w+ at ${clockTime(atMs)}$`))
    await expect(page.getByTestId('opens-in')).toHaveText(/^3 d [01] h$/)
    const link = dock(page).getByRole('link', { name: 'Add to calendar' })
    const calendar = await fetch(server.url + (await link.getAttribute('href')))
    expect(calendar.headers.get('content-type')).toContain('text/calendar')
    expect(await calendar.text()).toContain(`DTSTART:${new Date(atMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`)
    await tab.click(50, 50)
    await expect(page.getByTestId('notice')).toContainText('paused')
    expect((await api.settledBoard()).seq).toBe(0)

    const soon = Date.now() + 6_000
    await host.patch({ schedule: [{ type: 'open', at: new Date(soon).toISOString() }] })
    await expect(page.getByTestId('opens-in')).toHaveText(/^0:0[1-6]$/)
    await expect(dock(page)).toHaveCount(0, { timeout: 15_000 })
    expect(Math.abs(Date.now() - soon)).toBeLessThan(4_000)
    await tab.click(50, 50)
    await expect.poll(async () => (await api.settledBoard()).seq).toBe(1)
    expect(tab.pageErrors).toEqual([])
  })

  for (const [name, context] of [
    ['window', {}],
    ['phone', phone],
  ] as const) {
    test(`E2 the dock of a ${name} with the countdown stays below the middle of the board`, { tag: '@embedded' }, async ({
      server,
      openTab,
    }) => {
      const host = new Host(server)
      await host.patch({ state: 'closed', schedule: [{ type: 'open', at: new Date(Date.now() + 7_200_000).toISOString() }] })
      const { page } = await openTab({ context })
      const link = dock(page).getByRole('link', { name: 'Add to calendar' })
      await expect(link).toBeVisible()
      const box = await page.getByTestId('dock').boundingBox()
      const size = page.viewportSize()
      expect(box?.y).toBeGreaterThan((size?.height ?? 0) * 0.7)
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(size?.width ?? 0)
      if (name === 'phone') expect((await link.boundingBox())?.height).toBeGreaterThanOrEqual(44)
    })
  }
})
