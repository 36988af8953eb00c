/** Draws ages on a 2D canvas: a picture for each tile with one pixel per cell, made again at most four times a second. */
import type { TileNumber } from '../../../lib/brand.ts'
import type { Canvas2dSurface } from '../engine/layer.ts'
import type { Scene } from '../engine/renderer.ts'
import { firstTime } from './age-map.ts'
import { type HeatDrawing, untouchedStep } from './heat-drawing.ts'
import { greyOf, rampSteps, stepOfAge } from './ramp.ts'

const renewEveryMs = 250
/** Colors also change with the time, by a step of the ramp. */
const renewAtLeastMs = 5_000

interface Held {
  readonly context: CanvasRenderingContext2D
  madeMs: number
  key: string
}

const packed = ([red, green, blue]: readonly [number, number, number]) => (255 << 24) | (blue << 16) | (green << 8) | red

export const createHeat2d = (drawing: () => HeatDrawing) => {
  const held = new Map<TileNumber, Held>()
  let isBehind = false

  const paint = (scene: Scene, context: CanvasRenderingContext2D, tile: TileNumber) => {
    const { agesOf, mode, now, span, ramp, shown } = drawing()
    const bytes = shown(tile)
    const times = agesOf(tile)?.times
    const image = context.createImageData(context.canvas.width, context.canvas.height)
    const pixels = new Int32Array(image.data.buffer)
    const greys = scene.palette.map((rgb) => packed(greyOf(rgb)))
    const steps = ramp.map((rgb) => packed(rgb))
    const present = now()
    for (let position = 0; position < pixels.length; position++) {
      const time = times?.[position] ?? 1
      const heat = time < firstTime ? null : stepOfAge(present - time, span)
      const step = mode === 'untouched' ? (time === 0 ? untouchedStep : null) : heat
      pixels[position] = (step === null ? greys[bytes?.[position] ?? 0] : steps[Math.min(rampSteps - 1, step)]) ?? 0
    }
    context.putImageData(image, 0, 0)
  }

  const pictureOf = (scene: Scene, tile: TileNumber): HTMLCanvasElement | null => {
    const { agesOf, mode, span } = drawing()
    const known = held.get(tile)
    const side = scene.canvas?.tileSize ?? 1
    const context = known?.context ?? Object.assign(document.createElement('canvas'), { width: side, height: side }).getContext('2d')
    if (!context) return null
    const key = [mode, span, agesOf(tile)?.revision ?? -1, scene.palette.length].join()
    const age = scene.timeMs - (known?.madeMs ?? Number.NEGATIVE_INFINITY)
    if (known?.key === key && age < renewAtLeastMs) return context.canvas
    if (age < renewEveryMs) {
      isBehind = true
      return context.canvas
    }
    paint(scene, context, tile)
    held.set(tile, { context, madeMs: scene.timeMs, key })
    return context.canvas
  }

  const draw = (scene: Scene, { context }: Canvas2dSurface) => {
    isBehind = false
    const { scale } = scene.transform
    const visible = new Set(scene.tiles.map(({ tile }) => tile))
    for (const tile of held.keys()) if (!visible.has(tile)) held.delete(tile)
    context.imageSmoothingEnabled = scale < 1
    for (const { tile, rect, originX, originY } of scene.tiles) {
      const picture = pictureOf(scene, tile)
      if (!picture) continue
      context.save()
      context.beginPath()
      context.rect(rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top)
      context.clip()
      context.drawImage(picture, originX, originY, picture.width * scale, picture.height * scale)
      context.restore()
    }
  }
  /** `isBehind`: a picture is older than the ages, and another frame is needed. */
  return { draw, isBehind: () => isBehind }
}
