/**
 * One tile in a gateway's memory: its board, its newest commits, and the last seq that its room was sent.
 *
 * The board is ahead of the room while frames are coalesced. A joining client is caught up to the room, so the next frame is the next one for
 * all clients (A3).
 */
import { type Applied, applyCommit, type Board } from '../../lib/board.ts'
import { asSeq, type Epoch, type Seq } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import type { TileRef } from '../store/port.ts'
import type { CatchUp, LiveTile, TileFrame } from './port.ts'

/** A client that missed more loads the board, which is cheaper for both sides. */
export const maxMissedCommits = 10_000
export const maxMissedBytes = 1_048_576

/** Commits in memory: some minutes of a busy tile. Older ones are read from the store when a client needs them. */
const keptCommits = maxMissedCommits / 4
const keptBytes = maxMissedBytes / 4
/** Older commits stay for this many further commits, because clients often return together. */
const keptAfterExtending = 500

/** Pixels in one frame: some tens of kilobytes. */
const maxFramePixels = 10_000

/** An estimate: three to five bytes for a packed pixel, and the frame around them. */
export const bytesOf = ({ pixels, content }: SequencedCommit) => 8 + (content?.bytes.length ?? pixels.length * 4)

export class TrackedTile implements LiveTile {
  readonly ref: TileRef
  #board: Board
  /** The last seq that the room was sent. */
  #sent: Seq
  /** Consecutive commits that end at the board's seq. */
  #commits: SequencedCommit[] = []
  #bytes = 0
  /** Until this seq the older commits that `extend` added stay. */
  #extendedUntil = 0

  constructor(ref: TileRef, board: Board) {
    this.ref = ref
    this.#board = board
    this.#sent = board.seq
  }

  get epoch(): Epoch {
    return this.#board.epoch
  }

  get head(): Seq {
    return this.#sent
  }

  /** The last commit on the board, which may be unsent. */
  get seq(): Seq {
    return this.#board.seq
  }

  /** The first commit in memory. */
  get oldest(): Seq {
    return this.#commits[0]?.seq ?? asSeq(this.#board.seq + 1)
  }

  /** Whether memory has room for older commits. */
  get canExtend() {
    return this.oldest > 1 && this.#commits.length < maxMissedCommits && this.#bytes < maxMissedBytes
  }

  /** Null for a commit that is unsent or not in memory. */
  commitAtMs(seq: Seq): number | null {
    return seq <= this.#sent ? (this.#commits[seq - this.oldest]?.atMs ?? null) : null
  }

  get unsentBytes() {
    return this.#after(this.#sent).reduce((bytes, commit) => bytes + bytesOf(commit), 0)
  }

  copy(): Board {
    return { epoch: this.#board.epoch, seq: this.#board.seq, colors: this.#board.colors.slice() }
  }

  apply(commit: SequencedCommit): Applied {
    const applied = applyCommit(this.#board, commit)
    if (applied === 'applied') {
      this.#commits.push(commit)
      this.#bytes += bytesOf(commit)
      this.#trim()
    }
    return applied
  }

  /** Replaces the board after a change of epoch or a gap that cannot be filled. The caller must send `resync` to the room. */
  replace(board: Board) {
    this.#board = board
    this.#sent = board.seq
    this.#commits = []
    this.#bytes = 0
    this.#extendedUntil = 0
  }

  /** Puts older commits before those in memory. They must end right before them; otherwise nothing changes. */
  extend(older: readonly SequencedCommit[]) {
    const fitting = older.filter(({ seq, epoch }) => seq < this.oldest && epoch === this.epoch)
    if (fitting.at(-1)?.seq !== this.oldest - 1) return
    this.#commits.unshift(...fitting)
    for (const commit of fitting) this.#bytes += bytesOf(commit)
    this.#extendedUntil = this.#board.seq + keptAfterExtending
    this.#trim()
  }

  /** The unsent commits, or the first of them when they exceed a frame. They then count as sent. Null if there are none. */
  takeFrame(): TileFrame | null {
    const unsent = this.#after(this.#sent)
    const commits = unsent.slice(0, lengthOfFrame(unsent))
    const [first, last] = [commits[0], commits.at(-1)]
    if (!first || !last) return null
    this.#sent = last.seq
    return { ref: this.ref, from: first.seq, to: last.seq, commits }
  }

  /** For a room without sockets. */
  countAsSent() {
    this.#sent = this.#board.seq
  }

  catchUp({ epoch, seq }: { epoch: Epoch | null; seq: Seq | null }): CatchUp {
    if (seq === null || (epoch !== null && epoch !== this.epoch) || seq > this.#board.seq) return { mode: 'reload' }
    if (seq >= this.#sent) return { mode: 'live' }
    if (this.#sent - seq > maxMissedCommits || seq + 1 < this.oldest) return { mode: 'reload' }
    const missed = this.#after(seq).filter((commit) => commit.seq <= this.#sent)
    const bytes = missed.reduce((sum, commit) => sum + bytesOf(commit), 0)
    if (bytes > maxMissedBytes) return { mode: 'reload' }
    return { mode: 'replay', frames: framesOf(this.ref, missed), bytes }
  }

  #after(seq: Seq) {
    return this.#commits.slice(Math.max(0, seq + 1 - this.oldest))
  }

  /** Unsent commits stay, because the broadcaster sends them soon. */
  #trim() {
    const isExtended = this.#board.seq < this.#extendedUntil
    const [maxCommits, maxBytes] = isExtended ? [maxMissedCommits, maxMissedBytes] : [keptCommits, keptBytes]
    let drop = 0
    for (const commit of this.#commits) {
      const exceeds = this.#commits.length - drop > maxCommits || this.#bytes > maxBytes
      if (commit.seq > this.#sent || !exceeds) break
      this.#bytes -= bytesOf(commit)
      drop++
    }
    if (drop > 0) this.#commits.splice(0, drop)
  }
}

/** How many of the commits fit in one frame: at least one. */
const lengthOfFrame = (commits: readonly SequencedCommit[]) => {
  let pixels = 0
  const end = commits.findIndex((commit, index) => {
    pixels += commit.pixels.length
    return index > 0 && pixels > maxFramePixels
  })
  return end === -1 ? commits.length : end
}

const framesOf = (ref: TileRef, commits: readonly SequencedCommit[]): TileFrame[] => {
  const frames: TileFrame[] = []
  let rest = commits
  while (rest.length > 0) {
    const part = rest.slice(0, lengthOfFrame(rest))
    const [first, last] = [part[0], part.at(-1)]
    if (first && last) frames.push({ ref, from: first.seq, to: last.seq, commits: part })
    rest = rest.slice(part.length)
  }
  return frames
}
