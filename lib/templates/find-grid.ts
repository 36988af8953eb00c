/**
 * Finds how much a picture was enlarged. Templates for other sites often show each cell as a dot or a symbol in a square of transparent pixels. Such
 * squares repeat, and that proves their size. Solid squares prove nothing: a picture may really be that large.
 */
import type { RawPicture } from './raw-picture.ts'
import { noCell } from './template.ts'

const maxScale = 64

/**
 * The largest scale, from 2 to 64, at which each square has at most one color, and equal shapes of opaque and transparent pixels repeat. All pictures have
 * the same scale. Null if nothing proves one.
 */
export const findGrid = (pictures: readonly RawPicture[]): number | null => {
  if (!pictures.some(({ pixels }) => pixels.includes(noCell))) return null
  const largest = Math.min(maxScale, Math.max(...pictures.map(({ width, height }) => Math.max(width, height))))
  for (let scale = largest; scale >= 2; scale--) if (isGrid(pictures, scale)) return scale
  return null
}

interface Square {
  readonly picture: RawPicture
  readonly x: number
  readonly y: number
}

const isGrid = (pictures: readonly RawPicture[], scale: number): boolean => {
  /** The first whole square of each color. */
  const shapes = new Map<number, Square>()
  let squares = 0
  for (const picture of pictures) {
    for (let y = 0; y < picture.height; y += scale) {
      for (let x = 0; x < picture.width; x += scale) {
        const square = { picture, x, y }
        const color = onlyColor(square, scale)
        if (color === null) return false
        if (color === noCell) continue
        const shape = shapes.get(color)
        if (shape && !hasShape(square, shape, scale)) return false
        const isWhole = x + scale <= picture.width && y + scale <= picture.height
        if (!shape && isWhole) shapes.set(color, square)
        if (isWhole) squares++
      }
    }
  }
  return provesScale([...shapes.values()], squares, scale)
}

/** The color of the opaque pixels; `noCell` if there are none, and null if there are several. */
const onlyColor = ({ picture, x, y }: Square, scale: number): number | null => {
  const { width, pixels } = picture
  const [right, bottom] = [Math.min(width, x + scale), Math.min(picture.height, y + scale)]
  let color = noCell
  for (let row = y; row < bottom; row++) {
    for (let at = row * width + x; at < row * width + right; at++) {
      const pixel = pixels[at] as number
      if (pixel === noCell || pixel === color) continue
      if (color !== noCell) return null
      color = pixel
    }
  }
  return color
}

const isOpaque = ({ picture, x, y }: Square, column: number, row: number) =>
  picture.pixels[(y + row) * picture.width + x + column] !== noCell

/** Whether the pixels of a square are opaque where those of the shape are. A square at the edge may be cut off. */
const hasShape = (square: Square, shape: Square, scale: number): boolean => {
  const columns = Math.min(scale, square.picture.width - square.x)
  const rows = Math.min(scale, square.picture.height - square.y)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (isOpaque(square, column, row) !== isOpaque(shape, column, row)) return false
    }
  }
  return true
}

const provesScale = (shapes: readonly Square[], squares: number, scale: number): boolean => {
  const different = new Set(shapes.map((shape) => textOf(shape, scale))).size
  // Each shape must come again: two blobs in a picture are not two symbols.
  if (different === 0 || squares < 3 || squares < 2 * different || !hasGap(shapes, scale)) return false
  // Shapes that consist of equal smaller squares belong to a smaller grid. Solid squares are such shapes, too.
  return divisorsOf(scale).every((part) => shapes.some((shape) => !repeats(shape, scale, part)))
}

/** Whether a row or a column is transparent in all shapes, so that lines between the squares are visible. */
const hasGap = (shapes: readonly Square[], scale: number): boolean => {
  const lines = Array.from({ length: scale }, (_, line) => line)
  const isEmpty = (isFilled: (shape: Square, line: number, at: number) => boolean) =>
    lines.some((line) => shapes.every((shape) => lines.every((at) => !isFilled(shape, line, at))))
  return isEmpty((shape, row, column) => isOpaque(shape, column, row)) || isEmpty((shape, column, row) => isOpaque(shape, column, row))
}

const textOf = (shape: Square, scale: number) => {
  let text = ''
  for (let row = 0; row < scale; row++) for (let column = 0; column < scale; column++) text += isOpaque(shape, column, row) ? '1' : '0'
  return text
}

const divisorsOf = (scale: number) => Array.from({ length: scale - 1 }, (_, i) => i + 1).filter((part) => scale % part === 0)

const repeats = (shape: Square, scale: number, part: number): boolean => {
  for (let row = 0; row < scale; row++) {
    for (let column = 0; column < scale; column++) {
      if (isOpaque(shape, column, row) !== isOpaque(shape, column % part, row % part)) return false
    }
  }
  return true
}

/** The largest scale, up to 64, at which each square is solid: of one color, or transparent. 1 if there is none. */
export const solidScale = ({ width, height, pixels }: RawPicture): number => {
  let common = 0
  for (let y = 0; y < height; y++) {
    for (let x = 1; x < width; x++) {
      if (pixels[y * width + x] !== pixels[y * width + x - 1]) common = commonDivisor(common, x)
    }
    for (let x = 0; y > 0 && x < width; x++) {
      if (pixels[y * width + x] === pixels[(y - 1) * width + x]) continue
      common = commonDivisor(common, y)
      break
    }
    if (common === 1) return 1
  }
  for (let scale = Math.min(maxScale, common); scale > 1; scale--) if (common % scale === 0) return scale
  return 1
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b))
