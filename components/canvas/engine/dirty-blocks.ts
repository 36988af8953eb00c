/**
 * Which parts of a tile have to go to the graphics memory again: a bit for each block of 32 × 32 pixels.
 *
 * Pixels come scattered over the board, so one rectangle around them would soon be the whole tile (1 MB a frame); a block
 * each is 1 KB. Blocks beside each other are taken together. Nothing grows: the map has a fixed size (A6).
 */
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

  markAll() {
    this.#marked.fill(1)
    this.#count = this.#marked.length
  }

  /** What is dirty, as rectangles that do not overlap; everything is clean after it. */
  take(): TileRect[] {
    if (this.#count === 0) return []
    // Past half of the tile one large upload is cheaper than many small ones.
    if (this.#count * 2 > this.#marked.length) {
      this.#clear()
      return [{ x: 0, y: 0, width: this.#tileSize, height: this.#tileSize }]
    }
    const rects: TileRect[] = []
    for (let row = 0; row < this.#across; row++) {
      for (let column = 0; column < this.#across; column++) {
        if (this.#marked[row * this.#across + column] !== 1) continue
        const first = column
        while (column + 1 < this.#across && this.#marked[row * this.#across + column + 1] === 1) column++
        rects.push(this.#rect(first, row, column))
      }
    }
    this.#clear()
    return rects
  }

  #rect(firstColumn: number, row: number, lastColumn: number): TileRect {
    const x = firstColumn * blockSize
    const y = row * blockSize
    return {
      x,
      y,
      width: Math.min(this.#tileSize, (lastColumn + 1) * blockSize) - x,
      height: Math.min(this.#tileSize, y + blockSize) - y,
    }
  }

  #clear() {
    this.#marked.fill(0)
    this.#count = 0
  }
}
