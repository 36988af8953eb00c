/**
 * The stream: carries sequenced commits from publishers to gateways and projectors. A fast, rebuildable cache of the outbox:
 * whatever it loses is found again in the store, so nothing here has to be durable.
 *
 * Adapters: `embedded/` (in process) and `redis/`. Their behaviour is written once, in `contract.ts`. `partitioned/` spreads the tiles over several
 * streams.
 *
 * Methods may reject with a `StreamError`: `unavailable` means the transport is down (nothing counts against a commit);
 * the caller backs off and tries again.
 */
import type { CanvasId, Epoch, PainterId, Seq, TileNumber } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import type { PartitionOverview } from '../../lib/overview.ts'
import type { WriteFault } from '../../lib/write-fault.ts'

/** `refused`: the stream works, and does not take this commit, or one of these. */
export type StreamErrorCode = 'unavailable' | 'closed' | 'refused'

export class StreamError extends Error {
  readonly code: StreamErrorCode
  /** Why the stream takes no writes; null when it is away, or nothing is known. */
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
  /** Its seq is not above the tile's head: it is there already, or was. */
  | { kind: 'duplicate' }
  /** Its seq is above head + 1, or the stream has never heard of the tile (`head` null): the stream lost data. */
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

/** An entry as a group reads it. `id` is the stream's own; only `ack` understands it. */
export interface Delivered {
  readonly id: string
  readonly commit: SequencedCommit
}

/** What a member took over. `deliveries` counts how often the entry was handed out, this time included. */
export interface Claimed {
  readonly delivered: readonly (Delivered & { readonly deliveries: number })[]
  /** Ids of entries that the stream had trimmed while they were pending. They are acknowledged; the store has their commits. */
  readonly lost: readonly string[]
}

/** One member of a consumer group. Entries are handed to one member of the group each, and stay pending until acknowledged. */
export interface GroupReader {
  readonly group: string
  /**
   * The entries that this member was given in a former life and never acknowledged come first, then new ones. Waits up to
   * `blockMs` for the first; answers an empty list when none came, or when the signal was aborted.
   */
  read(options: { maxCount: number; blockMs: number; signal: AbortSignal }): Promise<Delivered[]>
  ack(ids: readonly string[]): Promise<void>
  /**
   * Takes over entries that any member of the group, this one too, was given at least `minIdleMs` ago and has not acknowledged: its
   * holder died, hangs, or failed at them.
   */
  claim(options: { minIdleMs: number; maxCount: number }): Promise<Claimed>
  /** Leaves; with `remove` the group itself goes (a gateway that will not come back). */
  close(options?: { remove?: boolean }): Promise<void>
}

export interface JoinOptions {
  readonly group: string
  readonly consumer: string
  readonly kind: GroupInfo['kind']
  readonly from: 'end' | 'start'
  /** Never waits for entries (`blockMs` is 0 in each read), and so needs no connection of its own. */
  readonly polls?: boolean
}

export interface GroupInfo {
  readonly name: string
  readonly kind: 'broadcast' | 'projection'
  readonly consumers: number
  readonly pending: number
  /** Entries not yet delivered to the group; null when the stream cannot tell. */
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

/** Small news between processes: fire and forget, at most once, in no order. Whoever needs certainty looks into the store. */
export type Signal =
  /** There may be something to publish. */
  | { kind: 'wake' }
  /** The canvas changed: read it again. */
  | { kind: 'canvas'; canvas: CanvasId; rev: number }
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
  /** Makes `epoch` the stream's epoch of this canvas; another one's heads are forgotten. Repeating it changes nothing. */
  adopt(canvas: CanvasId, epoch: Epoch): Promise<void>
  /** Raises a tile's head without entries (after data loss, or at start): the next append is `head + 1`. Never lowers it. */
  seed(tile: StreamTile & { epoch: Epoch; head: Seq }): Promise<void>
  /**
   * The stream's heads of a canvas, of the epoch that it carries. Tiles of a partition that is away are left out. With `tile`, the
   * answer is certain for that tile: it rejects when the tile's partition is away.
   */
  heads(canvas: CanvasId, tile?: TileNumber): Promise<Map<TileNumber, Seq>>
  /** Which tiles cannot be published now, when that is true of some only; null otherwise. */
  outage(): ((tile: StreamTile) => boolean) | null

  /** Joins (and makes, if it is new) a group. A new group starts `from` the end or the oldest entry that is there. */
  join(options: JoinOptions): Promise<GroupReader>
  info(): Promise<StreamInfo>
  /** Resolves when the stream answers: a fifth of what `info` costs. */
  ping(): Promise<void>

  /** Never waits and never throws. */
  signal(signal: Signal): void
  /** Hears the signals of all processes, this one's included. Answers how to stop listening. */
  onSignal(listener: (signal: Signal) => void): () => void

  close(): Promise<void>
}
