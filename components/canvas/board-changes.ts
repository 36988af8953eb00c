/**
 * Reports what changes on the shown board, for cards that follow cells. It sits between the session and the engine, so a listener is
 * called after the engine has the change.
 */
import type { TileNumber } from '../../lib/brand.ts'
import type { PixelSink } from './engine/types.ts'

export interface BoardChange {
  readonly tile: TileNumber
  /** `confirmed`: of the server. `optimistic`: a painted pixel that is not saved yet appears. `settled`: such a pixel leaves. */
  readonly kind: 'confirmed' | 'optimistic' | 'settled'
  /** Null if all of the tile may have changed. */
  readonly positions: ArrayLike<number> | null
}

export type BoardChangeListener = (change: BoardChange) => void

export class BoardChanges {
  readonly #listeners = new Set<BoardChangeListener>()

  /** Returns the function that ends it. */
  subscribe(listener: BoardChangeListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** A sink that passes everything on and reports it. */
  watch(sink: PixelSink): PixelSink {
    const report = (tile: TileNumber, positions: ArrayLike<number> | null, kind: BoardChange['kind'] = 'confirmed') => {
      for (const listener of this.#listeners) listener({ tile, positions, kind })
    }
    return {
      setCanvas: (canvas) => sink.setCanvas(canvas),
      setTile: (tile, colors) => {
        sink.setTile(tile, colors)
        report(tile, null)
      },
      showPart: (tile, colors, count) => {
        sink.showPart(tile, colors, count)
        report(tile, null)
      },
      drawPixels: (tile, positions, colors) => {
        sink.drawPixels(tile, positions, colors)
        report(tile, positions)
      },
      paintOptimistic: (tile, position, color, animate) => {
        sink.paintOptimistic(tile, position, color, animate)
        report(tile, [position], color === null ? 'settled' : 'optimistic')
      },
      pixelAt: (cell) => sink.pixelAt(cell),
      dropTile: (tile) => {
        sink.dropTile(tile)
        report(tile, null)
      },
    }
  }
}
