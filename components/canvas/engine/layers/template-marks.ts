/**
 * The marks of templates as pure geometry, in device pixels from the middle of a cell. Both renderers draw small pictures that are made
 * from it once for a zoom.
 */
import type { Rgb } from '../../../../lib/palette.ts'
import { isInSymbol, symbolSide } from '../../../../lib/templates/symbols.ts'
import type { TemplateLook } from '../../../../lib/templates/template.ts'

/** Below this many CSS pixels per cell, tints by blocks replace the marks. */
export const minMarkZoom = 4
/** Below this many device pixels per cell, one line in a contrasting color replaces the two lines around a mark. */
export const smallCell = 8
/** Below this many device pixels per cell, a symbol cannot be read. Dots replace it. */
export const minSymbolCell = 12

/** The opacity of missing cells from far away, where the look has no ghost. */
export const farOpacity = 0.42

/** Half the width of a dot, as a part of a cell's width. */
const dotSizes = { 'dots-small': 0.13, 'dots-medium': 0.19, 'dots-large': 0.27 } as const

/** What a missing cell shows in its middle. */
export type MarkKind = 'ring' | 'dot' | 'symbol'

export const markKindOf = (look: TemplateLook, scale: number): MarkKind =>
  look === 'ghost' ? 'ring' : look === 'symbols' && scale >= minSymbolCell ? 'symbol' : 'dot'

export const dotSizeOf = (look: TemplateLook) => (look === 'ghost' || look === 'symbols' ? dotSizes['dots-medium'] : dotSizes[look])

export interface MarkOptions {
  readonly isWrong: boolean
  readonly kind: MarkKind
  readonly dotSize: number
  /** Device pixels per cell. */
  readonly scale: number
  readonly wanted: number
  readonly wantedRgb: Rgb
  readonly shownRgb: Rgb
}

/** A color that stands out from another one. */
export const contrast = ([red, green, blue]: Rgb): Rgb => (red * 0.299 + green * 0.587 + blue * 0.114 > 127.5 ? [0, 0, 0] : [255, 255, 255])

const white: Rgb = [255, 255, 255]
const black: Rgb = [0, 0, 0]

const clamp = (value: number) => Math.min(1, Math.max(0, value))

/** The color of a pixel of a mark, with its opacity; null where the mark does not cover the cell. */
export const markPixel = (options: MarkOptions, x: number, y: number): { readonly rgb: Rgb; readonly alpha: number } | null => {
  const { isWrong, kind, scale } = options
  if (isWrong) return framePixel(options, x, y)
  if (kind === 'ring') return ringPixel(options, x, y)
  const half = kind === 'symbol' ? scale * 0.38 : Math.max(1, scale * options.dotSize)
  return boxPixel(options, { x, y, depth: half - Math.max(Math.abs(x), Math.abs(y)) })
}

/** White and black lines around a ring, so that it shows on every color. */
const ringPixel = ({ scale, shownRgb }: MarkOptions, x: number, y: number) => {
  const distance = Math.hypot(x, y)
  if (scale < smallCell) return distance < 1.7 ? { rgb: distance < 1 ? inverse(contrast(shownRgb)) : contrast(shownRgb), alpha: 1 } : null
  const line = Math.max(1, scale * 0.05)
  const fromRing = Math.abs(distance - scale * 0.25)
  const alpha = clamp(0.5 + line * 1.5 - fromRing)
  if (alpha === 0) return null
  return { rgb: mix(white, black, clamp(0.5 + line * 0.5 - fromRing)), alpha }
}

/** A frame that lacks its upper right corner. What is wanted shows inside. */
const framePixel = (options: MarkOptions, x: number, y: number) => {
  const half = Math.max(2, options.scale * 0.34)
  const notch = half * 0.5
  const depth = -Math.max(Math.max(Math.abs(x), Math.abs(y)) - half, Math.min(x - notch, -y - notch))
  return boxPixel(options, { x, y, depth })
}

/** A shape in the wanted color with an outline. `depth`: how far a pixel is inside the shape. */
const boxPixel = (options: MarkOptions, { x, y, depth }: { x: number; y: number; depth: number }) => {
  const { scale, kind, wanted, wantedRgb, shownRgb, isWrong } = options
  const line = Math.max(1, Math.round(scale * 0.06))
  if (scale < smallCell) {
    const outline = isWrong ? 0 : -1
    if (depth <= outline) return null
    return { rgb: depth <= outline + 1 ? contrast(shownRgb) : wantedRgb, alpha: 1 }
  }
  // The outlines of a wrong cell are inside of its frame, and those of a dot are around it.
  const inside = isWrong ? depth - 2 * line : kind === 'symbol' ? depth - line : depth
  if (inside <= -2 * line) return null
  if (inside <= -line) return { rgb: isWrong ? white : black, alpha: 1 }
  if (inside <= 0) return { rgb: isWrong ? black : white, alpha: 1 }
  if (kind !== 'symbol') return { rgb: wantedRgb, alpha: 1 }
  const dot = (scale * (isWrong ? 0.4 : 0.58)) / symbolSide
  const column = Math.floor(x / dot + symbolSide / 2)
  const row = Math.floor(y / dot + symbolSide / 2)
  return { rgb: isInSymbol(wanted, column, row) ? contrast(wantedRgb) : wantedRgb, alpha: 1 }
}

const inverse = ([red, green, blue]: Rgb): Rgb => [255 - red, 255 - green, 255 - blue]

const mix = (a: Rgb, b: Rgb, part: number): Rgb => [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part]
