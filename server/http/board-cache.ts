/**
 * Boards, compressed once per (epoch, seq, encoding), for `GET …/board`. The cache is bounded in bytes (A6).
 *
 * A busy board changes faster than it can be compressed. So for each tile and encoding one compression runs, and at most one more waits
 * for all requests that arrive meanwhile. Each request gets a board at least as new as the tile's head at that time. A board that no
 * longer changes and is requested again is compressed again with more effort, in the background.
 */
import { LRUCache } from 'lru-cache'
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
  /** It has not read the board yet, so later requests can share it. */
  isWaiting: boolean
}

export interface BoardCacheOptions {
  readonly liveTiles: Pick<LiveTiles, 'open' | 'board'>
  readonly now: () => number
  readonly maxBytes?: number
  /** How long a board keeps its seq before it is compressed with more effort. */
  readonly restMs?: number
  readonly compress?: (encoding: Encoding, bytes: Uint8Array, effort: Effort) => Promise<Uint8Array>
}

export class BoardCache {
  readonly #options: Required<BoardCacheOptions>
  readonly #entries: LRUCache<string, Entry>
  /** The last job of each tile and encoding. */
  readonly #jobs = new Map<string, Job>()
  #refining = false

  constructor(options: BoardCacheOptions) {
    this.#options = { maxBytes: 64 * 1_048_576, restMs: 5_000, compress, ...options }
    this.#entries = new LRUCache({ maxSize: this.#options.maxBytes, sizeCalculation: ({ board }) => Math.max(1, board.bytes.length) })
  }

  /** Null when there is no such tile. */
  async get(ref: TileRef, encoding: Encoding): Promise<WrittenBoard | null> {
    const key = `${ref.canvas}/${ref.tile}/${encoding}`
    const tile = await this.#options.liveTiles.open(ref)
    if (!tile) return null
    const known = this.#entries.get(key)
    if (known && known.board.epoch === tile.epoch && known.board.seq >= tile.head) {
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
    this.#entries.set(key, { board: written, writtenAtMs: this.#options.now(), thorough: encoding === 'identity' })
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
      if (this.#entries.peek(key) === entry) this.#entries.set(key, { ...entry, board: { ...entry.board, bytes } })
    }
    // If it fails, the larger board is still sent.
    refine()
      .catch(() => undefined)
      .finally(() => {
        this.#refining = false
      })
  }
}
