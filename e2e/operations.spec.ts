import { Api } from './support/api.ts'
import { expect, test } from './support/fixtures.ts'
import { FrescoServer } from './support/server.ts'
import { Services } from './support/services.ts'

test('an operator signs in, sees pixels being delivered, and hears when the server falls silent', async ({ server, api, page }) => {
  await page.goto(`${server.url}/admin`)
  await page.getByLabel('Admin token').fill('not-the-token')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'This is not the admin token.' })).toBeVisible()

  await page.getByLabel('Admin token').fill(server.adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Every pixel is delivered' })).toBeVisible()
  await expect(page.getByRole('cell', { name: 'publisher' })).toBeVisible()

  await api.token()
  for (let gx = 0; gx < 5; gx++) expect((await api.place(gx, 0, 3)).status).toBe(201)
  await expect(page.getByText('5 since the start')).toBeVisible()
  await expect(page.getByRole('row', { name: /^publisher running 5 0/ })).toBeVisible()

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

test('A2 the page tells that Redis is away, and that all is well when it is back and nothing waits', { tag: '@embedded' }, async ({
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
  expect((await api.log()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5])
  await server.dispose()
  await services.dispose()
})
