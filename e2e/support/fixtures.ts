/** Fixtures of all specs: a server for each test, and tabs of painters. */
import { type BrowserContext, test as base, expect, type Page } from '@playwright/test'
import type { AutomationHandle } from '../../components/canvas/automation-handle.ts'
import { Api } from './api.ts'
import { FrescoServer } from './server.ts'
import { Services } from './services.ts'

/** The environment of the test's server: `test.use({ serverEnv: { COOLDOWN_MS: '5000' } })`. */
export interface Options {
  readonly serverEnv: Record<string, string>
  /** `services`: MongoDB and Redis instead of the embedded store and stream. */
  readonly stack: 'embedded' | 'services'
}

interface OpenTabOptions {
  readonly path?: string
  readonly context?: Parameters<import('@playwright/test').Browser['newContext']>[0]
  /** Runs before the page is opened. */
  readonly prepare?: (page: Page) => Promise<unknown>
  /** `false` does not wait until the tab is live. */
  readonly isLive?: boolean
}

interface Fixtures {
  readonly server: FrescoServer
  readonly api: Api
  /** Opens a tab in its own browser context and waits until it is live. */
  readonly openTab: (options?: OpenTabOptions) => Promise<Tab>
}

export const test = base.extend<Options & Fixtures>({
  serverEnv: [{}, { option: true }],
  stack: ['embedded', { option: true }],
  server: async ({ serverEnv, stack }, use) => {
    const services = stack === 'services' ? await Services.start() : null
    const server = await FrescoServer.start({ CANVAS_WIDTH: '200', CANVAS_HEIGHT: '120', ...services?.env, ...serverEnv })
    await use(server)
    await server.dispose()
    await services?.dispose()
  },
  api: async ({ server }, use) => use(new Api(server.url)),
  openTab: async ({ browser, server }, use) => {
    const contexts: BrowserContext[] = []
    await use(async ({ path = '/', context: options = {}, prepare, isLive = true } = {}) => {
      const context = await browser.newContext(options)
      contexts.push(context)
      const tab = new Tab(await context.newPage())
      await prepare?.(tab.page)
      if (isLive) await tab.open(server.url + path)
      else await tab.page.goto(server.url + path)
      return tab
    })
    for (const context of contexts) await context.close()
  },
})

export { expect }

type Window = { __fresco?: AutomationHandle }

export class Tab {
  readonly page: Page
  /** Errors and warnings of the page. A test must end with none. */
  readonly pageErrors: string[] = []

  constructor(page: Page) {
    this.page = page
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource|net::ERR|WebSocket/.test(message.text()))
        this.pageErrors.push(message.text())
    })
    page.on('pageerror', (error) => this.pageErrors.push(String(error)))
  }

  async open(url: string) {
    await this.page.goto(url)
    await this.isConnected('live')
    await expect.poll(() => this.bytes()).not.toBeNull()
  }

  async isConnected(state: string, timeout = 10_000) {
    await expect(this.page.getByTestId('connection')).toHaveAttribute('data-state', state, { timeout })
  }

  /** The shown bytes of a tile as a string, for comparisons. */
  bytes(tile = 0): Promise<string | null> {
    return this.page.evaluate((number) => {
      const bytes = (globalThis as Window).__fresco?.bytes(number)
      return bytes ? Array.from(bytes, (byte) => String.fromCharCode(byte)).join('') : null
    }, tile)
  }

  pending(): Promise<number> {
    return this.page.evaluate(() => (globalThis as Window).__fresco?.pending() ?? -1)
  }

  view(): Promise<{ centerX: number; centerY: number; zoom: number }> {
    return this.page.evaluate(() => (globalThis as Window).__fresco?.view() ?? { centerX: -1, centerY: -1, zoom: -1 })
  }

  /** The middle of a cell on the screen. */
  async pointOf(gx: number, gy: number): Promise<{ x: number; y: number }> {
    const { centerX, centerY, zoom } = await this.view()
    const size = await this.page.getByTestId('board').boundingBox()
    if (!size) throw new Error('no board')
    return { x: size.x + size.width / 2 + (gx + 0.5 - centerX) * zoom, y: size.y + size.height / 2 + (gy + 0.5 - centerY) * zoom }
  }

  async click(gx: number, gy: number) {
    const { x, y } = await this.pointOf(gx, gy)
    await this.page.mouse.click(x, y)
  }

  async chooseColor(index: number) {
    await this.page.locator(`[data-color="${index}"]:visible`).click()
  }

  /** Waits until the tab's bytes equal the board of the API. */
  async shows(api: Api, timeout = 5_000) {
    await expect.poll(async () => asString((await api.settledBoard()).bytes) === (await this.bytes()), { timeout }).toBe(true)
  }
}

export const asString = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
