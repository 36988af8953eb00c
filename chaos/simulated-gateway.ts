/**
 * A simulated gateway: the real tile cache, broadcaster and announced revisions, with simulated connections in place of sockets.
 * It joins clients as the real one does: catching up and entering the room happen without an await between them.
 */
import type { Epoch, Seq, TileNumber } from '../lib/brand.ts'
import type { Canvas } from '../lib/canvas.ts'
import { controlTile } from '../lib/control-log.ts'
import type { Frame } from '../lib/tile-follower.ts'
import { Broadcaster } from '../server/broadcasting/broadcaster.ts'
import type { CatchUp, FrameSink, LiveTile, TileFrame } from '../server/broadcasting/port.ts'
import { TileCache } from '../server/broadcasting/tile-cache.ts'
import { noMetrics } from '../server/observability/delivery-metrics.ts'
import { silentLogger } from '../server/observability/log.ts'
import { AnnouncedRevisions, needsNewerCanvas } from '../server/realtime/announced-revisions.ts'
import type { GatewayServer } from '../server/realtime/gateway-socket.ts'
import type { Store, TileRef } from '../server/store/port.ts'
import type { EventStream } from '../server/stream/port.ts'
import { clockOf, workerContext } from '../server/worker-context.fixture.ts'
import type { Random } from './random.ts'
import type { Actor, Scheduler } from './scheduler.ts'

export type Message =
  | { kind: 'frame'; tile: TileNumber; frame: Frame }
  | { kind: 'joined'; epoch: Epoch; tiles: readonly { tile: TileNumber; mode: CatchUp['mode'] }[] }
  | { kind: 'refused'; tiles: readonly TileNumber[] }
  | { kind: 'resync'; tile: TileNumber }
  | { kind: 'canvas'; canvas: Canvas }
  | { kind: 'heads'; heads: ReadonlyMap<TileNumber, number>; rev: number }

/** One socket: messages arrive in order, or not at all. */
export interface Connection {
  readonly gateway: SimulatedGateway
  readonly inbox: Message[]
  open: boolean
}

export interface GatewayParts {
  readonly name: string
  readonly canvas: TileRef['canvas']
  readonly store: Store
  readonly stream: EventStream
  readonly scheduler: Scheduler
  readonly random: Random
  readonly now: () => number
  /** Sends a message; a bad network may lose or double it. */
  readonly send: (connection: Connection, message: Message) => void
  /** Whether the gateway must tolerate this error of a port. */
  readonly expected: (error: unknown) => boolean
  /** False: a mistake. */
  readonly checksHeads: boolean
  readonly holdsTiles: boolean
  readonly holdsFrames: boolean
}

interface Wanted {
  readonly tile: TileNumber
  readonly epoch: Epoch | null
  readonly seq: Seq | null
}

interface Opened {
  readonly known: Wanted
  readonly live: LiveTile
}

export class SimulatedGateway implements FrameSink {
  readonly tiles: TileCache
  readonly #parts: GatewayParts
  readonly #broadcaster: Broadcaster
  readonly #announced: AnnouncedRevisions
  #canvas: Canvas | null = null
  readonly #rooms = new Map<TileNumber, Set<Connection>>()
  readonly #connections = new Set<Connection>()
  /** The room of the canvas. */
  readonly #joined = new Set<Connection>()
  readonly #actors: Actor[] = []

  constructor(parts: GatewayParts) {
    this.#parts = parts
    const { store, stream, name: gateway, now, random } = parts
    this.tiles = new TileCache({ store, watched: (ref) => this.watched(ref), maxUnwatched: 0 })
    this.#broadcaster = new Broadcaster({
      gateway,
      store,
      stream,
      tiles: this.tiles,
      sink: this,
      context: workerContext({ clock: clockOf(now), random: random.next }),
      metrics: noMetrics,
    })
    this.#announced = new AnnouncedRevisions({
      io: { to: () => ({ emit: this.#announce }) } as unknown as GatewayServer,
      canvases: { get: () => this.canvas(), forget: () => undefined, renew: () => undefined, show: (canvas) => canvas },
      send: (frame) => this.#sendToRoom(frame),
      resync: (ref) => this.resync(ref),
      logger: silentLogger,
    })
    this.#spawn('held frames', () => this.#retryHeld())
    this.#spawn('broadcaster', () => this.#follow())
    if (parts.checksHeads) this.#spawn('head check', () => this.#checkHeads())
    this.#spawn('heads', () => this.#sendHeads())
  }

  /** The process ends and loses its memory. Its clients are disconnected. */
  crash() {
    for (const actor of this.#actors) this.#parts.scheduler.crash(actor)
    for (const connection of this.#connections) connection.open = false
  }

  connect(): Connection {
    const connection: Connection = { gateway: this, inbox: [], open: true }
    this.#connections.add(connection)
    return connection
  }

  disconnect(connection: Connection) {
    connection.open = false
    this.#connections.delete(connection)
    this.#joined.delete(connection)
    for (const room of this.#rooms.values()) room.delete(connection)
  }

  /** No simulated board is deleted. */
  gone() {
    throw new Error('the board is gone')
  }

  /** `rev` is that of the client's canvas. */
  join(connection: Connection, wanted: readonly Wanted[], rev: number) {
    const { scheduler, canvas, send, holdsTiles } = this.#parts
    this.#spawn('join', async () => {
      await scheduler.pause()
      const held = [controlTile, ...wanted.map(({ tile }) => tile)]
      const releases = held.map((tile) => (holdsTiles ? this.tiles.hold({ canvas, tile }) : () => undefined))
      try {
        const opened = await this.#unlessDown(this.#open(wanted))
        if (!connection.open) return
        const fresh = this.#announced.get(canvas)
        if (!opened || !fresh || this.#lacks(opened, fresh)) {
          return send(connection, { kind: 'refused', tiles: wanted.map(({ tile }) => tile) })
        }
        this.#enter(connection, opened, { fresh, isOlder: rev < fresh.rev })
      } finally {
        for (const release of releases) release()
      }
    })
  }

  /** Reads the canvas. While the store is down, the last known one is returned, as from a cache. */
  async canvas(): Promise<Canvas | null> {
    const { store, canvas } = this.#parts
    const read = await this.#unlessDown(store.getCanvas(canvas))
    if (read && read.rev >= (this.#canvas?.rev ?? 0)) this.#canvas = read
    return this.#canvas
  }

  frame(frame: TileFrame) {
    // The clients of the simulation follow the control log as a tile, too.
    const isControl = frame.ref.tile === controlTile
    if (isControl || !this.#parts.holdsFrames) this.#sendToRoom(frame)
    if (isControl || this.#parts.holdsFrames) this.#announced.frame(frame)
  }

  resync(ref: TileRef) {
    if (ref.tile === controlTile) void this.#announced.refresh(ref.canvas)
    else this.#announced.dropHeld(ref)
    for (const connection of this.#room(ref.tile)) this.#parts.send(connection, { kind: 'resync', tile: ref.tile })
  }

  watched({ tile }: TileRef) {
    return this.#room(tile).size > 0
  }

  sockets() {
    return this.#connections.size
  }

  async #open(wanted: readonly Wanted[]): Promise<readonly Opened[]> {
    const { canvas } = this.#parts
    const [control, ...found] = await Promise.all([
      this.tiles.open({ canvas, tile: controlTile }),
      ...wanted.map(async (known) => ({ known, live: await this.tiles.open({ canvas, tile: known.tile }, known) })),
    ])
    const opened = found.flatMap(({ known, live }) => (live ? [{ known, live }] : []))
    const announced = this.#announced.get(canvas)
    if (!announced && control) await this.#announced.follow(canvas, control)
    else if (announced && this.#lacks(opened, announced)) await this.#announced.refresh(canvas)
    return opened
  }

  #lacks(opened: readonly Opened[], canvas: Canvas) {
    return opened.some(({ known, live }) => missedFrames(live.catchUp(known)).some((frame) => needsNewerCanvas(frame, canvas)))
  }

  #enter(connection: Connection, opened: readonly Opened[], { fresh, isOlder }: { fresh: Canvas; isOlder: boolean }) {
    const { send } = this.#parts
    const caughtUp = opened.map(({ known, live }) => ({ tile: live.ref.tile, epoch: live.epoch, catchUp: live.catchUp(known) }))
    const [first] = caughtUp
    if (!first) return
    this.#joined.add(connection)
    const tiles = caughtUp.map(({ tile, catchUp }) => ({ tile, mode: catchUp.mode }))
    send(connection, { kind: 'joined', epoch: first.epoch, tiles })
    if (isOlder) send(connection, { kind: 'canvas', canvas: fresh })
    for (const { tile, catchUp } of caughtUp) {
      this.#room(tile).add(connection)
      for (const frame of missedFrames(catchUp)) send(connection, messageOf(frame))
    }
  }

  #announce = (event: string, canvas: Canvas) => {
    if (event !== 'canvas') return
    for (const connection of this.#joined) this.#parts.send(connection, { kind: 'canvas', canvas })
  }

  #sendToRoom(frame: TileFrame) {
    for (const connection of this.#room(frame.ref.tile)) this.#parts.send(connection, messageOf(frame))
  }

  #room(tile: TileNumber) {
    const room = this.#rooms.get(tile) ?? new Set()
    this.#rooms.set(tile, room)
    return room
  }

  #spawn(name: string, run: () => Promise<void>) {
    this.#actors.push(this.#parts.scheduler.spawn(`${this.#parts.name}: ${name}`, run))
  }

  async #follow() {
    const { signal } = new AbortController()
    for (;;) {
      await this.#unlessDown(
        (async () => {
          const reader = await this.#broadcaster.join()
          for (;;) {
            await this.#broadcaster.step(reader, signal)
            await this.#parts.scheduler.rest(30)
          }
        })(),
      )
      await this.#parts.scheduler.rest(40)
    }
  }

  async #checkHeads() {
    for (;;) {
      await this.#parts.scheduler.rest(150)
      await this.#unlessDown(this.#broadcaster.checkHeads())
    }
  }

  async #sendHeads() {
    for (let round = 1; ; round++) {
      await this.#parts.scheduler.rest(150)
      // Rarely, so that the control log is usually faster, as it is in the real gateway.
      if (round % 8 === 0) await this.#announced.refresh(this.#parts.canvas)
      const heads = new Map<TileNumber, number>(this.tiles.live().map((tile) => [tile.ref.tile, tile.head]))
      const rev = this.#announced.get(this.#parts.canvas)?.rev ?? 0
      for (const connection of this.#connections) this.#parts.send(connection, { kind: 'heads', heads, rev })
    }
  }

  async #retryHeld() {
    for (;;) {
      await this.#parts.scheduler.rest(50)
      await this.#announced.retryHeld()
    }
  }

  /** As the loops of the services do: after an error of a port, try again later. */
  async #unlessDown<Result>(work: Promise<Result>): Promise<Result | null> {
    try {
      return await work
    } catch (error) {
      if (!this.#parts.expected(error)) throw error
      return null
    }
  }
}

const missedFrames = (catchUp: CatchUp) => (catchUp.mode === 'replay' ? catchUp.frames : [])

const messageOf = ({ ref, from, to, commits }: TileFrame): Message => {
  const last = new Map<number, number>()
  for (const { pixels } of commits) for (const { position, color } of pixels) last.set(position, color)
  const positions = Uint32Array.from(last.keys()).sort()
  return {
    kind: 'frame',
    tile: ref.tile,
    frame: { from, to, positions, colors: Uint8Array.from(positions, (position) => last.get(position) ?? 0) },
  }
}
