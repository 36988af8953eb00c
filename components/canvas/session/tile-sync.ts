/**
 * Keeps the tiles in view at the head of their logs. The sink gets one board per tile and then frames without a gap (A3, A4). A gap, a
 * resume and a repair are all a `join` with the tile's seq.
 */
import type { Board } from '../../../lib/board.ts'
import { asSeq, asTile, noSeq, type Position, type Seq, type TileNumber } from '../../../lib/brand.ts'
import { type FollowAction, TileFollower } from '../../../lib/tile-follower.ts'
import type { PixelSink } from '../engine/types.ts'
import type { Api } from './api.ts'
import { BoardLoader } from './board-loader.ts'
import { CatchUp, type FollowedTile, isBehind, maxBehindMs } from './catch-up.ts'
import type { ControlSeq } from './control-seq.ts'
import { LiveJoins, maxLiveTiles } from './live-joins.ts'
import { frameOf, type HeadsMessage, type JoinedTile, type PixelsMessage } from './messages.ts'
import type { TileEvents } from './tile-events.ts'
import { type EmitWithAnswer, TileJoiner } from './tile-joiner.ts'
import { TileWindow } from './tile-window.ts'
import type { CanvasInfo, Runtime } from './types.ts'
import { hasNewColor, WaitingBoards } from './waiting-boards.ts'

export interface TileSyncOptions {
  readonly runtime: Runtime
  readonly sink: PixelSink
  readonly api: Pick<Api, 'board'>
  readonly emit: EmitWithAnswer
  readonly control: Pick<ControlSeq, 'seq' | 'reached'>
  readonly events: TileEvents
}

/** Tiles outside the view that stay joined, so that panning back shows no hole. */
const spareTiles = 24

export class TileSync {
  readonly #options: TileSyncOptions
  readonly #loader: BoardLoader
  readonly #joiner: TileJoiner
  readonly #live: LiveJoins
  readonly #catchUp: CatchUp
  readonly #window = new TileWindow()
  readonly #waiting: WaitingBoards
  readonly #followed = new Map<TileNumber, FollowedTile>()
  #canvas: CanvasInfo | null = null
  #views = 0

  constructor(options: TileSyncOptions) {
    this.#options = options
    const { runtime, api, emit, control, events } = options
    const { onCanvasOutdated, onProgress } = events
    this.#waiting = new WaitingBoards({ timers: runtime.timers, onCanvasOutdated, onBoard: (tile, board) => this.#board(tile, board) })
    this.#loader = new BoardLoader({
      runtime,
      api,
      size: () => (this.#canvas?.tileSize ?? 0) ** 2,
      onPart: (tile, colors, count) => this.#part(tile, colors, count),
      onBoard: (tile, board) => this.#board(tile, board),
      onUnknown: onCanvasOutdated,
    })
    this.#joiner = new TileJoiner({
      runtime,
      emit,
      control,
      canvas: () => this.#canvas,
      seqOf: (tile) => this.seqOf(tile),
      onJoined: (tile, answer, requestedWith) => this.#joined(tile, answer, requestedWith),
      onAnswer: () => this.#catchUp.check(),
      onCanvasOutdated,
    })
    this.#live = new LiveJoins({
      runtime,
      joiner: this.#joiner,
      followed: () => [...this.#window.wanted, ...this.#spare()],
      isReady: (tile) => this.seqOf(tile) !== null,
      onPlanned: onProgress,
    })
    this.#catchUp = new CatchUp({
      runtime,
      joiner: this.#joiner,
      followed: () => this.#followed.values(),
      join: (tile) => this.#live.join(tile),
      onProgress,
    })
  }

  /** True if every tile in the window is shown, and each one that is always live is joined and at its newest known seq. */
  get current() {
    if (!this.#window.isComplete) return false
    return this.#window.inWindow.every((tile) => {
      if (!this.#live.isFixed(tile)) return true
      const followed = this.#followed.get(tile)
      return followed !== undefined && this.#joiner.isJoined(tile) && !isBehind(followed)
    })
  }

  get partlyLive() {
    return this.#window.partlyLive((tile) => this.#live.isFixed(tile))
  }

  get loadedPercent(): number | null {
    return this.#canvas && this.#window.loadedPercent(this.#loader.underWay(), this.#canvas.tileSize ** 2)
  }

  shows(tile: TileNumber) {
    return this.#window.shows(tile)
  }

  follows(tile: TileNumber) {
    return this.#followed.has(tile)
  }

  seqOf(tile: TileNumber): Seq | null {
    return this.#followed.get(tile)?.follower.seq() ?? null
  }

  /** True if every tile of the canvas is loaded and none has a commit. */
  get untouched() {
    if (!this.#canvas || this.#followed.size < this.#canvas.tilesX * this.#canvas.tilesY) return false
    for (const { follower } of this.#followed.values()) if (follower.seq() !== noSeq) return false
    return true
  }

  /** The current canvas. A new epoch or tile size drops all bytes; the screen keeps the old ones until the new boards arrive. */
  setCanvas(canvas: CanvasInfo) {
    const before = this.#canvas
    this.#canvas = canvas
    if (before?.epoch === canvas.epoch && before.tileSize === canvas.tileSize) return this.#waiting.release(canvas)
    this.#waiting.clear()
    this.#drop(this.#spare())
    for (const tile of [...this.#followed.keys()]) {
      this.#loader.cancel(tile)
      this.#followed.delete(tile)
    }
    if (before && before.tileSize !== canvas.tileSize) this.#window.allDropped()
    this.#joiner.newEpoch()
    this.#follow()
  }

  /** The first `inWindow` tiles are in the window, the others near it. */
  view(tiles: readonly TileNumber[], inWindow: number) {
    if (this.#window.view(tiles, inWindow)) this.#follow()
  }

  #follow() {
    if (!this.#canvas) return
    this.#views++
    const { wanted } = this.#window
    for (const tile of wanted) (this.#followed.get(tile) ?? this.#begin(tile)).viewedAt = this.#views
    this.#window.findMissing()
    this.#loader.prefer(wanted)
    this.#drop(this.#spare().slice(Math.min(spareTiles, Math.max(0, maxLiveTiles - wanted.length))))
    this.#live.planSoon()
    this.#options.events.onProgress()
  }

  /** Followed tiles outside the view, the latest viewed first. */
  #spare(): TileNumber[] {
    if (this.#followed.size === this.#window.wanted.length) return []
    const inView = new Set(this.#window.wanted)
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

  /** A join brings the missed changes of the canvas. */
  joinAgain() {
    const [tile] = this.#followed.keys()
    if (tile !== undefined) this.#live.join(tile)
  }

  pixels(message: PixelsMessage) {
    const followed = this.#followed.get(asTile(message.tile))
    if (!followed || !this.#canvas) return
    followed.head = Math.max(followed.head, message.to)
    const frame = frameOf(message, this.#canvas.tileSize ** 2)
    // The join brings the commits that a malformed frame should have carried.
    if (!frame) return this.#live.join(followed.tile)
    this.#carryOut(followed, followed.follower.frame(frame))
    this.#catchUp.check()
  }

  heads(message: HeadsMessage) {
    for (const [tile, seq] of message.heads) {
      const followed = this.#followed.get(asTile(tile))
      if (followed) followed.head = Math.max(followed.head, seq)
    }
    this.#catchUp.check()
  }

  resync(tile: number) {
    const followed = this.#followed.get(asTile(tile))
    if (!followed) return
    followed.follower.reset()
    this.#waiting.delete(followed.tile)
    this.#loader.load(followed.tile, true)
    this.#catchUp.check()
  }

  dispose() {
    this.#joiner.closed()
    this.#loader.cancelAll()
    this.#waiting.clear()
    this.#followed.clear()
    this.#live.dispose()
    this.#catchUp.dispose()
  }

  #begin(tile: TileNumber): FollowedTile {
    const followed: FollowedTile = { tile, follower: new TileFollower(), head: 0, behindSinceMs: null, viewedAt: 0 }
    this.#followed.set(tile, followed)
    this.#loader.load(tile)
    return followed
  }

  #drop(tiles: readonly TileNumber[]) {
    if (tiles.length === 0) return
    this.#joiner.leave(tiles)
    for (const tile of tiles) {
      this.#loader.cancel(tile)
      this.#waiting.delete(tile)
      this.#followed.delete(tile)
      this.#window.dropped(tile)
      this.#options.sink.dropTile(tile)
      this.#options.events.onDropped(tile)
    }
  }

  #joined(tile: TileNumber, { head, mode }: JoinedTile, requestedWith: Seq | null) {
    const followed = this.#followed.get(tile)
    if (!followed) return
    followed.head = Math.max(followed.head, head)
    if (mode !== 'reload') return
    const seq = followed.follower.seq()
    if (requestedWith === null && seq !== null) {
      // The board arrived while the join was pending. No frame was sent for the commits between the two.
      if (seq < head) this.#live.join(tile)
      return
    }
    // Frames now wait for the board, and the screen keeps the old one. If a board that is already loading is older than the
    // join, `#board` finds out.
    followed.follower.reset()
    this.#loader.load(tile)
  }

  #part(tile: TileNumber, colors: Uint8Array, count: number) {
    const isKnown = this.#canvas !== null && !hasNewColor(colors.subarray(0, count), this.#canvas)
    if (isKnown && !this.#window.shows(tile)) this.#options.sink.showPart(tile, colors, count)
    this.#options.events.onProgress()
  }

  #board(tile: TileNumber, board: Board) {
    const followed = this.#followed.get(tile)
    if (!followed || !this.#canvas) return
    if (board.epoch !== this.#canvas.epoch || board.colors.length !== this.#canvas.tileSize ** 2) {
      // The board and the canvas have different epochs. Loading the canvas and joining show which one is newer.
      this.#options.events.onCanvasOutdated()
      this.#live.join(tile)
      this.#options.runtime.timers.set(() => {
        if (this.#followed.get(tile) === followed && followed.follower.seq() === null) this.#loader.load(tile)
      }, maxBehindMs)
      return
    }
    if (hasNewColor(board.colors, this.#canvas)) return this.#waiting.add(tile, board)
    const { seq } = board
    const action = followed.follower.board(board)
    if (followed.follower.colors() === board.colors) {
      this.#options.sink.setTile(tile, board.colors)
      this.#window.showed(tile)
      this.#options.events.onColors({ tile, seq, colorAt: (position) => board.colors[position] ?? null })
    }
    this.#carryOut(followed, action)
    // The board is older than the join, and no frame was sent for the commits between them.
    if (this.#joiner.isJoined(tile) && isBehind(followed)) this.#live.join(tile)
    if (this.#joiner.isJoined(tile)) this.#catchUp.check()
    else this.#options.events.onProgress()
  }

  #carryOut(followed: FollowedTile, action: FollowAction) {
    if (action.do === 'nothing') return
    const { tile } = followed
    for (const frame of action.frames) {
      this.#options.sink.drawPixels(tile, frame.positions, frame.colors)
      const colorAt = (position: Position) => frame.colors[frame.positions.indexOf(position)] ?? null
      this.#options.events.onColors({ tile, seq: asSeq(frame.to), colorAt })
      this.#options.events.onFrame(tile, frame)
    }
    if (action.frames.length > 0) {
      followed.behindSinceMs = null
      this.#joiner.succeeded(tile)
    }
    if (action.do === 'join') this.#live.join(tile)
  }
}
