import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { colorIndex, colorNames, defaultBackground, hexPattern, nearestColorFinder, place2022, rgbOf } from './palette.ts'

const palette = place2022.map(({ hex }) => hex)

describe('the palette of r/place 2022', () => {
  test('has 32 different colours with 32 different names', () => {
    expect(new Set(palette).size).toBe(32)
    expect(new Set(place2022.map(({ name }) => name)).size).toBe(32)
    for (const hex of palette) expect(hex).toMatch(/^#[0-9A-F]{6}$/)
  })
})

describe('colorIndex', () => {
  test('finds every colour by its index and by its hex in any letter case', () => {
    for (const [index, hex] of palette.entries()) {
      expect(colorIndex(palette, index)).toBe(index)
      expect(colorIndex(palette, hex)).toBe(index)
      expect(colorIndex(palette, hex.toLowerCase())).toBe(index)
    }
  })

  test.each([-1, 32, 1.5, 1e9, Number.NaN, Number.POSITIVE_INFINITY, '#123456', 'FFFFFF', '#FFF', '', '0', 'white', '__proto__'])(
    'finds nothing for %j',
    (color) => {
      expect(colorIndex(palette, color)).toBeNull()
    },
  )
})

describe('rgbOf', () => {
  test('reads the three values', () => {
    expect(rgbOf('#6D001A')).toEqual([0x6d, 0, 0x1a])
    expect(rgbOf('#FFFFFF')).toEqual([255, 255, 255])
  })
})

describe('nearestColorFinder', () => {
  const nearest = nearestColorFinder(palette)

  test('finds a palette colour itself', () => {
    for (const [index, hex] of palette.entries()) expect(nearest(rgbOf(hex))).toBe(index)
  })

  test('always finds some colour', () => {
    const channel = fc.nat(255)
    fc.assert(
      fc.property(channel, channel, channel, (...rgb) => {
        expect(palette[nearest(rgb)]).toMatch(hexPattern)
      }),
    )
  })

  test.each([
    [[250, 250, 251], 'white'],
    [[1, 2, 0], 'black'],
    [[255, 60, 10], 'red'],
    [[40, 70, 170], 'dark blue'],
  ] as const)('finds %j to be most like %s', (rgb, name) => {
    expect(place2022[nearest(rgb)]?.name).toBe(name)
  })

  test('takes the first of two that are equally near', () => {
    expect(nearestColorFinder(['#000000', '#101010', '#101010'])([16, 16, 16])).toBe(1)
  })
})

describe('colorNames', () => {
  test('gives the known colours their names', () => {
    expect(colorNames(palette)).toEqual(place2022.map(({ name }) => name))
  })

  test('calls others after the nearest and numbers those that share a name', () => {
    expect(colorNames(['#FFFFFF', '#FEFEFE', '#000000', '#FDFDFD'])).toEqual(['white', 'white 2', 'black', 'white 3'])
  })

  test('gives every colour of the largest palette a name of its own', () => {
    const gray = Array.from({ length: 256 }, (_, i) => `#${i.toString(16).padStart(2, '0').repeat(3).toUpperCase()}`)
    expect(new Set(colorNames(gray)).size).toBe(256)
  })
})

describe('defaultBackground', () => {
  test('is white where there is white, else the first colour', () => {
    expect(defaultBackground(palette)).toBe(31)
    expect(defaultBackground(['#000000', '#FF0000'])).toBe(0)
  })
})
