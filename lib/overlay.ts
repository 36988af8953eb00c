/**
 * The painter's optimistic pixels on top of the confirmed board.
 *
 * A refusal removes exactly the refused pixel and shows the current board under it. A confirmation must not flicker: the 201 may
 * arrive before or after the frame with the pixel, and the frame does not name the painter. So a saved pixel stays on top until a
 * frame has its color at its position, or the tile reaches the seq in its receipt.
 */
import type { Position, Seq, TileNumber } from './brand.ts'

export interface OptimisticPixel {
  /** The `Idempotency-Key` of the placement, which the client chooses. */
  readonly key: string
  readonly tile: TileNumber
  readonly position: Position
  readonly color: number
}

type Entry = OptimisticPixel & {
  saved: boolean
  /** A frame had this color at this position before the answer arrived. */
  seen: boolean
  seq: Seq | null
}

export class Overlay {
  /** In the order of painting. Of two pixels at one position the newer is on top. */
  readonly #entries = new Map<string, Entry>()

  get size() {
    return this.#entries.size
  }

  add(pixel: OptimisticPixel) {
    this.#entries.set(pixel.key, { ...pixel, saved: false, seen: false, seq: null })
  }

  /** The color on top of the board at a position; null if there is none. */
  at(tile: TileNumber, position: Position): number | null {
    let color: number | null = null
    for (const entry of this.#entries.values()) {
      if (entry.tile === tile && entry.position === position) color = entry.color
    }
    return color
  }

  has(key: string) {
    return this.#entries.has(key)
  }

  /** The placement was acknowledged. Returns the pixel if it leaves the overlay. */
  confirm(key: string): OptimisticPixel | null {
    const entry = this.#entries.get(key)
    if (!entry) return null
    entry.saved = true
    return entry.seen ? this.#remove(key) : null
  }

  /** The placement was refused, so the pixel leaves the overlay. */
  refuse(key: string): OptimisticPixel | null {
    return this.#remove(key)
  }

  /** The receipt of a saved pixel has its seq. `tileSeq` is the current seq of its tile. Returns the pixel if it leaves. */
  setSeq(key: string, seq: Seq, tileSeq: Seq | null): OptimisticPixel | null {
    const entry = this.#entries.get(key)
    if (!entry) return null
    entry.seq = seq
    return tileSeq !== null && tileSeq >= seq ? this.#remove(key) : null
  }

  /** New colors arrived, and the tile is at `tileSeq`. Returns the pixels that leave the overlay. */
  advance(options: { tile: TileNumber; tileSeq: Seq; colorAt: (position: Position) => number | null }): OptimisticPixel[] {
    const left: OptimisticPixel[] = []
    for (const entry of [...this.#entries.values()]) {
      if (entry.tile !== options.tile) continue
      const included = entry.seq !== null && options.tileSeq >= entry.seq
      const brought = options.colorAt(entry.position) === entry.color
      if (brought) entry.seen = true
      if (entry.saved && (included || brought)) {
        this.#remove(entry.key)
        left.push(entry)
      }
    }
    return left
  }

  #remove(key: string): OptimisticPixel | null {
    const entry = this.#entries.get(key)
    this.#entries.delete(key)
    return entry ?? null
  }
}
