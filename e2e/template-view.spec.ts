/** How templates are shown, counted and followed. */
import type { AutomationHandle } from '../components/canvas/automation-handle.ts'
import { expect, type Tab, test } from './support/fixtures.ts'
import { Host } from './support/host.ts'
import { boardColors, withTemplates } from './support/templates.ts'

const tag = { tag: '@embedded' }
const [white, red, blue] = [31, 2, 12]
const rgb = { white: [255, 255, 255], red: [255, 69, 0], blue: [36, 80, 164], black: [0, 0, 0] }
const between = (a: readonly number[], b: readonly number[], part: number) => a.map((value, i) => value + ((b[i] ?? 0) - value) * part)

const isNear = (color: readonly number[], wanted: readonly number[]) => color.every((value, i) => Math.abs(value - (wanted[i] ?? 0)) <= 2)

for (const renderer of ['webgl2', '2d']) {
  test(
    `T7 T8: right cells have no mark, missing ones a ring in the ghost, and wrong ones a notched frame (${renderer})`,
    tag,
    async ({ api, server, openTab }) => {
      await api.placeAll([
        { gx: 40, gy: 30, color: blue },
        { gx: 41, gy: 30, color: red },
      ])
      const rows = [
        [blue, blue, blue],
        [-1, white, red],
      ]
      const path = renderer === '2d' ? '/?renderer=2d#x=42&y=31&z=30' : '/#x=42&y=31&z=30'
      const tab = await openTab({ path, prepare: withTemplates(server.url, [{ name: 'Flag', x: 40, y: 30, rows }]) })
      const ghost = between(rgb.white, rgb.blue, 0.5)
      await expect.poll(async () => isNear(await (await boardColors(tab)).at(42, 30, 0.45, 0.45), ghost)).toBe(true)
      const colors = await boardColors(tab)
      // Right: the color alone. Where the background is wanted and shown, and where nothing is wanted: the board alone.
      for (const [dx, dy] of [
        [0, 0],
        [0.25, 0],
        [0.4, 0.4],
      ] as const) {
        expect(await colors.at(40, 30, dx, dy)).toEqual(rgb.blue)
        expect(await colors.at(41, 31, dx, dy)).toEqual(rgb.white)
        expect(await colors.at(40, 31, dx, dy)).toEqual(rgb.white)
      }
      // Missing: a ring of black between white lines, and the ghost inside of it.
      expect(isNear(await colors.at(42, 30), ghost)).toBe(true)
      expect(isNear(await colors.at(42, 30, 0.25, 0), rgb.black)).toBe(true)
      expect(isNear(await colors.at(42, 31, 0.4, -0.4), between(rgb.white, rgb.red, 0.5))).toBe(true)
      // Wrong: what is there around it, what is wanted inside, two lines between them, and no upper right corner.
      expect(await colors.at(41, 30, 0.45, 0.45)).toEqual(rgb.red)
      expect(await colors.at(41, 30)).toEqual(rgb.blue)
      expect(await colors.at(41, 30, -0.31, 0)).toEqual(rgb.white)
      expect(await colors.at(41, 30, -0.25, 0)).toEqual(rgb.black)
      expect(await colors.at(41, 30, 0.28, -0.28)).toEqual(rgb.red)
      expect(tab.pageErrors).toEqual([])
    },
  )
}

const counts = (tab: Tab) => tab.page.evaluate(() => (globalThis as { __fresco?: AutomationHandle }).__fresco?.templates() ?? {})

/** Waits until a template is counted. */
const hasCounted = (tab: Tab, name = 'Flag') => expect.poll(async () => Object.keys(await counts(tab))).toContain(name)

const announcement = (tab: Tab) => tab.page.getByTestId('announcement')

test(
  'T12 T19: N goes to the nearest cell that is not right and says what it wants, skips own pending pixels, and Shift+N goes back',
  tag,
  async ({ api, server, openTab }) => {
    await api.place(80, 60, red)
    const rows = [
      [blue, blue, blue],
      [-1, -1, -1],
      [red, -1, -1],
    ]
    const tab = await openTab({ path: '/#x=79&y=59&z=2', prepare: withTemplates(server.url, [{ name: 'Flag', x: 80, y: 60, rows }]) })
    await hasCounted(tab)
    await tab.page.keyboard.press('n')
    await expect(announcement(tab)).toContainText('80, 60. Wants dark blue, shows red.')
    // From far away, it comes near enough to show the marks.
    expect((await tab.view()).zoom).toBe(16)
    await tab.page.keyboard.press('n')
    await expect(announcement(tab)).toContainText('81, 60. Wants dark blue, shows white.')
    await tab.page.keyboard.press('Shift+N')
    await expect(announcement(tab)).toContainText('80, 60. Wants dark blue')
    // This pixel is never answered, so it stays pending in a color that is not wanted.
    await tab.page.route('**/api/pixels', () => undefined)
    await tab.chooseColor(5)
    await tab.click(80, 60)
    await expect.poll(() => tab.pending()).toBe(1)
    for (const cell of ['81, 60', '82, 60', '80, 62', '81, 60']) {
      await tab.page.keyboard.press('n')
      await expect(announcement(tab)).toContainText(cell)
    }
    expect(tab.pageErrors).toEqual([])
  },
)

test('T7: T hides the templates and shows them again, and while it is held it peeks', tag, async ({ server, openTab }) => {
  const rows = [[blue]]
  const tab = await openTab({
    path: '/#x=50&y=50&z=30',
    prepare: withTemplates(server.url, [{ name: 'Flag', x: 50, y: 50, rows, opacity: 1 }]),
  })
  const isShown = async () => isNear(await (await boardColors(tab)).at(50, 50, 0.4, 0.4), rgb.blue)
  await expect.poll(isShown).toBe(true)
  await tab.page.keyboard.press('t')
  await expect.poll(isShown).toBe(false)
  await tab.page.keyboard.press('t')
  await expect.poll(isShown).toBe(true)
  await tab.page.keyboard.down('t')
  await expect.poll(isShown).toBe(false)
  await tab.page.waitForFunction((since) => performance.now() - since > 400, await tab.page.evaluate(() => performance.now()))
  await tab.page.keyboard.up('t')
  await expect.poll(isShown).toBe(true)
})

test(
  'E1 T14: the eyedropper picks what the template wants, and with the assist clicks and strokes paint it',
  tag,
  async ({ api, server, openTab }) => {
    const rows = [[blue, red, -1]]
    const tab = await openTab({
      path: '/#x=50&y=50&z=20',
      prepare: async (page) => {
        await withTemplates(server.url, [{ name: 'Flag', x: 50, y: 50, rows }])(page)
        await page.evaluate(() => localStorage.setItem('fresco.assist', 'true'))
      },
    })
    await hasCounted(tab)
    const { x, y } = await tab.pointOf(50, 50)
    await tab.page.mouse.click(x, y, { button: 'middle' })
    await expect(tab.page.locator('[data-color][data-state=checked]:visible')).toHaveAttribute('data-color', String(blue))
    for (const gx of [50, 51, 52]) await tab.click(gx, 50)
    await tab.shows(api)
    const { bytes } = await api.settledBoard()
    expect([50, 51].map((gx) => bytes[50 * 256 + gx])).toEqual([blue, red])
    await new Host(server).patch({ assist: false })
    await tab.chooseColor(5)
    await expect
      .poll(async () => {
        await tab.click(50, 50)
        await tab.shows(api)
        return (await api.settledBoard()).bytes[50 * 256 + 50]
      })
      .toBe(5)
  },
)

for (const renderer of ['webgl2', '2d']) {
  test(
    `T19: marks follow a board that grows in size and colors, and one that is started over (${renderer})`,
    tag,
    async ({ api, server, openTab }) => {
      const rows = [Array.from({ length: 10 }, () => blue)]
      const path = renderer === '2d' ? '/?renderer=2d#x=196&y=118&z=30' : '/#x=196&y=118&z=30'
      const tab = await openTab({ path, prepare: withTemplates(server.url, [{ name: 'Flag', x: 195, y: 119, rows, opacity: 1 }]) })
      const isMissing = async (gx: number) => isNear(await (await boardColors(tab)).at(gx, 119, 0.4, 0.4), rgb.blue)
      await expect.poll(() => isMissing(199)).toBe(true)
      expect(await isMissing(201)).toBe(false)
      const host = new Host(server)
      const { palette } = (await (await fetch(`${server.url}/api/canvases/main`)).json()) as { palette: string[] }
      await host.patch({ width: 210, palette: [...palette, '#123456'] })
      await expect.poll(() => isMissing(201)).toBe(true)
      await api.place(201, 119, blue)
      await tab.shows(api)
      const colors = await boardColors(tab)
      expect(await colors.at(201, 119)).toEqual(rgb.blue)
      await host.startOver('main')
      await expect.poll(async () => isNear(await (await boardColors(tab)).at(201, 119, 0.25, 0), rgb.black)).toBe(true)
      await expect.poll(() => counts(tab)).toEqual({ Flag: { right: 0, missing: 10, wrong: 0, unloaded: 0 } })
      expect(tab.pageErrors).toEqual([])
    },
  )
}
