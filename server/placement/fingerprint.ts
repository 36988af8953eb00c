/**
 * Fingerprints tell whether a repeated idempotency key has the same request. They are made of the parsed body, so the default canvas and the
 * notation of colors do not matter.
 */
import { createHash } from 'node:crypto'
import type { Canvas } from '../../lib/canvas.ts'
import type { WantedPixel } from '../../lib/decide.ts'
import { colorIndex } from '../../lib/palette.ts'

export const pixelFingerprint = (canvas: Pick<Canvas, 'id' | 'palette'>, { gx, gy, color }: WantedPixel) =>
  `${canvas.id} ${gx},${gy},${colorIndex(canvas.palette, color) ?? (typeof color === 'string' ? color.toUpperCase() : `index ${color}`)}`

/** `null` is a malformed pixel. Hashed, because the fingerprint is stored with the key. */
export const batchFingerprint = (canvas: Pick<Canvas, 'id' | 'palette'>, pixels: readonly (WantedPixel | null)[]) => {
  const hash = createHash('sha256').update(`batch of ${pixels.length}`)
  for (const pixel of pixels) hash.update(`\n${pixel === null ? 'none' : pixelFingerprint(canvas, pixel)}`)
  return hash.digest('base64url')
}
