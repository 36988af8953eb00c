/**
 * A tile that a client follows: its bytes, their seq, and the frames that arrived before the board. It has no connection and no
 * clock. It returns what the caller must do: draw pixels, or join again.
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
  /** There is a gap: join again with `seq()`. `frames` are those before the gap. */
  | { do: 'join'; frames: readonly Frame[] }

/** The most frames that are kept until the board arrives. Beyond it they are dropped and the tile joins again (A6). */
export const maxKeptFrames = 2_000

export class TileFollower {
  #board: Board | null = null
  #kept: Frame[] = []

  /** The last commit that the bytes include; null without a board. */
  seq(): Seq | null {
    return this.#board?.seq ?? null
  }

  epoch(): Epoch | null {
    return this.#board?.epoch ?? null
  }

  colors(): Uint8Array | null {
    return this.#board?.colors ?? null
  }

  /** Drops the board and the kept frames, after a new epoch or a `resync`. */
  reset() {
    this.#board = null
    this.#kept = []
  }

  /**
   * A board arrived, and the follower writes into its bytes from now on. A board that is not newer is ignored, so that the bytes never
   * go back. A board of another epoch always replaces the current one.
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
