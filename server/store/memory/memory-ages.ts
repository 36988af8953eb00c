import { ageCode } from '../../../lib/ages.ts'
import { asPosition, type Position, type TileNumber } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import { isEmptied, isGone } from '../../../lib/erasing.ts'
import { hasTile } from '../../../lib/geometry.ts'
import { nobody } from '../../../lib/painter.ts'
import type { StoredPixel } from '../port.ts'

interface AgesOptions {
  readonly tile: TileNumber
  readonly nowMs: number
  readonly pixelAt: (position: Position) => StoredPixel | null
}

export const agesOf = (canvas: Canvas | null, { tile, nowMs, pixelAt }: AgesOptions) => {
  if (isGone(canvas) || !hasTile(canvas, tile)) return null
  const codes = new Uint8Array(canvas.tileSize ** 2)
  for (let position = 0; !isEmptied(canvas, { tile }) && position < codes.length; position++) {
    const pixel = pixelAt(asPosition(position))
    if (pixel && pixel.cause !== 'skipped' && pixel.by !== nobody) codes[position] = ageCode(nowMs - pixel.atMs)
  }
  return { epoch: canvas.epoch, codes }
}
