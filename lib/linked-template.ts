/** Templates by link: stored on the server, with an id and a revision, for everybody who has the link. */
import type { CanvasId, Epoch, PainterId, TileNumber } from './brand.ts'
import { type Canvas, isLine } from './canvas.ts'
import { tileOf } from './geometry.ts'

/** In the cells of a template: nothing is wanted here. */
export const noCell = 0xffff

export const templateLimits = {
  maxName: 80,
  maxBytes: 1_048_576,
  maxCells: 1_048_576,
  /** On one canvas. Staff may upload more. */
  maxOfPainter: 10,
  maxOfCanvas: 200,
  maxPosition: 1_000_000,
} as const

export interface LinkedTemplate {
  readonly id: string
  readonly canvas: CanvasId
  /** Another one than the canvas's: the board was started over, and the template is gone with it. */
  readonly epoch: Epoch
  /** Counts the changes, from 1. */
  readonly rev: number
  readonly name: string
  /** Who uploaded it. */
  readonly by: PainterId
  /** The board's pixel under the picture's top left cell. It may be outside of the board. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly createdAtMs: number
  readonly changedAtMs: number
}

export type TemplatePlace = Pick<LinkedTemplate, 'x' | 'y' | 'width' | 'height'>

/** 80 bits in base 32: nobody finds one by trying. */
export const templateIdPattern = /^[a-z2-7]{16}$/

export const isTemplateName = (text: string) => isLine(text, templateLimits.maxName)

/** The part of the board that the template covers. Null when it covers none. */
export const coveredArea = ({ x, y, width, height }: TemplatePlace, canvas: Pick<Canvas, 'width' | 'height'>) => {
  const area = {
    left: Math.max(0, x),
    top: Math.max(0, y),
    right: Math.min(canvas.width, x + width),
    bottom: Math.min(canvas.height, y + height),
  }
  return area.left < area.right && area.top < area.bottom ? area : null
}

/** The tiles that the template covers at least partly. */
export const coveredTiles = (place: TemplatePlace, canvas: Pick<Canvas, 'width' | 'height' | 'tileSize'>): TileNumber[] => {
  const area = coveredArea(place, canvas)
  if (!area) return []
  const { tileSize } = canvas
  const tiles: TileNumber[] = []
  for (let gy = area.top - (area.top % tileSize); gy < area.bottom; gy += tileSize) {
    for (let gx = area.left - (area.left % tileSize); gx < area.right; gx += tileSize) tiles.push(tileOf(tileSize, { gx, gy }))
  }
  return tiles
}
