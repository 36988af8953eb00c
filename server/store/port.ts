/**
 * The store: canvases, pixels, charges and the outbox, in one database with transactions.
 *
 * Adapters: `sqlite/` (embedded), `mongo/`, and `memory/`, the model for tests, whose membership store the embedded stack uses too.
 * `contract.ts` defines their behaviour, and every adapter passes it. The code above does not know which one it has.
 *
 * Every method may reject with a `StoreError`. `unavailable` means that nothing was changed and that trying again later is
 * right; `contested` (from projections only) the same, for these documents alone: somebody else holds them; `outcome_unknown` (from `place` only) means that the adapter could not find out whether the transaction was saved:
 * whoever waits for it must be given no answer at all, never a guess (A1).
 */

import type { Board } from '../../lib/board.ts'
import type { CanvasId, CommitId, Epoch, PainterId, PlacementId, Position, Seq, TileNumber } from '../../lib/brand.ts'
import type { Canvas, CanvasChange } from '../../lib/canvas.ts'
import type { ChargeState } from '../../lib/charges.ts'
import type { CommitKind, SequencedCommit } from '../../lib/commit.ts'
import type { DeadLetter, StuckCommit } from '../../lib/dead-letter.ts'
import type { PlaceRequest, RequestOutcome } from '../../lib/plan-group.ts'
import type { WriteFault } from '../../lib/write-fault.ts'
import type { AdminSessionStore } from './admin-sessions-port.ts'
import type { MembershipStore } from './membership-port.ts'
import type { ProjectionStore } from './projections-port.ts'

export type StoreErrorCode = 'unavailable' | 'contested' | 'outcome_unknown' | 'closed'

export class StoreError extends Error {
  readonly code: StoreErrorCode
  /** Why the store takes no writes; null when it is away, or nothing is known. */
  readonly reason: WriteFault | null
  constructor(code: StoreErrorCode, message: string, { reason = null, ...options }: { cause?: unknown; reason?: WriteFault | null } = {}) {
    super(message, options)
    this.name = 'StoreError'
    this.code = code
    this.reason = reason
  }
}

export interface TileRef {
  readonly canvas: CanvasId
  readonly tile: TileNumber
}

export interface PlacementGroup {
  /** Chosen before the transaction and never used twice: the ids of its commits begin with it. 8 to 40 of `0-9 a-z`. */
  readonly id: string
  readonly requests: readonly PlaceRequest[]
  readonly nowMs: number
  /** The time by which charges grow and keys age (`placement/charge-clock.ts`); left out: `nowMs`. */
  readonly chargesNowMs?: number
}

export interface StoredPixel {
  readonly color: number
  readonly by: PainterId
  readonly atMs: number
  readonly cause: CommitKind
}

export interface Receipt {
  readonly id: PlacementId
  readonly canvas: CanvasId
  readonly tile: TileNumber
  readonly position: Position
  readonly atMs: number
  readonly state: 'committed' | 'sequenced' | 'published'
  readonly seq: Seq | null
}

/**
 * `page`: `after + 1 …` without a hole. `trimmed`: `after + 1` is no longer kept, so the log cannot be continued from there, but
 * from `oldestKept`, the first one above `after` that is. A commit that cannot be decoded counts as one that is no longer kept.
 */
export type LogPage =
  | { kind: 'page'; epoch: Epoch; head: Seq; commits: readonly SequencedCommit[] }
  | { kind: 'trimmed'; epoch: Epoch; head: Seq; oldestKept: Seq }

/** A sequenced commit on its way. `attempts`: tries to publish it that were begun; the first is counted when it gets its number. */
export interface UnpublishedCommit extends SequencedCommit {
  readonly attempts: number
  /** Its stored pixels cannot be decoded, so it cannot be published; `pixels` is empty. */
  readonly isUnreadable?: true
}

/** What marking needs to know of a commit. */
export type Mark = Pick<SequencedCommit, 'id' | 'canvas' | 'tile' | 'seq'>

export interface Backlog {
  readonly unsequenced: number
  /** Sequenced and not yet published. */
  readonly unpublished: number
  /** `atMs` of the oldest commit that is not published, null when there is none. */
  readonly oldestAtMs: number | null
  /** Dead letters. */
  readonly dead: number
}

export interface Store extends MembershipStore, AdminSessionStore {
  readonly kind: 'sqlite' | 'mongo' | 'memory'

  /** Resolves when the store answers. */
  ping(): Promise<void>
  /** Writes a small record that means nothing. @throws {StoreError} with the reason when writes fail. */
  checkWritable(): Promise<void>
  /** Waits for what is under way, then lets go of files and connections. Later calls reject with `closed`. */
  close(): Promise<void>

  // ── canvases ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Makes the canvas if there is none with its id; answers the one that is there. */
  ensureCanvas(canvas: Canvas): Promise<Canvas>
  /** In the order in which they were made. */
  listCanvases(): Promise<Canvas[]>
  getCanvas(id: CanvasId): Promise<Canvas | null>
  /** Applies the change and raises `rev` by one; null when there is no such canvas. Validation is the caller's. */
  updateCanvas(id: CanvasId, change: CanvasChange): Promise<Canvas | null>

  // ── placing ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * One transaction: reads what the requests need, decides with `planGroup`, writes pixels, charges, remembered keys and one
   * outbox document per commit (unsequenced). All of it or nothing. Answers one outcome per request, in order.
   */
  place(group: PlacementGroup): Promise<RequestOutcome[]>
  /** The latest time that is stored with anybody's charges, null when nobody has any. */
  latestChargeMs(): Promise<number | null>
  /** Null when the painter has never painted on this canvas. */
  getCharges(painter: PainterId, canvas: CanvasId): Promise<ChargeState | null>
  /** Null when nobody has painted there. */
  getPixel(ref: TileRef & { position: Position }): Promise<StoredPixel | null>
  /** What was painted there and has no number yet, so that the log lacks it: oldest first, from the tile's first `maxCommits` such commits. */
  readUnsequencedPixels(ref: TileRef & { position: Position; maxCommits: number }): Promise<readonly StoredPixel[]>
  /** Null when there is no such placement, or no longer: `trim` removes a receipt with its commit. */
  getReceipt(id: PlacementId): Promise<Receipt | null>

  // ── the outbox ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Gives the oldest unsequenced commits, up to `limit` of them and no more once there are `maxPagePixels` pixels (A6), the next seqs of their
   * tiles, by `(atMs, id)`. Safe to call from any number of processes at once: gaps and doubles cannot form. Answers how many commits got their
   * number by this call, and whether a race with another sequencer was lost (then calling again at once is right). With `tiles`, only theirs. `fresh` are
   * those that certainly got their number here, by seq inside a tile: nobody can have tried to publish them, and their first attempt is counted already.
   */
  sequence(options: {
    limit: number
    tiles?: readonly TileRef[] | null
  }): Promise<{ sequenced: number; raced: boolean; fresh: readonly UnpublishedCommit[] }>
  /**
   * Sequenced, unpublished commits, tile by tile; within a tile by seq, without holes, beginning with the tile's first unpublished one. No
   * more once there are `maxPagePixels` pixels (A6). With `tiles`, only theirs. A tile's commits end with its first unreadable one.
   */
  getUnpublished(options: { limit: number; tiles?: readonly TileRef[] | null }): Promise<UnpublishedCommit[]>
  /** Raises the durable heads of their tiles, then sets `publishedAt`. Repeating it changes nothing. */
  markAsPublished(commits: readonly Mark[], nowMs: number): Promise<void>
  /** Counts one more attempt to publish each. Before the attempt: one that kills its process is counted, too. */
  countAttempts(ids: readonly CommitId[]): Promise<void>
  /** Why the attempt failed. With `uncount` it was no fault of the commits (the transport was down), and the attempt does not count. */
  noteFailure(failure: { ids: readonly CommitId[]; error: string; uncount: boolean }): Promise<void>
  backlog(): Promise<Backlog>
  /** Removes commits that were published before `publishedBeforeMs`, and idempotency keys that are older than `keysBeforeMs`. Heads stay. */
  trim(options: { publishedBeforeMs: number; keysBeforeMs: number }): Promise<{ removed: number }>

  // ── what cannot be published ──────────────────────────────────────────────────────────────────────────────────────────

  /**
   * One transaction (see `planDeadLetter`): the commit becomes a dead letter, its place in the log a tombstone that is yet to be published, and
   * the pixels stay the fold of the log (A4). Answers false when it is published, a dead letter already, or has been tried again since.
   */
  moveToDeadLetters(options: { id: CommitId; attempts: number; groupId: string; nowMs: number }): Promise<boolean>
  /** Of each tile the first unpublished commit with `suspectFrom` attempts or more: oldest first, without its pixels. */
  listStuck(options: { limit: number }): Promise<StuckCommit[]>
  /** Counts the attempts of an unpublished commit anew, so that it is tried at once. Answers whether there is such a commit. */
  resetAttempts(id: CommitId): Promise<boolean>
  /** Oldest first. */
  listDeadLetters(options: { limit: number }): Promise<DeadLetter[]>
  /**
   * One transaction (see `planRequeue`): paints again what nobody has painted over since, as a new commit, and forgets the letter.
   * Null when there is no such letter.
   */
  retryDeadLetter(options: { id: CommitId; groupId: string; nowMs: number }): Promise<{ placed: number } | null>
  /** Forgets the letter. Answers whether there was one. */
  discardDeadLetter(id: CommitId): Promise<boolean>
  /** Whether publishing is paused, for all processes and across restarts. */
  isPublishingPaused(): Promise<boolean>
  pausePublishing(paused: boolean): Promise<void>

  // ── the log ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The board exactly at the tile's head: pixels without the commits that have no seq yet, read in one snapshot. Null when there is no such canvas. */
  readBoard(ref: TileRef): Promise<Board | null>
  /** Sequenced commits `after + 1 …`: up to `limit`, and no more once there are `maxPixels` pixels, `maxPagePixels` when left out (A6). Null when there is no such canvas. */
  readCommits(options: ReadCommits): Promise<LogPage | null>
  /** The heads of all tiles that have one. */
  readHeads(canvas: CanvasId): Promise<Map<TileNumber, Seq>>

  /** What projectors make of the log. */
  readonly projections: ProjectionStore
}

export type ReadCommits = TileRef & { after: Seq; limit: number; maxPixels?: number }

/** A page of the log, or a round of publishing, ends with the commit that reaches this many pixels: a thousand large commits would be four million. */
export const maxPagePixels = 65_536

/** How long an idempotency key is remembered. */
export const keyRetentionMs = 10 * 60_000
