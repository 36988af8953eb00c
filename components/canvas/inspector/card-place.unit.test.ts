import { expect, test } from 'vitest'
import { placeCard } from './card-place.ts'

const card = { width: 292, height: 300 }
const free = { left: 16, top: 16, right: 1_264, bottom: 700 }
const cellAt = (x: number, y: number, size = 10) => ({ left: x, top: y, right: x + size, bottom: y + size })

test('I1: the card is 18 px beside its cell, and on the other side at the right edge', () => {
  expect(placeCard({ cell: cellAt(500, 300), card, free })).toEqual({ left: 528, top: 264 })
  expect(placeCard({ cell: cellAt(1_000, 300), card, free })).toEqual({ left: 1_000 - 18 - 292, top: 264 })
})

test('I1: the card stays inside the free part of the window at every edge, also when the cell has left the window', () => {
  for (const [x, y] of [
    [-500, -500],
    [0, 0],
    [640, 5],
    [1_260, 790],
    [3_000, 3_000],
  ] as const) {
    const { left, top } = placeCard({ cell: cellAt(x, y), card, free })
    expect(left).toBeGreaterThanOrEqual(free.left)
    expect(left + card.width).toBeLessThanOrEqual(free.right)
    expect(top).toBeGreaterThanOrEqual(free.top)
    expect(top + card.height).toBeLessThanOrEqual(free.bottom)
  }
})

test('I1: in a window with room on neither side the card takes the wider one, and begins at the top if it is too high', () => {
  const narrow = { left: 16, top: 8, right: 500, bottom: 200 }
  expect(placeCard({ cell: cellAt(150, 100), card, free: narrow })).toEqual({ left: 178, top: 8 })
  expect(placeCard({ cell: cellAt(300, 100), card, free: narrow })).toEqual({ left: 16, top: 8 })
})
