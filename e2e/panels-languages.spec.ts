/** Every panel, by keys alone, in three languages, one of which is read from right to left. */
import { join } from 'node:path'
import { languageCookie } from '../lib/words/language.ts'
import { expectAccessible } from './support/axe.ts'
import { expect, test } from './support/fixtures.ts'

const tag = { tag: '@embedded' }
const panelKeys = ['Shift+T', 'a', 'l', 's', ',', 'r', '?']

for (const language of ['en', 'de', 'ar'] as const) {
  test(
    `axe finds nothing on any panel in the language ${language}, and keys open and close each`,
    tag,
    async ({ api, server, openTab }) => {
      await api.place(50, 50, 3)
      const tab = await openTab({
        path: '/#x=50&y=50&z=20',
        prepare: (page) => page.context().addCookies([{ name: languageCookie, value: language, url: server.url }]),
      })
      const { page } = tab
      const dialog = page.getByRole('dialog')
      for (const key of panelKeys) {
        await page.keyboard.press(key)
        await expect(dialog, key).toBeVisible()
        if (key === 'Shift+T') {
          await page
            .getByTestId('template-file')
            .first()
            .setInputFiles(join(import.meta.dirname, '../lib/templates/samples/plain.png'))
          await expect(page.getByTestId('placing')).toBeVisible()
          await page.getByTestId('board').focus()
          await page.keyboard.press('Enter')
          await expect(page.getByTestId('template-row')).toBeVisible()
        }
        await expectAccessible(page, '[role=dialog]')
        await page.keyboard.press('Escape')
        await expect(dialog, key).toHaveCount(0)
      }
      await page.getByTestId('board').focus()
      await page.keyboard.press('ArrowLeft')
      await page.keyboard.press('i')
      await expect(page.getByTestId('inspector')).toBeVisible()
      await expectAccessible(page, '[data-testid=inspector]')
      expect(tab.pageErrors).toEqual([])
    },
  )
}
