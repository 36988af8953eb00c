import type { RawPicture } from './raw-picture.ts'
import { noCell } from './template.ts'

/** Makes each square of `scale × scale` pixels one: the color that most of its opaque pixels have. Of two equally frequent ones it is the first. */
export const reducePicture = (raw: RawPicture, scale: number): RawPicture => {
  if (scale === 1) return raw
  const width = Math.ceil(raw.width / scale)
  const height = Math.ceil(raw.height / scale)
  const pixels = new Uint16Array(width * height)
  const counts = new Uint32Array(noCell + 1)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) pixels[y * width + x] = mostFrequent(raw, { x: x * scale, y: y * scale, scale, counts })
  }
  return { width, height, pixels }
}

const mostFrequent = (raw: RawPicture, square: { x: number; y: number; scale: number; counts: Uint32Array }): number => {
  const { x, y, scale, counts } = square
  const [right, bottom] = [Math.min(raw.width, x + scale), Math.min(raw.height, y + scale)]
  const seen: number[] = []
  for (let row = y; row < bottom; row++) {
    for (let column = x; column < right; column++) {
      const pixel = raw.pixels[row * raw.width + column] as number
      if (pixel === noCell) continue
      if (counts[pixel] === 0) seen.push(pixel)
      counts[pixel] = (counts[pixel] as number) + 1
    }
  }
  let best = noCell
  for (const pixel of seen) if (best === noCell || (counts[pixel] as number) > (counts[best] as number)) best = pixel
  for (const pixel of seen) counts[pixel] = 0
  return best
}
