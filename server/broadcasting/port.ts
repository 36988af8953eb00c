/**
 * The two sides of broadcasting. HTTP and the socket gateway read boards and missed commits from `LiveTiles`. The broadcaster sends frames to a
 * `FrameSink`, which the gateway in `realtime/` implements.
 */
import type { Board } from '../../lib/board.ts'
import type { CanvasId, Epoch, Seq } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import type { TileRef } from '../store/port.ts'

/** The commits `from..to` of a tile, in order and without gaps. */
export interface TileFrame {
  readonly ref: TileRef
  readonly from: Seq
  readonly to: Seq
  readonly commits: readonly SequencedCommit[]
}

export type CatchUp =
  | { mode: 'live' }
  /** Commits `seq + 1 … head`, to be sent before any newer one. `bytes` is an estimate. */
  | { mode: 'replay'; frames: readonly TileFrame[]; bytes: number }
  | { mode: 'reload' }

/** A tile or a control log in this gateway's memory, which the broadcaster keeps up to date. */
export interface LiveTile {
  readonly ref: TileRef
  readonly epoch: Epoch
  /** The last seq that the tile's room was sent. A joining client is caught up to it. */
  readonly head: Seq
  /** The commits between a client's seq (null for none) and `head`. Synchronous, so that a client that joins the room right after misses none. */
  catchUp(client: { epoch: Epoch | null; seq: Seq | null }): CatchUp
}

export interface LiveTiles {
  /**
   * Loads the tile if it is not in memory. Null if the canvas or tile does not exist. With `since`, commits after it are read from the store if
   * memory lacks them and a client may replay them.
   */
  open(ref: TileRef, since?: { epoch: Epoch | null; seq: Seq | null }): Promise<LiveTile | null>
  /** A copy of the current board. Null if the canvas or tile does not exist. */
  board(ref: TileRef): Promise<Board | null>
  /** The tiles of a canvas in memory that have a seq, each with the last seq that its room was sent. */
  heads(canvas: TileRef['canvas']): readonly (readonly [tile: number, seq: number])[]
}

/** For the socket gateway: a tile must not be evicted while a client joins it. */
export interface JoinableTiles extends LiveTiles {
  /** Keeps the tile in memory until the returned function is called. */
  hold(ref: TileRef): () => void
  /** The last seq of the canvas's control log that its room was sent. */
  controlHead(canvas: TileRef['canvas']): Seq
  /** When a commit was saved. Null if it is unsent or not in memory. */
  commitAtMs(ref: TileRef, seq: Seq): number | null
}

export interface FrameSink {
  /** Sends a frame to the tile's room, encoded once. */
  frame(frame: TileFrame): void
  /** Makes all clients in the room load the board again, after a change of epoch or a gap that the store cannot fill. */
  resync(ref: TileRef): void
  /** The board was deleted: its clients get their last event, and leave its rooms. */
  gone(canvas: CanvasId): void
  /** Sockets connected to this gateway. The flush interval grows with their number. */
  sockets(): number
}
