/** The checks of the setup, as a host makes them under Settings. */
import { expectAccessible } from './support/axe.ts'
import { expect, test } from './support/fixtures.ts'

test.use({ serverEnv: { ADMIN_TOKEN: 'change-me-please-this-is-a-secret-text' } })

test('a host makes the checks by keyboard, reads what is wrong, and sees when the server is away', {
  tag: '@embedded',
}, async ({ server, page }) => {
  await page.goto(`${server.url}/admin/settings`)
  await page.getByLabel('Admin token').fill(server.adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  const card = page.getByTestId('checks')
  await expect(card).toHaveAttribute('data-state', 'never')
  await page.getByRole('button', { name: 'Check now' }).press('Enter')
  await expect(card).toHaveAttribute('data-state', 'checked')
  await expect(card).toContainText('problem')
  const weak = page.locator('[data-check="secrets"]')
  await expect(weak).toHaveAttribute('data-state', 'problem')
  await expect(weak).toContainText('ADMIN_TOKEN can be guessed')
  await expect(weak).toContainText('openssl rand -hex 32')
  await expect(page.locator('[data-check="node"]')).toBeHidden()
  await page.getByText(/\d+ checks are well/).press('Enter')
  await expect(page.locator('[data-check="node"]')).toBeVisible()
  await page
    .locator('summary')
    .filter({ hasText: /could not be made/ })
    .press('Enter')
  await expect(page.locator('[data-check="reachable"]')).toContainText('PUBLIC_URL is not set')
  await expectAccessible(page)

  await page.reload()
  await expect(card).toHaveAttribute('data-state', 'checked')
  await page.route('**/api/admin/checks', (route) => route.abort())
  await page.getByRole('button', { name: 'Check again' }).press('Enter')
  await expect(card).toHaveAttribute('data-state', 'failed')
  await expect(weak).toBeVisible()
})
