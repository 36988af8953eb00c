/**
 * The stream carries sequenced commits from publishers to gateways and projectors. It is a cache of the outbox: the store has whatever the stream
 * loses, so nothing here has to be durable.
 *
 * The adapters are `embedded/` (in process) and `redis/`. `contract.ts` tests both. `partitioned/` spreads the tiles over several
 * streams.
 *
 * Methods may reject with a `StreamError`. After `unavailable` the caller backs off and tries again, and counts nothing against a commit.
 */
import type { CanvasId, Epoch, PainterId, Seq, TileNumber } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import type { PartitionOverview } from '../../lib/overview.ts'
import type { WriteFault } from '../../lib/write-fault.ts'

/** `refused`: the stream works, and does not take one of the commits. */
export type StreamErrorCode = 'unavailable' | 'closed' | 'refused'

export class StreamError extends Error {
  readonly code: StreamErrorCode
  /** Why the stream takes no writes; null when it does not answer, or the reason is unknown. */
  readonly reason: WriteFault | null
  constructor(code: StreamErrorCode, message: string, { reason = null, ...options }: { cause?: unknown; reason?: WriteFault | null } = {}) {
    super(message, options)
    this.name = 'StreamError'
    this.code = code
    this.reason = reason
  }
}

export type AppendAnswer =
  | { kind: 'appended' }
  /** Its seq is not above the tile's head: the stream has it, or had it. */
  | { kind: 'duplicate' }
  /** Its seq is above head + 1, or the stream has no head of the tile (`head` null): the stream lost data. */
  | { kind: 'gap'; head: Seq | null }
  /** The stream carries another epoch of this canvas, or none: `adopt` first. */
  | { kind: 'other_epoch'; epoch: Epoch | null }
  /** The tile's partition does not take commits now, and the partition of another commit in the call does. */
  | { kind: 'away' }

/** A tile of a canvas. */
export interface StreamTile {
  readonly canvas: CanvasId
  readonly tile: TileNumber
}

/** An entry as a group reads it. Only `ack` uses its `id`. */
export interface Delivered {
  readonly id: string
  readonly commit: SequencedCommit
}

/** An entry that a member took over. `deliveries` counts how often it was delivered, this time included. */
export interface Claimed extends Delivered {
  readonly deliveries: number
}

/** A member of a consumer group. Each entry is delivered to one member, and is pending until that member acknowledges it. */
export interface GroupReader {
  readonly group: string
  /**
   * Returns the entries that the member did not acknowledge before a restart, then new ones. Waits up to `blockMs` for the first one. Returns an
   * empty list when none came, or when the signal was aborted.
   */
  read(options: { maxCount: number; blockMs: number; signal: AbortSignal }): Promise<Delivered[]>
  ack(ids: readonly string[]): Promise<void>
  /**
   * Takes over entries that were delivered at least `minIdleMs` ago and are not acknowledged: the member stopped, hangs, or failed to process them.
   * Entries of this member count, too. A call continues after the entries of the last one. Entries that were trimmed while they were pending are
   * acknowledged, because the store has their commits.
   */
  claim(options: { minIdleMs: number; maxCount: number }): Promise<readonly Claimed[]>
  /** Leaves the group. `remove` removes the group, for a gateway that will not return. */
  close(options?: { remove?: boolean }): Promise<void>
}

export interface JoinOptions {
  readonly group: string
  readonly consumer: string
  readonly kind: GroupInfo['kind']
  readonly from: 'end' | 'start'
  /** Each read has a `blockMs` of 0, so the member needs no connection of its own. */
  readonly polls?: boolean
}

export interface GroupInfo {
  readonly name: string
  readonly kind: 'broadcast' | 'projection'
  readonly consumers: number
  readonly pending: number
  /** Entries that are not delivered to the group yet; null when that is unknown. */
  readonly lag: number | null
  readonly lastDeliveredId: string
}

export interface StreamInfo {
  /** Whether all of it answers. */
  readonly connected: boolean
  readonly length: number
  readonly memoryBytes: number
  readonly persistence: 'aof' | 'rdb' | 'none' | 'embedded'
  readonly groups: readonly GroupInfo[]
  /** Empty for a stream without partitions. */
  readonly partitions: readonly PartitionOverview[]
}

/** A message between processes. It arrives at most once, in no order, or not at all. What must be certain is read from the store. */
export type Signal =
  /** There may be a commit to publish. */
  | { kind: 'wake' }
  /** An operator signed in or out. */
  | { kind: 'sessions' }
  /** An operator paused or resumed publishing. */
  | { kind: 'publishing' }
  /** Something other than time changed the painter's charges or name on this canvas. */
  | { kind: 'me'; canvas: CanvasId; painter: PainterId }
  /** How many sockets this gateway has joined to each canvas. */
  | { kind: 'presence'; gateway: string; online: Readonly<Record<string, number>> }

export interface EventStream {
  readonly kind: 'embedded' | 'redis'

  /**
   * Appends commits in the order given, each only if its epoch is the stream's and its seq is its tile's head + 1. One
   * answer per commit, in order. After a gap in a tile, the later commits of that tile in the same call are gaps too.
   * Rejects with `unavailable` when no commit could be answered.
   */
  append(commits: readonly SequencedCommit[]): Promise<AppendAnswer[]>
  /**
   * Replaces the stream's epoch of this canvas, and removes the heads of the former one. Changes nothing unless the stream still carries `from`
   * (default: none), because the caller may have read the canvas before another process adopted a newer epoch.
   */
  adopt(canvas: CanvasId, epoch: Epoch, from?: Epoch | null): Promise<void>
  /** Removes the epoch and the heads of a canvas that is being deleted. Its entries stay until they are trimmed. Repeating it changes nothing. */
  forget(canvas: CanvasId): Promise<void>
  /** Raises a tile's head without entries (after data loss, or at start): the next append is `head + 1`. Never lowers it. */
  seed(tile: StreamTile & { epoch: Epoch; head: Seq }): Promise<void>
  /**
   * The stream's heads of a canvas, of the epoch that it carries. Tiles of a partition that is away are left out. With `tile`, the
   * answer is certain for that tile: it rejects when the tile's partition is away.
   */
  heads(canvas: CanvasId, tile?: TileNumber): Promise<Map<TileNumber, Seq>>
  /** Which tiles cannot be published now, when that is true of some only; null otherwise. */
  outage(): ((tile: StreamTile) => boolean) | null

  /** Joins a group, and creates it if it is new. A new group starts `from` the end or the oldest entry. */
  join(options: JoinOptions): Promise<GroupReader>
  info(): Promise<StreamInfo>
  /** Resolves when the stream answers. It costs a fifth of `info`. */
  ping(): Promise<void>

  /** Never waits and never throws. */
  signal(signal: Signal): void
  /** Listens to the signals of all processes, this one included. Returns a function that stops it. */
  onSignal(listener: (signal: Signal) => void): () => void

  close(): Promise<void>
}
