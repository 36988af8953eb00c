/** The host's settings of the site on every page, and the start page. */
import type { Page } from '@playwright/test'
import { encodeTestPng } from '../lib/png/png.fixture.ts'
import { Api } from './support/api.ts'
import { expect, test } from './support/fixtures.ts'
import { Host } from './support/host.ts'
import type { FrescoServer } from './support/server.ts'

const logo = encodeTestPng({
  width: 60,
  height: 20,
  kind: 'rgb',
  depth: 8,
  samples: Array.from({ length: 3_600 }, (_, index) => (index % 3 === 0 ? 200 : 20)),
})

/** The page as it arrives, before a script has run. */
const firstHtml = async (url: string) => (await fetch(url, { headers: { 'user-agent': 'Mozilla/5.0 Chrome/140' } })).text()

const card = (page: Page, title: string) => page.getByTestId('board-card').filter({ hasText: title })

const accentOf = (page: Page) =>
  page.evaluate(() => {
    const probe = document.createElement('i')
    probe.style.color = 'var(--ultramarine)'
    document.body.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  })

test('B4 name, description, accent and title are in the first HTML of every page within two seconds', async ({ server }) => {
  const host = new Host(server)
  for (const path of ['/', '/c/main', '/admin', '/boards']) expect(await firstHtml(server.url + path)).toContain('Fresco')
  await host.setSite({ name: 'Winter & <b>Sons</b>', description: 'For the school.', accent: '#E0A000' })
  await expect(async () => {
    for (const [path, title] of [
      ['/', 'Main · '],
      ['/c/main', 'Main · '],
      ['/admin', ''],
      ['/boards', ''],
      ['/nowhere', ''],
    ] as const) {
      const html = await firstHtml(server.url + path)
      const head = html.slice(0, html.indexOf('</head>'))
      expect(head, path).toContain(`<title>${title}Winter &amp; &lt;b&gt;Sons&lt;/b&gt;</title>`)
      expect(head, path).toContain('content="For the school."')
      expect(head, path).toMatch(/<html[^>]*style="--accent-light:#7A5500;--accent-dark:#E0A000"/)
      expect(html, path).not.toContain('<b>Sons')
    }
  }).toPass({ timeout: 2_000 })
})

test('B4 the name or the logo is on every page, and the accent is readable in both themes', { tag: '@embedded' }, async ({
  server,
  browser,
}) => {
  const host = new Host(server)
  await host.setSite({ name: 'Winter', accent: '#E0A000' })
  for (const [colorScheme, color] of [
    ['light', 'rgb(122, 85, 0)'],
    ['dark', 'rgb(224, 160, 0)'],
  ] as const) {
    const context = await browser.newContext({ colorScheme })
    const page = await context.newPage()
    for (const path of ['/', '/admin', '/nowhere', '/boards']) {
      await page.goto(server.url + path)
      await expect(page.getByTestId('site-name').first()).toHaveText('Winter')
      expect(await accentOf(page)).toBe(color)
    }
    await context.close()
  }
  await host.setLogo(logo)
  const page = await (await browser.newContext()).newPage()
  for (const path of ['/', '/admin', '/nowhere', '/boards']) {
    await page.goto(server.url + path)
    const image = page.getByTestId('site-logo').first()
    await expect(image).toHaveAccessibleName('Winter')
    await expect.poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBe(60)
  }
  await page.context().close()
})

test('B4 the start page is the only board, then a list, then the default board', { tag: '@embedded' }, async ({
  server,
  page,
  openTab,
}) => {
  const host = new Host(server)
  const tab = await openTab()
  await expect(tab.page).toHaveTitle('Main · Fresco')
  await host.createBoard('side')
  await expect(async () => {
    await page.goto(server.url)
    await expect(page.getByTestId('board-card')).toHaveCount(2, { timeout: 500 })
  }).toPass({ timeout: 5_000 })
  await expect(page).toHaveTitle('Fresco')
  await card(page, 'Board side').click()
  await expect(page).toHaveURL(`${server.url}/c/side`)
  await expect(page.getByTestId('connection')).toHaveAttribute('data-state', 'live')
  await host.setSite({ defaultCanvas: 'side' })
  await expect(async () => {
    await page.goto(server.url)
    await expect(page).toHaveTitle('Board side · Fresco', { timeout: 500 })
  }).toPass({ timeout: 5_000 })
  await page.goto(`${server.url}/boards`)
  await expect(page.getByTestId('board-card')).toHaveCount(2)
})

test('B4 the list has the state of each board and how many people are there, and its pictures are live', { tag: '@embedded' }, async ({
  server,
  page,
  openTab,
}) => {
  const host = new Host(server)
  await host.createBoard('later', {
    state: 'paused',
    schedule: [{ at: new Date(Date.now() + 2 * 3_600_000).toISOString(), type: 'open' }],
  })
  await host.createBoard('over', { state: 'closed' })
  await host.createBoard('hidden', { visibility: 'link' })
  await page.goto(`${server.url}/boards`)
  const main = card(page, 'Main')
  await expect(page.getByTestId('board-card')).toHaveCount(3)
  await expect(card(page, 'later')).toContainText(/Opens (today|tomorrow) at \d\d:\d\d in 1:59:\d\d/)
  await expect(card(page, 'over')).toHaveAttribute('data-state', 'closed')
  await expect(main.getByTestId('online')).toHaveText('0 here')
  await expect(main.getByTestId('thumbnail')).toHaveAttribute('data-state', 'shown')
  const colorAt = (gx: number, gy: number) =>
    main.locator('img').evaluate(
      async (image: HTMLImageElement, at) => {
        const canvas = document.createElement('canvas')
        ;[canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight]
        const context = canvas.getContext('2d')
        context?.drawImage(image, 0, 0)
        return [canvas.width, canvas.height, ...(context?.getImageData(at.gx, at.gy, 1, 1).data ?? [])].join()
      },
      { gx, gy },
    )
  expect(await colorAt(10, 10)).toBe('200,120,255,255,255,255')
  const tab = await openTab({ path: '/c/main' })
  const api = new Api(server.url)
  await api.token()
  expect((await api.place(10, 10, 2)).status).toBe(201)
  await expect.poll(() => colorAt(10, 10), { timeout: 15_000 }).toBe('200,120,255,69,0,255')
  await expect(main.getByTestId('online')).toHaveText('1 here', { timeout: 10_000 })
  expect(tab.pageErrors).toEqual([])
})

test('the list without a board invites the host, and a list that cannot be loaded stays and tries again', { tag: '@embedded' }, async ({
  server,
  page,
}) => {
  const host = new Host(server)
  await host.patch({ visibility: 'link' })
  await expect(async () => {
    await page.goto(server.url)
    await expect(page.getByText('There is no board here yet')).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: 5_000 })
  await expect(page.getByRole('link', { name: 'Make a board' })).toHaveAttribute('href', '/admin/boards')
  await host.patch({ visibility: 'listed' })
  await expect(card(page, 'Main')).toBeVisible({ timeout: 10_000 })

  await page.route('**/api/canvases', (route) => route.abort())
  await expect(page.getByTestId('board-list')).toHaveAttribute('data-state', 'failed', { timeout: 10_000 })
  await expect(card(page, 'Main')).toBeVisible()
  await expect(page.getByRole('status')).toContainText(/This is what was here at \d\d:\d\d/)
  await page.unroute('**/api/canvases')
  await page.getByRole('button', { name: 'Try now' }).click()
  await expect(page.getByTestId('board-list')).toHaveAttribute('data-state', 'live')
})

test('a picture that does not arrive is named, and the card still leads to its board', { tag: '@embedded' }, async ({ server, page }) => {
  await page.route('**/thumbnail.png*', (route) => route.abort())
  await page.goto(`${server.url}/boards`)
  await expect(page.getByTestId('thumbnail')).toHaveAttribute('data-state', 'failed')
  await expect(page.getByText('No picture right now')).toBeVisible()
  await page.unroute('**/thumbnail.png*')
  await expect(page.getByTestId('thumbnail')).toHaveAttribute('data-state', 'shown', { timeout: 15_000 })
  await card(page, 'Main').click()
  await expect(page).toHaveURL(`${server.url}/c/main`)
})

test('B4 contact and privacy policy are text and links, never HTML', { tag: '@embedded' }, async ({ server, page }) => {
  const host = new Host(server)
  expect((await page.goto(`${server.url}/privacy`))?.status()).toBe(404)
  await host.setSite({ contact: 'Write to **[us](mailto:us@example.org)**.', privacy: '# What we store\n\n- nothing\n- *really* 1 \\< 2' })
  await expect(async () => {
    await page.goto(`${server.url}/privacy`)
    await expect(page.getByRole('heading', { name: 'What we store' })).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: 5_000 })
  await expect(page).toHaveTitle('Privacy · Fresco')
  await expect(page.getByRole('listitem')).toHaveText(['nothing', 'really 1 < 2'])
  await page.goto(`${server.url}/boards`)
  const footer = page.getByTestId('site-links')
  await expect(footer.getByRole('link', { name: /^us/ })).toHaveAttribute('href', 'mailto:us@example.org')
  await footer.getByRole('link', { name: 'Privacy' }).click()
  await expect(page).toHaveURL(`${server.url}/privacy`)
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true })

  test('long names and titles fit', { tag: '@embedded' }, async ({ server, page }) => {
    const host = new Host(server)
    await host.setSite({ name: 'W'.repeat(40), description: 'x'.repeat(280), contact: 'y'.repeat(280), privacy: 'z'.repeat(2_000) })
    await host.createBoard('wide', { title: 'W'.repeat(80) })
    for (const path of ['/boards', '/privacy', '/nowhere', '/admin', '/c/wide']) {
      await expect(async () => {
        await page.goto(server.url + path)
        await expect(page.getByTestId('site-name').first()).toHaveText('W'.repeat(40), { timeout: 500 })
      }).toPass({ timeout: 5_000 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(320)
    }
  })
})

const openSettings = async (page: Page, server: FrescoServer) => {
  await page.goto(`${server.url}/admin/settings`)
  await page.getByLabel('Admin token').fill(server.adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByTestId('settings-form')).toBeVisible()
}

test('B4 a host sets name, accent, start page, texts and logo on the settings page, and every page has them', async ({
  server,
  page,
  openTab,
}) => {
  await new Host(server).createBoard('side')
  await openSettings(page, server)
  await page.getByLabel('Name', { exact: true }).fill('Winter')
  await page.getByLabel('Accent colour').fill('#E0A000')
  await expect(page.getByTestId('accent-note')).toContainText('#7A5500 in the light theme, #E0A000 in the dark one')
  await page.getByLabel('Start page', { exact: true }).selectOption({ label: 'Board side (/c/side)' })
  await page.getByLabel('Privacy policy').fill('Nothing is *stored*.')
  await expect(page.getByTestId('unsaved')).toHaveText('4 changes are not saved: Name, Privacy policy, Accent colour, Start page')
  await page.getByTestId('save').click()
  await expect(page.getByTestId('saved')).toHaveText('Saved. Everybody who opens a page has the new settings.')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Every page is called Winter')
  await page.getByTestId('logo-file').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from(logo) })
  await expect(page.getByTestId('logo')).toHaveAccessibleName('Winter')
  const tab = await openTab()
  await expect(tab.page).toHaveTitle(/Board side · Winter$/)
  await expect(tab.page.getByTestId('site-logo').first()).toHaveAccessibleName('Winter')
  expect(await accentOf(tab.page)).toBe('rgb(122, 85, 0)')
  await page.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByTestId('logo')).toHaveCount(0)
  await page.getByLabel('Start page', { exact: true }).selectOption({ label: 'The only listed board, or a list' })
  await page.getByLabel('Accent colour').fill('')
  await page.getByTestId('save').click()
  await expect(page.getByTestId('saved')).not.toHaveText('')
  expect(await (await fetch(`${server.url}/api/site`)).json()).toMatchObject({
    name: 'Winter',
    accent: null,
    logo: null,
    defaultCanvas: null,
  })
})

test('B3 the settings page keeps what was typed when somebody else was faster, and saves over it', { tag: '@embedded' }, async ({
  server,
  page,
}) => {
  await openSettings(page, server)
  await page.getByLabel('Name', { exact: true }).fill('Mine')
  await new Host(server).setSite({ name: 'Theirs', contact: 'them' })
  await page.getByTestId('save').click()
  await expect(page.getByTestId('meanwhile')).toContainText('Name: “Fresco” became “Theirs”')
  await expect(page.getByTestId('meanwhile')).toContainText('Contact: nothing became “them”')
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Mine')
  await page.getByRole('button', { name: 'Save anyway' }).click()
  await expect(page.getByTestId('saved')).not.toHaveText('')
  expect(await (await fetch(`${server.url}/api/site`)).json()).toMatchObject({ name: 'Mine', contact: 'them' })
})

test('a wrong name, a text with script and a logo that is no picture are refused with a sentence', { tag: '@embedded' }, async ({
  server,
  page,
}) => {
  await openSettings(page, server)
  const name = page.getByLabel('Name', { exact: true })
  await name.fill('x'.repeat(41))
  await page.getByTestId('save').click()
  await expect(name).toBeFocused()
  await expect(name).toHaveAccessibleDescription('Use 1 to 40 characters, not blank and without control characters.')
  await page.getByTestId('discard').click()
  await page.getByLabel('Privacy policy').fill('Hi <script>alert(1)</script>')
  await page.getByTestId('save').click()
  await expect(page.getByTestId('settings-form').getByRole('alert')).toContainText('must have no HTML')
  await expect(page.getByLabel('Privacy policy')).toHaveAttribute('aria-invalid', 'true')
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
  await page.getByTestId('logo-file').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: svg })
  await expect(page.getByTestId('settings-form').getByRole('alert').first()).toContainText('The file is not a PNG.')
  expect(await (await fetch(`${server.url}/api/site`)).json()).toMatchObject({ name: 'Fresco', privacy: '', logo: null, rev: 1 })
})

test('the settings stay while the server is away, and what was typed is saved when it is back', { tag: '@embedded' }, async ({
  server,
  page,
}) => {
  await openSettings(page, server)
  await page.getByLabel('Name', { exact: true }).fill('Winter')
  await server.end('SIGKILL')
  await page.getByTestId('save').click()
  await expect(page.getByTestId('settings-form').getByRole('alert')).toContainText('The server did not answer.')
  await server.boot()
  await expect(page.getByRole('heading', { name: 'Every page is called Fresco' })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Winter')
  await page.getByTestId('save').click()
  await expect(page.getByTestId('saved')).not.toHaveText('')
})
