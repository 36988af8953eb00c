/** Whether a canvas has the colors and the size that pixels need. A client that has an older canvas could not show them (C3). */
import type { TileNumber } from './brand.ts'
import type { Canvas } from './canvas.ts'
import type { CommitPixel } from './commit.ts'
import { tileOrigin } from './geometry.ts'

type Board = Pick<Canvas, 'width' | 'height' | 'tileSize' | 'palette'>

export const fitsCanvas = (canvas: Board, tile: TileNumber, pixels: readonly Pick<CommitPixel, 'position' | 'color'>[]) => {
  const { tileSize, palette } = canvas
  const origin = tileOrigin(tileSize, tile)
  const [columns, rows] = [canvas.width - origin.gx, canvas.height - origin.gy]
  const isInside = (position: number) => position % tileSize < columns && Math.floor(position / tileSize) < rows
  const isWhole = columns >= tileSize && rows >= tileSize
  return pixels.every(({ position, color }) => color < palette.length && (isWhole || isInside(position)))
}
