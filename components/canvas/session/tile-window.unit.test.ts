import { expect, test } from 'vitest'
import { asTile } from '../../../lib/brand.ts'
import { TileWindow } from './tile-window.ts'

const tilesOf = (count: number) => Array.from({ length: count }, (_, tile) => asTile(tile))

test('A6 a window has 4,096 tiles at most, the nearest ones', () => {
  const window = new TileWindow()
  expect(window.view(tilesOf(4_096), 4_096)).toBe(true)
  expect([window.wanted.length, window.inWindow.length]).toEqual([4_096, 4_096])
  expect(window.view(tilesOf(4_097), 4_097)).toBe(true)
  expect([window.wanted.length, window.inWindow.length, window.wanted.at(-1)]).toEqual([4_096, 4_096, 4_095])
})
