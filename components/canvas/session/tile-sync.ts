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
import { LiveJoins } from './live-joins.ts'
import { maxLiveTiles } from './live-tiles.ts'
import type { HeadsMessage, JoinedTile, PixelsMessage } from './messages.ts'
import { type EmitWithAnswer, TileJoiner } from './tile-joiner.ts'
import type { CanvasInfo, Now, SessionEnvironment } from './types.ts'

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
  Pick<SessionEnvironment, 'timers' | 'random'> &
  Now & {
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

/** Tiles that are shown: up to 256 MiB of boards, whatever a tile's size is. */
export const maxShownTiles = 4_096
/** Tiles out of sight that stay joined, so that panning back shows no hole. */
const spareTiles = 24
const patienceMs = 1_000

export class TileSync {
  readonly #options: TileSyncOptions
  readonly #loader: BoardLoader
  readonly #joiner: TileJoiner
  readonly #followed = new Map<TileNumber, Followed>()
  #canvas: CanvasInfo | null = null
  /** In view or near it, the window's own first. */
  #wanted: readonly TileNumber[] = []
  #inWindow: readonly TileNumber[] = []
  /** How many tiles the window has, whether they are followed or not. */
  #windowCount = 0
  readonly #live: LiveJoins
  /** Tiles that the sink shows. */
  readonly #shown = new Set<TileNumber>()
  /** Tiles in the window that the sink does not show. */
  #missing = new Set<TileNumber>()
  #views = 0
  #behindTimer: number | null = null

  constructor(options: TileSyncOptions) {
    this.#options = options
    this.#loader = new BoardLoader({
      api: options.api,
      now: options.now,
      timers: options.timers,
      random: options.random,
      size: () => (this.#canvas?.tileSize ?? 0) ** 2,
      onPart: (tile, colors, count) => this.#part(tile, colors, count),
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
    this.#live = new LiveJoins({
      now: options.now,
      timers: options.timers,
      joiner: this.#joiner,
      followed: () => [...this.#wanted, ...this.#spare()],
      isReady: (tile) => this.seqOf(tile) !== null,
      onPlanned: () => options.onProgress(),
    })
  }

  /** Every tile in the window is shown, and all that are always live are joined and at the newest seq that is known. */
  get current() {
    return (
      this.#missing.size === 0 &&
      this.#inWindow.length > 0 &&
      this.#inWindow.every((tile) => {
        const followed = this.#followed.get(tile)
        if (!this.#live.isFixed(tile)) return this.#shown.has(tile)
        return followed !== undefined && this.#joiner.isJoined(tile) && !isBehind(followed)
      })
    )
  }

  /** How many of the window's tiles are always live; null when all of them are. */
  get partlyLive(): { readonly parts: number; readonly of: number } | null {
    const parts = this.#inWindow.filter((tile) => this.#live.isFixed(tile)).length
    return parts < this.#windowCount && this.#inWindow.length > 0 ? { parts, of: this.#windowCount } : null
  }

  /** How much of the window's boards has arrived, in whole percent; null when all of it is shown. */
  get loadedPercent(): number | null {
    if (!this.#canvas || this.#missing.size === 0) return null
    let shown = this.#inWindow.length - this.#missing.size
    for (const { tile, arrived } of this.#loader.underWay()) if (this.#missing.has(tile)) shown += arrived / this.#canvas.tileSize ** 2
    return Math.floor((100 * shown) / this.#inWindow.length)
  }

  /** Its board is on the screen: what is painted there can be seen. */
  shows(tile: TileNumber) {
    return this.#shown.has(tile)
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
    if (before && before.tileSize !== canvas.tileSize) this.#shown.clear()
    this.#joiner.newEpoch()
    this.#follow()
  }

  /** The first `inWindow` tiles are in the window, the others near it. */
  view(tiles: readonly TileNumber[], inWindow: number) {
    if (inWindow === this.#windowCount && isSame(tiles.slice(0, maxShownTiles), this.#wanted)) return
    this.#wanted = tiles.slice(0, maxShownTiles)
    this.#inWindow = this.#wanted.slice(0, inWindow)
    this.#windowCount = inWindow
    this.#follow()
  }

  #follow() {
    if (!this.#canvas) return
    this.#views++
    for (const tile of this.#wanted) {
      const followed = this.#followed.get(tile) ?? this.#begin(tile)
      followed.viewedAt = this.#views
    }
    this.#missing = new Set(this.#inWindow.filter((tile) => !this.#shown.has(tile)))
    this.#loader.prefer(this.#wanted)
    const spare = this.#spare()
    this.#drop(spare.slice(Math.min(spareTiles, Math.max(0, maxLiveTiles - this.#wanted.length))))
    this.#live.planSoon()
    this.#options.onProgress()
  }

  /** Followed and out of sight, those seen last first. */
  #spare(): TileNumber[] {
    if (this.#followed.size === this.#wanted.length) return []
    const inView = new Set(this.#wanted)
    const spare = [...this.#followed.values()].filter(({ tile }) => !inView.has(tile))
    return spare.sort((a, b) => b.viewedAt - a.viewedAt).map(({ tile }) => tile)
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
      this.#live.join(followed.tile)
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
    this.#live.dispose()
    if (this.#behindTimer !== null) this.#options.timers.clear(this.#behindTimer)
  }

  #begin(tile: TileNumber): Followed {
    const followed: Followed = { tile, follower: new TileFollower(), head: 0, behindSinceMs: null, viewedAt: 0 }
    this.#followed.set(tile, followed)
    this.#loader.load(tile)
    return followed
  }

  #drop(tiles: readonly TileNumber[]) {
    if (tiles.length === 0) return
    this.#joiner.leave(tiles)
    for (const tile of tiles) {
      this.#loader.cancel(tile)
      this.#followed.delete(tile)
      this.#shown.delete(tile)
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
      if (seq < head) this.#live.join(tile)
      return
    }
    // Frames from now on wait for the board; what is drawn stays until it comes. A board on its way may be from before the
    // join: if so, that shows when it is here.
    followed.follower.reset()
    this.#loader.load(tile)
  }

  #part(tile: TileNumber, colors: Uint8Array, count: number) {
    if (!this.#shown.has(tile)) this.#options.sink.showPart(tile, colors, count)
    this.#options.onProgress()
  }

  #board(tile: TileNumber, board: Board) {
    const followed = this.#followed.get(tile)
    if (!followed || !this.#canvas) return
    if (board.epoch !== this.#canvas.epoch || board.colors.length !== this.#canvas.tileSize ** 2) {
      // Of another history than the canvas: whichever is the newer, the canvas and a join will tell.
      this.#options.onCanvasOutdated()
      this.#live.join(tile)
      this.#options.timers.set(() => {
        if (this.#followed.get(tile) === followed && followed.follower.seq() === null) this.#loader.load(tile)
      }, patienceMs)
      return
    }
    const { seq } = board
    const action = followed.follower.board(board)
    if (followed.follower.colors() === board.colors) {
      this.#options.sink.setTile(tile, board.colors)
      this.#shown.add(tile)
      this.#missing.delete(tile)
      this.#options.onColors({ tile, seq, colorAt: (position) => board.colors[position] ?? null })
    }
    this.#carryOut(followed, action, 'drawn with the board')
    // Older than the join: what lies between was sent to nobody.
    if (this.#joiner.isJoined(tile) && isBehind(followed)) this.#live.join(tile)
    if (this.#joiner.isJoined(tile)) this.#progress()
    else this.#options.onProgress()
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
    if (action.do === 'join') this.#live.join(tile)
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
          this.#live.join(tile)
        }
        nextMs = Math.min(nextMs, followed.behindSinceMs + patienceMs - nowMs)
      }
    }
    if (this.#behindTimer !== null) this.#options.timers.clear(this.#behindTimer)
    this.#behindTimer = Number.isFinite(nextMs) ? this.#options.timers.set(() => this.#progress(), nextMs) : null
    this.#options.onProgress()
  }
}

const isSame = (a: readonly TileNumber[], b: readonly TileNumber[]) => a.length === b.length && a.every((tile, i) => tile === b[i])

const isBehind = ({ follower, head }: Followed) => {
  const seq = follower.seq()
  return seq === null || seq < head
}
