/**
 * The picture of the minimap, made from the bytes of the tiles that the page holds. Only the pixels whose cells changed are made again. A pixel is the
 * mean of up to 3 × 3 of its cells, in approximately linear light as on the board.
 */
import type { TileNumber } from '../../../lib/brand.ts'
import { pointOf, positionOf, tileOf, tileOrigin } from '../../../lib/geometry.ts'
import type { Rgb } from '../../../lib/palette.ts'
import { type MinimapPlan, minimapPixel } from './minimap-geometry.ts'

export interface MinimapBoard {
  readonly width: number
  readonly height: number
  readonly tileSize: number
}

/** Beyond this many changed pixels of the minimap in a tile, all of the tile is made again. */
const maxChanged = 2_000
const maxSamples = 3

export interface MinimapPictureOptions {
  readonly board: MinimapBoard
  readonly plan: MinimapPlan
  readonly palette: readonly Rgb[]
  /** The shown bytes of a tile; null while it is not loaded. */
  readonly shown: (tile: TileNumber) => Uint8Array | null
}

export class MinimapPicture {
  /** RGBA. A pixel of a tile that is not held is transparent. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>
  readonly #options: MinimapPictureOptions
  /** The changed pixels of each tile; null for all of them. */
  readonly #dirty = new Map<TileNumber, Set<number> | null>()

  constructor(options: MinimapPictureOptions) {
    this.#options = options
    this.rgba = new Uint8ClampedArray(options.plan.side ** 2 * 4)
  }

  get isDirty() {
    return this.#dirty.size > 0
  }

  /** `positions`: null if all of the tile may have changed. */
  mark(tile: TileNumber, positions: ArrayLike<number> | null) {
    const known = this.#dirty.get(tile)
    if (known === null) return
    if (positions === null || positions.length > maxChanged) return void this.#dirty.set(tile, null)
    const changed = known ?? new Set<number>()
    const { board, plan } = this.#options
    for (let index = 0; index < positions.length; index++) {
      const point = pointOf(board.tileSize, tile, positions[index] as never)
      if (point.gx < board.width && point.gy < board.height) changed.add(minimapPixel(plan, point))
    }
    this.#dirty.set(tile, changed.size > maxChanged ? null : changed)
  }

  /** Makes the changed pixels. Returns how many. */
  draw(): number {
    let made = 0
    for (const [tile, changed] of this.#dirty) {
      for (const pixel of changed ?? this.#pixelsOf(tile)) {
        this.#make(pixel)
        made++
      }
    }
    this.#dirty.clear()
    return made
  }

  *#pixelsOf(tile: TileNumber): Generator<number> {
    const { board, plan } = this.#options
    const { gx, gy } = tileOrigin(board.tileSize, tile)
    if (gx >= board.width || gy >= board.height) return
    const first = minimapPixel(plan, { gx, gy })
    const last = minimapPixel(plan, {
      gx: Math.min(board.width, gx + board.tileSize) - 1,
      gy: Math.min(board.height, gy + board.tileSize) - 1,
    })
    for (let y = Math.floor(first / plan.side); y <= Math.floor(last / plan.side); y++) {
      for (let x = first % plan.side; x <= last % plan.side; x++) yield y * plan.side + x
    }
  }

  #make(pixel: number) {
    const { board, plan, palette } = this.#options
    const [x, y] = [(pixel % plan.side) - plan.left, Math.floor(pixel / plan.side) - plan.top]
    const samples = Math.min(maxSamples, Math.max(1, Math.ceil(1 / plan.scale)))
    let [red, green, blue, found] = [0, 0, 0, 0]
    for (let sample = 0; sample < samples ** 2; sample++) {
      const at = (origin: number, index: number) => Math.floor((origin + (index + 0.5) / samples) / plan.scale)
      const gx = Math.min(board.width - 1, at(x, sample % samples))
      const gy = Math.min(board.height - 1, at(y, Math.floor(sample / samples)))
      const bytes = this.#options.shown(tileOf(board.tileSize, { gx, gy }))
      const rgb = bytes && palette[bytes[positionOf(board.tileSize, { gx, gy })] as number]
      if (!rgb) continue
      red += rgb[0] ** 2
      green += rgb[1] ** 2
      blue += rgb[2] ** 2
      found++
    }
    const mean = (sum: number) => Math.sqrt(sum / Math.max(1, found))
    this.rgba.set([mean(red), mean(green), mean(blue), found > 0 ? 255 : 0], pixel * 4)
  }
}
