import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Rgb } from '../../../../lib/palette.ts'
import { templateLooks } from '../../../../lib/templates/template.ts'
import { dotSizeOf, type MarkOptions, markKindOf, markPixel } from './template-marks.ts'

const optionsOf = (change: Partial<MarkOptions>): MarkOptions => ({
  isWrong: false,
  kind: 'ring',
  dotSize: 0.19,
  scale: 24,
  wanted: 3,
  wantedRgb: [200, 40, 40],
  shownRgb: [255, 255, 255],
  ...change,
})

/** All pixels of a mark, row by row; null where the board shows. */
const pixelsOf = (options: MarkOptions) => {
  const middle = options.scale / 2
  const at = (i: number) => i + 0.5 - middle
  return Array.from({ length: options.scale ** 2 }, (_, i) => markPixel(options, at(i % options.scale), at(Math.floor(i / options.scale))))
}

const lightness = ([red, green, blue]: Rgb) => red * 0.299 + green * 0.587 + blue * 0.114

const rgb = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)) as fc.Arbitrary<Rgb>
const scale = fc.integer({ min: 4, max: 64 })
const look = fc.constantFrom(...templateLooks)

test('T7 T8: every mark stands out from every color', () => {
  fc.assert(
    fc.property(rgb, rgb, scale, look, fc.boolean(), (shownRgb, wantedRgb, scale, look, isWrong) => {
      const [kind, dotSize] = [markKindOf(look, scale), dotSizeOf(look)]
      const pixels = pixelsOf(optionsOf({ shownRgb, wantedRgb, scale, kind, dotSize, isWrong }))
      const contrasts = pixels.flatMap((pixel) =>
        pixel && pixel.alpha > 0.5 ? [Math.abs(lightness(pixel.rgb) - lightness(shownRgb))] : [],
      )
      expect(Math.max(...contrasts)).toBeGreaterThan(100)
    }),
  )
})

test('T8: missing and wrong cells are told apart by shape: only a wrong one lacks its upper right corner', () => {
  fc.assert(
    fc.property(scale, look, (scale, look) => {
      const kind = markKindOf(look, scale)
      const shape = (isWrong: boolean) => pixelsOf(optionsOf({ scale, kind, isWrong })).map((pixel) => pixel !== null && pixel.alpha > 0)
      const mirrored = (shape: boolean[]) => shape.map((_, i) => shape[i - (i % scale) + scale - 1 - (i % scale)])
      expect(shape(false)).toEqual(mirrored(shape(false)))
      expect(shape(true)).not.toEqual(mirrored(shape(true)))
    }),
  )
})

test('T8: a mark stays inside of its cell, and the color of the cell shows around it from 8 pixels on', () => {
  for (const isWrong of [false, true]) {
    for (const kind of ['ring', 'dot', 'symbol'] as const) {
      const pixels = pixelsOf(optionsOf({ isWrong, kind, scale: 24 }))
      expect(pixels[0]).toBeNull()
      expect(pixels[23]).toBeNull()
    }
  }
})

test('T7: a symbol is drawn where it can be read, and a dot elsewhere', () => {
  expect([markKindOf('symbols', 30), markKindOf('symbols', 8), markKindOf('ghost', 30), markKindOf('dots-large', 30)]).toEqual([
    'symbol',
    'dot',
    'ring',
    'dot',
  ])
})
