/** What the layer of templates draws, and where it is on the screen. */
import type { TileNumber } from '../../../../lib/brand.ts'
import { tileOrigin } from '../../../../lib/geometry.ts'
import type { TemplateProgress } from '../../../../lib/templates/progress.ts'
import type { PlacedTemplate } from '../../../../lib/templates/template.ts'
import type { Rect } from '../rect.ts'
import type { Scene, SceneTile } from '../renderer.ts'
import { clip, deviceRect } from '../scene.ts'
import { rectsToDraw } from './template-blocks.ts'

export interface DrawnTemplate {
  readonly template: PlacedTemplate
  /** Its cells without those that a template above decides. */
  readonly cells: Uint16Array
  /** Null until it is counted. */
  readonly progress: TemplateProgress | null
}

export interface TemplateDrawing {
  /** Those that are shown, the topmost first. Their cells do not overlap. */
  readonly templates: readonly DrawnTemplate[]
  /** Only cells that want this color are drawn; null for all colors. */
  readonly filter: number | null
  /** The shown colors of a tile, which the 2D canvas compares with what is wanted. */
  readonly shown: (tile: TileNumber) => Uint8Array | null
}

/** The part of a template that lies on a tile and in the window. */
export interface TemplatePart {
  readonly tile: SceneTile
  /** The board point of the tile's top left cell. */
  readonly gx: number
  readonly gy: number
  /** In device pixels. */
  readonly rect: Rect
}

/** `isWhole`: also where there is nothing to draw. */
export const partsOf = (scene: Scene, drawn: DrawnTemplate, isWhole = false): TemplatePart[] => {
  const { canvas, tiles, transform, width, height } = scene
  if (!canvas) return []
  const { originX, originY, scale } = transform
  const visible = {
    left: Math.floor(-originX / scale),
    top: Math.floor(-originY / scale),
    right: Math.ceil((width - originX) / scale) + 1,
    bottom: Math.ceil((height - originY) / scale) + 1,
  }
  return rectsToDraw(isWhole ? { ...drawn, progress: null } : drawn, visible).flatMap((cells) => {
    const all = clip(deviceRect(transform, cells), scene)
    return tiles.flatMap((tile) => {
      const rect = {
        left: Math.max(all.left, tile.rect.left),
        top: Math.max(all.top, tile.rect.top),
        right: Math.min(all.right, tile.rect.right),
        bottom: Math.min(all.bottom, tile.rect.bottom),
      }
      return rect.right > rect.left && rect.bottom > rect.top ? [{ tile, rect, ...tileOrigin(canvas.tileSize, tile.tile) }] : []
    })
  })
}
