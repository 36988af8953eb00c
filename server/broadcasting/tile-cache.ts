/**
 * The tiles that a gateway holds. A tile is loaded when somebody asks for it, once for all who ask meanwhile (a join storm costs
 * the store one read per tile), and kept up to date by the broadcaster from then on.
 *
 * Subscribe, then read: the tile takes part in broadcasting from before its board is read, and what arrives until then is
 * kept. So no commit falls between the board and the first frame (A2). Tiles that nobody watches or is about to join are let go
 * of, the longest unused first, beyond a bound (A6).
 */
import type { Board } from '../../lib/board.ts'
import { asSeq, type CanvasId, type Epoch, type Seq } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { tileKey } from '../../lib/tile-key.ts'
import type { Store, TileRef } from '../store/port.ts'
import { bytesOf, maxMissedBytes, maxMissedCommits, TrackedTile } from './live-tile.ts'
import type { JoinableTiles, LiveTile } from './port.ts'

/** Commits kept for a tile whose board is being read. Beyond it the head check finds what is missing. */
const maxWaitingCommits = 1_000
const pageSize = 1_000

type Slot =
  | { state: 'loading'; tile: Promise<TrackedTile | null>; waiting: SequencedCommit[] }
  | { state: 'live'; tile: TrackedTile; extending: Promise<void> | null }

export class TileCache implements JoinableTiles {
  readonly #store: Pick<Store, 'readBoard' | 'readCommits'>
  readonly #watched: (ref: TileRef) => boolean
  readonly #maxUnwatched: number
  /** In the order of their last use. */
  readonly #slots = new Map<string, Slot>()
  /** How many are about to join the tile. */
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
    if (tile && since) await this.#reachBack(tile, since)
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
      .filter((tile) => tile.ref.canvas === canvas && tile.head > 0)
      .map((tile) => [tile.ref.tile, tile.head] as const)
  }

  live(): TrackedTile[] {
    return [...this.#slots.values()].flatMap((slot) => (slot.state === 'live' ? slot.tile : []))
  }

  /** The tile that a commit is for, when it is here; a commit for one that is being loaded is kept until then. */
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
        // Nobody is in the room of a tile that was not here: whoever joins is caught up to all of this.
        loaded.countAsSent()
        this.#slots.set(key, { state: 'live', tile: loaded, extending: null })
        this.letGo()
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

  /** Lets go of what nobody watches, beyond the bound. Called after each load, and now and then because watchers leave. */
  letGo() {
    let unwatched = 0
    for (const [key, slot] of [...this.#slots].reverse()) {
      if (slot.state === 'loading' || this.#holds.has(key) || this.#watched(slot.tile.ref)) continue
      unwatched++
      if (unwatched > this.#maxUnwatched) this.#slots.delete(key)
    }
  }

  /** Clients that come back after this gateway was restarted missed commits that it never held: they are in the store. */
  async #reachBack(tile: TrackedTile, { epoch, seq }: { epoch: Epoch | null; seq: Seq | null }) {
    const slot = this.#slots.get(tileKey(tile.ref))
    const reachable = seq !== null && (epoch === null || epoch === tile.epoch) && tile.head - seq <= maxMissedCommits
    if (!reachable || slot?.state !== 'live') return
    while (seq + 1 < tile.oldest && tile.canReachBack) {
      const oldest = tile.oldest
      // A store that is down is no reason to refuse: the board in memory is as good a start.
      slot.extending ??= this.#extend(tile)
        .catch(() => undefined)
        .finally(() => {
          slot.extending = null
        })
      await slot.extending
      if (tile.oldest >= oldest) return
    }
  }

  /** Puts up to a page of older commits before those in memory, but no more than a client would be sent. */
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
