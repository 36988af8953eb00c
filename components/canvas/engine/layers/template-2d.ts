/**
 * Draws templates on a 2D canvas. Each mark is a small picture, made once for a zoom from the geometry of `template-marks.ts`. From far
 * away, a picture of the missing cells with one pixel per cell is drawn instead.
 */
import type { Rgb } from '../../../../lib/palette.ts'
import { noCell } from '../../../../lib/templates/template.ts'
import type { Canvas2dSurface } from '../layer.ts'
import type { Scene } from '../renderer.ts'
import { css } from '../rgb.ts'
import { drawFar } from './template-2d-far.ts'
import { contrast, dotSizeOf, type MarkOptions, markKindOf, markPixel, minMarkZoom } from './template-marks.ts'
import { type DrawnTemplate, partsOf, type TemplateDrawing, type TemplatePart } from './template-scene.ts'

type Sprites = Map<string, HTMLCanvasElement | null>

export const createCanvas2dTemplates = (drawing: () => TemplateDrawing) => {
  const sprites: Sprites = new Map()
  const far = drawFar()
  let scale = 0
  return (scene: Scene, surface: Canvas2dSurface) => {
    const { templates, filter, shown } = drawing()
    if (scale !== scene.transform.scale || sprites.size > 2_000) sprites.clear()
    scale = scene.transform.scale
    far.keepOnly(templates)
    for (const drawn of templates) {
      const isFar = scene.zoom < minMarkZoom
      for (const part of partsOf(scene, drawn, isFar)) {
        const bytes = shown(part.tile.tile)
        if (!bytes) continue
        if (isFar) far.draw(scene, surface, { drawn, part, bytes, filter })
        else drawMarks(scene, surface, { drawn, part, bytes, filter, sprites })
      }
    }
  }
}

interface PartOptions {
  readonly drawn: DrawnTemplate
  readonly part: TemplatePart
  readonly bytes: Uint8Array
  readonly filter: number | null
  readonly sprites: Sprites
}

const drawMarks = (scene: Scene, { context }: Canvas2dSurface, { drawn, part, bytes, filter, sprites }: PartOptions) => {
  const { canvas, palette, transform } = scene
  if (!canvas) return
  const { template, cells } = drawn
  const { scale } = transform
  const { tile, rect } = part
  const [left, top] = [Math.floor((rect.left + 0.5 - tile.originX) / scale), Math.floor((rect.top + 0.5 - tile.originY) / scale)]
  const kind = markKindOf(template.look, scale)
  const dotSize = dotSizeOf(template.look)
  const ghost = template.look === 'ghost' ? template.opacity : 0
  const edge = (origin: number, cell: number) => Math.ceil(origin + cell * scale - 0.5)
  context.save()
  context.beginPath()
  context.rect(rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top)
  context.clip()
  for (let row = top; edge(tile.originY, row) < rect.bottom; row++) {
    for (let column = left; edge(tile.originX, column) < rect.right; column++) {
      const wanted = cells[(part.gy + row - template.y) * template.picture.width + part.gx + column - template.x] ?? noCell
      const shown = bytes[row * canvas.tileSize + column] as number
      const [wantedRgb, shownRgb] = [palette[wanted], palette[shown]]
      if (wanted === shown || !wantedRgb || !shownRgb || (filter !== null && wanted !== filter)) continue
      const [x, y] = [edge(tile.originX, column), edge(tile.originY, row)]
      const isWrong = shown !== canvas.background
      if (!isWrong && ghost > 0) {
        context.globalAlpha = ghost
        context.fillStyle = css(wantedRgb)
        context.fillRect(x, y, edge(tile.originX, column + 1) - x, edge(tile.originY, row + 1) - y)
        context.globalAlpha = 1
      }
      const sprite = spriteOf(sprites, { isWrong, kind, dotSize, scale, wanted, wantedRgb, shownRgb })
      if (sprite) context.drawImage(sprite, x, y)
    }
  }
  context.restore()
}

const spriteOf = (sprites: Sprites, options: MarkOptions): HTMLCanvasElement | null => {
  const { isWrong, kind, dotSize, scale, wanted, shownRgb } = options
  const hasColor = isWrong || kind !== 'ring'
  const key = [isWrong, kind, dotSize, hasColor ? wanted : '', scale < 8 ? contrast(shownRgb)[0] : ''].join()
  let sprite = sprites.get(key)
  if (sprite === undefined) {
    sprite = spriteWith(Math.ceil(scale), (x, y) => markPixel(options, x + 0.5 - scale / 2, y + 0.5 - scale / 2))
    sprites.set(key, sprite)
  }
  return sprite
}

/** Null if the browser gives no context. */
const spriteWith = (side: number, pixel: (x: number, y: number) => { readonly rgb: Rgb; readonly alpha: number } | null) => {
  const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side })
  const context = canvas.getContext('2d')
  if (!context) return null
  const image = context.createImageData(side, side)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const found = pixel(x, y)
      if (found) image.data.set([...found.rgb, found.alpha * 255], (y * side + x) * 4)
    }
  }
  context.putImageData(image, 0, 0)
  return canvas
}
