/**
 * The session of one canvas. It loads the canvas and the painter, opens the socket and connects its parts: `TileSync` keeps the
 * tiles current, `OptimisticPixels` places pixels, and `Connection` keeps the socket open.
 *
 * Every message is checked in `messages.ts` and dropped unless it belongs to this canvas and epoch. Pixels go to the sink;
 * everything else that the page shows goes to the store.
 */
import { createStore } from 'zustand/vanilla'
import { Api } from './api.ts'
import { CanvasLoader } from './canvas-loader.ts'
import { Connection } from './connection.ts'
import { catchingUpAfterMs, connectionWord, isLive } from './connection-word.ts'
import { readCanvas, readHeads, readPixels } from './messages.ts'
import { OptimisticPixels } from './optimistic-pixels.ts'
import { SeenSampler } from './seen-sampler.ts'
import { ServerClock } from './server-clock.ts'
import { TileSync } from './tile-sync.ts'
import { TransportChoice } from './transport-choice.ts'
import type { CanvasInfo, ClientSocket, Session, SessionOptions, SessionState } from './types.ts'

export const createSession = (options: SessionOptions): Session => new CanvasSession(options)

/** The socket waits this long for the guest's cookie, which `GET /api/me` sets. */
const cookieWithinMs = 2_000
/** Pixels are kept for minutes, so their stored times may be wrong by this much. */
const storedTimeDoubtMs = 30_000
const clockCheckMs = 2_000

const initialState = (wallMs: number): SessionState => ({
  loading: 'loading',
  failure: null,
  canvas: null,
  connection: { state: 'connecting', sinceMs: wallMs, behindPixels: 0, partlyLive: null, loadedPercent: null },
  untouched: false,
  online: null,
  painter: null,
  charges: null,
  pending: 0,
  saved: 0,
  notice: null,
})

class CanvasSession implements Session {
  readonly store
  readonly now
  readonly #options: SessionOptions
  readonly #api: Api
  readonly #socket: ClientSocket
  readonly #connection: Connection
  readonly #canvas: CanvasLoader
  readonly #tiles: TileSync
  readonly #optimistic: OptimisticPixels
  readonly #seen: SeenSampler
  #notices = 0
  #notCurrentSinceMs: number | null = null
  #wordTimer: number | null = null
  #clockTimer: number | null = null
  #disposed = false

  constructor(options: SessionOptions) {
    const { canvasId, fetch, clock, timers, random, afterDraw, storage } = options
    const { now, wallClock } = clock
    this.#options = options
    this.now = now
    this.store = createStore<SessionState>(() => initialState(wallClock()))
    const serverClock = new ServerClock((aheadMs) => clock.serverAdvanced(aheadMs))
    this.#api = new Api({
      canvasId,
      fetch,
      now,
      timers,
      storage,
      clock: serverClock,
      onBytes: () => this.#connection.bytesCame(),
      onPainterChanged: () => void this.#optimistic.askMe(),
    })
    this.#socket = options.io()
    this.#seen = new SeenSampler({
      canvasId,
      now,
      random,
      afterDraw,
      clock: serverClock,
      api: this.#api,
      emit: (event, payload) => void (this.#connection.state === 'up' && this.#socket.emit(event, payload)),
    })
    this.#canvas = new CanvasLoader({
      api: this.#api,
      timers,
      isKnown: () => this.store.getState().canvas !== null,
      onCanvas: (canvas) => this.#setCanvas(canvas),
      onMissing: () => this.#lost(),
      onFailed: (failure) => this.store.setState({ loading: 'failed', failure }),
    })
    this.#optimistic = this.#createOptimisticPixels(serverClock)
    this.#tiles = this.#createTileSync()
    this.#connection = this.#createConnection()
    this.#watchClock()
    void this.#start()
  }

  #createOptimisticPixels(serverClock: ServerClock): OptimisticPixels {
    const { canvasId, sink, clock, timers, random, newKey, storage } = this.#options
    const { now, wallClock } = clock
    return new OptimisticPixels({
      canvasId,
      sink,
      now,
      timers,
      random,
      newKey,
      storage,
      serverNow: () => now() + (serverClock.offsetMs(storedTimeDoubtMs) ?? wallClock() - now()),
      api: this.#api,
      seqOf: (tile) => this.#tiles.seqOf(tile),
      shows: (tile) => this.#tiles.shows(tile),
      follows: (tile) => this.#tiles.follows(tile),
      publish: (change) => this.store.setState(change),
      notify: (notice) => this.notify(notice),
    })
  }

  #createTileSync(): TileSync {
    const { canvasId, sink, clock, timers, random } = this.#options
    const { now } = clock
    return new TileSync({
      canvasId,
      sink,
      now,
      timers,
      random,
      api: this.#api,
      emit: (event, payload, onAnswer) => this.#socket.emit(event, payload, onAnswer),
      onColors: (colors) => this.#optimistic.advance(colors),
      onFrame: (tile, frame) => {
        this.#countMissed(frame.positions.length)
        this.#seen.frame(tile, frame)
      },
      onDropped: (tile) => this.#optimistic.dropped(tile),
      onCanvasOutdated: () => this.#canvas.load(),
      onProgress: () => this.#word(),
    })
  }

  #createConnection(): Connection {
    const { canvasId, clock, timers, random, memory, watch } = this.#options
    const { now, wallClock } = clock
    return new Connection({
      socket: this.#socket,
      transports: new TransportChoice({ storage: memory, wallClock }),
      now,
      random,
      timers,
      watch,
      // A `leave` without tiles changes nothing, and the server answers it.
      probe: (onAnswer) => this.#socket.emit('leave', { canvas: canvasId, tiles: [] }, onAnswer),
      onOpen: () => {
        this.#api.reachable()
        this.#tiles.opened()
        this.#optimistic.reachable()
      },
      onClose: () => this.#tiles.closed(),
      onState: () => this.#word(),
      onRefused: (code) =>
        this.notify({ kind: 'error', code: code === 'rate_limited' ? 'too_many_sockets' : 'socket_refused', params: {} }),
    })
  }

  place(...[cell, color]: Parameters<Session['place']>) {
    return this.#optimistic.place(cell, color)
  }

  notify(notice: Parameters<Session['notify']>[0]) {
    this.store.setState({ notice: { ...notice, id: ++this.#notices, atMs: this.now() } })
  }

  viewTiles(...[tiles, inWindow = tiles.length]: Parameters<Session['viewTiles']>) {
    if (!this.#disposed) this.#tiles.view(tiles, inWindow)
  }

  dispose() {
    if (this.#disposed) return
    this.#disposed = true
    const { timers } = this.#options
    this.#connection.dispose()
    this.#tiles.dispose()
    this.#optimistic.dispose()
    if (this.#wordTimer !== null) timers.clear(this.#wordTimer)
    this.#canvas.dispose()
    if (this.#clockTimer !== null) timers.clear(this.#clockTimer)
  }

  #watchClock() {
    const { clock, timers } = this.#options
    this.#clockTimer = timers.set(() => {
      if (clock.jumped()) this.#optimistic.clockJumped()
      this.#watchClock()
    }, clockCheckMs)
  }

  async #start() {
    this.#listen()
    const cookie = this.#optimistic.askMe()
    const patience = new Promise<void>((resolve) => void this.#options.timers.set(resolve, cookieWithinMs))
    this.#canvas.load()
    await Promise.race([cookie, patience])
    if (!this.#disposed) this.#connection.start()
  }

  #listen() {
    const { canvasId } = this.#options
    const on = (event: string, act: (...args: unknown[]) => void) =>
      this.#socket.on(event, (...args) => {
        if (this.#disposed) return
        this.#connection.heard()
        act(...args)
      })
    on('pixels', (...args) => {
      const message = readPixels(args)
      if (message?.canvas === canvasId) this.#tiles.pixels(message)
    })
    on('heads', (...args) => {
      const message = readHeads(args)
      const canvas = this.store.getState().canvas
      if (message?.canvas !== canvasId || !canvas) return
      if (message.epoch !== canvas.epoch || message.rev > canvas.rev) this.#canvas.load()
      if (message.epoch === canvas.epoch) this.#tiles.heads(message)
    })
    on('resync', (canvas, tile) => {
      if (canvas === canvasId && typeof tile === 'number') this.#tiles.resync(tile)
    })
    on('me', (me) => {
      if ((me as { canvas?: unknown } | null)?.canvas === canvasId) this.#optimistic.hearMe(me)
    })
    on('presence', (canvas, online) => {
      if (canvas === canvasId && typeof online === 'number') this.store.setState({ online })
    })
    on('canvas', (value) => {
      const canvas = readCanvas(value)
      if (canvas?.id === canvasId) this.#setCanvas(canvas)
    })
  }

  #setCanvas(canvas: CanvasInfo) {
    const before = this.store.getState().canvas
    if (before && before.epoch === canvas.epoch && before.rev >= canvas.rev) return
    this.#options.sink.setCanvas(canvas)
    this.store.setState({ loading: 'ready', failure: null, canvas })
    this.#optimistic.setCanvas(canvas)
    this.#tiles.setCanvas(canvas)
  }

  /** The canvas does not exist, so the session ends. */
  #lost() {
    this.store.setState({ loading: 'not_found' })
    this.dispose()
  }

  #countMissed(pixels: number) {
    const { connection } = this.store.getState()
    if (connection.state !== 'catching_up' || pixels === 0) return
    this.store.setState({ connection: { ...connection, behindPixels: connection.behindPixels + pixels } })
  }

  #word() {
    const { clock, timers } = this.#options
    if (this.#disposed) return
    const nowMs = clock.now()
    // Durations use the monotonic clock. The time that the page shows is the wall clock's at the change.
    const toWallMs = clock.wallClock() - nowMs
    const { current, untouched, partlyLive, loadedPercent } = this.#tiles
    if (untouched !== this.store.getState().untouched) this.store.setState({ untouched })
    this.#notCurrentSinceMs = current ? null : (this.#notCurrentSinceMs ?? nowMs)
    const before = this.store.getState().connection
    const connection = connectionWord({
      before,
      link: this.#connection.state,
      lastHeardMs: this.#connection.lastHeardMs + toWallMs,
      current,
      notCurrentSinceMs: this.#notCurrentSinceMs === null ? null : this.#notCurrentSinceMs + toWallMs,
      nowMs: nowMs + toWallMs,
      partlyLive,
      loadedPercent,
    })
    if (connection !== before) this.store.setState({ connection })
    if (this.#wordTimer !== null) timers.clear(this.#wordTimer)
    this.#wordTimer = current ? null : timers.set(() => this.#wordIfNotCurrent(), catchingUpAfterMs)
  }

  #wordIfNotCurrent() {
    this.#wordTimer = null
    if (isLive(this.store.getState().connection)) this.#word()
  }
}
