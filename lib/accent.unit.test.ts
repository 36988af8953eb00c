import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accentsOf, contrast } from './accent.ts'
import { type Rgb, rgbOf } from './palette.ts'

/** `--plaster` and `--surface` of `globals.css`, as a browser paints them. */
const grounds: Readonly<Record<'light' | 'dark', readonly Rgb[]>> = {
  light: [rgbOf('#F0ECE4'), rgbOf('#FDFCFA')],
  dark: [rgbOf('#0F0E0C'), rgbOf('#1D1B19')],
}

const hue = ([r, g, b]: Rgb) => (Math.atan2(Math.sqrt(3) * (g - b), 2 * r - g - b) * 180) / Math.PI
const anyColor = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0').toUpperCase()}`)

test('contrast is 21 between black and white, and 1 between equal colors', () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21, 1)
  expect(contrast([1, 2, 3], [1, 2, 3])).toBe(1)
})

test('B4 text in any accent is readable on every background of both themes, also on a tint of the accent', () => {
  fc.assert(
    fc.property(anyColor, (hex) => {
      const accents = accentsOf(hex)
      for (const theme of ['light', 'dark'] as const) {
        const accent = rgbOf(accents[theme])
        for (const ground of grounds[theme]) {
          const over = (color: Rgb, share: number) =>
            ground.map((byte, index) => byte + ((color[index] ?? 0) - byte) * share) as unknown as Rgb
          const tinted = over(accent, 0.12)
          const onButton = grounds[theme][theme === 'light' ? 1 : 0] as Rgb
          const button = over(accent, 0.9)
          const label = button.map((byte, index) => byte + ((onButton[index] ?? 0) - byte) * 0.9) as unknown as Rgb
          expect(contrast(label, button), `${hex} ${theme} button`).toBeGreaterThanOrEqual(4.4)
          expect(contrast(accent, ground), `${hex} ${theme}`).toBeGreaterThanOrEqual(4.4)
          expect(contrast(accent, tinted), `${hex} ${theme} tinted`).toBeGreaterThanOrEqual(4.4)
        }
      }
    }),
  )
})

describe('a color that can be read', () => {
  test('in the light theme is not changed there, and is lighter in the dark one', () => {
    const { light, dark } = accentsOf('#8A1538')
    expect(light).toBe('#8A1538')
    expect(Math.abs(hue(rgbOf(dark)) - hue(rgbOf(light)))).toBeLessThan(20)
  })

  test('in the dark theme is not changed there, and is darker in the light one', () => {
    const { light, dark } = accentsOf('#FFD635')
    expect(dark).toBe('#FFD635')
    expect(light).not.toBe('#FFD635')
  })
})

test.each(['#FFFFFF', '#000000', '#808080', '#FFFF00', '#0000FF', '#00FF00'])('%s has an accent in both themes', (hex) => {
  const { light, dark } = accentsOf(hex)
  for (const one of [light, dark]) expect(one).toMatch(/^#[0-9A-F]{6}$/)
})
