/** Every page in the pseudo-locale. A text without brackets is not translated, and messages that are a third longer must fit. */
import type { Page } from '@playwright/test'
import { languageCookie } from '../lib/words/language.ts'
import { pageCatalogues } from '../lib/words/page-catalogues.ts'
import { expect, Tab, test } from './support/fixtures.ts'
import { Host } from './support/host.ts'
import { pseudoServerEnv, showPseudoLocale } from './support/pseudo-chunks.ts'
import type { FrescoServer } from './support/server.ts'
import { textFaults } from './support/text-faults.ts'

const { de } = pageCatalogues
const tag = { tag: '@embedded' }
test.use({ serverEnv: pseudoServerEnv })

/** The tests go on at the last size. */
const sizes = [
  { width: 1280, height: 800, isTouch: false },
  { width: 320, height: 640, isTouch: true },
] as const
test.use({ viewport: { width: 320, height: 640 }, hasTouch: true })

/** What is shown is translated and fits, in a window and on a phone. */
const fits = async (page: Page) => {
  await expect(page.getByText('⟦').filter({ visible: true }).first()).toBeVisible()
  const devTools = await page.context().newCDPSession(page)
  for (const { width, height, isTouch } of sizes) {
    await devTools.send('Emulation.setTouchEmulationEnabled', { enabled: isTouch })
    await page.setViewportSize({ width, height })
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    expect(await page.evaluate(textFaults), `at ${width} px`).toEqual([])
  }
  await devTools.detach()
}

const problem = (status: number, code: string) => ({
  status,
  contentType: 'application/problem+json',
  body: JSON.stringify({ type: 'about:blank', title: code, status, code, detail: code }),
})

const signIn = async (page: Page, server: FrescoServer) => {
  await page.locator('input').fill(server.adminToken)
  await page.locator('[type=submit]').click()
  await expect(page.locator('[data-level]')).toBeVisible()
}

test('the canvas page, its help and its notices are translated and fit', tag, async ({ page, server }) => {
  await showPseudoLocale(page)
  const tab = new Tab(page)
  await tab.open(server.url)
  await fits(page)
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  await fits(page)
  await page.keyboard.press('Escape')

  for (const [status, code] of [
    [422, 'color_not_in_palette'],
    [403, 'forbidden'],
    [429, 'cooldown'],
    [403, 'banned'],
    [503, 'overloaded'],
  ] as const) {
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    await page.route('**/api/pixels', (route) => route.fulfill(problem(status, code)))
    await page.getByTestId('board').focus()
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('notice')).toBeVisible()
    await fits(page)
  }
})

test('the rules, the messages and the states of a board are translated and fit', tag, async ({ page, server }) => {
  const host = new Host(server)
  const at = new Date(Date.now() + 30 * 86_400_000).toISOString()
  await host.patch({ title: '⟦Main⟧', visibility: 'link', cooldownMs: 3_600_000, onlyColor: 3, schedule: [{ type: 'close', at }] })
  await host.patch({ protectedAreas: [{ gx: 1, gy: 1, width: 9, height: 9 }], rules: '⟦Be kind.⟧ [⟦Wiki⟧](https://wiki.example)' })
  await host.announce({ text: '⟦Hello⟧', level: 'important', lastsMs: null })
  await showPseudoLocale(page)
  await new Tab(page).open(`${server.url}/c/main`)
  await expect(page.getByTestId('announcement-card')).toBeVisible()
  await expect(page.getByTestId('finale')).toBeVisible()
  await fits(page)
  await page.keyboard.press('r')
  await expect(page.getByTestId('rules')).toBeVisible()
  await fits(page)
  await page.keyboard.press('Escape')
  for (const change of [
    { state: 'paused', schedule: [{ type: 'open', at }] },
    { state: 'paused', schedule: [] },
    { state: 'closed' },
    { archived: true },
  ]) {
    const kind = await page.getByTestId('dock').textContent()
    await host.patch(change)
    await expect(page.getByTestId('dock')).not.toHaveText(kind ?? '')
    await fits(page)
  }
})

for (const [name, path] of [
  ['a board that is not there', '/c/not-there'],
  ['an address that is not there', '/not/a/page'],
] as const) {
  test(`the page of ${name} is translated and fits`, tag, async ({ page, server }) => {
    await showPseudoLocale(page)
    await page.goto(server.url + path)
    await expect(page.locator('main a')).toBeVisible()
    await fits(page)
  })
}

test('the list of boards and the privacy policy are translated and fit', tag, async ({ page, server }) => {
  const host = new Host(server)
  await host.setSite({ name: '⟦Site⟧', description: '⟦A description⟧', contact: '⟦Contact⟧', privacy: '⟦Policy⟧' })
  const at = new Date(Date.now() + 3_600_000).toISOString()
  await host.createBoard('later', { state: 'paused', schedule: [{ type: 'open', at }] })
  await host.createBoard('ends', { schedule: [{ type: 'close', at }] })
  for (const state of ['paused', 'closed']) await host.createBoard(state, { state })
  await showPseudoLocale(page)
  await page.goto(`${server.url}/boards`)
  await expect(page.getByTestId('opens-in')).toBeVisible()
  await fits(page)
  const failing = /thumbnail\.png|api\/canvases$/
  await page.route(failing, (route) => route.abort())
  await page.reload()
  await expect(page.getByTestId('thumbnail').first()).toHaveAttribute('data-state', 'failed')
  await expect(page.getByTestId('board-list')).toHaveAttribute('data-state', 'failed')
  await fits(page)
  await page.goto(`${server.url}/privacy`)
  await fits(page)
  await page.unroute(failing)
  for (const id of ['main', 'later', 'ends', 'paused', 'closed']) await host.patch({ visibility: 'link' }, id)
  await page.goto(`${server.url}/boards`)
  await expect(page.locator('main a')).toBeVisible()
  await fits(page)
})

test('the settings page is translated and fits', tag, async ({ page, server }) => {
  await showPseudoLocale(page)
  await page.goto(`${server.url}/admin/settings`)
  await page.locator('input').fill(server.adminToken)
  await page.locator('[type=submit]').click()
  await expect(page.getByTestId('settings-form')).toBeVisible()
  await fits(page)
  await page.locator('input[name=name]').fill('')
  await page.locator('input[name=hex]').fill('x')
  await page.locator('textarea[name=privacy]').fill(`⟦${'x'.repeat(9_000)}⟧`)
  await page.getByTestId('save').click()
  await expect(page.locator('input[name=name]')).toHaveAttribute('aria-invalid', 'true')
  await fits(page)
})

test('the pages of a board that cannot be loaded or drawn are translated and fit', tag, async ({ page, server }) => {
  await showPseudoLocale(page)
  await page.route('**/api/canvases/main', (route) => route.abort())
  await page.goto(server.url)
  await expect(page.getByRole('heading')).toBeVisible()
  await fits(page)
  await page.unroute('**/api/canvases/main')
  await page.addInitScript(() => {
    HTMLCanvasElement.prototype.getContext = () => null
  })
  await page.reload()
  await expect(page.getByRole('heading')).toBeVisible()
  await fits(page)
})

test('the page of an unexpected error is translated and fits', tag, async ({ page, server }) => {
  await showPseudoLocale(page)
  await page.addInitScript(() => {
    window.matchMedia = () => {
      throw new Error('no media queries')
    }
  })
  await page.goto(server.url)
  await expect(page.locator('main button')).toBeVisible()
  await fits(page)
})

test('the operations page, its sign-in and its dialog are translated and fit', tag, async ({ page, server }) => {
  await showPseudoLocale(page)
  await page.goto(`${server.url}/admin`)
  await expect(page.locator('input')).toBeVisible()
  await fits(page)
  await page.locator('input').fill('not-the-token')
  await page.locator('[type=submit]').click()
  await expect(page.getByRole('alert').filter({ hasText: '⟦' })).toBeVisible()
  await fits(page)
  await signIn(page, server)
  await fits(page)
  await page.locator('header button').first().click()
  await expect(page.getByRole('alertdialog')).toBeVisible()
  await fits(page)
  await page.getByRole('alertdialog').getByRole('button').last().click()
  await expect(page.locator('[data-level=waiting]')).toBeVisible()
  await fits(page)
  await page.locator('nav a').nth(1).click()
  await expect(page.getByTestId('board-form')).toBeVisible()
  await fits(page)
  await page.locator('input[name=cooldownMs]').fill('x')
  for (const type of ['pace', 'grow', 'colors', 'announce', 'finale']) {
    await page.getByTestId('schedule').locator('button').last().click()
    await page.getByTestId('schedule-step').last().locator('select[name=type]').selectOption({ value: type })
  }
  await page.getByTestId('save').click()
  await expect(page.locator('[aria-invalid=true]').first()).toBeVisible()
  await fits(page)
  await page.getByTestId('discard').click()
  await page.getByTestId('danger-zone').locator('button').last().click()
  await expect(page.getByRole('alertdialog')).toBeVisible()
  await fits(page)
  await page.keyboard.press('Escape')
  await page.getByTestId('add-board').click()
  await page.getByTestId('new-board').locator('[type=submit]').click()
  await fits(page)
})

test(
  'the language of the page is that of its messages, and the check finds what is not translated or does not fit',
  tag,
  async ({ page, server }) => {
    // The pseudo-locale replaces English only.
    await page.context().addCookies([{ name: languageCookie, value: 'de', url: server.url }])
    await page.goto(server.url)
    await expect(page.locator('html')).toHaveAttribute('lang', 'de')
    await expect(page.getByText(de.connection.live, { exact: true })).toBeVisible()
    const german = await page.evaluate(textFaults)
    expect(german).toContainEqual(expect.stringContaining(`not translated: ${de.connection.live}`))
    await page.getByTestId('connection').evaluate((element) => {
      element.style.cssText = 'width: 8px; overflow: hidden; display: block'
    })
    expect(await page.evaluate(textFaults)).toContainEqual(expect.stringContaining(`does not fit: ${de.connection.live}`))
  },
)
