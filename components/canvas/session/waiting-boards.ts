/**
 * Boards with a color that the known canvas does not have. A board may come from another process than the canvas, and be newer. It waits
 * until the canvas has its colors (C3).
 */
import type { Board } from '../../../lib/board.ts'
import type { TileNumber } from '../../../lib/brand.ts'
import { Timer } from './timer.ts'
import type { CanvasInfo, Timers } from './types.ts'

type Palette = Pick<CanvasInfo, 'palette'>

/** A loop, because a board has up to a million colors. */
export const hasNewColor = (colors: Uint8Array, { palette }: Palette) => {
  for (let i = 0; i < colors.length; i++) if ((colors[i] as number) >= palette.length) return true
  return false
}

/** The server may answer with a canvas that is a second old. */
const askEveryMs = 1_000

export interface WaitingBoardsOptions {
  readonly timers: Timers
  readonly onCanvasOutdated: () => void
  /** The canvas has all colors of the board. */
  readonly onBoard: (tile: TileNumber, board: Board) => void
}

export class WaitingBoards {
  readonly #options: WaitingBoardsOptions
  readonly #timer: Timer
  readonly #boards = new Map<TileNumber, Board>()

  constructor(options: WaitingBoardsOptions) {
    this.#options = options
    this.#timer = new Timer(options.timers)
  }

  add(tile: TileNumber, board: Board) {
    this.#boards.set(tile, board)
    if (!this.#timer.isSet) this.#ask()
  }

  delete(tile: TileNumber) {
    this.#boards.delete(tile)
  }

  clear() {
    this.#boards.clear()
    this.#timer.clear()
  }

  /** The canvas has changed. */
  release(canvas: Palette) {
    for (const [tile, board] of [...this.#boards]) {
      if (hasNewColor(board.colors, canvas)) continue
      this.#boards.delete(tile)
      this.#options.onBoard(tile, board)
    }
  }

  #ask() {
    this.#timer.set(() => this.#boards.size > 0 && this.#ask(), askEveryMs)
    this.#options.onCanvasOutdated()
  }
}
