/**
 * What stands for a body when an idempotency key comes again. Bodies are compared as parsed: the default canvas filled in, and a
 * colour the same however it was written. Called by `placement-use-case.ts`.
 */
import { createHash } from 'node:crypto'
import type { Canvas } from '../../lib/canvas.ts'
import type { WantedPixel } from '../../lib/decide.ts'
import { colorIndex } from '../../lib/palette.ts'

export const pixelFingerprint = (canvas: Pick<Canvas, 'id' | 'palette'>, { gx, gy, color }: WantedPixel) =>
  `${canvas.id} ${gx},${gy},${colorIndex(canvas.palette, color) ?? (typeof color === 'string' ? color.toUpperCase() : `index ${color}`)}`

/** `null` stands for a pixel that was none. Hashed, because it is stored with the key. */
export const batchFingerprint = (canvas: Pick<Canvas, 'id' | 'palette'>, pixels: readonly (WantedPixel | null)[]) => {
  const hash = createHash('sha256').update(`batch of ${pixels.length}`)
  for (const pixel of pixels) hash.update(`\n${pixel === null ? 'none' : pixelFingerprint(canvas, pixel)}`)
  return hash.digest('base64url')
}
