/**
 * From camera to scene: the tiles in the window, their edges in device pixels, and the rectangles of marks. One function rounds the
 * shared edge of two tiles, so there is no gap and no overlap at any zoom.
 */
import type { TileNumber } from '../../../lib/brand.ts'
import { asTile } from '../../../lib/brand.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import { tileOf, tileOrigin, tilesX, tilesY } from '../../../lib/geometry.ts'
import type { Rgb } from '../../../lib/palette.ts'
import type { DeviceTransform } from './camera.ts'
import type { Mark } from './layer.ts'
import { outset, type Rect } from './rect.ts'
import type { SceneTile } from './renderer.ts'
import type { EngineCanvas } from './types.ts'

type Size = Pick<EngineCanvas, 'width' | 'height' | 'tileSize'>

/** A device pixel belongs to the cell that contains its center, as in the shader. */
const edge = (value: number) => Math.ceil(value - 0.5)

/** The device pixels of a rectangle of cells. */
export const deviceRect = ({ originX, originY, scale }: DeviceTransform, cells: Rect): Rect => ({
  left: edge(originX + cells.left * scale),
  top: edge(originY + cells.top * scale),
  right: edge(originX + cells.right * scale),
  bottom: edge(originY + cells.bottom * scale),
})

/** Tiles that overlap an area of the plane, those nearest to its middle first. */
export const tilesIn = (canvas: Size, area: Rect): TileNumber[] => {
  const { tileSize } = canvas
  const firstX = Math.max(0, Math.floor(area.left / tileSize))
  const firstY = Math.max(0, Math.floor(area.top / tileSize))
  const lastX = Math.min(tilesX(canvas) - 1, Math.floor(area.right / tileSize))
  const lastY = Math.min(tilesY(canvas) - 1, Math.floor(area.bottom / tileSize))
  const middleX = (area.left + area.right) / 2 / tileSize - 0.5
  const middleY = (area.top + area.bottom) / 2 / tileSize - 0.5
  const found: { tile: TileNumber; distance: number }[] = []
  for (let ty = firstY; ty <= lastY; ty++) {
    for (let tx = firstX; tx <= lastX; tx++) {
      const tile = asTile(tileOf(tileSize, { gx: tx * tileSize, gy: ty * tileSize }))
      found.push({ tile, distance: Math.hypot(tx - middleX, ty - middleY) })
    }
  }
  return found.sort((a, b) => a.distance - b.distance).map(({ tile }) => tile)
}

/** Tiles in an area and within a quarter of it on each side, which are loaded before a pan needs them. The first `inWindow` are in the area. */
export const tilesNear = (canvas: Size, area: Rect): { tiles: TileNumber[]; inWindow: number } => {
  const { left, top, right, bottom } = area
  const roomX = (right - left) / 4
  const roomY = (bottom - top) / 4
  const inWindow = tilesIn(canvas, area)
  const known = new Set(inWindow)
  const near = tilesIn(canvas, { left: left - roomX, top: top - roomY, right: right + roomX, bottom: bottom + roomY })
  return { tiles: [...inWindow, ...near.filter((tile) => !known.has(tile))], inWindow: inWindow.length }
}

/** `rows`: how many rows of the tile there are to draw, from its top. */
export const sceneTile = (options: { canvas: Size; transform: DeviceTransform; tile: TileNumber; rows?: number }): SceneTile => {
  const { canvas, transform, tile, rows = canvas.tileSize } = options
  const { gx, gy } = tileOrigin(canvas.tileSize, tile)
  return {
    tile,
    rect: deviceRect(transform, {
      left: gx,
      top: gy,
      right: Math.min(canvas.width, gx + canvas.tileSize),
      bottom: Math.min(canvas.height, gy + rows),
    }),
    originX: transform.originX + gx * transform.scale,
    originY: transform.originY + gy * transform.scale,
  }
}

const isEmpty = ({ left, top, right, bottom }: Rect) => right <= left || bottom <= top

/** The part of a rectangle that is in the window. */
export const clip = (rect: Rect, { width, height }: { width: number; height: number }): Rect => {
  const left = Math.min(width, Math.max(0, rect.left))
  const top = Math.min(height, Math.max(0, rect.top))
  return { left, top, right: Math.max(left, Math.min(width, rect.right)), bottom: Math.max(top, Math.min(height, rect.bottom)) }
}

/** The window without the board, as rectangles that do not overlap. There are none if the board fills the window. */
export const around = (board: Rect, { width, height }: { width: number; height: number }): Rect[] => {
  const window = { left: 0, top: 0, right: width, bottom: height }
  const inner = clip(board, { width, height })
  if (isEmpty(inner)) return [window]
  return [
    { ...window, bottom: inner.top },
    { ...window, top: inner.bottom },
    { ...inner, left: 0, right: inner.left },
    { ...inner, left: inner.right, right: width },
  ].filter((rect) => !isEmpty(rect))
}

const cellRect = (transform: DeviceTransform, { gx, gy }: BoardPoint) =>
  deviceRect(transform, { left: gx, top: gy, right: gx + 1, bottom: gy + 1 })

/** A frame around a rectangle. */
export const ring = (inner: Rect, width: number, color: Rgb): Mark[] => {
  const outer = outset(inner, width)
  return [
    { rect: { ...outer, bottom: inner.top }, color },
    { rect: { ...outer, top: inner.bottom }, color },
    { rect: { ...inner, left: outer.left, right: inner.left }, color },
    { rect: { ...inner, left: inner.right, right: outer.right }, color },
  ]
}

const white: Rgb = [255, 255, 255]
const black: Rgb = [0, 0, 0]
/** The selected cell is at least this wide at any zoom, in CSS pixels. */
const minCellWidth = 5

/** The selected cell in its color, with a white and a black frame: one of them stands out on every color. */
export const cellMarks = (options: { transform: DeviceTransform; pixelRatio: number; cell: BoardPoint; color: Rgb | null }): Mark[] => {
  const { transform, pixelRatio, cell, color } = options
  const rect = cellRect(transform, cell)
  const missing = Math.ceil((minCellWidth * pixelRatio - (rect.right - rect.left)) / 2)
  const inner = missing > 0 ? outset(rect, missing) : rect
  const line = Math.max(1, Math.round(pixelRatio))
  const wide = Math.max(1, Math.round(pixelRatio * (transform.scale / pixelRatio >= 12 ? 2 : 1)))
  return [...(color ? [{ rect: inner, color }] : []), ...ring(inner, wide, white), ...ring(outset(inner, wide), line, black)]
}

/** How much wider a new pixel is at first, as a part of its width. */
const growth = 0.22

/** A new optimistic pixel: a little too large at first, its true size at the end. `progress` goes from 0 to 1. */
export const animationMark = (options: { transform: DeviceTransform; cell: BoardPoint; color: Rgb; progress: number }): Mark => {
  const ease = (1 - options.progress) ** 3
  const by = Math.round(options.transform.scale * growth * ease)
  return { rect: outset(cellRect(options.transform, options.cell), by), color: options.color }
}
