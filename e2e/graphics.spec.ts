/** The graphics context of the board is lost, cannot be created, or is too small. */
import type { Page } from '@playwright/test'
import { expect, type Tab, test } from './support/fixtures.ts'

test.use({
  launchOptions: {
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  },
})

type Held = { gl?: WebGL2RenderingContext; loss?: WEBGL_lose_context | null; makeAll?: 'fail' | 'throw' }

/** Keeps the page's context, so that a test can lose it. */
const holdContext = (page: Page) =>
  page.addInitScript(() => {
    const held = globalThis as Held
    const { getContext } = HTMLCanvasElement.prototype
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, options?: unknown) {
      const context = getContext.call(this, kind, kind === 'webgl2' ? { ...(options as object), preserveDrawingBuffer: true } : options)
      if (kind === 'webgl2' && context) {
        held.gl = context as WebGL2RenderingContext
        held.loss = held.gl.getExtension('WEBGL_lose_context')
      }
      return context
    } as typeof getContext
  })

const lose = (tab: Tab) => tab.page.evaluate(() => (globalThis as Held).loss?.loseContext())
const restore = (tab: Tab) => tab.page.evaluate(() => (globalThis as Held).loss?.restoreContext())
const renderer = (tab: Tab) => tab.page.evaluate(() => (globalThis as { __fresco?: { renderer(): string } }).__fresco?.renderer())

/** The middle of the board on the screen. */
const picture = async (tab: Tab) => (await tab.page.screenshot({ clip: { x: 500, y: 250, width: 200, height: 200 } })).toString('base64')

const open = async (openTab: (options: object) => Promise<Tab>, prepare: (page: Page) => Promise<unknown>) =>
  openTab({ path: '/#x=100&y=60&z=20', prepare })

test('a WebGL context that stays lost is reported, and after a while the board is drawn in 2D', {
  tag: '@embedded',
}, async ({ api, openTab }) => {
  await api.placeAll(Array.from({ length: 20 }, (_, i) => ({ gx: 95 + (i % 10), gy: 58 + Math.floor(i / 10), color: 2 })))
  const tab = await open(openTab, holdContext)
  await tab.shows(api)
  expect(await renderer(tab)).toBe('webgl2')
  const before = await picture(tab)
  await lose(tab)
  await tab.isConnected('picture_lost', 1_000)
  await tab.click(98, 62)
  await expect(tab.page.getByTestId('notice')).toContainText('not on the screen')
  // The frame of the cell under the pointer is not part of the picture.
  await tab.page.mouse.move(30, 30)
  await expect(tab.page.getByTestId('notice')).toContainText('drawn in a simpler way')
  await tab.isConnected('live', 1_000)
  expect(await renderer(tab)).toBe('2d')
  await expect.poll(() => picture(tab)).toBe(before)
  await restore(tab)
  await tab.chooseColor(4)
  await tab.click(98, 62)
  await expect.poll(() => tab.pending()).toBe(0)
  await tab.shows(api)
  expect(tab.pageErrors).toEqual([])
})

test('a WebGL context that is restored at once is used again, and one that is lost repeatedly is not', { tag: '@embedded' }, async ({
  api,
  openTab,
}) => {
  await api.place(98, 58, 2)
  const tab = await open(openTab, holdContext)
  await tab.shows(api)
  const before = await picture(tab)
  for (let loss = 0; loss < 2; loss++) {
    await lose(tab)
    await tab.isConnected('picture_lost', 1_000)
    await restore(tab)
    await tab.isConnected('live', 1_000)
    expect(await renderer(tab)).toBe('webgl2')
    await expect.poll(() => picture(tab)).toBe(before)
  }
  await lose(tab)
  await expect.poll(() => renderer(tab), { timeout: 1_000 }).toBe('2d')
  await expect.poll(() => picture(tab)).toBe(before)
})

for (const [name, prepare] of [
  [
    'no context',
    () => {
      const { getContext } = HTMLCanvasElement.prototype
      HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, options?: unknown) {
        return kind === 'webgl2' ? null : getContext.call(this, kind, options)
      } as typeof getContext
    },
  ],
  [
    'an error',
    () => {
      const { getContext } = HTMLCanvasElement.prototype
      HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, options?: unknown) {
        if (kind === 'webgl2') throw new Error('no graphics')
        return getContext.call(this, kind, options)
      } as typeof getContext
    },
  ],
  [
    'shaders that do not link',
    () => {
      WebGL2RenderingContext.prototype.getProgramParameter = () => false
    },
  ],
  [
    'textures that are too small',
    () => {
      const { getParameter } = WebGL2RenderingContext.prototype
      WebGL2RenderingContext.prototype.getParameter = function (this: WebGL2RenderingContext, name: number) {
        return name === this.MAX_TEXTURE_SIZE ? 64 : getParameter.call(this, name)
      }
    },
  ],
  [
    'no memory for textures',
    () => {
      WebGL2RenderingContext.prototype.getError = function (this: WebGL2RenderingContext) {
        return this.OUT_OF_MEMORY
      }
    },
  ],
] as const) {
  test(`a browser whose WebGL gives ${name} draws in 2D`, { tag: '@embedded' }, async ({ api, openTab }) => {
    await api.place(100, 60, 2)
    const tab = await open(openTab, (page) => page.addInitScript(prepare))
    await expect.poll(() => renderer(tab)).toBe('2d')
    await tab.chooseColor(4)
    await tab.click(98, 62)
    await expect.poll(() => tab.pending()).toBe(0)
    await tab.shows(api)
  })
}

test('a browser that cannot draw shows a message', { tag: '@embedded' }, async ({ browser, server }) => {
  const page = await (await browser.newContext()).newPage()
  await page.addInitScript(() => {
    HTMLCanvasElement.prototype.getContext = () => null
  })
  await page.goto(server.url)
  await expect(page.getByText('The board cannot be drawn here')).toBeVisible()
  await page.context().close()
})
