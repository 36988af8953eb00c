/**
 * The fallback where there is no WebGL2: a small canvas per tile, drawn scaled. The same scene and the same edges; the browser
 * filters when several cells share a device pixel.
 */
import type { TileNumber } from '../../../lib/brand.ts'
import type { DeviceRect, Renderer, Rgb, Scene, SceneTile } from './renderer.ts'

interface TileImage {
  readonly context: CanvasRenderingContext2D
  readonly tileSize: number
}

/** Null when even this context is not to be had. `onRestored`: the browser has cleared the canvas and all tiles. */
export const createCanvas2dRenderer = (canvas: HTMLCanvasElement, onRestored: () => void): Renderer | null => {
  const context = canvas.getContext('2d', { alpha: false })
  return context ? new Canvas2dRenderer(context, onRestored) : null
}

class Canvas2dRenderer implements Renderer {
  readonly kind = '2d'
  readonly #context: CanvasRenderingContext2D
  readonly #palette = new Uint32Array(256)
  readonly #tiles = new Map<TileNumber, TileImage>()

  readonly #stop = new AbortController()

  constructor(context: CanvasRenderingContext2D, onRestored: () => void) {
    this.#context = context
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
    let image = this.#tiles.get(tile)
    if (!image) {
      const canvas = document.createElement('canvas')
      canvas.width = tileSize
      canvas.height = tileSize
      const context = canvas.getContext('2d')
      if (!context) return false
      image = { context, tileSize }
      this.#tiles.set(tile, image)
    }
    for (const { x, y, width, height } of rects) {
      const data = image.context.createImageData(width, height)
      const pixels = new Uint32Array(data.data.buffer)
      for (let row = 0; row < height; row++) {
        const from = (y + row) * tileSize + x
        for (let column = 0; column < width; column++) {
          pixels[row * width + column] = this.#palette[bytes[from + column] as number] as number
        }
      }
      image.context.putImageData(data, x, y)
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
    this.#drawGround(scene)
    this.#context.imageSmoothingEnabled = scene.transform.scale < 1
    this.#context.imageSmoothingQuality = 'medium'
    for (const tile of scene.tiles) this.#drawTile(scene, tile)
    if (scene.grid > 0) this.#drawGrid(scene)
    for (const { rect, color } of scene.marks) this.#fill(rect, color)
  }

  dispose() {
    this.#stop.abort()
    this.#tiles.clear()
  }

  #drawGround({ width, height, board, pixelRatio, transform, theme }: Scene) {
    this.#fill({ left: 0, top: 0, right: width, bottom: height }, theme.plaster)
    const spacing = 22 * pixelRatio
    const dot = Math.max(1, Math.round(1.5 * pixelRatio))
    this.#context.fillStyle = css(theme.dots)
    for (let y = ((transform.originY % spacing) + spacing) % spacing; y < height; y += spacing) {
      for (let x = ((transform.originX % spacing) + spacing) % spacing; x < width; x += spacing) {
        this.#context.fillRect(Math.round(x - dot / 2), Math.round(y - dot / 2), dot, dot)
      }
    }
    const line = Math.max(1, Math.round(pixelRatio))
    const { left, top, right, bottom } = board
    this.#fill({ left: left - line, top: top - line, right: right + line, bottom: bottom + line }, theme.edge)
    this.#fill(board, theme.empty)
  }

  #drawTile({ width, height, transform: { scale } }: Scene, { tile, rect, originX, originY }: SceneTile) {
    const image = this.#tiles.get(tile)
    if (!image) return
    // Only the cells in the window: a tile may be 100,000 device pixels wide.
    const first = (origin: number) => Math.max(0, Math.floor(-origin / scale))
    const last = (origin: number, room: number) => Math.min(image.tileSize, Math.ceil((room - origin) / scale))
    const x0 = first(originX)
    const y0 = first(originY)
    const x1 = Math.min(last(originX, width), Math.round((rect.right - originX) / scale))
    const y1 = Math.min(last(originY, height), Math.round((rect.bottom - originY) / scale))
    if (x1 <= x0 || y1 <= y0) return
    const left = Math.ceil(originX + x0 * scale - 0.5)
    const top = Math.ceil(originY + y0 * scale - 0.5)
    const right = Math.ceil(originX + x1 * scale - 0.5)
    const bottom = Math.ceil(originY + y1 * scale - 0.5)
    this.#context.drawImage(image.context.canvas, x0, y0, x1 - x0, y1 - y0, left, top, right - left, bottom - top)
  }

  #drawGrid({ width, height, board, transform: { originX, originY, scale }, grid }: Scene) {
    const context = this.#context
    context.fillStyle = `rgb(128 128 128 / ${(0.3 * grid).toFixed(3)})`
    const top = Math.max(0, board.top)
    const left = Math.max(0, board.left)
    const bottom = Math.min(height, board.bottom)
    const right = Math.min(width, board.right)
    for (let gx = Math.ceil((left - originX) / scale); gx * scale + originX < right; gx++) {
      context.fillRect(Math.ceil(originX + gx * scale - 0.5), top, 1, bottom - top)
    }
    for (let gy = Math.ceil((top - originY) / scale); gy * scale + originY < bottom; gy++) {
      context.fillRect(left, Math.ceil(originY + gy * scale - 0.5), right - left, 1)
    }
  }

  #fill({ left, top, right, bottom }: DeviceRect, color: Rgb) {
    this.#context.fillStyle = css(color)
    this.#context.fillRect(left, top, right - left, bottom - top)
  }
}

const css = ([red, green, blue]: Rgb) => `rgb(${red} ${green} ${blue})`
