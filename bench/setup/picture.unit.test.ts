import { decode } from 'fast-png'
import { expect, test } from 'vitest'
import { croppedPicture, drawArt, place2017 } from './picture.ts'

test('the generated picture is the same each time, with the size and the colors of r/place 2017', () => {
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

test('a cropped picture is the top left part of it', () => {
  const png = drawArt()
  const whole = decode(png)
  const part = decode(croppedPicture(png, 250))
  expect([part.width, part.height, part.channels]).toEqual([250, 250, 3])
  for (const y of [0, 1, 249]) {
    expect(part.data.subarray(y * 750, (y + 1) * 750)).toEqual(whole.data.subarray(y * 3_000, y * 3_000 + 750))
  }
})
