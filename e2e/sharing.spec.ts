/** S1: links to a place, the picture that they show elsewhere, and the share panel. */
import { decode } from 'fast-png'
import { expectAccessible } from './support/axe.ts'
import { expect, type Tab, test } from './support/fixtures.ts'

const tag = { tag: '@embedded' }

const locationOf = (tab: Tab) => {
  const { pathname, search, hash } = new URL(tab.page.url())
  return pathname + search + hash
}

test('S1: a link opens at its place without a jump, and then the address follows the view', tag, async ({ openTab }) => {
  const tab = await openTab({ path: '/c/main?renderer=2d&x=100&y=60&z=12#x=1&y=1&z=3' })
  expect(await tab.view()).toEqual({ centerX: 100, centerY: 60, zoom: 12, cell: null })
  await expect.poll(() => tab.page.evaluate(() => document.readyState)).toBe('complete')
  expect(await tab.view()).toMatchObject({ centerX: 100, centerY: 60, zoom: 12 })
  await tab.page.keyboard.press('+')
  await expect.poll(async () => (await tab.view()).zoom).toBe(18)
  await expect.poll(() => locationOf(tab)).toBe('/c/main?renderer=2d#x=100&y=60&z=18')
  await tab.page.reload()
  await tab.isConnected('live')
  expect(await tab.view()).toMatchObject({ centerX: 100, centerY: 60, zoom: 18 })
  await tab.page.evaluate(() => {
    location.hash = '#x=20&y=30&z=10'
  })
  await expect.poll(() => tab.view()).toMatchObject({ centerX: 20, centerY: 30, zoom: 10 })
  for (const path of ['/c/main?x=NaN&y=5', '/c/main?x=9&z=4', '/c/main?x=%00&y=%FF']) {
    await tab.open(new URL(path, tab.page.url()).href)
    expect(await tab.view()).toMatchObject({ centerX: 100 })
  }
  expect(tab.pageErrors).toEqual([])
})

const metaOf = (html: string) =>
  Object.fromEntries(
    [...html.matchAll(/<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)"/g)].map(([, name, content = '']) => [
      name,
      content.replaceAll('&amp;', '&'),
    ]),
  )

test('S1: crawlers get absolute addresses, a picture of the place, and no session', tag, async ({ api, server }) => {
  await api.place(100, 60, 3)
  await api.settledBoard()
  const page = await fetch(`${server.url}/c/main?x=100&y=60&z=12`, { headers: { 'user-agent': 'anything' } })
  expect(page.headers.get('set-cookie')).toBeNull()
  const html = await page.text()
  const meta = metaOf(html.slice(0, html.indexOf('</head>')))
  expect(meta).toMatchObject({
    'og:title': 'Main',
    'og:url': `${server.url}/c/main?x=100&y=60&z=12`,
    'og:image': `${server.url}/api/canvases/main/board.png?x=50&y=34&w=100&h=52&fit=1200x630`,
    'og:image:width': '1200',
    'twitter:card': 'summary_large_image',
  })
  const image = await fetch(String(meta['og:image']))
  expect([image.status, image.headers.get('set-cookie'), image.headers.get('cache-control')]).toEqual([200, null, 'public, max-age=60'])
  const { width, height, depth, data, palette } = decode(new Uint8Array(await image.arrayBuffer()))
  expect([width, height]).toEqual([1_200, 630])
  // 12 pixels for each cell: the cell 100, 60 begins in the middle.
  const colorAt = (x: number, y: number) => {
    const bit = x * depth
    const row = y * Math.ceil((width * depth) / 8)
    return palette?.[((data[row + (bit >> 3)] ?? 0) >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)]
  }
  expect([colorAt(600, 315), colorAt(611, 326)]).toEqual([
    [0xff, 0xa8, 0],
    [0xff, 0xa8, 0],
  ])
  expect(colorAt(612, 315)).toEqual([255, 255, 255])
  for (const query of ['?x=%3Cb%3E&y=1', '?x=1', '']) {
    const other = metaOf(await (await fetch(`${server.url}/c/main${query}`)).text())
    expect(other['og:image']).toBe(`${server.url}/api/canvases/main/board.png?x=0&y=0&w=200&h=120&fit=1200x630`)
  }
})

test.describe('behind a proxy', () => {
  test.use({ serverEnv: { PUBLIC_URL: 'https://board.example' } })
  test('S1: with PUBLIC_URL the addresses are public', tag, async ({ server }) => {
    const meta = metaOf(await (await fetch(`${server.url}/c/main?x=1&y=2`)).text())
    expect([meta['og:url'], String(meta['og:image']).slice(0, 40)]).toEqual([
      'https://board.example/c/main?x=1&y=2',
      'https://board.example/api/canvases/main/',
    ])
  })
})

test('S1: by keyboard alone, the share panel gives a link, a QR code and a picture of the view', tag, async ({ openTab }) => {
  const tab = await openTab({ path: '/#x=100&y=60&z=12', context: { permissions: ['clipboard-read', 'clipboard-write'] } })
  const { page } = tab
  await page.keyboard.press('s')
  const panel = page.getByRole('dialog', { name: 'Share' })
  await expect(panel).toBeFocused()
  const link = new URL('/c/main?x=100&y=60&z=12', page.url()).href
  await expect(page.getByTestId('share-link')).toHaveText(link)
  await expect(page.getByRole('img', { name: 'QR code' })).toBeVisible()
  const copy = panel.getByRole('button', { name: 'Copy link' })
  for (let i = 0; i < 4 && !(await copy.evaluate((node) => node === document.activeElement)); i++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(panel.getByRole('button', { name: 'Link copied' })).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link)
  const code = await page.getByTestId('qr').locator('path').getAttribute('d')
  await tab.page.getByRole('button', { name: 'Zoom in' }).click()
  await expect(page.getByTestId('share-link')).toHaveText(link.replace('z=12', 'z=18'))
  await expect(page.getByTestId('qr').locator('path')).not.toHaveAttribute('d', String(code))
  await panel.getByLabel('What it shows').selectOption('board')
  await panel.getByLabel('Size').selectOption('2')
  const download = page.waitForEvent('download')
  await panel.getByRole('link', { name: 'Download 400 × 240' }).click()
  expect((await download).suggestedFilename()).toBe('main.png')
  await expectAccessible(page)
  expect(tab.pageErrors).toEqual([])
})

test('S1: on a phone, in Arabic and on plain http the link is sent to an app or is in a selected field', tag, async ({ openTab }) => {
  const tab = await openTab({
    path: '/#x=100&y=60&z=12',
    context: { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true, locale: 'ar' },
    prepare: (page) =>
      page.addInitScript(() => {
        Object.defineProperty(navigator, 'clipboard', { value: undefined })
        Object.defineProperty(navigator, 'share', {
          value: (data: ShareData) => {
            document.documentElement.dataset['shared'] = data.url
            return Promise.reject(new DOMException('closed', 'AbortError'))
          },
        })
      }),
  })
  const { page } = tab
  await page.keyboard.press('s')
  const panel = page.getByTestId('share')
  await panel.getByRole('button').first().tap()
  await expect(page.getByTestId('link-field')).toBeFocused()
  await panel.getByRole('button').nth(1).tap()
  await expect(page.locator('html')).toHaveAttribute('data-shared', /\/c\/main\?x=100&y=60&z=12$/)
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(overflow).toBe(0)
  await expectAccessible(page)
  expect(tab.pageErrors).toEqual([])
})
