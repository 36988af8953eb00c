/** Safari's gesture events of a trackpad. Chromium has none, so the test sends them. */
import { expect, test } from './support/fixtures.ts'

test('a pinch on a Safari trackpad zooms the board about the pointer, and not the page', { tag: '@embedded' }, async ({ openTab }) => {
  const tab = await openTab({ path: '/#x=100&y=60&z=8' })
  const before = await tab.view()
  const [gx, gy] = [110, 64]
  const at = await tab.pointOf(gx, gy)
  const prevented = await tab.page.evaluate(({ x, y }) => {
    const target = document.elementFromPoint(x, y)
    return (
      [
        ['gesturestart', 1],
        ['gesturechange', 1.25],
        ['gesturechange', 1.5],
        ['gestureend', 1.5],
      ] as const
    ).map(([type, scale]) => {
      const event = new MouseEvent(type, { bubbles: true, cancelable: true, clientX: x, clientY: y })
      return !target?.dispatchEvent(Object.assign(event, { scale }))
    })
  }, at)
  expect(prevented).toEqual([true, true, true, true])
  await expect.poll(async () => (await tab.view()).zoom).toBeCloseTo(before.zoom * 1.5)
  const after = await tab.pointOf(gx, gy)
  expect(after.x).toBeCloseTo(at.x, 0)
  expect(after.y).toBeCloseTo(at.y, 0)
})
