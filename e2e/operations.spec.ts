import type { Locator, Page } from '@playwright/test'
import { version } from '../server/version.ts'
import { Api } from './support/api.ts'
import { expect, test } from './support/fixtures.ts'
import { FrescoServer } from './support/server.ts'
import { Services } from './support/services.ts'

/** The number of translucent red pixels of a chart, which belong to a band. */
const reddish = (canvas: Locator) =>
  canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement
    const { data } = (element as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height) ?? { data: [] }
    let count = 0
    for (let at = 0; at < data.length; at += 4) {
      const [red = 0, , blue = 0, alpha = 0] = data.slice(at, at + 4)
      if (alpha > 10 && alpha < 200 && red > blue + 40) count++
    }
    return count
  })

test('an operator signs in, watches pixels being delivered, and is warned when the server stops answering', { tag: '@embedded' }, async ({
  server,
  api,
  page,
}) => {
  await page.goto(`${server.url}/admin`)
  await page.getByLabel('Admin token').fill('not-the-token')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'This is not the admin token.' })).toBeVisible()

  await page.getByLabel('Admin token').fill(server.adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Every pixel is delivered' })).toBeVisible()
  await expect(page.getByRole('cell', { name: 'publisher' })).toBeVisible()
  await expect(page.getByTestId('version')).toHaveText(`Fresco ${version}`)

  await api.token()
  for (let gx = 0; gx < 5; gx++) expect((await api.place(gx, 0, 3)).status).toBe(201)
  await expect(page.getByText('5 since the start')).toBeVisible()
  await expect(page.getByRole('row', { name: /^publisher \w{4} running 5 0/ })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Gateways' }).getByRole('row')).toHaveCount(2)

  await page.getByRole('button', { name: 'Pause publishing' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Pause publishing' }).click()
  await expect(page.getByRole('heading', { name: 'Publishing is paused' })).toBeVisible()
  expect((await api.place(9, 9, 3)).status).toBe(201)
  await expect(page.getByRole('listitem').filter({ hasText: 'Outbox' })).toContainText('1 waiting')
  await page.getByRole('button', { name: 'Resume publishing' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: 'Outbox' })).toContainText('0 waiting')
  await expect(page.getByRole('heading', { name: 'Every pixel is delivered' })).toBeVisible()

  await server.end('SIGKILL')
  await expect(page.getByRole('heading', { name: 'No news from the server' })).toBeVisible({ timeout: 15_000 })
  await server.boot()
  await expect(page.getByRole('heading', { name: 'Every pixel is delivered' })).toBeVisible({ timeout: 30_000 })

  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByLabel('Admin token')).toBeVisible()
})

test('the link that the first start prints signs in once, and is stored nowhere afterwards', { tag: '@embedded' }, async ({
  server,
  browser,
}) => {
  const [link = ''] = /http:\S+#sign-in=\S+/.exec(server.output) ?? []
  expect(link).toContain(`${server.url}/admin#sign-in=`)
  const first = await (await browser.newContext()).newPage()
  await first.goto(link)
  await expect(first.getByRole('heading', { name: 'Every pixel is delivered' })).toBeVisible()
  expect(first.url()).toBe(`${server.url}/admin`)

  const second = await (await browser.newContext()).newPage()
  await second.goto(link)
  await expect(second.getByRole('alert').filter({ hasText: 'This link was used already' })).toBeVisible()
  expect(second.url()).toBe(`${server.url}/admin`)

  await server.end('SIGTERM')
  await server.boot()
  expect(server.output.split('#sign-in=')).toHaveLength(2)
})

test('a killed publisher is shown as lost everywhere, until another one replaces it', { tag: '@embedded' }, async ({ browser }) => {
  test.setTimeout(120_000)
  const services = await Services.start()
  const start = (roles: string) => FrescoServer.start({ CANVAS_WIDTH: '200', CANVAS_HEIGHT: '120', ...services.env, ROLES: roles })
  const [one, two, publisher, spare] = [
    await start('web'),
    await start('web,projector'),
    await start('publisher'),
    await start('publisher'),
  ]
  const pages: Page[] = []
  for (const { url, adminToken } of [one, two]) {
    const page = await (await browser.newContext()).newPage()
    pages.push(page)
    await page.goto(`${url}/admin`)
    await page.getByLabel('Admin token').fill(adminToken)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('heading', { name: 'Every pixel is delivered' })).toBeVisible({ timeout: 15_000 })
    await expect(page.getByRole('region', { name: 'Workers' }).getByRole('row')).toHaveCount(6)
    await expect(page.getByRole('region', { name: 'Gateways' }).getByRole('row')).toHaveCount(3)
  }

  await publisher.end('SIGKILL')
  for (const page of pages) {
    await expect(page.getByRole('heading', { name: 'A publisher process is lost' })).toBeVisible({ timeout: 15_000 })
    await expect(page.getByRole('row', { name: /^publisher \w{4} lost/ })).toHaveCount(1)
    await expect(page.getByRole('row', { name: /^publisher \w{4} running/ })).toHaveCount(1)
  }
  await spare.end('SIGKILL')
  await expect(pages[0] as Page).toHaveURL(/admin/)
  await expect((pages[0] as Page).getByRole('heading', { name: 'No publisher is running' })).toBeVisible({ timeout: 15_000 })

  await Promise.all([publisher.boot(), spare.boot()])
  for (const page of pages) {
    await expect(page.getByRole('heading', { name: 'Every pixel is delivered' })).toBeVisible({ timeout: 15_000 })
    await expect(page.getByRole('row', { name: /lost/ })).toHaveCount(0)
  }
  // A process that stops in order is not lost.
  await spare.end('SIGTERM')
  await expect((pages[1] as Page).getByRole('row', { name: /^publisher/ })).toHaveCount(1)
  await expect((pages[1] as Page).getByRole('heading', { name: 'Every pixel is delivered' })).toBeVisible()
  for (const server of [one, two, publisher, spare]) await server.dispose()
  await services.dispose()
})

test('A2 the page shows that Redis is down, and that all is well when Redis is up and no commit waits', { tag: '@embedded' }, async ({
  page,
}) => {
  test.setTimeout(120_000)
  const services = await Services.start()
  const server = await FrescoServer.start({ CANVAS_WIDTH: '200', CANVAS_HEIGHT: '120', ...services.env })
  const api = new Api(server.url)
  await api.token()
  await page.goto(`${server.url}/admin`)
  await page.getByLabel('Admin token').fill(server.adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Every pixel is delivered' })).toBeVisible({ timeout: 15_000 })

  await services.redis.kill()
  await expect(page.getByRole('heading', { name: 'Pixels arrive more slowly' })).toBeVisible({ timeout: 20_000 })
  for (let gx = 0; gx < 5; gx++) expect((await api.place(gx, 0, 3)).status).toBe(201)
  const outbox = page.getByRole('listitem').filter({ hasText: 'Outbox' })
  await expect(outbox).toContainText('5 waiting')

  await services.redis.boot()
  await expect(page.getByRole('heading', { name: 'Every pixel is delivered' })).toBeVisible({ timeout: 30_000 })
  await expect(outbox).toContainText('0 waiting')
  const waiting = page.getByRole('region', { name: 'Waiting in the outbox' })
  await expect(waiting.getByText(/^Redis did not answer for \d+ s$/)).toBeVisible({ timeout: 25_000 })
  // The plot has a band in the color of a fault.
  await expect.poll(() => reddish(waiting.locator('canvas')), { timeout: 15_000 }).toBeGreaterThan(100)
  expect((await api.log()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5])
  await server.dispose()
  await services.dispose()
})
