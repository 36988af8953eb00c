/**
 * Tiles and positions. A canvas is a grid of square tiles. A tile's number and its positions do not depend on the size of the
 * canvas, so a canvas can grow without moving a byte.
 *
 * Board points (`gx`, `gy`) are whole pixels from the top left of the canvas.
 */
import type { Position, TileNumber } from './brand.ts'
import { asPosition, asTile } from './brand.ts'
import { type Canvas, canvasLimits } from './canvas.ts'

/** Tiles in one row of the numbering, whatever the canvas's width. */
const tileRowStride = 256

type Size = Pick<Canvas, 'width' | 'height' | 'tileSize'>

export interface BoardPoint {
  readonly gx: number
  readonly gy: number
}

export const tilesX = (canvas: Size) => Math.ceil(canvas.width / canvas.tileSize)
export const tilesY = (canvas: Size) => Math.ceil(canvas.height / canvas.tileSize)

export const contains = (canvas: Size, { gx, gy }: BoardPoint) =>
  Number.isInteger(gx) && Number.isInteger(gy) && gx >= 0 && gy >= 0 && gx < canvas.width && gy < canvas.height

export const tileOf = (tileSize: number, { gx, gy }: BoardPoint): TileNumber =>
  asTile(Math.floor(gy / tileSize) * tileRowStride + Math.floor(gx / tileSize))

export const positionOf = (tileSize: number, { gx, gy }: BoardPoint): Position => asPosition((gy % tileSize) * tileSize + (gx % tileSize))

/** The board point of the top left pixel of a tile. */
export const tileOrigin = (tileSize: number, tile: TileNumber): BoardPoint => ({
  gx: (tile % tileRowStride) * tileSize,
  gy: Math.floor(tile / tileRowStride) * tileSize,
})

export const pointOf = (tileSize: number, tile: TileNumber, position: Position): BoardPoint => {
  const origin = tileOrigin(tileSize, tile)
  return { gx: origin.gx + (position % tileSize), gy: origin.gy + Math.floor(position / tileSize) }
}

export const hasTile = (canvas: Size, tile: number): tile is TileNumber =>
  Number.isInteger(tile) && tile >= 0 && tile % tileRowStride < tilesX(canvas) && Math.floor(tile / tileRowStride) < tilesY(canvas)

/** Every tile of the canvas, row by row. */
export const tilesOf = (canvas: Size): TileNumber[] => {
  const tiles: TileNumber[] = []
  for (let ty = 0; ty < tilesY(canvas); ty++) {
    for (let tx = 0; tx < tilesX(canvas); tx++) tiles.push(asTile(ty * tileRowStride + tx))
  }
  return tiles
}

/** The smallest power of two from 64 that holds the longer side, at most 1024. */
export const defaultTileSize = (width: number, height: number) => {
  let tileSize: number = canvasLimits.minTileSize
  while (tileSize < Math.max(width, height) && tileSize < canvasLimits.maxTileSize) tileSize *= 2
  return tileSize
}
