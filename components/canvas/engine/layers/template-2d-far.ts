/** Templates from far away on a 2D canvas: the missing cells in their colors, and stripes on the blocks that are not done. */
import { blockSize } from '../../../../lib/templates/progress.ts'
import { noCell } from '../../../../lib/templates/template.ts'
import type { Canvas2dSurface } from '../layer.ts'
import type { Scene } from '../renderer.ts'
import { farOpacity } from './template-marks.ts'
import type { DrawnTemplate, TemplatePart } from './template-scene.ts'

/** A picture is made again at most this often, because it takes milliseconds. */
const renewEveryMs = 250

interface Held {
  readonly context: CanvasRenderingContext2D
  key: string
  madeMs: number
}

interface FarOptions {
  readonly drawn: DrawnTemplate
  readonly part: TemplatePart
  readonly bytes: Uint8Array
  readonly filter: number | null
}

export const drawFar = () => {
  /** By the template and the tile. */
  const held = new Map<string, Held>()

  const pictureOf = (scene: Scene, options: FarOptions): HTMLCanvasElement | null => {
    const { drawn, part, filter } = options
    const { id, x, y } = drawn.template
    const name = `${id} ${part.tile.tile}`
    const known = held.get(name)
    const key = [x, y, filter, scene.palette.length, drawn.cells.length, drawn.progress?.revision ?? -1].join()
    if (known && (known.key === key || scene.timeMs - known.madeMs < renewEveryMs)) return known.context.canvas
    const context = known?.context ?? newContext(scene.canvas?.tileSize ?? 1)
    if (!context) return null
    held.set(name, { context, key, madeMs: scene.timeMs })
    paintMissing(scene, context, options)
    return context.canvas
  }

  return {
    /** Forgets the pictures of templates that are not drawn any more. */
    keepOnly(templates: readonly DrawnTemplate[]) {
      const ids = new Set(templates.map(({ template }) => template.id))
      for (const name of held.keys()) if (!ids.has(name.split(' ')[0] ?? '')) held.delete(name)
    },

    draw(scene: Scene, { context }: Canvas2dSurface, options: FarOptions) {
      const { rect, tile } = options.part
      const { look, opacity } = options.drawn.template
      const picture = pictureOf(scene, options)
      context.save()
      context.beginPath()
      context.rect(rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top)
      context.clip()
      if (picture) {
        context.globalAlpha = look === 'ghost' ? opacity : farOpacity
        const side = picture.width * scene.transform.scale
        context.imageSmoothingEnabled = scene.transform.scale < 1
        context.drawImage(picture, tile.originX, tile.originY, side, side)
      }
      drawBlocks(scene, context, options)
      context.restore()
    },
  }
}

const paintMissing = ({ canvas, palette }: Scene, context: CanvasRenderingContext2D, { drawn, part, bytes, filter }: FarOptions) => {
  if (!canvas) return
  const { tileSize, background } = canvas
  const { x, y, picture } = drawn.template
  const image = context.createImageData(tileSize, tileSize)
  for (let row = Math.max(0, y - part.gy); row < Math.min(tileSize, y + picture.height - part.gy); row++) {
    for (let column = Math.max(0, x - part.gx); column < Math.min(tileSize, x + picture.width - part.gx); column++) {
      const wanted = drawn.cells[(part.gy + row - y) * picture.width + part.gx + column - x] ?? noCell
      const position = row * tileSize + column
      const rgb = palette[wanted]
      if (!rgb || wanted === background || bytes[position] !== background || (filter !== null && filter !== wanted)) continue
      image.data.set([...rgb, 255], position * 4)
    }
  }
  context.putImageData(image, 0, 0)
}

const drawBlocks = ({ transform, pixelRatio }: Scene, context: CanvasRenderingContext2D, { drawn, part }: FarOptions) => {
  const side = blockSize * transform.scale
  const { rect } = part
  for (const { gx, gy, left } of drawn.progress?.blocksLeft() ?? []) {
    const x = transform.originX + gx * transform.scale
    const y = transform.originY + gy * transform.scale
    if (x + side <= rect.left || y + side <= rect.top || x >= rect.right || y >= rect.bottom) continue
    drawStripes(context, { x, y, side, gap: 8 * pixelRatio, strength: 0.1 + (0.4 * left) / blockSize ** 2 })
    if (side < 12 * pixelRatio) continue
    for (const [color, inset] of [
      ['0 0 0', 0],
      ['255 255 255', pixelRatio],
    ] as const) {
      context.fillStyle = `rgb(${color} / 0.7)`
      context.fillRect(x + inset, y + inset, side - inset, pixelRatio)
      context.fillRect(x + inset, y + inset, pixelRatio, side - inset)
    }
  }
}

interface Stripes {
  readonly x: number
  readonly y: number
  readonly side: number
  readonly gap: number
  readonly strength: number
}

const drawStripes = (context: CanvasRenderingContext2D, { x, y, side, gap, strength }: Stripes) => {
  const band = gap / 4
  context.save()
  context.beginPath()
  context.rect(x, y, side, side)
  context.clip()
  for (const [color, from] of [
    ['0 0 0', 0],
    ['255 255 255', band],
  ] as const) {
    context.fillStyle = `rgb(${color} / ${strength.toFixed(3)})`
    context.beginPath()
    for (let at = from - Math.ceil(side / gap) * gap; at < side; at += gap) {
      context.moveTo(x + at, y)
      context.lineTo(x + at + band, y)
      context.lineTo(x + at + band + side, y + side)
      context.lineTo(x + at + side, y + side)
    }
    context.fill()
  }
  context.restore()
}

const newContext = (side: number) => Object.assign(document.createElement('canvas'), { width: side, height: side }).getContext('2d')
