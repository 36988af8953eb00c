/**
 * Records which blocks of 32 × 32 pixels of a tile must be uploaded again, one bit for each (A6). Pixels change all over the board,
 * so one rectangle around them would soon be the whole tile.
 */
import type { Rect } from './rect.ts'

export interface TileRect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const blockSize = 32

export class DirtyBlocks {
  readonly #tileSize: number
  readonly #across: number
  readonly #marked: Uint8Array
  #count = 0

  constructor(tileSize: number) {
    this.#tileSize = tileSize
    this.#across = Math.ceil(tileSize / blockSize)
    this.#marked = new Uint8Array(this.#across * this.#across)
  }

  get clean() {
    return this.#count === 0
  }

  mark(position: number) {
    const x = position % this.#tileSize
    const y = (position - x) / this.#tileSize
    const block = Math.floor(y / blockSize) * this.#across + Math.floor(x / blockSize)
    if (this.#marked[block] === 1) return
    this.#marked[block] = 1
    this.#count++
  }

  markRows(from: number, to: number) {
    for (let y = from - (from % blockSize); y < to; y += blockSize) {
      for (let x = 0; x < this.#tileSize; x += blockSize) this.mark(y * this.#tileSize + x)
    }
  }

  markAll() {
    this.#marked.fill(1)
    this.#count = this.#marked.length
  }

  /** Returns the dirty blocks in an area of the tile as rectangles that do not overlap, and marks them clean. */
  take(area: Rect): TileRect[] {
    const left = Math.max(0, Math.floor(area.left / blockSize))
    const top = Math.max(0, Math.floor(area.top / blockSize))
    const right = Math.min(this.#across, Math.ceil(area.right / blockSize))
    const bottom = Math.min(this.#across, Math.ceil(area.bottom / blockSize))
    if (right <= left || bottom <= top) return []
    const before = this.#count
    const rects: TileRect[] = []
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        if (!this.#takeBlock(row, column)) continue
        const first = column
        while (column + 1 < right && this.#takeBlock(row, column + 1)) column++
        rects.push(this.#rect({ left: first, top: row, right: column + 1, bottom: row + 1 }))
      }
    }
    // Above half of the area one large upload is cheaper than many small ones.
    if ((before - this.#count) * 2 > (right - left) * (bottom - top)) return [this.#rect({ left, top, right, bottom })]
    return rects
  }

  /** Returns whether the block was dirty. */
  #takeBlock(row: number, column: number): boolean {
    const block = row * this.#across + column
    if (this.#marked[block] !== 1) return false
    this.#marked[block] = 0
    this.#count--
    return true
  }

  #rect({ left, top, right, bottom }: Rect): TileRect {
    const x = left * blockSize
    const y = top * blockSize
    return {
      x,
      y,
      width: Math.min(this.#tileSize, right * blockSize) - x,
      height: Math.min(this.#tileSize, bottom * blockSize) - y,
    }
  }
}
