/**
 * Keeps the tiles in view at the head of their logs: boards, frames, gaps, heads.
 *
 * The invariant (A3, A4): what the sink is given is, per tile, one board and then frames that follow it without a hole. Whatever
 * order boards, frames and answers come in, `TileFollower` decides; this class only carries out what it says and asks again
 * for what is missing. Joining, resuming and healing are one act: `join` with the seq that the tile stands at.
 *
 * A board is asked for at once, before the socket is there, so that a visitor sees it soon; the join that follows brings what
 * came after it. If the board then turns out to be older than the join, the tile joins again with its seq.
 */
import { bytesFromBase64 } from '../../../lib/base64.ts'
import type { Board } from '../../../lib/board.ts'
import { asSeq, asTile, noSeq, type Position, type Seq, type TileNumber } from '../../../lib/brand.ts'
import { decodePixels } from '../../../lib/codec.ts'
import { type FollowAction, type Frame, TileFollower } from '../../../lib/tile-follower.ts'
import type { PixelSink } from '../engine/types.ts'
import type { Api } from './api.ts'
import { BoardLoader } from './board-loader.ts'
import type { HeadsMessage, JoinedTile, PixelsMessage } from './messages.ts'
import { type EmitWithAnswer, TileJoiner } from './tile-joiner.ts'
import type { CanvasInfo, SessionEnvironment } from './types.ts'

export interface TileEvents {
  /** Colours came to a tile, which stands at `seq` now; `colorAt` answers null where none came. */
  readonly onColors: (colors: { tile: TileNumber; seq: Seq; colorAt: (position: Position) => number | null }) => void
  /** A frame was drawn. */
  readonly onFrame: (tile: TileNumber, frame: Frame) => void
  readonly onDropped: (tile: TileNumber) => void
  /** The server speaks of another epoch or a newer `rev`, or knows no such tile: the canvas should be asked for again. */
  readonly onCanvasOutdated: () => void
  /** How far the tiles are may have changed. */
  readonly onProgress: () => void
}

export type TileSyncOptions = TileEvents &
  Pick<SessionEnvironment, 'now' | 'timers' | 'random'> & {
    readonly canvasId: string
    readonly sink: PixelSink
    readonly api: Pick<Api, 'board'>
    readonly emit: EmitWithAnswer
  }

interface Followed {
  readonly tile: TileNumber
  readonly follower: TileFollower
  /** The newest seq that anybody has told. */
  head: number
  /** Since when the bytes are older than the head. */
  behindSinceMs: number | null
  viewedAt: number
}

/** A gateway lets a socket into 512. */
const maxTiles = 480
/** Tiles out of sight that stay joined, so that panning back shows no hole. */
const spareTiles = 24
const patienceMs = 1_000

export class TileSync {
  readonly #options: TileSyncOptions
  readonly #loader: BoardLoader
  readonly #joiner: TileJoiner
  readonly #followed = new Map<TileNumber, Followed>()
  #canvas: CanvasInfo | null = null
  #wanted: readonly TileNumber[] = []
  #views = 0
  #behindTimer: number | null = null

  constructor(options: TileSyncOptions) {
    this.#options = options
    this.#loader = new BoardLoader({
      api: options.api,
      timers: options.timers,
      random: options.random,
      onBoard: (tile, board) => this.#board(tile, board),
      onUnknown: options.onCanvasOutdated,
    })
    this.#joiner = new TileJoiner({
      canvasId: options.canvasId,
      timers: options.timers,
      random: options.random,
      emit: options.emit,
      canvas: () => this.#canvas,
      seqOf: (tile) => this.seqOf(tile),
      onJoined: (tile, answer, askedWith) => this.#joined(tile, answer, askedWith),
      onAnswer: () => this.#progress(),
      onCanvasOutdated: options.onCanvasOutdated,
    })
  }

  /** Every tile in view is joined and at the newest seq that is known. */
  get current() {
    return (
      this.#wanted.length > 0 &&
      this.#wanted.every((tile) => {
        const followed = this.#followed.get(tile)
        return followed !== undefined && this.#joiner.isJoined(tile) && !isBehind(followed)
      })
    )
  }

  follows(tile: TileNumber) {
    return this.#followed.has(tile)
  }

  seqOf(tile: TileNumber): Seq | null {
    return this.#followed.get(tile)?.follower.seq() ?? null
  }

  /** Every tile of the canvas is known, and none of them has a commit. */
  get untouched() {
    if (!this.#canvas || this.#followed.size < this.#canvas.tilesX * this.#canvas.tilesY) return false
    for (const { follower } of this.#followed.values()) if (follower.seq() !== noSeq) return false
    return true
  }

  /** The canvas as it is now. Another epoch or tile size throws all bytes away; what is drawn stays until the new boards come. */
  setCanvas(canvas: CanvasInfo) {
    const before = this.#canvas
    this.#canvas = canvas
    if (before?.epoch === canvas.epoch && before.tileSize === canvas.tileSize) return
    const inView = new Set(this.#wanted)
    this.#drop([...this.#followed.keys()].filter((tile) => !inView.has(tile)))
    for (const tile of [...this.#followed.keys()]) {
      this.#loader.cancel(tile)
      this.#followed.delete(tile)
    }
    this.#joiner.newEpoch()
    this.view(this.#wanted)
  }

  view(tiles: readonly TileNumber[]) {
    this.#wanted = tiles.slice(0, maxTiles)
    if (!this.#canvas) return
    this.#views++
    for (const tile of this.#wanted) {
      const followed = this.#followed.get(tile) ?? this.#follow(tile)
      followed.viewedAt = this.#views
    }
    const tooMany = this.#followed.size - Math.min(maxTiles, this.#wanted.length + spareTiles)
    if (tooMany > 0) {
      const inView = new Set(this.#wanted)
      const spare = [...this.#followed.values()].filter(({ tile }) => !inView.has(tile)).sort((a, b) => a.viewedAt - b.viewedAt)
      this.#drop(spare.slice(0, tooMany).map(({ tile }) => tile))
    }
    this.#options.onProgress()
  }

  opened() {
    this.#loader.retryNow()
    this.#joiner.opened()
  }

  closed() {
    this.#joiner.closed()
  }

  pixels(message: PixelsMessage) {
    const followed = this.#followed.get(asTile(message.tile))
    if (!followed || !this.#canvas) return
    followed.head = Math.max(followed.head, message.to)
    let frame: Frame
    try {
      const cells = this.#canvas.tileSize * this.#canvas.tileSize
      frame = { from: message.from, to: message.to, ...decodePixels(bytesFromBase64(message.data), cells) }
    } catch {
      // What it should have brought is asked for again.
      this.#joiner.join(followed.tile)
      return
    }
    this.#carryOut(followed, followed.follower.frame(frame), 'to draw')
    this.#progress()
  }

  heads(message: HeadsMessage) {
    for (const [tile, seq] of message.heads) {
      const followed = this.#followed.get(asTile(tile))
      if (followed) followed.head = Math.max(followed.head, seq)
    }
    this.#progress()
  }

  resync(tile: number) {
    const followed = this.#followed.get(asTile(tile))
    if (!followed) return
    followed.follower.reset()
    this.#loader.load(followed.tile, true)
    this.#progress()
  }

  dispose() {
    this.#joiner.closed()
    this.#loader.cancelAll()
    this.#followed.clear()
    if (this.#behindTimer !== null) this.#options.timers.clear(this.#behindTimer)
  }

  #follow(tile: TileNumber): Followed {
    const followed: Followed = { tile, follower: new TileFollower(), head: 0, behindSinceMs: null, viewedAt: 0 }
    this.#followed.set(tile, followed)
    this.#loader.load(tile)
    this.#joiner.join(tile)
    return followed
  }

  #drop(tiles: readonly TileNumber[]) {
    this.#joiner.leave(tiles)
    for (const tile of tiles) {
      this.#loader.cancel(tile)
      this.#followed.delete(tile)
      this.#options.sink.dropTile(tile)
      this.#options.onDropped(tile)
    }
  }

  #joined(tile: TileNumber, { head, mode }: JoinedTile, askedWith: Seq | null) {
    const followed = this.#followed.get(tile)
    if (!followed) return
    followed.head = Math.max(followed.head, head)
    if (mode !== 'reload') return
    const seq = followed.follower.seq()
    if (askedWith === null && seq !== null) {
      // The board came while the join was on its way. What lies between the two was sent to nobody.
      if (seq < head) this.#joiner.join(tile)
      return
    }
    // Frames from now on wait for the board; what is drawn stays until it comes. A board on its way may be from before the
    // join: if so, that shows when it is here.
    followed.follower.reset()
    this.#loader.load(tile)
  }

  #board(tile: TileNumber, board: Board) {
    const followed = this.#followed.get(tile)
    if (!followed || !this.#canvas) return
    if (board.epoch !== this.#canvas.epoch || board.colors.length !== this.#canvas.tileSize ** 2) {
      // Of another history than the canvas: whichever is the newer, the canvas and a join will tell.
      this.#options.onCanvasOutdated()
      this.#joiner.join(tile)
      this.#options.timers.set(() => {
        if (this.#followed.get(tile) === followed && followed.follower.seq() === null) this.#loader.load(tile)
      }, patienceMs)
      return
    }
    const { seq } = board
    const action = followed.follower.board(board)
    if (followed.follower.colors() === board.colors) {
      this.#options.sink.setTile(tile, board.colors)
      this.#options.onColors({ tile, seq, colorAt: (position) => board.colors[position] ?? null })
    }
    this.#carryOut(followed, action, 'drawn with the board')
    // Older than the join: what lies between was sent to nobody.
    if (this.#joiner.isJoined(tile) && isBehind(followed)) this.#joiner.join(tile)
    this.#progress()
  }

  #carryOut(followed: Followed, action: FollowAction, frames: 'to draw' | 'drawn with the board') {
    if (action.do === 'nothing') return
    const { tile } = followed
    for (const frame of action.frames) {
      if (frames === 'to draw') this.#options.sink.drawPixels(tile, frame.positions, frame.colors)
      const colorAt = (position: Position) => frame.colors[frame.positions.indexOf(position)] ?? null
      this.#options.onColors({ tile, seq: asSeq(frame.to), colorAt })
      this.#options.onFrame(tile, frame)
    }
    if (action.frames.length > 0) {
      followed.behindSinceMs = null
      this.#joiner.succeeded(tile)
    }
    if (action.do === 'join') this.#joiner.join(tile)
  }

  /** Looks at who is behind: a tile that stays so for a second joins again, since a lost last commit shows no gap. */
  #progress() {
    const nowMs = this.#options.now()
    let nextMs = Number.POSITIVE_INFINITY
    for (const followed of this.#followed.values()) {
      const { tile } = followed
      if (!isBehind(followed)) {
        followed.behindSinceMs = null
        if (this.#joiner.isJoined(tile)) this.#joiner.succeeded(tile)
      } else if (this.#joiner.isJoined(tile) && followed.follower.seq() !== null) {
        followed.behindSinceMs ??= nowMs
        if (nowMs - followed.behindSinceMs >= patienceMs) {
          followed.behindSinceMs = nowMs
          this.#joiner.join(tile)
        }
        nextMs = Math.min(nextMs, followed.behindSinceMs + patienceMs - nowMs)
      }
    }
    if (this.#behindTimer !== null) this.#options.timers.clear(this.#behindTimer)
    this.#behindTimer = Number.isFinite(nextMs) ? this.#options.timers.set(() => this.#progress(), nextMs) : null
    this.#options.onProgress()
  }
}

const isBehind = ({ follower, head }: Followed) => {
  const seq = follower.seq()
  return seq === null || seq < head
}
