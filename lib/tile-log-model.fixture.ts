/** A minimal tile log for tests: coalesced frames of any range, and boards at any seq. */
import type { Board } from './board.ts'
import { asEpoch, asSeq } from './brand.ts'
import type { Frame } from './tile-follower.ts'

export type LoggedPixel = readonly [position: number, color: number]

export const modelCells = 64 * 64

export class TileLog {
  readonly commits: (readonly LoggedPixel[])[]
  readonly epoch

  constructor(commits: readonly (readonly LoggedPixel[])[] = [], epoch = 'epoch001') {
    this.commits = [...commits]
    this.epoch = asEpoch(epoch)
  }

  get head() {
    return this.commits.length
  }

  /** Returns the seq of the commit. */
  append(pixels: readonly LoggedPixel[]) {
    return this.commits.push(pixels)
  }

  /** Has each position once with its last color, as the broadcaster coalesces frames. */
  frame(from: number, to: number): Frame {
    const pixels = [...new Map(this.commits.slice(from - 1, to).flat())].sort(([a], [b]) => a - b)
    return {
      from,
      to,
      positions: Uint32Array.from(pixels, ([position]) => position),
      colors: Uint8Array.from(pixels, ([, color]) => color),
    }
  }

  board(seq: number): Board {
    const colors = new Uint8Array(modelCells)
    for (const [position, color] of this.commits.slice(0, seq).flat()) colors[position] = color
    return { epoch: this.epoch, seq: asSeq(seq), colors }
  }
}
