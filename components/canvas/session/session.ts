/**
 * The session of one canvas: it connects the parts that load, follow, place and count charges. Each message is dropped unless it is
 * valid (`messages.ts`) and belongs to this canvas and epoch.
 */
import { createStore } from 'zustand/vanilla'
import { Api } from './api.ts'
import { CanvasLoader } from './canvas-loader.ts'
import { Connection } from './connection.ts'
import { catchingUpAfterMs, isLive, nextConnection } from './connection-info.ts'
import { ControlSeq } from './control-seq.ts'
import { initialState } from './initial-state.ts'
import { PainterCharges } from './painter-charges.ts'
import { createPainterPixels, type PainterPixels } from './painter-pixels.ts'
import { SeenSampler } from './seen-sampler.ts'
import { ServerClock } from './server-clock.ts'
import { listenToSocket } from './socket-messages.ts'
import { TileSync } from './tile-sync.ts'
import { Timer } from './timer.ts'
import { TransportChoice } from './transport-choice.ts'
import type { CanvasInfo, ClientSocket, Runtime, Session, SessionOptions } from './types.ts'

/** The socket waits this long for the guest's cookie, which `GET /api/me` sets. */
const cookieWithinMs = 2_000
/** How wrong the server's time may be for stored pixels, which are kept for minutes, and for times that the page shows. */
const serverTimeDoubtMs = 30_000
const clockCheckMs = 2_000

export class CanvasSession implements Session {
  readonly store
  readonly now
  readonly serverNow
  readonly #options: SessionOptions
  readonly #runtime: Runtime
  readonly #api: Api
  readonly #socket: ClientSocket
  readonly #connection: Connection
  readonly #canvas: CanvasLoader
  readonly #control: ControlSeq
  readonly #tiles: TileSync
  readonly #charges: PainterCharges
  readonly #pixels: PainterPixels
  readonly #seen: SeenSampler
  #notices = 0
  #notCurrentSinceMs: number | null = null
  readonly #catchingUpTimer: Timer
  readonly #clockTimer: Timer
  #disposed = false

  constructor(options: SessionOptions) {
    const { canvasId, environment } = options
    const { fetch, clock, timers, random, afterDraw, storage } = environment
    this.#options = options
    this.now = clock.now
    const runtime: Runtime = { now: clock.now, timers, random }
    this.#runtime = runtime
    this.#catchingUpTimer = new Timer(timers)
    this.#clockTimer = new Timer(timers)
    this.store = createStore(() => initialState(clock.wallClock()))
    const serverClock = new ServerClock((aheadMs) => clock.serverAdvanced(aheadMs))
    this.serverNow = () => clock.now() + (serverClock.offsetMs(serverTimeDoubtMs) ?? clock.wallClock() - clock.now())
    const api = new Api({
      runtime,
      canvasId,
      fetch,
      storage,
      clock: serverClock,
      onBytes: () => this.#connection.bytesReceived(),
      onPainterChanged: () => void this.#charges.loadMe(),
    })
    this.#api = api
    this.#socket = environment.io()
    this.#seen = new SeenSampler({
      runtime,
      canvasId,
      afterDraw,
      clock: serverClock,
      api,
      emit: (event, payload) => void (this.#connection.state === 'up' && this.#socket.emit(event, payload)),
    })
    this.#canvas = new CanvasLoader({
      runtime,
      api,
      isKnown: () => this.store.getState().canvas !== null,
      onCanvas: (canvas) => this.#setCanvas(canvas),
      onMissing: () => this.#lost(),
      onFailed: (failure) => this.store.setState({ loading: 'failed', failure }),
    })
    this.#charges = new PainterCharges({
      runtime,
      api,
      pending: () => this.#pixels.optimistic.pending,
      publish: (change) => this.store.setState(change),
    })
    this.#pixels = this.#createPainterPixels()
    this.#control = new ControlSeq({ timers, joinAgain: () => this.#tiles.joinAgain() })
    this.#tiles = this.#createTileSync()
    this.#connection = this.#createConnection()
    this.#watchClock()
    void this.#start()
  }

  #createPainterPixels() {
    const { canvasId, sink, environment } = this.#options
    const { newKey, storage } = environment
    return createPainterPixels({
      runtime: { ...this.#runtime, newKey },
      store: { storage, canvasId, serverNow: this.serverNow },
      sink,
      api: this.#api,
      charges: this.#charges,
      tiles: () => this.#tiles,
      publish: (change) => this.store.setState(change),
      notify: (notice) => {
        // The refusal of a pixel may be the first sign that the board was deleted.
        if (notice.code === 'canvas_not_found') this.#canvas.load()
        this.notify(notice)
      },
    })
  }

  #createTileSync(): TileSync {
    return new TileSync({
      runtime: this.#runtime,
      sink: this.#options.sink,
      api: this.#api,
      emit: (event, payload, onAnswer) => this.#socket.emit(event, payload, onAnswer),
      control: this.#control,
      events: {
        onColors: (colors) => this.#pixels.optimistic.advance(colors),
        onFrame: (tile, frame) => {
          this.#countMissed(frame.positions.length)
          this.#seen.frame(tile, frame)
        },
        onDropped: (tile) => this.#pixels.optimistic.dropped(tile),
        onCanvasOutdated: () => this.#canvas.load(),
        onProgress: () => this.#updateConnection(),
      },
    })
  }

  #createConnection(): Connection {
    const { canvasId, environment } = this.#options
    const { clock, memory, watch } = environment
    return new Connection({
      runtime: this.#runtime,
      watch,
      socket: this.#socket,
      transports: new TransportChoice({ storage: memory, wallClock: clock.wallClock }),
      // A `leave` without tiles changes nothing, and the server answers it.
      probe: (onAnswer) => this.#socket.emit('leave', { canvas: canvasId, tiles: [] }, onAnswer),
      events: {
        onOpen: () => {
          this.#api.reachable()
          this.#tiles.opened()
          this.#pixels.wake()
          void this.#charges.loadMe()
        },
        onClose: () => this.#tiles.closed(),
        onState: () => this.#updateConnection(),
        onRefused: (code) => this.notify({ kind: 'error', code: code === 'rate_limited' ? 'too_many_sockets' : 'socket_refused' }),
      },
    })
  }

  place(...[cell, color]: Parameters<Session['place']>) {
    return this.#pixels.optimistic.place(cell, color)
  }

  stroke() {
    return this.#pixels.optimistic.stroke()
  }

  undo() {
    this.#pixels.steps.undo()
  }

  undoPlacement(id: string) {
    return this.#pixels.steps.undoPlacement(id)
  }

  ownPlacementAt(...[cell]: Parameters<Session['ownPlacementAt']>) {
    return this.#pixels.steps.placementAt(cell)
  }

  request(...[path, init, body]: Parameters<Session['request']>) {
    return this.#api.request(path, init, body)
  }

  notify(notice: Parameters<Session['notify']>[0]) {
    this.store.setState({ notice: { ...notice, id: ++this.#notices } })
  }

  viewTiles(...[tiles, inWindow = tiles.length]: Parameters<Session['viewTiles']>) {
    if (!this.#disposed) this.#tiles.view(tiles, inWindow)
  }

  dispose() {
    if (this.#disposed) return
    this.#disposed = true
    for (const part of [this.#connection, this.#tiles, this.#pixels, this.#charges, this.#canvas]) part.dispose()
    this.#control.reset()
    this.#catchingUpTimer.clear()
    this.#clockTimer.clear()
  }

  #watchClock() {
    this.#clockTimer.set(() => {
      if (this.#options.environment.clock.jumped()) void this.#charges.clockJumped().then(() => this.#pixels.optimistic.wake())
      this.#watchClock()
    }, clockCheckMs)
  }

  async #start() {
    this.#listen()
    const cookie = this.#charges.loadMe()
    const timeout = new Promise<void>((resolve) => void this.#runtime.timers.set(resolve, cookieWithinMs))
    this.#canvas.load()
    await Promise.race([cookie, timeout])
    if (!this.#disposed) this.#connection.start()
  }

  #listen() {
    listenToSocket(this.#socket, this.#options.canvasId, {
      onMessage: () => {
        if (!this.#disposed) this.#connection.messageReceived()
        return !this.#disposed
      },
      onPixels: (message) => this.#tiles.pixels(message),
      onHeads: (message) => {
        const canvas = this.store.getState().canvas
        if (!canvas) return
        if (message.epoch !== canvas.epoch || message.rev > canvas.rev) this.#canvas.load()
        if (message.epoch !== canvas.epoch) return
        this.#control.head(message.control)
        this.#tiles.heads(message)
      },
      onResync: (tile) => this.#tiles.resync(tile),
      onMe: (me) => this.#charges.receiveMe(me),
      onPresence: (online) => this.store.setState({ online }),
      onTemplate: (changedTemplate, seq) => {
        if (changedTemplate) this.store.setState({ changedTemplate })
        if (seq !== null) this.#control.reached(seq)
      },
      onCanvas: (canvas, seq) => {
        this.#setCanvas(canvas)
        if (seq !== null) this.#control.reached(seq)
      },
    })
  }

  #setCanvas(canvas: CanvasInfo) {
    const before = this.store.getState().canvas
    if (before && before.epoch === canvas.epoch && before.rev >= canvas.rev) return
    if (canvas.erasing === 'delete') return this.#lost()
    if (before?.epoch !== canvas.epoch) this.#control.reset()
    this.#options.sink.setCanvas(canvas)
    this.store.setState({ loading: 'ready', failure: null, canvas })
    this.#pixels.setCanvas(canvas)
    this.#tiles.setCanvas(canvas)
    // The refusal of a waiting pixel says the same, and that the pixel is lost. It must stay on the screen.
    const isNew = before !== null && before.epoch !== canvas.epoch && before.epoch !== this.#pixels.optimistic.staleEpoch
    if (isNew) this.notify({ kind: 'info', code: 'board_reset' })
  }

  /** The canvas does not exist, so the session ends. Its waiting pixels must not appear on another board that gets its id. */
  #lost() {
    this.store.setState({ loading: 'not_found' })
    this.#pixels.forget()
    this.dispose()
  }

  #countMissed(pixels: number) {
    const { connection } = this.store.getState()
    if (connection.state !== 'catching_up' || pixels === 0) return
    this.store.setState({ connection: { ...connection, behindPixels: connection.behindPixels + pixels } })
  }

  #updateConnection() {
    if (this.#disposed) return
    const { clock } = this.#options.environment
    const nowMs = clock.now()
    // Durations use the monotonic clock. The time that the page shows is the wall clock's at the change.
    const toWallMs = clock.wallClock() - nowMs
    const { current, untouched, partlyLive, loadedPercent } = this.#tiles
    if (untouched !== this.store.getState().untouched) this.store.setState({ untouched })
    this.#notCurrentSinceMs = current ? null : (this.#notCurrentSinceMs ?? nowMs)
    const before = this.store.getState().connection
    const connection = nextConnection({
      before,
      link: this.#connection.state,
      lastMessageMs: this.#connection.lastMessageMs + toWallMs,
      current,
      notCurrentSinceMs: this.#notCurrentSinceMs === null ? null : this.#notCurrentSinceMs + toWallMs,
      nowMs: nowMs + toWallMs,
      partlyLive,
      loadedPercent,
    })
    if (connection !== before) this.store.setState({ connection })
    if (current) this.#catchingUpTimer.clear()
    else this.#catchingUpTimer.set(() => isLive(this.store.getState().connection) && this.#updateConnection(), catchingUpAfterMs)
  }
}
