/** Webhooks, from the page where a host adds one to the program that receives an event. */
import { Webhook } from 'standardwebhooks'
import { startReceiver } from '../server/webhooks/receiver.fixture.ts'
import { expectAccessible } from './support/axe.ts'
import { expect, test } from './support/fixtures.ts'
import { Host } from './support/host.ts'

test.use({ serverEnv: { WEBHOOKS_ALLOW_PRIVATE: '1' } })

test('a host adds a webhook by keyboard, gets the closing of a board once, and sends a failed test again', {
  tag: '@embedded',
}, async ({ server, page }) => {
  let status = 200
  const receiver = await startReceiver((response) => response.writeHead(status).end('the answer'))
  await page.goto(`${server.url}/admin/webhooks`)
  await page.getByLabel('Admin token').fill(server.adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'No webhook is set up' })).toBeVisible()
  await page.getByRole('button', { name: 'Add webhook' }).press('Enter')
  const address = page.getByLabel('Address')
  await address.fill('ftp://example.com')
  await address.press('Enter')
  await expect(address).toHaveAttribute('aria-invalid', 'true')
  await expectAccessible(page)
  await address.fill(receiver.url)
  await address.press('Enter')
  const secret = (await page.getByTestId('webhook-secret').textContent()) ?? ''
  await expectAccessible(page)
  await page.getByRole('button', { name: 'I have it' }).press('Enter')
  await expect(page.getByTestId('webhook-secret')).toBeHidden()

  await new Host(server).patch({ state: 'closed' })
  const row = page.getByTestId('delivery')
  await expect(row).toHaveAttribute('data-state', 'delivered')
  await expect(row).toContainText('A board closes')
  expect(receiver.received).toHaveLength(1)
  const [{ body, headers } = { body: '', headers: {} }] = receiver.received
  expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
    type: 'canvas.closed',
    data: { canvas: { id: 'main', state: 'closed' }, was: 'open' },
  })

  status = 410
  await page.getByRole('button', { name: 'Send a test' }).press('Enter')
  await expect(page.getByText('Disabled: the address no longer exists')).toBeVisible()
  status = 200
  await page.getByRole('button', { name: 'Enable' }).press('Enter')
  const failed = row.filter({ hasText: 'A test' })
  await expect(failed).toContainText('Status 410')
  await failed.getByText('Details').press('Enter')
  await expect(failed).toContainText('the answer')
  await expectAccessible(page)
  await failed.getByRole('button', { name: 'Send again' }).press('Enter')
  await expect(failed).toHaveAttribute('data-state', 'delivered')
  expect(new Set(receiver.received.slice(1).map((one) => one.headers['webhook-id'])).size).toBe(1)

  await page.getByRole('button', { name: 'Delete' }).press('Enter')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).press('Enter')
  await expect(page.getByRole('heading', { name: 'No webhook is set up' })).toBeVisible()
  await receiver.close()
})
