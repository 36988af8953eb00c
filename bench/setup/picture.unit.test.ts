import { decode } from 'fast-png'
import { expect, test } from 'vitest'
import { drawArt, place2017 } from './picture.ts'

test('the picture that is made here is the same each time, of the size and the colours of r/place 2017', () => {
  const png = drawArt()
  expect(Buffer.from(png).equals(Buffer.from(drawArt()))).toBe(true)
  const { width, height, data } = decode(png)
  expect([width, height]).toEqual([1_000, 1_000])
  const colors = new Set<number>()
  for (let i = 0; i < data.length; i += 3)
    colors.add(((data[i] as number) << 16) | ((data[i + 1] as number) << 8) | (data[i + 2] as number))
  const hexes = [...colors].map((color) => `#${color.toString(16).padStart(6, '0').toUpperCase()}`)
  expect(hexes.toSorted()).toEqual(place2017.toSorted())
})
