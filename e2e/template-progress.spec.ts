/** The card of a template that painters follow: numbers, colours, areas, look and assist. */
import type { AutomationHandle } from '../components/canvas/automation-handle.ts'
import { expectAccessible } from './support/axe.ts'
import { expect, type Tab, test } from './support/fixtures.ts'
import { withTemplates } from './support/templates.ts'

const tag = { tag: '@embedded' }
const [red, blue] = [2, 12]
const part = (tab: Tab, name: string) => tab.page.getByTestId(`template-${name}`)

test(
  'T10 T11 T12 T13 T19: the card counts, filters, leads to areas, changes the look, and says which cells disagree',
  tag,
  async ({ api, server, openTab }) => {
    await api.placeAll([
      { gx: 40, gy: 30, color: blue },
      { gx: 41, gy: 30, color: red },
    ])
    const templates = [
      { name: 'Flag', x: 40, y: 30, rows: [[blue, blue, blue, red]] },
      { name: 'Under', x: 42, y: 30, rows: [[blue, blue]] },
    ]
    const tab = await openTab({ path: '/#x=60&y=50&z=10', prepare: withTemplates(server.url, templates) })
    await tab.page.keyboard.press('Shift+T')
    await expect(part(tab, 'percent')).toHaveText('25 %')
    await expect(part(tab, 'left')).toHaveText('3 left to paint')
    await expect(tab.page.getByRole('img', { name: '1 right, 1 wrong, 2 missing' })).toBeVisible()
    await expectAccessible(tab.page, 'section[role="dialog"]')

    // One filter for the list, the areas and the next cell.
    await tab.page.locator(`[data-template-color="${red}"]`).click()
    await expect(part(tab, 'areas')).toHaveText('32, 16: 1 cell left')
    await expect(part(tab, 'colors').getByRole('listitem')).toHaveCount(1)
    await part(tab, 'next').click()
    await expect(tab.page.getByTestId('announcement')).toContainText('43, 30. Wants red, shows white.')
    await tab.page.getByRole('button', { name: 'Show all colours' }).click()
    await expect(part(tab, 'areas')).toHaveText('32, 16: 3 cells left')
    await part(tab, 'areas').getByRole('button').click()
    await expect(tab.page.getByTestId('announcement')).toContainText('Wants')

    // The symbols are on the palette, too.
    await part(tab, 'look').getByRole('radio', { name: 'Symbols' }).click()
    await expect(tab.page.locator(`[data-color="${red}"]:visible [data-symbol="${red}"]`)).toBeVisible()
    await part(tab, 'look').getByRole('radio', { name: 'Dots' }).click()
    await expect(part(tab, 'look').getByRole('radio', { name: 'Medium' })).toBeChecked()
    await expect(tab.page.locator('[data-symbol]')).toHaveCount(0)

    await part(tab, 'assist').click()
    await expect(part(tab, 'assist')).toBeChecked()
    await tab.click(42, 30)
    await expect(part(tab, 'percent')).toHaveText('50 %')
    await tab.page.getByRole('button', { name: 'Under' }).first().click()
    await expect(part(tab, 'disagreement')).toHaveText('1 cell disagrees with Flag.')
    expect(tab.pageErrors).toEqual([])
  },
)

test.describe('a large board', () => {
  test.use({ serverEnv: { CANVAS_WIDTH: '4000', CANVAS_HEIGHT: '4000', CANVAS_TILE_SIZE: '64' } })

  test('T10: a template joins 64 tiles beyond the view, and the card counts only what is loaded', tag, async ({ server, openTab }) => {
    const side = 1_000
    const rows = Array.from({ length: side }, () => Array.from({ length: side }, () => blue))
    const path = '/#x=2000&y=2000&z=20'
    const tab = await openTab({
      path,
      isLive: false,
      context: { viewport: { width: 740, height: 360 }, hasTouch: true, isMobile: true },
      prepare: withTemplates(server.url, [{ name: 'Large', x: 1_900, y: 1_900, rows }]),
    })
    const counted = () =>
      tab.page.evaluate(() => {
        const counts = (globalThis as { __fresco?: AutomationHandle }).__fresco?.templates()['Large']
        return counts ? { shown: counts.missing, all: counts.missing + counts.unloaded } : null
      })
    // 64 tiles beyond the view, of which the template covers the first row in part, and fewer than 20 in it or near it.
    await expect.poll(async () => ((await counted())?.shown ?? 0) / 64 ** 2, { timeout: 20_000 }).toBeGreaterThan(45)
    const { shown = 0, all = 0 } = (await counted()) ?? {}
    expect(all).toBe(side * side)
    expect(shown / 64 ** 2).toBeLessThan(64 + 20)
    await tab.page.getByRole('button', { name: 'Templates' }).first().tap()
    await expect(part(tab, 'numbers')).toContainText('Of the parts that are loaded')
    // On a phone in landscape, the next cell is beside the card.
    await part(tab, 'next').scrollIntoViewIfNeeded()
    await part(tab, 'next').tap()
    await expect(tab.page.getByTestId('announcement')).toContainText('Wants dark blue')
    expect(tab.pageErrors).toEqual([])
  })
})
