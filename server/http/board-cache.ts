/**
 * Boards, compressed once per (epoch, seq, encoding) and sent as they were written, however many ask.
 *
 * Under painting a board's seq moves faster than it compresses. So per tile and encoding one compression is under way and at
 * most one waits behind it, for all who came meanwhile: whoever asks gets a board that is at least as new as the tile's head was
 * then, and the work is bounded by what the threads can do, not by how many ask. A board that has come to rest and is still
 * asked for is compressed once more, thoroughly, in the background.
 *
 * Called by `GET …/board`. Memory is bounded by `maxBytes`: the least recently used go first (A6).
 */
import type { Epoch, Seq } from '../../lib/brand.ts'
import type { LiveTiles } from '../broadcasting/port.ts'
import type { TileRef } from '../store/port.ts'
import { compress, type Effort, type Encoding } from './encodings.ts'

export interface WrittenBoard {
  readonly epoch: Epoch
  readonly seq: Seq
  readonly encoding: Encoding
  readonly bytes: Uint8Array
}

interface Entry {
  readonly board: WrittenBoard
  readonly writtenAtMs: number
  thorough: boolean
}

interface Job {
  readonly promise: Promise<WrittenBoard | null>
  /** It has not looked at the board yet, so it serves everybody who comes now. */
  isWaiting: boolean
}

export interface BoardCacheOptions {
  readonly liveTiles: Pick<LiveTiles, 'open' | 'board'>
  readonly now: () => number
  readonly maxBytes?: number
  /** A board of the same seq for this long is at rest. */
  readonly restMs?: number
  readonly compress?: (encoding: Encoding, bytes: Uint8Array, effort: Effort) => Promise<Uint8Array>
}

export class BoardCache {
  readonly #options: Required<BoardCacheOptions>
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>()
  /** The last job of each tile and encoding: under way, or waiting behind the one that is. */
  readonly #jobs = new Map<string, Job>()
  #bytes = 0
  #refining = false

  constructor(options: BoardCacheOptions) {
    this.#options = { maxBytes: 64 * 1_048_576, restMs: 5_000, compress, ...options }
  }

  /** Null when there is no such tile. */
  async get(ref: TileRef, encoding: Encoding): Promise<WrittenBoard | null> {
    const key = `${ref.canvas}/${ref.tile}/${encoding}`
    const tile = await this.#options.liveTiles.open(ref)
    if (!tile) return null
    const known = this.#entries.get(key)
    if (known && known.board.epoch === tile.epoch && known.board.seq >= tile.head) {
      this.#touch(key, known)
      this.#refineAtRest(ref, key, known)
      return known.board
    }
    return this.#join(ref, key, encoding)
  }

  #join(ref: TileRef, key: string, encoding: Encoding): Promise<WrittenBoard | null> {
    const last = this.#jobs.get(key)
    if (last?.isWaiting) return last.promise
    const job: Job = { isWaiting: true, promise: this.#write({ ref, key, encoding }, last) }
    this.#jobs.set(key, job)
    const leave = () => {
      if (this.#jobs.get(key) === job) this.#jobs.delete(key)
    }
    job.promise.then(leave, leave)
    return job.promise
  }

  async #write({ ref, key, encoding }: { ref: TileRef; key: string; encoding: Encoding }, before: Job | undefined) {
    await before?.promise.catch(() => undefined)
    const job = this.#jobs.get(key)
    if (job) job.isWaiting = false
    const board = await this.#options.liveTiles.board(ref)
    if (!board) return null
    const { epoch, seq } = board
    const known = this.#entries.get(key)?.board
    if (known && known.epoch === epoch && known.seq === seq) return known
    const bytes = await this.#options.compress(encoding, board.colors, 'quick')
    const written: WrittenBoard = { epoch, seq, encoding, bytes }
    this.#keep(key, { board: written, writtenAtMs: this.#options.now(), thorough: encoding === 'identity' })
    return written
  }

  #refineAtRest(ref: TileRef, key: string, entry: Entry) {
    if (entry.thorough || this.#refining || this.#options.now() - entry.writtenAtMs < this.#options.restMs) return
    this.#refining = true
    entry.thorough = true
    const refine = async () => {
      const board = await this.#options.liveTiles.board(ref)
      if (!board || board.epoch !== entry.board.epoch || board.seq !== entry.board.seq) return
      const bytes = await this.#options.compress(entry.board.encoding, board.colors, 'thorough')
      if (this.#entries.get(key) === entry) this.#keep(key, { ...entry, board: { ...entry.board, bytes } })
    }
    // It was only to save bytes: when it fails, the quick one goes on being sent.
    refine()
      .catch(() => undefined)
      .finally(() => {
        this.#refining = false
      })
  }

  #touch(key: string, entry: Entry) {
    this.#entries.delete(key)
    this.#entries.set(key, entry)
  }

  #keep(key: string, entry: Entry) {
    this.#bytes += entry.board.bytes.length - (this.#entries.get(key)?.board.bytes.length ?? 0)
    this.#touch(key, entry)
    for (const [oldest, { board }] of this.#entries) {
      if (this.#bytes <= this.#options.maxBytes || oldest === key) return
      this.#entries.delete(oldest)
      this.#bytes -= board.bytes.length
    }
  }
}
