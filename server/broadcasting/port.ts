/**
 * The two sides of broadcasting. `LiveTiles` is what HTTP and the socket gateway ask: boards, and what a client missed.
 * `FrameSink` is what the broadcaster tells: frames for a tile's room. The gateway in `realtime/` implements it.
 */
import type { Board } from '../../lib/board.ts'
import type { Epoch, Seq } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import type { TileRef } from '../store/port.ts'

/** The commits `from..to` of a tile, in order and without holes. */
export interface TileFrame {
  readonly ref: TileRef
  readonly from: Seq
  readonly to: Seq
  readonly commits: readonly SequencedCommit[]
}

export type CatchUp =
  | { mode: 'live' }
  /** Commits `seq + 1 … head`, to be sent before anything newer. */
  | { mode: 'replay'; frames: readonly TileFrame[] /** What they will weigh, roughly. */; bytes: number }
  | { mode: 'reload' }

/** A tile that this gateway holds in memory and keeps up to date. */
export interface LiveTile {
  readonly ref: TileRef
  readonly epoch: Epoch
  /** The last seq that the tile's room was sent: what a joining client is caught up to. */
  readonly head: Seq
  /** What is missing between a client's seq (null for none) and `head`. Synchronous, so that joining the room right after it misses nothing. */
  catchUp(client: { epoch: Epoch | null; seq: Seq | null }): CatchUp
}

export interface LiveTiles {
  /**
   * Loads the tile if need be, and resolves when it is live. Null when there is no such canvas or tile. Many callers share
   * one load. With `since`, commits after it are fetched from the store when memory does not reach back that far and the
   * client may still be caught up.
   */
  open(ref: TileRef, since?: { epoch: Epoch | null; seq: Seq | null }): Promise<LiveTile | null>
  /** A copy of the board as it is now. Null when there is no such canvas or tile. */
  board(ref: TileRef): Promise<Board | null>
  /** All tiles of a canvas that have a seq, with the newest that the room was sent. For `heads`. */
  heads(canvas: TileRef['canvas']): readonly (readonly [tile: number, seq: number])[]
}

/** What the socket gateway needs besides: a tile that is being joined must not be let go of before its room has somebody in it. */
export interface JoinableTiles extends LiveTiles {
  /** Keeps the tile in memory from its loading on, until the function that is answered is called. */
  hold(ref: TileRef): () => void
  /** When a commit that the tile's room was sent was saved. Null when it is not in memory: not there yet, or long ago. */
  commitAtMs(ref: TileRef, seq: Seq): number | null
}

export interface FrameSink {
  /** Sends a frame to everybody in the tile's room, encoded once. */
  frame(frame: TileFrame): void
  /** Tells everybody in the room to fetch the board again: another epoch, or a gap that the store cannot fill. */
  resync(ref: TileRef): void
  /** Whether anybody is in the tile's room. A tile without watchers may be let go of. */
  watched(ref: TileRef): boolean
  /** Sockets connected to this gateway: the flush window grows with it. */
  sockets(): number
}
