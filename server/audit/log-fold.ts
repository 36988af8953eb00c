/**
 * The audit's fold of a tile's kept log: the color of each pixel at a seq, if it is known. If the start of the log is trimmed, a snapshot gives the
 * earlier colors. Needs a few bytes for each pixel, for a log of any length (A6).
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
  #colorCount: number
  #seq: Seq = noSeq
  #lastAtMs = Number.NEGATIVE_INFINITY

  constructor(canvas: Canvas, report: Report) {
    const cells = canvas.tileSize * canvas.tileSize
    this.#report = report
    this.#canvas = canvas
    this.#colorCount = canvas.palette.length
    this.#colors = new Int16Array(cells).fill(canvas.background)
    this.#timesMs = new Float64Array(cells)
  }

  get seq() {
    return this.#seq
  }

  isKnown(position: number) {
    return this.#colors[position] !== unknown
  }

  /** By position. */
  get colors(): ArrayLike<number> {
    return this.#colors
  }

  /** The time of the newest commit. */
  get lastAtMs() {
    return this.#lastAtMs
  }

  /** A canvas that was read later may have more colors. */
  growTo({ palette }: Pick<Canvas, 'palette'>) {
    this.#colorCount = Math.max(this.#colorCount, palette.length)
  }

  /** Commits up to `to` are missing, so each color is unknown until the next commit that sets it. */
  skipTo(to: Seq) {
    this.#colors.fill(unknown)
    this.#seq = to
  }

  add({ seq, epoch, atMs, pixels }: SequencedCommit) {
    if (epoch !== this.#canvas.epoch) this.#report('other_epoch', seq, `its epoch is ${epoch}, and the canvas has ${this.#canvas.epoch}`)
    for (const { position, color, previous } of pixels) {
      const before = this.#colors[position]
      if (before === undefined || color >= this.#colorCount) {
        this.#report('unreadable', seq, `position ${position} or color ${color} does not exist`)
        continue
      }
      if (before !== unknown && before !== previous) {
        this.#report('previous_differs', seq, `position ${position}: its previous color is ${previous}, and the log has ${before}`)
      }
      if (atMs <= (this.#timesMs[position] ?? 0)) {
        this.#report('order', seq, `position ${position}: its time is not later than that of the previous commit`)
      }
      this.#colors[position] = color
      this.#timesMs[position] = atMs
    }
    this.#lastAtMs = Math.max(this.#lastAtMs, atMs)
    this.#seq = seq
  }

  /** Compares a snapshot at the fold's seq with the known colors, and takes the unknown ones from it. */
  compareSnapshot({ seq, atMs }: SnapshotInfo, colors: Uint8Array) {
    let different = 0
    let first = unknown
    for (let position = 0; position < this.#colors.length; position++) {
      const known = this.#colors[position]
      if (known === unknown) this.#colors[position] = colors[position] ?? unknown
      else if (known !== colors[position] && different++ === 0) first = position
    }
    if (different > 0) {
      const detail = `position ${first}: the snapshot has ${colors[first]}, the log has ${this.#colors[first]}`
      this.#report('snapshot_differs', seq, different === 1 ? detail : `${detail}; and ${different - 1} more`)
    }
    if (atMs < this.#lastAtMs) this.#report('snapshot_differs', seq, 'its time is earlier than that of its commits')
  }

  /** Returns the number of compared pixels. */
  compare(board: Board): number {
    let compared = 0
    for (let position = 0; position < this.#colors.length; position++) {
      const color = this.#colors[position] ?? unknown
      if (color === unknown) continue
      compared++
      if (color !== board.colors[position]) {
        this.#report('pixel_differs', null, `position ${position}: the database has ${board.colors[position]}, the log has ${color}`)
      }
    }
    return compared
  }
}
