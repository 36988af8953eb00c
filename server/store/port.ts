/**
 * The store: canvases, pixels, charges and the outbox, in one database with transactions.
 *
 * Adapters: `sqlite/` (embedded), `mongo/`, and `memory/`, the model for tests and the simulation. `contract.ts` defines their
 * behaviour. The code above the port does not depend on which adapter it has.
 *
 * Every method may reject with a `StoreError`. See `StoreErrorCode` for what a rejected call may have changed.
 */

import type { Board } from '../../lib/board.ts'
import type { CanvasId, CommitId, Epoch, PainterId, PlacementId, Position, Seq, TileNumber } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { ChargeState } from '../../lib/charges.ts'
import type { CommitKind, SequencedCommit } from '../../lib/commit.ts'
import type { CanvasUpdate, CanvasUpdateOutcome } from '../../lib/control-log.ts'
import type { DeadLetter, Retried, StuckCommit } from '../../lib/dead-letter.ts'
import type { PixelEntry } from '../../lib/pixel-fold.ts'
import type { GroupRequest, RequestOutcome } from '../../lib/plan-group.ts'
import type { WriteFault } from '../../lib/write-fault.ts'
import type { ActStore } from './acts-port.ts'
import type { AdminSessionStore } from './admin-sessions-port.ts'
import type { BackupStateStore } from './backups-port.ts'
import type { MembershipStore } from './membership-port.ts'
import type { ProjectionStore } from './projections-port.ts'
import type { SiteStore } from './site-port.ts'
import type { TemplateStore } from './templates-port.ts'
import type { WebhookStore } from './webhooks-port.ts'

/**
 * - `unavailable`: the store failed or did not answer in time. From `place`, nothing was changed. From any other method that writes,
 *   the outcome is unknown: the change may have been made, or may still be made. The method says what a repeated call does.
 * - `outcome_unknown`, from `place` only: the placements may have been saved. The client must get no answer (A1).
 * - `contested`, from `projections` only: another process is writing the same documents. The cursor did not move.
 * - `closed`: the store was closed before the call. Nothing was changed.
 */
export type StoreErrorCode = 'unavailable' | 'contested' | 'outcome_unknown' | 'closed'

export class StoreError extends Error {
  readonly code: StoreErrorCode
  /** Why the store takes no writes. Null when the store does not answer, or the reason is unknown. */
  readonly reason: WriteFault | null
  /** The database is electing a new primary. This affects all processes, and usually takes less than 12 s. */
  readonly electing: boolean
  constructor(code: StoreErrorCode, message: string, options: { cause?: unknown; reason?: WriteFault | null; electing?: boolean } = {}) {
    const { reason = null, electing = false, ...rest } = options
    super(message, rest)
    this.name = 'StoreError'
    this.code = code
    this.reason = reason
    this.electing = electing
  }
}

export interface TileRef {
  readonly canvas: CanvasId
  readonly tile: TileNumber
}

export interface PixelRef extends TileRef {
  readonly position: Position
}

/** Where a pass of `eraseRows` goes on: the number of its step, and what the step has read last. */
export interface ErasePlace {
  readonly step: number
  readonly after: string
}

export type CanvasCreation = 'created' | 'exists' | 'limit'

export interface PlacementGroup {
  /** Never used before: the ids of the group's commits begin with it. 8 to 40 of `0-9 a-z`. */
  readonly id: string
  readonly requests: readonly GroupRequest[]
  readonly nowMs: number
  /** The time by which charges grow and idempotency keys age (`placement/charge-clock.ts`). Default: `nowMs`. */
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
 * `page`: the commits `after + 1 …` without a gap. `trimmed`: the store has no readable commit `after + 1`, because it has expired or cannot
 * be decoded. `oldestKept` is the lowest later seq from which the log may continue.
 */
export type LogPage =
  | { kind: 'page'; epoch: Epoch; head: Seq; commits: readonly SequencedCommit[] }
  | { kind: 'trimmed'; epoch: Epoch; head: Seq; oldestKept: Seq }

export interface UnpublishedCommit extends SequencedCommit {
  /** How many attempts to publish the commit have begun. Sequencing counts the first one. */
  readonly attempts: number
  /** The stored pixels cannot be decoded, so the commit cannot be published. `pixels` is empty. */
  readonly isUnreadable?: true
}

/** The fields of a commit that marking needs. */
export type Mark = Pick<SequencedCommit, 'id' | 'canvas' | 'tile' | 'epoch' | 'seq'>

/** The fields of a commit that counting an attempt needs. */
export type Attempted = Pick<UnpublishedCommit, 'id' | 'canvas' | 'tile' | 'attempts'>

export interface Backlog {
  readonly unsequenced: number
  /** Sequenced and not yet published. */
  readonly unpublished: number
  /** `atMs` of the oldest commit that is not published. */
  readonly oldestAtMs: number | null
  /** Dead letters. */
  readonly dead: number
}

/** Up to `limit` commits, and no more once they hold `maxPagePixels` pixels (A6). `tiles`: only commits of these; null for all tiles. */
export interface BatchOptions {
  readonly limit: number
  readonly tiles?: readonly TileRef[] | null
}

export interface Sequenced {
  /** How many commits got their seq by this call. */
  readonly sequenced: number
  /** Another process sequenced the same commits. Calling again at once is right. */
  readonly raced: boolean
  /** Commits that certainly got their seq by this call, by seq inside a tile. Empty after some races. */
  readonly fresh: readonly UnpublishedCommit[]
}

/** The commits above `after`: up to `limit`, and no more once they hold `maxPixels` pixels (default: `maxPagePixels`; A6). */
export type ReadCommits = TileRef & { after: Seq; limit: number; maxPixels?: number }

export interface Store extends MembershipStore, AdminSessionStore, ActStore, SiteStore, BackupStateStore {
  readonly kind: 'sqlite' | 'mongo' | 'memory'
  /** The projections of the log. */
  readonly projections: ProjectionStore
  readonly webhooks: WebhookStore
  readonly templates: TemplateStore

  /** Resolves when the store answers. */
  ping(): Promise<void>
  /** Tries to write a small record that nothing reads. @throws {StoreError} with the reason when writes fail. */
  checkWritable(): Promise<void>
  /** The clock of the database server, which all processes share. Null when the store is in this process, whose clock then counts. */
  serverTime(): Promise<number | null>
  /** Waits for the calls in flight, then closes files and connections. Later calls reject with `closed`. */
  close(): Promise<void>

  // ── canvases ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Creates the canvas unless one with its id exists. Returns the stored one. Can be repeated. */
  ensureCanvas(canvas: Canvas): Promise<Canvas>
  /**
   * One transaction: saves a new canvas as the last one, unless its id is in use or there are `canvasLimits.maxCanvases` already. A repeated
   * call finds the id in use.
   */
  createCanvas(canvas: Canvas): Promise<CanvasCreation>
  /** In the order in which they were created. */
  listCanvases(): Promise<Canvas[]>
  getCanvas(id: CanvasId): Promise<Canvas | null>
  /**
   * One transaction (see `planCanvasUpdate`): applies a valid change, raises `rev` by one, and adds the entry to the canvas's control log. A
   * repeated call finds another revision and changes nothing.
   */
  updateCanvas(update: CanvasUpdate): Promise<CanvasUpdateOutcome>

  /**
   * Removes up to about `limit` rows of the erased history of a board (`lib/erasing.ts`). `from` is the answer to the call before, or null for a new
   * pass; `next` is null at the end of a pass. Rows may be added until the end of a pass that removed nothing. Does nothing on other boards.
   */
  eraseRows(options: { id: CanvasId; limit: number; from: ErasePlace | null }): Promise<{ removed: number; next: ErasePlace | null }>
  /** Removes a canvas that is being deleted and its control log, unless it has another epoch. False when there is no such canvas. Can be repeated. */
  removeCanvas(options: { id: CanvasId; epoch: Epoch }): Promise<boolean>

  // ── placing ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * One transaction: reads what the requests need, decides with `planGroup`, and writes pixels, charges, idempotency keys and the
   * unsequenced commits. Returns one outcome for each request, in order. A call whose outcome is unknown rejects with `outcome_unknown`.
   */
  place(group: PlacementGroup): Promise<RequestOutcome[]>
  /** The latest time of any stored charges. Null when there are none. */
  latestChargeMs(): Promise<number | null>
  /** Null when the painter has never painted on this canvas. */
  getCharges(painter: PainterId, canvas: CanvasId): Promise<ChargeState | null>
  /** Null when nobody has painted this pixel. */
  getPixel(ref: PixelRef): Promise<StoredPixel | null>
  /** This pixel in the tile's first `maxCommits` commits that have no seq yet, oldest first. */
  readUnsequencedPixels(ref: PixelRef & { maxCommits: number }): Promise<readonly PixelEntry[]>
  /** Null when there is no such placement, or `trim` has removed its commit. */
  getReceipt(id: PlacementId): Promise<Receipt | null>

  // ── the outbox ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Assigns the next seqs of their tiles to the oldest unsequenced commits, by `(atMs, id)`. Any number of processes may call it at once without
   * gaps or duplicates. After an unknown outcome, `getUnpublished` finds the commits that got their seq.
   */
  sequence(options: BatchOptions): Promise<Sequenced>
  /** Unpublished commits: each tile's without gaps from its first one, in the order of seq. A tile's commits end with its first unreadable one. */
  getUnpublished(options: BatchOptions): Promise<UnpublishedCommit[]>
  /** Raises the durable heads of the tiles, then sets `publishedAt`. Can be repeated. */
  markAsPublished(commits: readonly Mark[], nowMs: number): Promise<void>
  /**
   * Counts an attempt to publish each commit that still has as many attempts as the caller read. Called before the attempt, so an attempt that
   * kills its process counts. Can be repeated.
   */
  countAttempts(commits: readonly Attempted[]): Promise<void>
  /** Stores why an attempt failed. `uncount`: the transport failed, so the attempt does not count. A repeated call takes off another one. */
  noteFailure(failure: { ids: readonly CommitId[]; error: string; uncount: boolean }): Promise<void>
  backlog(): Promise<Backlog>
  /** Removes commits that were published before `publishedBeforeMs`, and idempotency keys older than `keysBeforeMs`. Heads stay. Can be repeated. */
  trim(options: { publishedBeforeMs: number; keysBeforeMs: number }): Promise<{ removed: number }>

  // ── commits that cannot be published ──────────────────────────────────────────────────────────────────────────────────

  /**
   * One transaction (see `planDeadLetter`): the commit becomes a dead letter, an unpublished tombstone takes its seq, and the pixels stay the fold
   * of the log (A4). False when the commit is published, is a dead letter already, or has another count of attempts. Can be repeated.
   */
  moveToDeadLetters(options: { id: CommitId; attempts: number; groupId: string; nowMs: number }): Promise<boolean>
  /** Each tile's first unpublished commit with `suspectFrom` attempts or more, oldest first. */
  listStuck(options: { limit: number }): Promise<StuckCommit[]>
  /** Sets the attempts of an unpublished commit to 0, so that it is tried at once. False when there is no such commit. Can be repeated. */
  resetAttempts(id: CommitId): Promise<boolean>
  /** Oldest first. */
  listDeadLetters(options: { limit: number }): Promise<DeadLetter[]>
  /**
   * One transaction (see `planRequeue`): a new commit places again the pixels that nobody has painted since, and the dead letter is removed.
   * For a change of a canvas, a new entry announces the present canvas (see `planAnnounceAgain`). Null when there is no such dead letter, which
   * a repeated call may find, too, and for entries that only a newer version supports.
   */
  retryDeadLetter(options: { id: CommitId; groupId: string; nowMs: number }): Promise<Retried | null>
  /** Removes a dead letter. False when there is none, which a repeated call may find, too. */
  discardDeadLetter(id: CommitId): Promise<boolean>
  /** Whether publishing is paused. The pause holds for all processes and across restarts. */
  isPublishingPaused(): Promise<boolean>
  /** Can be repeated. */
  pausePublishing(paused: boolean): Promise<void>

  // ── the log ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The board at the tile's head, read in one snapshot: the pixels without commits that have no seq yet. Null when there is no such tile. */
  readBoard(ref: TileRef): Promise<Board | null>
  /**
   * How long ago each pixel was painted (`lib/ages.ts`), and the epoch of the board. Null when there is no such tile. Reads every pixel, so it must
   * not be called often.
   */
  readAges(options: TileRef & { nowMs: number }): Promise<{ readonly epoch: Epoch; readonly codes: Uint8Array } | null>
  /** Null when there is no such tile. */
  readCommits(options: ReadCommits): Promise<LogPage | null>
  /** The heads of all tiles that have one. */
  readHeads(canvas: CanvasId): Promise<Map<TileNumber, Seq>>
}

/** A page of the log, or a publishing round, ends with the commit that reaches this many pixels: 1,000 large commits would hold 4 million. */
export const maxPagePixels = 65_536

/** How long an idempotency key is kept. */
export const keyRetentionMs = 10 * 60_000
