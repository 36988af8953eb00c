import { decode } from 'fast-png'
import { expect, test } from 'vitest'
import { drawArt, place2017 } from './picture.ts'

test('the picture that is made here is the same each time, of the size and the colours of r/place 2017', () => {
  const png = drawArt()
  expect(Buffer.from(png).equals(Buffer.from(drawArt()))).toBe(true)
  const { width, height, data } = decode(png)
  expect([width, height]).toEqual([1_000, 1_000])
  const colors = new Set<string>()
  for (let i = 0; i < data.length; i += 3)
    colors.add(
      `#${Buffer.from(data.subarray(i, i + 3))
        .toString('hex')
        .toUpperCase()}`,
    )
  expect([...colors].toSorted()).toEqual(place2017.toSorted())
})
