/**
 * What the painter sees: the confirmed board with their own pending pixels on top.
 *
 * A pixel is there in the frame in which it was painted. A refusal takes exactly that pixel back, and what is under it then
 * is whatever the log says by now, a stranger's newer pixel included. A confirmation must not flicker: the 201 may arrive
 * before the frame that brings the pixel, or after it, and the frame does not say whose pixel it brings. So a saved pixel
 * stays on top until the board is known to include it: a frame brings its colour, or the tile reaches its seq (which the
 * receipt tells).
 */
import type { Position, Seq, TileNumber } from './brand.ts'

export interface OptimisticPixel {
  /** Chosen by the painter's side; the `Idempotency-Key` of the placement. */
  readonly key: string
  readonly tile: TileNumber
  readonly position: Position
  readonly color: number
}

type Entry = OptimisticPixel & {
  saved: boolean
  /** A frame brought this colour to this place while the answer was under way. */
  seen: boolean
  seq: Seq | null
}

export class Overlay {
  /** In the order in which they were painted: of two optimistic pixels on one position, the newer is on top. */
  readonly #entries = new Map<string, Entry>()

  get size() {
    return this.#entries.size
  }

  add(pixel: OptimisticPixel) {
    this.#entries.set(pixel.key, { ...pixel, saved: false, seen: false, seq: null })
  }

  /** The colour on top of the board at this place, or null when the board itself is what is seen. */
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

  pixels(): OptimisticPixel[] {
    return [...this.#entries.values()]
  }

  /** The placement was acknowledged. Answers the pixel when it left the overlay by that. */
  confirm(key: string): OptimisticPixel | null {
    const entry = this.#entries.get(key)
    if (!entry) return null
    entry.saved = true
    return entry.seen ? this.#remove(key) : null
  }

  /** The placement was refused: it leaves, whatever happened meanwhile. */
  refuse(key: string): OptimisticPixel | null {
    return this.#remove(key)
  }

  /** The receipt told the seq of a saved pixel; `tileSeq` is where its tile stands now. */
  learnSeq(key: string, seq: Seq, tileSeq: Seq | null): OptimisticPixel | null {
    const entry = this.#entries.get(key)
    if (!entry) return null
    entry.seq = seq
    return tileSeq !== null && tileSeq >= seq ? this.#remove(key) : null
  }

  /** The tile now stands at `tileSeq`, after colours came to some places of it. Answers the pixels that left the overlay. */
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
