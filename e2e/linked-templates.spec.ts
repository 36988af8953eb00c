/** Templates by link: a group follows one, also over two processes with MongoDB and Redis. */
import type { Browser } from '@playwright/test'
import { encodeTestPng } from '../lib/png/png.fixture.ts'
import { Api } from './support/api.ts'
import { expectAccessible } from './support/axe.ts'
import { expect, Tab, test } from './support/fixtures.ts'
import { FrescoServer } from './support/server.ts'
import { Services } from './support/services.ts'
import { boardColors, withTemplates } from './support/templates.ts'

const [white, red, blue] = [31, 2, 12]
const view = '#x=42&y=31&z=30'

/** A row of colors of the board. */
const picture = async (url: string, row: readonly number[]) => {
  const { palette } = (await (await fetch(`${url}/api/canvases/main`)).json()) as { palette: string[] }
  const rgb = row.flatMap((color) => [1, 3, 5].map((at) => Number.parseInt((palette[color] ?? '').slice(at, at + 2), 16)))
  return new Uint8Array(encodeTestPng({ width: row.length, height: 1, kind: 'rgb', depth: 8, samples: rgb }))
}

class Owner {
  readonly #url: string
  #token = ''
  id = ''

  constructor(url: string) {
    this.#url = url
  }

  async upload(row: readonly number[]) {
    this.#token = ((await (await fetch(`${this.#url}/api/tokens`, { method: 'POST' })).json()) as { token: string }).token
    this.id = (await this.#send('POST', '/api/canvases/main/templates?name=Flag&x=40&y=30', row)).id
  }

  change = (row: readonly number[]) => this.#send('PUT', `/api/templates/${this.id}`, row)

  async remove() {
    await fetch(`${this.#url}/api/templates/${this.id}`, { method: 'DELETE', headers: { authorization: `Bearer ${this.#token}` } })
  }

  async progress(url = this.#url) {
    const progress = await (await fetch(`${url}/api/templates/${this.id}/progress`)).json()
    const { right, wrong, missing } = progress as { right: number; wrong: number; missing: number }
    return { right, wrong, missing }
  }

  async #send(method: string, path: string, row: readonly number[]) {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'image/png' }
    const response = await fetch(this.#url + path, { method, headers, body: await picture(this.#url, row) })
    expect([200, 201]).toContain(response.status)
    return (await response.json()) as { id: string; rev: number }
  }
}

const open = async (browser: Browser, url: string) => {
  const tab = new Tab(await (await browser.newContext()).newPage())
  await tab.open(url)
  return tab
}

/** A right cell shows its color everywhere. Others have a ghost or a mark. */
const isUnmarked = async (tab: Tab, gx: number, rgb: readonly number[]) => {
  const colors = await boardColors(tab)
  const parts = [await colors.at(gx, 30), await colors.at(gx, 30, 0.25, 0), await colors.at(gx, 30, 0.4, 0.4)]
  return parts.every((color) => String(color) === String(rgb))
}
const blueRgb = [36, 80, 164]

const follow = async (tabs: readonly Tab[], owner: Owner, apis: readonly Api[]) => {
  const [first = new Api('')] = apis
  for (const tab of tabs) await expect.poll(() => isUnmarked(tab, 41, [255, 255, 255])).toBe(false)
  for (const [index, api] of apis.entries()) await api.place(40 + index, 30, blue)
  for (const tab of tabs) await expect.poll(() => isUnmarked(tab, 41, blueRgb)).toBe(true)
  await expect.poll(() => owner.progress()).toEqual({ right: apis.length, wrong: 0, missing: 4 - apis.length })

  // Vandalism is marked at once, and is in the server's figures.
  await first.place(41, 30, red)
  for (const tab of tabs) await expect.poll(() => isUnmarked(tab, 41, [255, 69, 0]), { timeout: 2_000, intervals: [100] }).toBe(false)
  await expect.poll(() => owner.progress()).toEqual({ right: apis.length - 1, wrong: 1, missing: 4 - apis.length })

  // The owner wants red there now.
  await owner.change([blue, red, blue, blue])
  for (const tab of tabs) await expect.poll(() => isUnmarked(tab, 41, [255, 69, 0]), { timeout: 4_000, intervals: [100] }).toBe(true)
  await expect.poll(() => owner.progress()).toEqual({ right: apis.length, wrong: 0, missing: 4 - apis.length })
}

test('T16 T17 a group of four follows a template by its link, and the progress is that of the board', async ({ server, browser }) => {
  const owner = new Owner(server.url)
  await owner.upload([blue, blue, blue, blue])
  const tabs: Tab[] = []
  while (tabs.length < 4) tabs.push(await open(browser, `${server.url}/c/main?t=${owner.id}${view}`))
  const apis = tabs.map(() => new Api(server.url))
  for (const api of apis) await api.token()
  await follow(tabs, owner, apis.slice(0, 3))
  expect(new URL(tabs[0]?.page.url() ?? '').searchParams.has('t')).toBe(false)

  // A page that comes back still follows it.
  const [tab] = tabs
  await tab?.page.reload()
  await owner.change([blue, white, blue, blue])
  await expect.poll(async () => tab && isUnmarked(tab, 41, [255, 69, 0])).toBe(false)
  await owner.remove()
  for (const each of tabs)
    await expect(each.page.getByTestId('notice')).toHaveText('A shared template was removed. You keep a copy on this device.')
  for (const each of tabs) expect(each.pageErrors).toEqual([])
})

test('T16 a painter shares a template of the device, renames it and deletes it, and a follower keeps a copy', { tag: '@embedded' }, async ({
  openTab,
  server,
}) => {
  const rows = [[blue, blue, -1, red]]
  const owner = await openTab({ path: `/${view}`, prepare: withTemplates(server.url, [{ name: 'Flag', x: 40, y: 30, rows }]) })
  const panelOf = ({ page }: Tab) => page.getByRole('dialog', { name: 'Templates' })
  await owner.page.keyboard.press('Shift+T')
  await panelOf(owner).getByRole('button', { name: 'Share by link' }).click()
  await expect(panelOf(owner).getByTestId('linked-template')).toHaveAttribute('data-state', 'known')
  await expect(panelOf(owner).getByTestId('linked-progress')).toHaveText('0 % · 3 left to paint')
  await panelOf(owner).getByRole('button', { name: 'QR code of the link' }).click()
  await expect(panelOf(owner).getByTestId('qr')).toBeVisible()
  await expectAccessible(owner.page)

  const { templates } = (await (await owner.page.request.get(`${server.url}/api/canvases/main/templates`)).json()) as {
    templates: { id: string }[]
  }
  const follower = await openTab({ path: `/c/main?t=${templates[0]?.id}` })
  await follower.page.keyboard.press('Shift+T')
  await expect(panelOf(follower).getByTestId('template-row')).toContainText('Flag')
  await expect(panelOf(follower).getByTestId('owned-template')).toHaveCount(0)
  await panelOf(owner).getByLabel('Name', { exact: true }).fill('Banner')
  await panelOf(owner).getByRole('button', { name: 'Update for all followers' }).click()
  await expect(panelOf(owner).getByText('All followers have it now.')).toBeVisible()
  await expect(panelOf(follower).getByTestId('template-row')).toContainText('Banner', { timeout: 4_000 })

  await panelOf(owner).getByRole('button', { name: 'Delete for all followers' }).click()
  await panelOf(owner).getByRole('alertdialog').getByRole('button', { name: 'Delete for all followers' }).click()
  await expect(panelOf(owner).getByRole('button', { name: 'Share by link' })).toBeVisible()
  await expect(panelOf(follower).getByRole('button', { name: 'Share by link' })).toBeVisible()
  await expect(panelOf(follower).getByTestId('template-row')).toContainText('Banner')
  for (const tab of [owner, follower]) expect(tab.pageErrors).toEqual([])
})

test('T16 links that lead nowhere have a sentence', { tag: '@embedded' }, async ({ openTab, server }) => {
  for (const link of ['aaaaaaaaaaaaaaaa', '%3Cscript%3E', '']) {
    const tab = await openTab({ path: `/c/main?t=${link}` })
    await expect(tab.page.getByTestId('notice')).toHaveText('There is no template at this link. It may have been removed.')
    expect(tab.page.url().startsWith(`${server.url}/c/main`)).toBe(true)
    expect(tab.pageErrors).toEqual([])
  }
})

test('T16 T17 followers of two web processes with MongoDB and Redis get each revision', { tag: '@embedded' }, async ({ browser }) => {
  const services = await Services.start()
  const start = (roles: string) => FrescoServer.start({ CANVAS_WIDTH: '200', CANVAS_HEIGHT: '120', ...services.env, ROLES: roles })
  const servers = [await start('web'), await start('web'), await start('publisher,projector')]
  const [one, two] = servers as [FrescoServer, FrescoServer]
  const owner = new Owner(one.url)
  await owner.upload([blue, blue, blue, blue])
  const tabs = [
    await open(browser, `${one.url}/c/main?t=${owner.id}${view}`),
    await open(browser, `${two.url}/c/main?t=${owner.id}${view}`),
  ]
  const apis = [new Api(one.url), new Api(two.url)]
  for (const api of apis) await api.token()
  await follow(tabs, owner, apis)
  await expect.poll(() => owner.progress(two.url)).toEqual({ right: 2, wrong: 0, missing: 2 })
  for (const tab of tabs) await tab.page.context().close()
  for (const server of servers) await server.dispose()
  await services.dispose()
})
