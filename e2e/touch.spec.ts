import type { CDPSession } from '@playwright/test'
import { randomsOf } from '../lib/randoms.ts'
import { expect, type Tab, test } from './support/fixtures.ts'

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

const touch = (cdp: CDPSession, type: 'touchStart' | 'touchMove' | 'touchEnd', points: readonly { x: number; y: number }[]) =>
  cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(({ x, y }, id) => ({ x: Math.round(x), y: Math.round(y), id })) })

const tap = async (tab: Tab, gx: number, gy: number) => {
  const { x, y } = await tab.pointOf(gx, gy)
  await tab.page.touchscreen.tap(x, y)
}

test('a phone paints by touch: a tap chooses, the button or a second tap paints', { tag: '@embedded' }, async ({ api, openTab }) => {
  const tab = await openTab({ path: '/#x=100&y=70&z=14', context: phone })
  await tab.chooseColor(6)
  await tap(tab, 98, 52)
  const button = tab.page.getByRole('button', { name: 'Paint 98, 52' })
  await expect(button).toBeVisible()
  expect((await api.settledBoard()).seq).toBe(0)
  await button.tap()
  await tap(tab, 101, 54)
  await tap(tab, 101, 54)
  await expect.poll(async () => (await api.settledBoard()).seq).toBe(2)
  await tab.shows(api)
  const { bytes } = await api.settledBoard()
  expect([bytes[52 * 256 + 98], bytes[54 * 256 + 101]]).toEqual([6, 6])
  expect(tab.pageErrors).toEqual([])
})

test('80 random drags and pinches, others in each run, place nothing', { tag: '@embedded' }, async ({ api, openTab }) => {
  const seed = Number(process.env['TOUCH_SEED'] ?? Date.now() % 1_000_000)
  const again = `TOUCH_SEED=${seed} repeats it`
  const tab = await openTab({ path: '/#x=100&y=70&z=14', context: phone })
  await tap(tab, 100, 50)
  const cdp = await tab.page.context().newCDPSession(tab.page)
  const random = randomsOf(seed)
  const point = () => ({ x: 30 + random() * 330, y: 80 + random() * 380 })
  let moved = 0
  let before = await tab.view()
  for (let gesture = 0; gesture < 80; gesture++) {
    const fingers = random() < 0.5 ? 1 : 2
    const from = Array.from({ length: fingers }, point)
    const to = from.map(({ x, y }) => ({ x: x + 25 + random() * 60, y: y + (random() - 0.5) * 120 }))
    await touch(cdp, 'touchStart', from)
    for (let step = 1; step <= 3; step++) {
      await touch(
        cdp,
        'touchMove',
        from.map(({ x, y }, i) => ({ x: x + (((to[i]?.x ?? x) - x) * step) / 3, y: y + (((to[i]?.y ?? y) - y) * step) / 3 })),
      )
    }
    await touch(cdp, 'touchEnd', [])
    const after = await tab.view()
    if (after.centerX !== before.centerX || after.zoom !== before.zoom) moved++
    before = after
  }
  expect(moved, again).toBeGreaterThan(20)
  expect(await tab.pending(), again).toBe(0)
  expect((await api.settledBoard()).seq, again).toBe(0)
  await tab.shows(api)
})

for (const [name, viewport] of [
  ['the smallest phone', { width: 320, height: 568 }],
  ['a phone lying down', { width: 844, height: 390 }],
] as const) {
  test(`${name} shows every control and leaves the middle free`, { tag: '@embedded' }, async ({ openTab }) => {
    const tab = await openTab({ context: { ...phone, viewport } })
    const dock = await tab.page.getByTestId('dock').boundingBox()
    expect(dock?.x).toBeGreaterThanOrEqual(0)
    expect((dock?.x ?? 0) + (dock?.width ?? 0)).toBeLessThanOrEqual(viewport.width)
    expect(dock?.y).toBeGreaterThan(viewport.height / 2 - 60)
    const overflow = await tab.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(overflow).toBe(0)
  })
}
