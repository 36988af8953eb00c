/**
 * One tile in a gateway's memory: its board, its newest commits, and how far its room was told.
 *
 * The board is ahead of the room while frames are being coalesced. A joining client is caught up to what the room was told,
 * so the next frame is the next one for everybody (A3).
 */
import { type Applied, applyCommit, type Board } from '../../lib/board.ts'
import { asSeq, type Epoch, type Seq } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import type { TileRef } from '../store/port.ts'
import type { CatchUp, LiveTile, TileFrame } from './port.ts'

/** A client that missed more than this fetches the board: it is cheaper for both sides. */
export const maxMissedCommits = 10_000
export const maxMissedBytes = 1_048_576

/** Pixels in one replayed frame: some tens of kilobytes. */
const maxFramePixels = 10_000

/** What a commit costs to send: three to five bytes a pixel when packed, and the frame around it. */
export const bytesOf = (commit: SequencedCommit) => 8 + commit.pixels.length * 4

export class TrackedTile implements LiveTile {
  readonly ref: TileRef
  #board: Board
  #emitted: Seq
  /** Consecutive commits that end at the board's seq. */
  #ring: SequencedCommit[] = []
  #ringBytes = 0

  constructor(ref: TileRef, board: Board) {
    this.ref = ref
    this.#board = board
    this.#emitted = board.seq
  }

  get epoch(): Epoch {
    return this.#board.epoch
  }

  get head(): Seq {
    return this.#emitted
  }

  /** The last commit on the board, which may not have been sent yet. */
  get seq(): Seq {
    return this.#board.seq
  }

  /** The first commit that memory reaches back to. */
  get oldest(): Seq {
    return this.#ring[0]?.seq ?? asSeq(this.#board.seq + 1)
  }

  copy(): Board {
    return { epoch: this.#board.epoch, seq: this.#board.seq, colors: this.#board.colors.slice() }
  }

  apply(commit: SequencedCommit): Applied {
    const applied = applyCommit(this.#board, commit)
    if (applied === 'applied') {
      this.#ring.push(commit)
      this.#ringBytes += bytesOf(commit)
      this.#trimRing()
    }
    return applied
  }

  /** Another board takes the place of this one: another epoch, or a gap that cannot be filled. The room must be told. */
  replace(board: Board) {
    this.#board = board
    this.#emitted = board.seq
    this.#ring = []
    this.#ringBytes = 0
  }

  /** Puts older commits before the ring. They must end right before it; otherwise nothing changes. */
  extend(older: readonly SequencedCommit[]) {
    const fitting = older.filter(({ seq, epoch }) => seq < this.oldest && epoch === this.epoch)
    if (fitting.at(-1)?.seq !== this.oldest - 1) return
    this.#ring.unshift(...fitting)
    for (const commit of fitting) this.#ringBytes += bytesOf(commit)
    this.#trimRing()
  }

  /** What the room was not told yet, which counts as told from now on. Null when there is nothing. */
  takeFrame(): TileFrame | null {
    if (this.#emitted >= this.#board.seq) return null
    const commits = this.#after(this.#emitted)
    const from = asSeq(this.#emitted + 1)
    this.#emitted = this.#board.seq
    return { ref: this.ref, from, to: this.#emitted, commits }
  }

  catchUp({ epoch, seq }: { epoch: Epoch | null; seq: Seq | null }): CatchUp {
    if (seq === null || (epoch !== null && epoch !== this.epoch) || seq > this.#board.seq) return { mode: 'reload' }
    if (seq >= this.#emitted) return { mode: 'live' }
    if (this.#emitted - seq > maxMissedCommits || seq + 1 < this.oldest) return { mode: 'reload' }
    const missed = this.#after(seq).filter((commit) => commit.seq <= this.#emitted)
    if (missed.reduce((bytes, commit) => bytes + bytesOf(commit), 0) > maxMissedBytes) return { mode: 'reload' }
    return { mode: 'replay', frames: framesOf(this.ref, missed) }
  }

  #after(seq: Seq) {
    return this.#ring.slice(Math.max(0, seq + 1 - this.oldest))
  }

  /** What the room was not told yet stays, whatever it weighs: the broadcaster sends it soon. */
  #trimRing() {
    let drop = 0
    while (
      drop < this.#ring.length &&
      (this.#ring[drop]?.seq ?? 0) <= this.#emitted &&
      (this.#ring.length - drop > maxMissedCommits || this.#ringBytes > maxMissedBytes)
    ) {
      this.#ringBytes -= bytesOf(this.#ring[drop] as SequencedCommit)
      drop++
    }
    if (drop > 0) this.#ring.splice(0, drop)
  }
}

const framesOf = (ref: TileRef, commits: readonly SequencedCommit[]): TileFrame[] => {
  const frames: TileFrame[] = []
  let part: SequencedCommit[] = []
  let pixels = 0
  const close = () => {
    const [first, last] = [part[0], part.at(-1)]
    if (first && last) frames.push({ ref, from: first.seq, to: last.seq, commits: part })
    part = []
    pixels = 0
  }
  for (const commit of commits) {
    if (pixels + commit.pixels.length > maxFramePixels) close()
    part.push(commit)
    pixels += commit.pixels.length
  }
  close()
  return frames
}
