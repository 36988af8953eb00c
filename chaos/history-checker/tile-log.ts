/**
 * The final log of a tile in flat arrays (about thirty bytes a placement), and its boards. The fold is implemented here again on
 * purpose: the checker uses no code of the server.
 */
import { bytes, floats, integers } from './number-list.ts'

/** Boards that are kept between the first and the last, so that any other one is a few commits away. */
const maxKeptBytes = 64 * 1024 * 1024
const maxKeptBoards = 256

export interface LoggedPixel {
  readonly position: number
  readonly color: number
  /** The painter's index in `Painters`. */
  readonly painter: number
}

export class TileLog {
  readonly tile: number
  readonly cells: number
  /** Where the pixels of commit `seq` begin: at `starts.at(seq - 1)`. */
  readonly #starts = integers()
  readonly #positions = integers()
  readonly #colors = bytes()
  readonly #painters = integers()
  /** When the intent was sent and answered, by the recorder's clock; 0 without an answer. */
  readonly invokedAt = floats()
  readonly answeredAt = floats()
  readonly skipped: number[] = []
  readonly ids: string[] = []
  readonly causes: string[] = []
  readonly #background: number
  #kept: Uint8Array[] = []
  #keptEvery = 0

  constructor(options: { tile: number; cells: number; background: number }) {
    this.tile = options.tile
    this.cells = options.cells
    this.#background = options.background
  }

  get head() {
    return this.ids.length
  }

  add(commit: { id: string; cause: string; pixels: readonly LoggedPixel[] }) {
    this.#starts.push(this.#positions.length)
    this.ids.push(commit.id)
    this.causes.push(commit.cause)
    if (commit.cause === 'skipped') this.skipped.push(this.head)
    for (const { position, color, painter } of commit.pixels) {
      this.#positions.push(position)
      this.#colors.push(color)
      this.#painters.push(painter)
      this.invokedAt.push(0)
      this.answeredAt.push(0)
    }
  }

  /** The index of the first pixel of `from`, and the index after the last pixel of `to`. */
  range(from: number, to = from): [start: number, end: number] {
    const end = to >= this.head ? this.#positions.length : this.#starts.at(to)
    return [from > this.head ? end : this.#starts.at(from - 1), end]
  }

  pixel(index: number): LoggedPixel {
    return { position: this.#positions.at(index), color: this.#colors.at(index), painter: this.#painters.at(index) }
  }

  /** The last color of each position that `from..to` set. */
  changes(from: number, to: number): Map<number, number> {
    const [start, end] = this.range(from, to)
    const last = new Map<number, number>()
    for (let index = start; index < end; index++) last.set(this.#positions.at(index), this.#colors.at(index))
    return last
  }

  /** The board after commit `seq`. */
  foldAt(seq: number): Uint8Array {
    if (this.#kept.length === 0) this.#keepSome()
    const kept = Math.min(this.#kept.length - 1, Math.floor(seq / this.#keptEvery))
    const board = Uint8Array.from(this.#kept[kept] as Uint8Array)
    this.#fold(board, kept * this.#keptEvery + 1, seq)
    return board
  }

  /** Whether a commit became a dead letter at or before `seq` and `position` is set again only after it: until then either color may be shown. */
  mayShowDeadLetter(position: number, seq: number): boolean {
    const nextSet = this.#nextSet(position, seq + 1)
    if (nextSet === null) return false
    return this.skipped.some((dead) => dead <= seq && (this.#nextSet(position, dead) ?? 0) > seq)
  }

  #nextSet(position: number, from: number): number | null {
    for (let seq = from; seq <= this.head; seq++) {
      const [start, end] = this.range(seq)
      for (let index = start; index < end; index++) if (this.#positions.at(index) === position) return seq
    }
    return null
  }

  #fold(board: Uint8Array, from: number, to: number) {
    if (to < from) return
    const [start, end] = this.range(from, to)
    for (let index = start; index < end; index++) board[this.#positions.at(index)] = this.#colors.at(index)
  }

  #keepSome() {
    const boards = Math.max(1, Math.min(maxKeptBoards, Math.floor(maxKeptBytes / this.cells)))
    this.#keptEvery = Math.max(1, Math.ceil((this.head + 1) / boards))
    const board = new Uint8Array(this.cells).fill(this.#background)
    this.#kept = [Uint8Array.from(board)]
    for (let seq = this.#keptEvery; seq <= this.head; seq += this.#keptEvery) {
      this.#fold(board, seq - this.#keptEvery + 1, seq)
      this.#kept.push(Uint8Array.from(board))
    }
  }
}
