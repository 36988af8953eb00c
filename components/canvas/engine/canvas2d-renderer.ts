/** The fallback where there is no WebGL2. It keeps a small canvas per tile, which the layers draw scaled. */
import type { TileNumber } from '../../../lib/brand.ts'
import type { Rgb } from '../../../lib/palette.ts'
import type { Canvas2dSurface, Layer } from './layer.ts'
import type { Renderer, Scene } from './renderer.ts'
import { css } from './rgb.ts'

export interface Canvas2dEvents {
  /** The browser has cleared the canvas and all tiles. */
  readonly onRestored: () => void
}

/** Null if the browser gives no 2D context. */
export const createCanvas2dRenderer = (canvas: HTMLCanvasElement, layers: readonly Layer[], events: Canvas2dEvents): Renderer | null => {
  const context = canvas.getContext('2d', { alpha: false })
  return context ? new Canvas2dRenderer(context, layers, events) : null
}

class Canvas2dRenderer implements Renderer {
  readonly kind = '2d'
  readonly #layers: readonly Layer[]
  readonly #surface: Canvas2dSurface
  readonly #palette = new Uint32Array(256)
  readonly #tiles = new Map<TileNumber, CanvasRenderingContext2D>()
  readonly #stop = new AbortController()

  constructor(context: CanvasRenderingContext2D, layers: readonly Layer[], { onRestored }: Canvas2dEvents) {
    this.#layers = layers
    this.#surface = {
      context,
      image: (tile) => this.#tiles.get(tile)?.canvas ?? null,
      fill({ left, top, right, bottom }, color) {
        context.fillStyle = css(color)
        context.fillRect(left, top, right - left, bottom - top)
      },
    }
    const restored = () => {
      this.#tiles.clear()
      onRestored()
    }
    context.canvas.addEventListener('contextrestored', restored, { signal: this.#stop.signal })
  }

  setPalette(colors: readonly Rgb[]) {
    const bytes = new Uint8Array(this.#palette.buffer)
    for (const [index, rgb] of colors.entries()) bytes.set([...rgb, 255], index * 4)
  }

  upload({ tile, tileSize, bytes, rects }: Parameters<Renderer['upload']>[0]) {
    const context = this.#tiles.get(tile) ?? newContext(tileSize)
    if (!context) return false
    this.#tiles.set(tile, context)
    for (const { x, y, width, height } of rects) {
      const data = context.createImageData(width, height)
      const pixels = new Uint32Array(data.data.buffer)
      for (let row = 0; row < height; row++) {
        const from = (y + row) * tileSize + x
        for (let column = 0; column < width; column++) {
          pixels[row * width + column] = this.#palette[bytes[from + column] as number] as number
        }
      }
      context.putImageData(data, x, y)
    }
    return true
  }

  has(tile: TileNumber) {
    return this.#tiles.has(tile)
  }

  drop(tile: TileNumber) {
    this.#tiles.delete(tile)
  }

  draw(scene: Scene) {
    for (const layer of this.#layers) layer.draw2d(scene, this.#surface)
  }

  dispose() {
    this.#stop.abort()
    this.#tiles.clear()
  }
}

const newContext = (size: number) => {
  const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size })
  return canvas.getContext('2d')
}
