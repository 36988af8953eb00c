/**
 * Snapshots: a tile's bytes at a seq, saved after a number of commits or some time. Each is folded from the previous one by the log, and read from
 * the pixels only if the log is trimmed. So the audit can compare snapshots and pixels as independent sources.
 */
import type { Board } from '../../lib/board.ts'
import { noSeq, type Seq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { controlTile } from '../../lib/control-log.ts'
import { thinOut } from '../../lib/thin-out.ts'
import { tileKey } from '../../lib/tile-key.ts'
import type { Store, TileRef } from '../store/port.ts'
import { readPastBoard } from './past-board.ts'
import type { Projection } from './projection.ts'
import { packColors } from './snapshot-bytes.ts'

export interface SnapshotProjectionOptions {
  readonly store: Pick<Store, 'getCanvas' | 'readBoard' | 'readCommits' | 'projections'>
  readonly now: () => number
  /** The time for the ages of snapshots. Left out: `now`. */
  readonly ageNow?: () => number
  /** A snapshot is due after this number of commits. */
  readonly everyCommits?: number
  /** Or after this time, if there is a new commit. */
  readonly everyMs?: number
}

/** A stop saves a snapshot after this number of commits. Fewer are read as quickly from the log. */
const dueAtStop = { everyCommits: 32, everyMs: Number.POSITIVE_INFINITY }

export class SnapshotProjection implements Projection {
  readonly name = 'snapshots'
  readonly #options: Required<SnapshotProjectionOptions>
  /** The newest snapshot of each tile, by epoch, canvas and tile. */
  readonly #newest = new Map<string, { seq: Seq; takenAtMs: number }>()

  constructor(options: SnapshotProjectionOptions) {
    this.#options = { everyCommits: 1_000, everyMs: 60_000, ageNow: options.now, ...options }
  }

  async project(canvas: Canvas, ref: TileRef, commits: readonly SequencedCommit[]) {
    const last = commits.findLast(({ epoch }) => epoch === canvas.epoch)
    if (last) await this.#takeIfDue(canvas, ref, last.seq)
  }

  async catchUp(canvas: Canvas, heads: ReadonlyMap<TileRef['tile'], Seq>, signal?: AbortSignal) {
    for (const [tile, head] of heads) {
      signal?.throwIfAborted()
      await this.#takeIfDue(canvas, { canvas: canvas.id, tile }, head)
    }
  }

  /** For a process that stops: the next start then reads a snapshot instead of many commits. */
  async takeLast(canvas: Canvas, heads: ReadonlyMap<TileRef['tile'], Seq>, signal: AbortSignal) {
    for (const [tile, head] of heads) {
      if (signal.aborted) return
      await this.#takeIfDue(canvas, { canvas: canvas.id, tile }, head, dueAtStop)
    }
  }

  /** No snapshot depends on a single commit. */
  async skip() {
    return true
  }

  async #takeIfDue(canvas: Canvas, ref: TileRef, head: Seq, due: typeof dueAtStop = this.#options) {
    // The control log has no pixels.
    if (ref.tile === controlTile) return
    const { seq, takenAtMs } = await this.#known(canvas, ref)
    const isDue = head - seq >= due.everyCommits || (head > seq && this.#options.now() - takenAtMs >= due.everyMs)
    if (isDue) await this.#take(canvas, ref, head)
  }

  async #take(canvas: Canvas, ref: TileRef, maxSeq: Seq) {
    const { store, now, ageNow } = this.#options
    const board = await this.#boardAt(ref, maxSeq)
    if (!board || board.epoch !== canvas.epoch || board.seq === 0) return
    const { epoch, seq, atMs, colors } = board
    await store.projections.saveSnapshot({ ...ref, epoch, seq, atMs, bytes: await packColors(colors) })
    this.#newest.set(keyOf(canvas, ref), { seq, takenAtMs: now() })
    const all = await store.projections.listSnapshots(ref)
    const times = all.map((each) => each.atMs)
    await store.projections.deleteSnapshots({ snapshots: thinOut(times, ageNow()).flatMap((index) => all[index] ?? []) })
  }

  async #boardAt(ref: TileRef, maxSeq: Seq): Promise<(Board & { atMs: number }) | null> {
    const { store, now } = this.#options
    const found = await readPastBoard(store, { ...ref, maxSeq })
    if (found?.kind === 'board') return found.board
    // The log is trimmed after the last snapshot.
    const board = await store.readBoard(ref)
    return board && { ...board, atMs: now() }
  }

  async #known(canvas: Canvas, ref: TileRef) {
    const key = keyOf(canvas, ref)
    const known = this.#newest.get(key)
    if (known) return known
    const saved = (await this.#options.store.projections.listSnapshots(ref)).findLast(({ epoch }) => epoch === canvas.epoch)
    const newest = { seq: saved?.seq ?? noSeq, takenAtMs: saved?.atMs ?? 0 }
    this.#newest.set(key, newest)
    return newest
  }
}

const keyOf = ({ epoch }: Canvas, ref: TileRef) => `${epoch}/${tileKey(ref)}`
