/** Pages still work after a translation or an extension has changed their texts. */
import type { Page } from '@playwright/test'
import { expect, Tab, test } from './support/fixtures.ts'
import { changeTextsAtLoad, changeTextsNow, type ForeignChange } from './support/translate.ts'

const changes: readonly ForeignChange[] = ['wrapped', 'replaced', 'removed']
const tag = { tag: '@embedded' }

const testOperationsPages = (change: ForeignChange) => {
  test('the operations page signs in, asks, pauses, resumes, reports silence and signs out', tag, async ({ server, api, page }) => {
    const tab = new Tab(page)
    await page.goto(`${server.url}/admin`)
    await expect(page.locator('input')).toBeVisible()
    await changeTextsNow(page, change)
    const level = (name: string) => expect(page.locator(`[data-level="${name}"]`)).toBeVisible({ timeout: 30_000 })
    await page.locator('input').fill('not-the-token')
    await page.locator('[type=submit]').click()
    await expect(page.locator('[aria-invalid=true]')).toBeVisible()
    await page.locator('input').fill(server.adminToken)
    await page.locator('[type=submit]').click()
    await level('well')

    const pauses = page.locator('header button').first()
    await pauses.click()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('alertdialog')).toHaveCount(0)
    await pauses.click()
    await page.getByRole('alertdialog').locator('button').last().click()
    await level('waiting')
    expect((await api.place(9, 9, 3)).status).toBe(201)
    await pauses.click()
    await level('well')
    await signalSilence(page, server, level)
    await page.locator('header button').last().click()
    await expect(page.locator('input')).toBeVisible()
    expect(tab.pageErrors).toEqual([])
  })

  test('a dead letter appears, is confirmed, and disappears', tag, async ({ server, page }) => {
    const tab = new Tab(page)
    let dead = [{ id: 'a', canvas: 'main', tile: 0, seq: 7, pixelCount: 3, attempts: 5, error: null, diedAt: new Date().toISOString() }]
    await page.route('**/api/admin/outbox/dead', (route) => route.fulfill({ json: { paused: false, stuck: [], dead } }))
    await page.route('**/api/admin/outbox/dead/a/discard', (route) => {
      dead = []
      return route.fulfill({ status: 204 })
    })
    await page.goto(`${server.url}/admin`)
    await page.locator('input').fill(server.adminToken)
    await page.locator('[type=submit]').click()
    await expect(page.locator('td button')).toHaveCount(2)
    await changeTextsNow(page, change)
    await page.locator('td button').last().click()
    await page.getByRole('alertdialog').locator('button').last().click()
    await expect(page.locator('td button')).toHaveCount(0)
    expect(tab.pageErrors).toEqual([])
  })

  test('the boards are edited, refused, discarded and saved', tag, async ({ server, page }) => {
    const tab = new Tab(page)
    await page.goto(`${server.url}/admin/boards`)
    await expect(page.locator('input')).toBeVisible()
    await changeTextsNow(page, change)
    await page.locator('input').fill(server.adminToken)
    await page.locator('[type=submit]').click()
    const [save, discard] = [page.getByTestId('save'), page.getByTestId('discard')]
    await page.locator('input[name=startCharges]').fill('x')
    await save.click()
    await expect(page.locator('[aria-invalid=true]')).toBeVisible()
    await discard.click()
    await expect(page.locator('[aria-invalid=true]')).toHaveCount(0)
    await page.getByRole('radio').nth(1).click()
    await save.click()
    await expect(page.locator('[data-testid=boards] [data-state=paused]')).toBeVisible()
    await page.locator('nav a').first().click()
    await expect(page.locator('header button')).toHaveCount(2)
    await page.locator('nav a').nth(1).click()
    await expect(page.locator('header button')).toHaveCount(1)
    expect(tab.pageErrors).toEqual([])
  })
}

for (const change of changes) {
  test.describe(`every text is ${change}`, () => {
    test.describe('on the canvas', () => {
      test.use({ serverEnv: { COOLDOWN_MS: '1000', MAX_CHARGES: '2', START_CHARGES: '2' } })

      test('painting, refusals, an outage, help, tooltips and a copied link work', tag, async ({ api, server, openTab }) => {
        const tab = await openTab()
        const { page } = tab
        await changeTextsNow(page, change)
        const says = async (testId: string, words: RegExp) => {
          if (change === 'removed') await expect(page.getByTestId(testId)).toBeAttached()
          else await expect(page.getByTestId(testId)).toContainText(words)
        }
        await tab.chooseColor(5)
        await tab.click(20, 30)
        await tab.click(21, 30)
        await tab.click(22, 30)
        await says('notice', /That was your last pixel/)
        await says('charges', /next in 0:01/)
        await says('charges', /2 of 2 pixels.*all there/)
        await expect(page.getByTestId('notice')).toHaveCount(0)

        await page.keyboard.press('?')
        await page.getByRole('switch').click()
        await page.keyboard.press('Escape')
        await expect(page.getByRole('dialog')).toHaveCount(0)
        for (const button of await page.locator('header ~ div button').all()) {
          await button.hover()
          await button.click()
          await page.keyboard.press('Escape')
        }
        await page.getByTestId('coordinates').click()
        await says('coordinates', /Link/)
        await tab.click(40, 30)
        await says('coordinates', /40, 30/)

        await server.end('SIGKILL')
        await tab.isConnected('offline')
        await tab.click(41, 30)
        await says('charges', /1 pixel waiting/)
        await server.boot()
        await tab.isConnected('live')
        await expect.poll(() => tab.pending()).toBe(0)
        await tab.shows(api)
        expect((await api.settledBoard()).bytes[30 * 256 + 41]).toBe(5)
        expect(tab.pageErrors).toEqual([])
      })

      test('a phone folds its palette, and paints', tag, async ({ api, openTab }) => {
        const tab = await openTab({ context: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } })
        const { page } = tab
        await changeTextsNow(page, change)
        const { x, y } = await tab.pointOf(100, 40)
        await page.touchscreen.tap(x, y)
        await page.getByRole('button', { name: 'Fold the palette' }).tap()
        await page.getByTestId('dock').locator('button').first().tap()
        await page.getByRole('button', { name: 'Show the palette' }).tap()
        await expect.poll(async () => (await api.settledBoard()).seq).toBe(1)
        await tab.shows(api)
        expect(tab.pageErrors).toEqual([])
      })

      test('a paused board opens again', tag, async ({ page, server }) => {
        const tab = new Tab(page)
        let state = 'paused'
        await page.route('**/api/canvases/main', async (route) => {
          const answer = await (await route.fetch({ maxRetries: 2 })).json()
          await route.fulfill({ json: { ...answer, state, rev: state === 'paused' ? answer.rev - 1 : answer.rev } })
        })
        await page.goto(server.url)
        await expect(page.getByTestId('board-state')).toBeVisible()
        await changeTextsNow(page, change)
        state = 'open'
        // The next message about the board has its new settings.
        await page.context().setOffline(true)
        await tab.isConnected('offline', 30_000)
        await page.context().setOffline(false)
        await expect(page.getByRole('radiogroup')).toBeVisible()
        expect(tab.pageErrors).toEqual([])
      })
    })

    // Removed texts are missed in every way in which replaced ones are.
    if (change !== 'replaced') testOperationsPages(change)

    test('every page starts although its texts were changed before', tag, async ({ server, page }) => {
      const tab = new Tab(page)
      await changeTextsAtLoad(page, change)
      for (const [path, control] of [
        ['/', '[data-testid=board] canvas'],
        ['/admin', 'input'],
        ['/admin/boards', 'input'],
        ['/boards', 'main a'],
        ['/c/not-there', 'main a'],
        ['/not/a/page', 'main a'],
      ] as const) {
        await page.goto(server.url + path)
        await expect(page.locator(control), path).toBeVisible()
        if (control === 'main a') await page.locator(control).click()
        if (control !== 'input') await tab.isConnected('live')
        expect(tab.pageErrors, path).toEqual([])
      }
    })

    test('a board that cannot be loaded is reported, and is loaded later', tag, async ({ server, page }) => {
      const tab = new Tab(page)
      await page.route('**/api/canvases/main', (route) => route.abort())
      await page.goto(server.url)
      await expect(page.getByRole('heading')).toBeVisible()
      await changeTextsNow(page, change)
      await page.unroute('**/api/canvases/main')
      await tab.isConnected('live')
      expect(tab.pageErrors).toEqual([])
    })
  })
}

test('a canvas page from which an extension removes parts renders them again, and the board still works', tag, async ({ api, openTab }) => {
  const tab = await openTab()
  const { page } = tab
  let loads = 0
  page.on('load', () => loads++)
  await page.getByTestId('hint').evaluate((hint) => hint.remove())
  await tab.click(20, 30)
  await tab.shows(api)
  await page.keyboard.press('?')
  await page.getByRole('dialog').evaluate((dialog) => dialog.remove())
  await page.keyboard.press('Escape')
  const row = page.getByTestId('dock').locator('> div')
  await row.evaluate((element) => element.replaceWith(document.createElement('b')))
  await page.setViewportSize({ width: 600, height: 800 })
  await expect(row).toBeVisible()
  await page.setViewportSize({ width: 1280, height: 800 })
  await expect(row).toBeVisible()
  await tab.isConnected('live')
  await tab.click(21, 30)
  await tab.shows(api)
  expect((await api.settledBoard()).seq).toBe(2)
  expect(loads).toBe(0)
})

test('an operations page from which an extension removes a dialog still works', tag, async ({ server, page }) => {
  await page.goto(`${server.url}/admin`)
  await page.locator('input').fill(server.adminToken)
  await page.locator('[type=submit]').click()
  await page.getByRole('button', { name: 'Pause publishing' }).click()
  await page.getByRole('alertdialog').evaluate((dialog) => dialog.remove())
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Pause publishing' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Pause publishing' }).click()
  await expect(page.getByRole('heading', { name: 'Publishing is paused' })).toBeVisible()
})

const signalSilence = async (
  page: Page,
  server: { signal(signal: 'SIGSTOP' | 'SIGCONT'): void },
  level: (name: string) => Promise<void>,
) => {
  server.signal('SIGSTOP')
  await level('wrong')
  server.signal('SIGCONT')
  await level('well')
  await expect(page.getByRole('alertdialog')).toHaveCount(0)
}
