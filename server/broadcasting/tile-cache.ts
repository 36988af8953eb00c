/**
 * The tiles in a gateway's memory. Concurrent requests for a tile share one read of the store, and the broadcaster then keeps the tile up to date.
 *
 * A tile receives commits before its board is read, so that no commit is lost between the board and the first frame (A2). Beyond a bound, the
 * least recently used tiles without watchers are evicted (A6).
 */
import type { Board } from '../../lib/board.ts'
import { asSeq, type CanvasId, type Epoch, noSeq, type Seq } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { controlTile } from '../../lib/control-log.ts'
import { tileKey } from '../../lib/tile-key.ts'
import type { Store, TileRef } from '../store/port.ts'
import type { JoinableTiles, LiveTile } from './port.ts'
import { bytesOf, maxMissedBytes, maxMissedCommits, TrackedTile } from './tracked-tile.ts'

/** Commits that wait while a tile's board is read. Beyond this bound the head check finds the missing ones. */
const maxWaitingCommits = 1_000
const pageSize = 1_000

type Slot =
  | { state: 'loading'; tile: Promise<TrackedTile | null>; waiting: SequencedCommit[] }
  | { state: 'live'; tile: TrackedTile; extending: Promise<void> | null }

export class TileCache implements JoinableTiles {
  readonly #store: Pick<Store, 'readBoard' | 'readCommits'>
  readonly #watched: (ref: TileRef) => boolean
  readonly #maxUnwatched: number
  /** Least recently used first. */
  readonly #slots = new Map<string, Slot>()
  /** Clients that are about to join, by tile. */
  readonly #holds = new Map<string, number>()

  constructor(options: { store: Pick<Store, 'readBoard' | 'readCommits'>; watched: (ref: TileRef) => boolean; maxUnwatched?: number }) {
    this.#store = options.store
    this.#watched = options.watched
    this.#maxUnwatched = options.maxUnwatched ?? 32
  }

  get size() {
    return this.#slots.size
  }

  async open(ref: TileRef, since?: { epoch: Epoch | null; seq: Seq | null }): Promise<LiveTile | null> {
    const tile = await this.#load(ref)
    if (tile && since) await this.#extendFor(tile, since)
    return tile
  }

  async board(ref: TileRef): Promise<Board | null> {
    const tile = await this.#load(ref)
    return tile?.copy() ?? null
  }

  hold(ref: TileRef) {
    const key = tileKey(ref)
    this.#holds.set(key, (this.#holds.get(key) ?? 0) + 1)
    let held = true
    return () => {
      if (!held) return
      held = false
      const others = (this.#holds.get(key) ?? 0) - 1
      if (others > 0) this.#holds.set(key, others)
      else this.#holds.delete(key)
    }
  }

  commitAtMs(ref: TileRef, seq: Seq) {
    const slot = this.#slots.get(tileKey(ref))
    return slot?.state === 'live' ? slot.tile.commitAtMs(seq) : null
  }

  heads(canvas: CanvasId) {
    return this.live()
      .filter((tile) => tile.ref.canvas === canvas && tile.ref.tile !== controlTile && tile.head > 0)
      .map((tile) => [tile.ref.tile, tile.head] as const)
  }

  controlHead(canvas: CanvasId) {
    const slot = this.#slots.get(tileKey({ canvas, tile: controlTile }))
    return slot?.state === 'live' ? slot.tile.head : noSeq
  }

  live(): TrackedTile[] {
    return [...this.#slots.values()].flatMap((slot) => (slot.state === 'live' ? slot.tile : []))
  }

  /** The tile of a commit, or null if it is not in memory. A commit for a tile that is being loaded waits until then. */
  route(commit: SequencedCommit): TrackedTile | null {
    const slot = this.#slots.get(tileKey(commit))
    if (slot?.state === 'live') return slot.tile
    if (slot && slot.waiting.length < maxWaitingCommits) slot.waiting.push(commit)
    return null
  }

  async #load(ref: TileRef): Promise<TrackedTile | null> {
    const key = tileKey(ref)
    const slot = this.#slots.get(key)
    if (!slot) return this.#startLoading(key, ref)
    if (slot.state === 'live') {
      this.#slots.delete(key)
      this.#slots.set(key, slot)
    }
    return slot.tile
  }

  #startLoading(key: string, { canvas, tile }: TileRef) {
    const waiting: SequencedCommit[] = []
    const ref = { canvas, tile }
    const loading = this.#store.readBoard(ref).then(
      (board) => {
        if (!board) {
          this.#slots.delete(key)
          return null
        }
        const loaded = new TrackedTile(ref, board)
        for (const commit of waiting) loaded.apply(commit)
        // The room has no sockets yet, and a client that joins is caught up.
        loaded.countAsSent()
        this.#slots.set(key, { state: 'live', tile: loaded, extending: null })
        this.evictUnwatched()
        return loaded
      },
      (error: unknown) => {
        this.#slots.delete(key)
        throw error
      },
    )
    this.#slots.set(key, { state: 'loading', tile: loading, waiting })
    return loading
  }

  /** Drops the tiles of a deleted board. A tile that is being loaded is not found. */
  drop(canvas: CanvasId) {
    for (const [key, slot] of this.#slots) if (slot.state === 'live' && slot.tile.ref.canvas === canvas) this.#slots.delete(key)
  }

  /** Called after each load, and regularly, because watchers leave. */
  evictUnwatched() {
    let unwatched = 0
    for (const [key, slot] of [...this.#slots].reverse()) {
      if (slot.state === 'loading' || this.#holds.has(key) || this.#watched(slot.tile.ref)) continue
      unwatched++
      if (unwatched > this.#maxUnwatched) this.#slots.delete(key)
    }
  }

  /** Reads older commits for clients that missed commits from before this gateway loaded the tile. */
  async #extendFor(tile: TrackedTile, { epoch, seq }: { epoch: Epoch | null; seq: Seq | null }) {
    const slot = this.#slots.get(tileKey(tile.ref))
    const canReplay = seq !== null && (epoch === null || epoch === tile.epoch) && tile.head - seq <= maxMissedCommits
    if (!canReplay || slot?.state !== 'live') return
    while (seq + 1 < tile.oldest && tile.canExtend) {
      const oldest = tile.oldest
      // If the store is unavailable, the client loads the board from memory.
      slot.extending ??= this.#extend(tile)
        .catch(() => undefined)
        .finally(() => {
          slot.extending = null
        })
      await slot.extending
      if (tile.oldest >= oldest) return
    }
  }

  /** Reads at most a page of older commits, and no more than a client may replay. */
  async #extend(tile: TrackedTile) {
    const end = tile.oldest - 1
    let after = Math.max(0, end - pageSize)
    let older: SequencedCommit[] = []
    while (after < end) {
      const page = await this.#store.readCommits({ ...tile.ref, after: asSeq(after), limit: end - after })
      const last = page?.kind === 'page' ? page.commits.at(-1) : undefined
      if (page?.kind !== 'page' || !last) return
      older = newestWithin([...older, ...page.commits], maxMissedBytes)
      after = last.seq
    }
    tile.extend(older)
  }
}

const newestWithin = (commits: readonly SequencedCommit[], maxBytes: number) => {
  let bytes = 0
  let first = commits.length
  while (first > 0 && bytes <= maxBytes) bytes += bytesOf(commits[--first] as SequencedCommit)
  return commits.slice(first)
}
