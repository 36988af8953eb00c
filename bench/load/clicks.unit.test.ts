import { expect, test } from 'vitest'
import { createClicks } from './clicks.ts'

test.each([
  [1, 1],
  [10, 10],
  [100, 40],
  [97, 89],
])('%d × %d: every place once, then again', (width, height) => {
  const click = createClicks({ x: 5, y: 9, width, height }, 32)
  const cells = width * height
  const places = Array.from({ length: cells }, (_, index) => click(index)).map(({ gx, gy }) => `${gx} ${gy}`)
  expect(new Set(places).size).toBe(cells)
  expect(click(cells)).toMatchObject({ gx: click(0).gx, gy: click(0).gy })
  for (let index = 0; index < cells; index++) {
    const { gx, gy, color } = click(index)
    expect(gx >= 5 && gx < 5 + width && gy >= 9 && gy < 9 + height && color >= 0 && color < 32).toBe(true)
  }
})

test('a thousand clicks are spread over the whole board', () => {
  const click = createClicks({ x: 0, y: 0, width: 1_000, height: 1_000 }, 32)
  const rows = new Set(Array.from({ length: 1_000 }, (_, index) => Math.floor(click(index).gy / 10)))
  expect(rows.size).toBeGreaterThan(90)
})
