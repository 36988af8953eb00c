/** D1 to D3: the brush, and Space held. */
import type { CDPSession } from '@playwright/test'
import { expect, type Tab, test } from './support/fixtures.ts'

const tag = { tag: '@embedded' }
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

type Point = readonly [gx: number, gy: number]

/** The colors of cells on the board of the API. */
const colorsOf = (bytes: Uint8Array, cells: readonly Point[]) => cells.map(([gx, gy]) => bytes[gy * 256 + gx])
const shown = async (tab: Tab, [gx, gy]: Point) => (await tab.bytes())?.charCodeAt(gy * 256 + gx)

const moveTo = async (tab: Tab, [gx, gy]: Point, steps = 1) => {
  const { x, y } = await tab.pointOf(gx, gy)
  await tab.page.mouse.move(x, y, { steps })
}

const posts = (tab: Tab) => {
  const sent: string[] = []
  tab.page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().includes('/api/pixels')) sent.push(new URL(request.url()).pathname)
  })
  return sent
}

const row = (length: number, gy: number, gx = 0): Point[] => Array.from({ length }, (_, i) => [gx + i, gy])

test(
  'D1: Space held draws under the mouse, nothing is sent before its release, and another browser shows it',
  tag,
  async ({ api, openTab }) => {
    const [tab, other] = [await openTab({ path: '/#x=50&y=50&z=16' }), await openTab()]
    const sent = posts(tab)
    await tab.chooseColor(5)
    await moveTo(tab, [45, 50])
    await tab.page.keyboard.down('Space')
    await moveTo(tab, [56, 50])
    await moveTo(tab, [56, 54])
    await expect(tab.page.getByTestId('stroke')).toHaveAttribute('data-count', '16')
    expect([sent, await tab.pending(), await shown(tab, [50, 50])]).toEqual([[], 0, 5])
    await tab.page.keyboard.up('Space')
    await expect(tab.page.getByTestId('stroke')).toHaveCount(0)
    await tab.shows(api)
    await other.shows(api)
    const { bytes, seq } = await api.settledBoard()
    expect(colorsOf(bytes, [...row(12, 50, 45), [56, 52], [56, 54]])).toEqual(Array.from({ length: 14 }, () => 5))
    expect([sent, seq > 0]).toEqual([['/api/pixels/batch'], true])
    await moveTo(tab, [40, 60])
    await tab.page.keyboard.press('Space')
    await tab.shows(api)
    expect(colorsOf((await api.settledBoard()).bytes, [[40, 60]])).toEqual([5])
    expect(sent).toEqual(['/api/pixels/batch', '/api/pixels'])
    expect(tab.pageErrors).toEqual([])
  },
)

test('D1: the arrow keys draw while Space is held, and a plain drag pans', tag, async ({ api, openTab }) => {
  const tab = await openTab({ path: '/#x=50&y=50&z=16' })
  await tab.chooseColor(6)
  await tab.page.getByTestId('board').focus()
  await tab.page.keyboard.press('ArrowRight')
  await tab.page.keyboard.down('Space')
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown']) await tab.page.keyboard.press(key)
  await tab.page.keyboard.up('Space')
  await expect(tab.page.getByTestId('announcement')).toContainText(/4 pixels (drawn|saved)/)
  await tab.shows(api)
  const drawn = (await api.settledBoard()).bytes.filter((color) => color === 6).length
  const before = await tab.view()
  await moveTo(tab, [50, 55])
  await tab.page.mouse.down()
  await tab.page.mouse.move(400, 300, { steps: 5 })
  await tab.page.mouse.up()
  expect((await tab.view()).centerX).not.toBe(before.centerX)
  expect([drawn, await tab.pending(), (await api.settledBoard()).bytes.filter((color) => color === 6).length]).toEqual([4, 0, 4])
})

test.describe('with three charges', () => {
  test.use({ serverEnv: { COOLDOWN_MS: '600000', MAX_CHARGES: '3', START_CHARGES: '3' } })

  test(
    'D3: Escape drops the stroke, cells of the color are free, and the stroke stops at the last charge',
    tag,
    async ({ api, openTab }) => {
      const tab = await openTab({ path: '/#x=50&y=50&z=16' })
      const sent = posts(tab)
      await tab.chooseColor(7)
      await moveTo(tab, [45, 50])
      await tab.page.keyboard.down('Space')
      await moveTo(tab, [47, 50])
      await tab.page.keyboard.press('Escape')
      await tab.page.keyboard.up('Space')
      await expect(tab.page.getByTestId('announcement')).toContainText('Nothing was sent')
      await expect(tab.page.getByTestId('charges')).toContainText('3 of 3')
      await tab.shows(api)
      expect(sent).toEqual([])
      await tab.click(46, 50)
      await tab.shows(api)
      await moveTo(tab, [45, 50])
      await tab.page.keyboard.down('Space')
      await moveTo(tab, [55, 50])
      await expect(tab.page.getByTestId('notice')).toContainText('That was your last pixel')
      await expect(tab.page.getByTestId('stroke')).toContainText('0 left')
      await tab.page.keyboard.up('Space')
      await tab.shows(api)
      expect(colorsOf((await api.settledBoard()).bytes, row(4, 50, 45))).toEqual([7, 7, 7, 31])
    },
  )
})

test('D3: a stroke on a slow line that is reloaded in the middle is placed once', tag, async ({ api, openTab }) => {
  const tab = await openTab({ path: '/#x=50&y=50&z=16' })
  let held = 0
  await tab.page.route('**/api/pixels/batch', async (route) => {
    held++
    // The server gets it, and the answer is lost.
    await route.fetch()
    await route.abort().catch(() => undefined)
  })
  await tab.chooseColor(5)
  await moveTo(tab, [45, 50])
  await tab.page.keyboard.down('Space')
  await moveTo(tab, [54, 50])
  await tab.page.keyboard.up('Space')
  await expect.poll(() => held).toBeGreaterThan(0)
  await tab.page.unroute('**/api/pixels/batch')
  await tab.page.reload()
  await tab.isConnected('live')
  await expect.poll(() => tab.pending()).toBe(0)
  await tab.shows(api)
  const placed = (await api.log()).flatMap(({ pixels }) => pixels)
  expect(placed).toHaveLength(10)
})

test('D2: drawing on small cells is refused with a notice, and losing the focus ends a stroke', tag, async ({ api, openTab }) => {
  const tab = await openTab({ path: '/#x=100&y=60&z=2' })
  await tab.page.keyboard.press('b')
  await expect(tab.page.getByTestId('brush').first()).toHaveAttribute('aria-pressed', 'true')
  await moveTo(tab, [90, 60])
  await tab.page.mouse.down()
  await moveTo(tab, [100, 60])
  await tab.page.mouse.up()
  await expect(tab.page.getByTestId('notice')).toContainText('too small')
  expect((await api.settledBoard()).seq).toBe(0)
  for (let i = 0; i < 6; i++) await tab.page.keyboard.press('+')
  await expect.poll(async () => (await tab.view()).zoom).toBeGreaterThan(10)
  await tab.chooseColor(4)
  await moveTo(tab, [98, 60])
  await tab.page.mouse.down()
  await moveTo(tab, [102, 60], 3)
  await tab.page.evaluate(() => dispatchEvent(new Event('blur')))
  await moveTo(tab, [102, 62])
  await tab.page.mouse.up()
  await tab.shows(api)
  const { bytes } = await api.settledBoard()
  expect([colorsOf(bytes, row(5, 60, 98)), colorsOf(bytes, [[102, 62]])]).toEqual([[4, 4, 4, 4, 4], [31]])
  await tab.page.keyboard.press('Escape')
  await expect(tab.page.getByTestId('brush').first()).toHaveAttribute('aria-pressed', 'false')
})

const touch = (cdp: CDPSession, type: 'touchStart' | 'touchMove' | 'touchEnd', points: readonly { x: number; y: number }[]) =>
  cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(({ x, y }, id) => ({ x: Math.round(x), y: Math.round(y), id })) })

test('D1: with the brush one finger draws on a phone, and two fingers zoom and paint nothing', tag, async ({ api, openTab }) => {
  const tab = await openTab({ path: '/#x=100&y=70&z=20', context: phone })
  const cdp = await tab.page.context().newCDPSession(tab.page)
  const at = async (gx: number, gy: number) => [await tab.pointOf(gx, gy)]
  await tab.chooseColor(6)
  await tab.page.getByTestId('brush').tap()
  const before = await tab.view()
  await touch(cdp, 'touchStart', await at(96, 56))
  for (const gx of [98, 101, 104]) await touch(cdp, 'touchMove', await at(gx, 56))
  await expect(tab.page.getByTestId('stroke')).toHaveAttribute('data-count', '9')
  await touch(cdp, 'touchEnd', [])
  await tab.shows(api)
  const { bytes, seq } = await api.settledBoard()
  expect(colorsOf(bytes, row(9, 56, 96))).toEqual(Array.from({ length: 9 }, () => 6))
  expect((await tab.view()).centerX).toBe(before.centerX)
  const [one, two] = [await tab.pointOf(97, 60), await tab.pointOf(103, 64)]
  await touch(cdp, 'touchStart', [one])
  await touch(cdp, 'touchStart', [one, two])
  await touch(cdp, 'touchMove', [one, { x: two.x + 60, y: two.y + 60 }])
  await touch(cdp, 'touchEnd', [])
  expect((await tab.view()).zoom).toBeGreaterThan(before.zoom)
  await tab.shows(api)
  expect([(await api.settledBoard()).seq, await tab.pending()]).toEqual([seq, 0])
  expect(tab.pageErrors).toEqual([])
})
