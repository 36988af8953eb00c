/** Every page of the product, in both themes, checked with axe. */
import type { Page } from '@playwright/test'
import { expectAccessible } from './support/axe.ts'
import { adminOf } from './support/boards.ts'
import { expect, Tab, test } from './support/fixtures.ts'
import { Host } from './support/host.ts'
import type { FrescoServer } from './support/server.ts'

const tag = { tag: '@embedded' }

const signIn = async (page: Page, server: FrescoServer, path: string) => {
  await page.goto(server.url + path)
  await page.getByLabel('Admin token').fill(server.adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.locator('[data-level]')).toBeVisible()
}

test('the canvas page and its help are accessible', tag, async ({ page, server }) => {
  const tab = new Tab(page)
  await tab.open(server.url)
  await expectAccessible(page)
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  await expectAccessible(page)
})

test('a board with rules, a message, a finale and a countdown is accessible', tag, async ({ page, server }) => {
  const host = new Host(server)
  const at = new Date(Date.now() + 3_600_000).toISOString()
  await host.patch({ rules: '# Be kind\n\n1. Read the [wiki](https://wiki.example) and `paint`.', onlyColor: 3 })
  await host.announce({ text: 'Hello', level: 'important', lastsMs: null })
  await new Tab(page).open(server.url)
  await expect(page.getByTestId('finale')).toBeVisible()
  await page.keyboard.press('r')
  await expect(page.getByTestId('rules')).toBeVisible()
  await expectAccessible(page)
  await host.patch({ state: 'paused', schedule: [{ type: 'open', at }] })
  await expect(page.getByTestId('opens-in')).toBeVisible()
  await expectAccessible(page)
})

test('the list of boards and the privacy page are accessible', tag, async ({ page, server }) => {
  const headers = { ...adminOf(server), 'content-type': 'application/json' }
  const body = JSON.stringify({ id: 'winter', title: 'Winter', width: 64, height: 64 })
  expect((await fetch(`${server.url}/api/admin/canvases`, { method: 'POST', headers, body })).status).toBe(201)
  await page.goto(server.url)
  await expect(page.getByTestId('board-card')).toHaveCount(2)
  await expectAccessible(page)
  await page.goto(`${server.url}/privacy`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expectAccessible(page)
})

test('a page that is not there and a board that is not there are accessible', tag, async ({ page, server }) => {
  for (const path of ['/c/not-there', '/not/a/page']) {
    await page.goto(server.url + path)
    await expect(page.locator('main a')).toBeVisible()
    await expectAccessible(page)
  }
})

test('the sign-in and the operations page with its dialog are accessible', tag, async ({ page, server }) => {
  await page.goto(`${server.url}/admin`)
  await expect(page.getByLabel('Admin token')).toBeVisible()
  await expectAccessible(page)
  await signIn(page, server, '/admin')
  await expect(page.getByRole('heading', { name: 'Every pixel is delivered' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Pause publishing' }).click()
  await expectAccessible(page, '[role=alertdialog]')
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Log' }).click()
  await expect(page.getByTestId('act').first()).toContainText('An operator signed in')
  await expectAccessible(page)
})

test('the list of boards, the privacy policy and the settings page are accessible', tag, async ({ page, server }) => {
  const host = new Host(server)
  await host.setSite({ accent: '#E0A000', contact: 'Write to [us](mailto:us@example.org).', privacy: '# Policy\n\nNothing is stored.' })
  await host.createBoard('over', { state: 'closed' })
  for (const path of ['/boards', '/privacy']) {
    await page.goto(server.url + path)
    await expect(page.getByTestId('site-links')).toBeVisible()
    await expectAccessible(page)
  }
  await signIn(page, server, '/admin/settings')
  await expect(page.getByTestId('settings-form')).toBeVisible()
  await page.getByLabel('Name', { exact: true }).fill('')
  await page.getByTestId('save').click()
  await expectAccessible(page)
})

test('the boards page is accessible: its form, a wrong field, a step, a new board and a dialog', tag, async ({ page, server }) => {
  await signIn(page, server, '/admin/boards')
  await expect(page.getByTestId('board-form')).toBeVisible()
  await expectAccessible(page)
  await page.getByLabel('Starts with').fill('x')
  for (const type of ['Announce', 'Add a colour', 'Finale']) {
    await page.getByRole('button', { name: 'Add a step' }).click()
    await page.getByTestId('schedule-step').last().getByLabel('What happens').selectOption(type)
  }
  await page.getByRole('button', { name: 'Add an area' }).click()
  await page.getByTestId('save').click()
  await expect(page.locator('[aria-invalid=true]').first()).toBeVisible()
  await expectAccessible(page)
  await page.getByTestId('discard').click()
  await page.getByRole('button', { name: 'Delete…' }).click()
  await expect(page.getByRole('alertdialog')).toBeVisible()
  await expectAccessible(page, '[role=alertdialog]')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'New board' }).click()
  await page.getByRole('button', { name: 'Make the board' }).click()
  await expectAccessible(page)
})

test('the check finds a button without a name and a text without contrast', tag, async ({ page, server }) => {
  await new Tab(page).open(server.url)
  await page.evaluate(() => {
    const [button, text] = [document.createElement('button'), document.createElement('p')]
    text.textContent = 'Too pale'
    text.style.cssText = 'position: fixed; inset: 40% auto auto 40%; z-index: 99; color: #ddd; background: #fff'
    document.querySelector('main')?.append(button, text)
  })
  const failure = await expectAccessible(page).then(
    () => '',
    (error: Error) => error.message,
  )
  expect(failure).toContain('button-name')
  expect(failure).toContain('color-contrast')
})
