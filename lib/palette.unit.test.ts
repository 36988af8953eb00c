import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { colorIndex, colorNames, defaultBackground, hexPattern, nearestColorFinder, place2022, rgbOf } from './palette.ts'

const palette = place2022.map(({ hex }) => hex)

describe('the palette of r/place 2022', () => {
  test('has 32 different colors with 32 different names', () => {
    expect(new Set(palette).size).toBe(32)
    expect(new Set(place2022.map(({ name }) => name)).size).toBe(32)
    for (const hex of palette) expect(hex).toMatch(/^#[0-9A-F]{6}$/)
  })
})

describe('colorIndex', () => {
  test('finds each color by its index, and by its hex code in any letter case', () => {
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

  test('finds each palette color itself', () => {
    for (const [index, hex] of palette.entries()) expect(nearest(rgbOf(hex))).toBe(index)
  })

  test('finds a palette color for any color', () => {
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
  ] as const)('finds that %j is nearest to %s', (rgb, name) => {
    expect(place2022[nearest(rgb)]?.name).toBe(name)
  })

  test('finds the first of two equally near colors', () => {
    expect(nearestColorFinder(['#000000', '#101010', '#101010'])([16, 16, 16])).toBe(1)
  })
})

describe('colorNames', () => {
  test('gives known colors their names', () => {
    expect(colorNames(palette)).toEqual(place2022.map(({ name }) => name))
  })

  test('names other colors after the nearest known color, with a number if several share it', () => {
    expect(colorNames(['#FFFFFF', '#FEFEFE', '#000000', '#FDFDFD'])).toEqual(['white', 'white 2', 'black', 'white 3'])
  })

  test('gives the colors of the largest palette different names', () => {
    const gray = Array.from({ length: 256 }, (_, i) => `#${i.toString(16).padStart(2, '0').repeat(3).toUpperCase()}`)
    expect(new Set(colorNames(gray)).size).toBe(256)
  })

  test('given names stay, and the others get names that are not taken', () => {
    expect(colorNames(['#FFFFFF', '#FF0000', '#FEFEFE', '#FF4500', '#FF4501'], ['red', 'red 2'])).toEqual([
      'red',
      'red 2',
      'white',
      'red 3',
      'red 4',
    ])
  })
})

describe('defaultBackground', () => {
  test('is white, or else the first color', () => {
    expect(defaultBackground(palette)).toBe(31)
    expect(defaultBackground(['#000000', '#FF0000'])).toBe(0)
  })
})
