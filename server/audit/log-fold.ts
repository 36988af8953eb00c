/**
 * The fold of a tile's kept log, as the audit makes it: what each pixel is at a seq, as far as that is known. The log may begin after its tile did;
 * a snapshot then tells what was before. A few bytes for each pixel, however long the log is (A6).
 */
import type { Board } from '../../lib/board.ts'
import { noSeq, type Seq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import type { SnapshotInfo } from '../store/projections-port.ts'
import type { Report } from './finding.ts'

const unknown = -1

export class LogFold {
  readonly #report: Report
  readonly #canvas: Canvas
  readonly #colors: Int16Array
  readonly #timesMs: Float64Array
  #seq: Seq = noSeq
  #lastAtMs = Number.NEGATIVE_INFINITY

  constructor(canvas: Canvas, report: Report) {
    const cells = canvas.tileSize * canvas.tileSize
    this.#report = report
    this.#canvas = canvas
    this.#colors = new Int16Array(cells).fill(canvas.background)
    this.#timesMs = new Float64Array(cells)
  }

  /** Where it stands. */
  get seq() {
    return this.#seq
  }

  /** When the newest commit so far was made. */
  get lastAtMs() {
    return this.#lastAtMs
  }

  /** Commits up to `to` are missing: what a pixel was is not known until the next one that sets it. */
  passOver(to: Seq) {
    this.#colors.fill(unknown)
    this.#seq = to
  }

  add({ seq, epoch, atMs, pixels }: SequencedCommit) {
    if (epoch !== this.#canvas.epoch) this.#report('other_epoch', seq, `it is of epoch ${epoch}, the canvas of ${this.#canvas.epoch}`)
    for (const { position, color, previous } of pixels) {
      const before = this.#colors[position]
      if (before === undefined || color >= this.#canvas.palette.length) {
        this.#report('unreadable', seq, `there is no position ${position}, or no colour ${color}`)
        continue
      }
      if (before !== unknown && before !== previous) {
        this.#report('previous_differs', seq, `position ${position}: it replaced ${previous}, and the log has ${before} there`)
      }
      if (atMs <= (this.#timesMs[position] ?? 0)) {
        this.#report('order', seq, `position ${position}: its time is not after that of the one before`)
      }
      this.#colors[position] = color
      this.#timesMs[position] = atMs
    }
    this.#lastAtMs = Math.max(this.#lastAtMs, atMs)
    this.#seq = seq
  }

  /** A snapshot of where the fold stands: must agree with what is known, and tells what is not. */
  meet({ seq, atMs }: SnapshotInfo, colors: Uint8Array) {
    let different = 0
    let first = unknown
    for (let position = 0; position < this.#colors.length; position++) {
      const known = this.#colors[position]
      if (known === unknown) this.#colors[position] = colors[position] ?? unknown
      else if (known !== colors[position] && different++ === 0) first = position
    }
    if (different > 0) {
      const detail = `position ${first}: the snapshot has ${colors[first]}, the log says ${this.#colors[first]}`
      this.#report('snapshot_differs', seq, different === 1 ? detail : `${detail}; and ${different - 1} more`)
    }
    if (atMs < this.#lastAtMs) this.#report('snapshot_differs', seq, `its time is before that of commits that it holds`)
  }

  /** Answers how many pixels could be compared. */
  compare(board: Board): number {
    let compared = 0
    for (let position = 0; position < this.#colors.length; position++) {
      const color = this.#colors[position] ?? unknown
      if (color === unknown) continue
      compared++
      if (color !== board.colors[position]) {
        this.#report('pixel_differs', null, `position ${position}: the database shows ${board.colors[position]}, the log says ${color}`)
      }
    }
    return compared
  }
}
