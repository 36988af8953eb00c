/** S5: the painters' pages in the language of the visitor. */
import { directionOf, type Language, languageCookie, languages } from '../lib/words/language.ts'
import { pageCatalogues } from '../lib/words/page-catalogues.ts'
import { createPageWords } from '../lib/words/page-words.ts'
import { expectAccessible } from './support/axe.ts'
import { expect, Tab, test } from './support/fixtures.ts'
import { textFaults } from './support/text-faults.ts'

const tag = { tag: '@embedded' }
const wordsOf = (language: Language) => createPageWords(language, pageCatalogues[language])

const firstHtml = async (url: string, headers: Record<string, string>) =>
  (await fetch(url, { headers: { 'user-agent': 'Mozilla/5.0 Chrome/140', ...headers } })).text()

test('S5 the first HTML is in the chosen language, else in the best one for the browser', tag, async ({ server }) => {
  const langOf = async (headers: Record<string, string>) =>
    /<html lang="([^"]*)"/.exec(await firstHtml(`${server.url}/boards`, headers))?.[1]
  expect(await langOf({})).toBe('en')
  expect(await langOf({ 'accept-language': 'de-AT,de;q=0.9,en;q=0.8' })).toBe('de')
  expect(await langOf({ 'accept-language': 'xx, de;q=0.2, en;q=0.1' })).toBe('de')
  expect(await langOf({ 'accept-language': 'xx;q=broken,,;;,*' })).toBe('en')
  expect(await langOf({ 'accept-language': 'en', cookie: 'fresco-language=de' })).toBe('de')
  expect(await langOf({ 'accept-language': 'de', cookie: 'fresco-language=<script>' })).toBe('de')
  const html = await firstHtml(`${server.url}/boards`, { 'accept-language': 'de' })
  expect(html).toContain(wordsOf('de').t('start.boards'))
  // Only the messages of one language are sent.
  expect(html).not.toContain(wordsOf('en').t('notice.other'))
})

test('S5 a visitor chooses another language in the help, and it stays', tag, async ({ page, server }) => {
  await new Tab(page).open(server.url)
  await page.keyboard.press('?')
  await page.getByTestId('language').selectOption('de')
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await expect(page.getByTestId('dock')).toHaveAttribute('aria-label', wordsOf('de').t('dock.palette'))
  await page.goto(`${server.url}/boards`)
  await expect(page.getByTestId('language')).toHaveValue('de')
})

test(
  'S5 the pages fit a narrow phone in every language, and pass axe in one of them that is read from right to left',
  tag,
  async ({ browser, server }) => {
    const context = await browser.newContext({ viewport: { width: 320, height: 640 }, hasTouch: true })
    const page = await context.newPage()
    const fits = async (language: Language) => {
      const faults = await page.evaluate(textFaults)
      expect(
        faults.filter((fault) => fault.startsWith('does not fit')),
        language,
      ).toEqual([])
    }
    for (const language of languages) {
      await context.addCookies([{ name: languageCookie, value: language, url: server.url }])
      await new Tab(page).open(server.url)
      await expect(page.locator('html')).toHaveAttribute('lang', language)
      await expect(page.locator('html')).toHaveAttribute('dir', directionOf(language))
      await fits(language)
      await page.keyboard.press('?')
      await expect(page.getByRole('dialog')).toBeVisible()
      await fits(language)
    }
    await expectAccessible(page, '[role=dialog]')
    await page.goto(`${server.url}/boards`)
    await fits('ar')
    await expectAccessible(page)
    await context.close()
  },
)
