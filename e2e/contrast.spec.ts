/** Contrast themes of Windows and `prefers-contrast`, measured in screenshots and not in style sheets. */
import type { Locator, Page } from '@playwright/test'
import { decode } from 'fast-png'
import { expect, Tab, test } from './support/fixtures.ts'

type Rgb = readonly [number, number, number]

/** Reads single pixels of a screenshot. */
const lookAt = async (page: Page) => {
  const { width, channels, data } = decode(await page.screenshot())
  return (x: number, y: number): Rgb => {
    const at = (Math.round(y) * width + Math.round(x)) * channels
    return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0]
  }
}

const luminance = (color: Rgb) => {
  const [red = 0, green = 0, blue = 0] = color.map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
const contrast = (one: Rgb, other: Rgb) => {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

const boxOf = async (locator: Locator) => {
  const box = await locator.boundingBox()
  if (!box) throw new Error('it is not there')
  return box
}

/** Compares a point inside a mark or a button with its surroundings, after its animation has ended. */
const standsOut = (locator: Locator, inside: 'middle' | 'corner' = 'middle') =>
  expect(async () => {
    const { x, y, width, height } = await boxOf(locator)
    const colorAt = await lookAt(locator.page())
    const within = colorAt(x + width / 2, y + (inside === 'middle' ? height / 2 : 4))
    expect(contrast(within, colorAt(x - 2, y + height / 2)), String(locator)).toBeGreaterThan(3)
  }).toPass({ timeout: 5_000 })

const hex = (color: Rgb) =>
  `#${color
    .map((value) => value.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()}`
const windows = { viewport: { width: 1280, height: 800 } }
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
const tag = { tag: '@embedded' }

const colorSchemes = ['light', 'dark'] as const

for (const [name, device] of [
  ['window', windows],
  ['phone', phone],
] as const) {
  test(`forced colours in a ${name}: the palette keeps its colours, and the chosen one is marked`, tag, async ({ api, openTab }) => {
    const tab = await openTab({ context: { ...device, forcedColors: 'active' } })
    const { palette } = (await (await fetch(`${api.url}/api/canvases/main`)).json()) as { palette: string[] }
    await tab.chooseColor(5)
    await tab.page.mouse.move(200, 200)
    for (const colorScheme of colorSchemes) {
      await tab.page.emulateMedia({ colorScheme })
      await expect
        .poll(async () => {
          const colorAt = await lookAt(tab.page)
          const shown = []
          for (let index = 0; index < palette.length; index++) {
            const { x, y, width, height } = await boxOf(tab.page.locator(`[data-color="${index}"]`))
            shown.push(hex(colorAt(x + width / 2, y + height / 2)))
          }
          return shown
        })
        .toEqual(palette)
      const colorAt = await lookAt(tab.page)
      const beside = async (index: number) => {
        const { x, y, height } = await boxOf(tab.page.locator(`[data-color="${index}"]`))
        return colorAt(x - 3, y + height / 2)
      }
      const [chosen, other] = [await beside(5), await beside(9)]
      expect(contrast(chosen, other), colorScheme).toBeGreaterThan(3)
    }
  })
}

for (const colorScheme of colorSchemes) {
  const forced = { forcedColors: 'active', colorScheme } as const

  test(`forced ${colorScheme} colors: every state of the canvas page is visible`, tag, async ({ server, openTab }) => {
    const tab = await openTab({ context: { ...windows, ...forced } })
    const { page } = tab
    await standsOut(page.locator('header p > span').first())
    const grid = page.getByRole('button', { name: 'Grid' })
    await grid.click()
    await page.mouse.move(600, 300)
    await standsOut(grid, 'corner')
    await page.keyboard.press('?')
    const letters = page.getByRole('switch')
    await letters.scrollIntoViewIfNeeded()
    for (const isOn of [true, false]) {
      await expect(letters).toHaveAttribute('aria-checked', String(isOn))
      // The thumb of the switch needs a moment to move.
      await expect(async () => {
        const thumb = await boxOf(letters.locator('span'))
        const track = await boxOf(letters)
        const colorAt = await lookAt(page)
        const onTrack = colorAt(track.x + track.width / 2, track.y + 1)
        expect(contrast(colorAt(thumb.x + thumb.width / 2, thumb.y + thumb.height / 2), onTrack)).toBeGreaterThan(3)
        expect(contrast(colorAt(track.x - 2, track.y + track.height / 2), onTrack)).toBeGreaterThan(3)
      }).toPass()
      await letters.click()
    }
    await page.keyboard.press('Escape')
    await server.end('SIGKILL')
    await tab.isConnected('offline')
    await standsOut(page.locator('header p > span').first())
    await tab.click(20, 30)
    await standsOut(page.getByTestId('notice').locator('span[aria-hidden]'))
  })

  test(`forced ${colorScheme} colors: every state of the operations page is visible`, tag, async ({ server, browser }) => {
    const page = await (await browser.newContext({ ...windows, ...forced })).newPage()
    const tab = new Tab(page)
    await page.goto(`${server.url}/admin`)
    await standsOut(page.getByRole('button'), 'corner')
    await page.getByLabel('Admin token').fill(server.adminToken)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('heading', { name: 'Every pixel is delivered' })).toBeVisible()
    await standsOut(page.locator('h1 i'))
    await standsOut(page.locator('td i').first())
    await page.getByRole('button', { name: 'Pause publishing' }).click()
    await standsOut(page.getByRole('alertdialog').getByRole('button').last(), 'corner')
    await page.getByRole('alertdialog').getByRole('button').last().click()
    await expect(page.getByRole('heading', { name: 'Publishing is paused' })).toBeVisible()
    await standsOut(page.locator('[data-here=true] i'))
    await page.getByRole('link', { name: 'Boards' }).click()
    await standsOut(page.getByTestId('boards').locator('td i'))
    const open = page.getByRole('radio', { name: 'Open' })
    await standsOut(open.locator('[data-state=checked]'))
    await page.getByLabel('Title').fill('Finale')
    await standsOut(page.getByTestId('save'), 'corner')
    expect(tab.pageErrors).toEqual([])
  })

  test(`forced ${colorScheme} colors: a page that does not exist has a link to the board`, tag, async ({ server, browser }) => {
    const page = await (await browser.newContext({ ...windows, ...forced })).newPage()
    for (const path of ['/c/not-there', '/not/a/page']) {
      await page.goto(server.url + path)
      await expect(page.locator('main a')).toBeVisible()
      await standsOut(page.locator('main a'), 'corner')
    }
  })

  test(`more contrast in ${colorScheme}: secondary text is as easy to read, and edges are visible`, tag, async ({ openTab }) => {
    const tab = await openTab({ context: { ...windows, contrast: 'more', colorScheme } })
    const card = await boxOf(tab.page.getByTestId('dock'))
    const colorAt = await lookAt(tab.page)
    expect(contrast(colorAt(card.x + 200, card.y), colorAt(card.x + 200, card.y + 4))).toBeGreaterThan(3)
    const white = await boxOf(tab.page.locator('[data-color="31"]'))
    const black = await boxOf(tab.page.locator('[data-color="27"]'))
    for (const { x, y, height } of [white, black]) {
      const [edge, beside] = [colorAt(x, y + height / 2), colorAt(x - 2, y + height / 2)]
      expect(contrast(edge, beside)).toBeGreaterThan(3)
    }
  })
}
