/**
 * One tile as a client follows it: its bytes, their seq, and the frames that arrived before the board.
 *
 * The follower has no connection and no clock. It returns what the caller must do: draw these pixels, or join again.
 */
import type { Board } from './board.ts'
import type { Epoch, Seq } from './brand.ts'
import { asSeq } from './brand.ts'
import { classify } from './client-rule.ts'
import type { PackedPixels } from './codec.ts'

export interface Frame extends PackedPixels {
  readonly from: number
  readonly to: number
}

export type FollowAction =
  | { do: 'nothing' }
  /** The pixels of these frames changed, in this order. */
  | { do: 'draw'; frames: readonly Frame[] }
  /** A gap, or another epoch: join again with `seq()`. What could be drawn is in `frames`. */
  | { do: 'join'; frames: readonly Frame[] }

/** Frames kept while the board is on its way. Past this they are dropped and the tile joins again: nothing grows without bound (A6). */
export const maxKeptFrames = 2_000

export class TileFollower {
  #board: Board | null = null
  #kept: Frame[] = []

  /** The last commit that the bytes include; null before there is a board. */
  seq(): Seq | null {
    return this.#board?.seq ?? null
  }

  epoch(): Epoch | null {
    return this.#board?.epoch ?? null
  }

  colors(): Uint8Array | null {
    return this.#board?.colors ?? null
  }

  /** Forgets everything: another epoch, or a `resync`. */
  reset() {
    this.#board = null
    this.#kept = []
  }

  /**
   * A board arrived; from now on the follower writes into its bytes. One that is not newer than what is shown is ignored:
   * the bytes never go back. Another epoch always replaces what is shown.
   */
  board(board: Board): FollowAction {
    if (this.#board && this.#board.epoch === board.epoch && this.#board.seq >= board.seq) return { do: 'nothing' }
    this.#board = board
    const kept = this.#kept
    this.#kept = []
    return this.#take(kept)
  }

  frame(frame: Frame): FollowAction {
    return this.#take([frame])
  }

  #take(frames: readonly Frame[]): FollowAction {
    const drawn: Frame[] = []
    for (const frame of frames) {
      switch (classify(this.seq(), frame)) {
        case 'keep':
          if (this.#kept.length >= maxKeptFrames) {
            this.#kept = []
            return { do: 'join', frames: drawn }
          }
          this.#kept.push(frame)
          break
        case 'drop':
          break
        case 'gap':
          return { do: 'join', frames: drawn }
        case 'apply':
          this.#apply(frame)
          drawn.push(frame)
          break
      }
    }
    return drawn.length === 0 ? { do: 'nothing' } : { do: 'draw', frames: drawn }
  }

  #apply(frame: Frame) {
    if (!this.#board) return
    const { colors } = this.#board
    for (let i = 0; i < frame.positions.length; i++) colors[frame.positions[i] as number] = frame.colors[i] as number
    this.#board.seq = asSeq(frame.to)
  }
}
