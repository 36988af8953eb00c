/**
 * A simulated gateway: the real tile cache and the real broadcaster, with simulated connections in place of sockets.
 * It joins clients as the real one does: catching up and entering the room happen without an await between them.
 */
import type { Epoch, Seq, TileNumber } from '../lib/brand.ts'
import type { Frame } from '../lib/tile-follower.ts'
import { Broadcaster } from '../server/broadcasting/broadcaster.ts'
import type { CatchUp, FrameSink, TileFrame } from '../server/broadcasting/port.ts'
import { TileCache } from '../server/broadcasting/tile-cache.ts'
import { noMetrics } from '../server/observability/delivery-metrics.ts'
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
  | { kind: 'heads'; heads: ReadonlyMap<TileNumber, number> }

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
}

export class SimulatedGateway implements FrameSink {
  readonly tiles: TileCache
  readonly #parts: GatewayParts
  readonly #broadcaster: Broadcaster
  readonly #rooms = new Map<TileNumber, Set<Connection>>()
  readonly #connections = new Set<Connection>()
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
    for (const room of this.#rooms.values()) room.delete(connection)
  }

  join(connection: Connection, wanted: readonly { tile: TileNumber; epoch: Epoch | null; seq: Seq | null }[]) {
    const { scheduler, canvas, send, holdsTiles } = this.#parts
    this.#spawn('join', async () => {
      await scheduler.pause()
      const releases = wanted.map(({ tile }) => (holdsTiles ? this.tiles.hold({ canvas, tile }) : () => undefined))
      try {
        const opened = await this.#unlessDown(
          Promise.all(wanted.map(async (known) => ({ known, live: await this.tiles.open({ canvas, tile: known.tile }, known) }))),
        )
        if (!connection.open) return
        if (!opened) return send(connection, { kind: 'refused', tiles: wanted.map(({ tile }) => tile) })
        const caughtUp = opened.flatMap(({ known, live }) => (live ? [{ live, catchUp: live.catchUp(known) }] : []))
        const epoch = caughtUp[0]?.live.epoch
        if (!epoch) return
        send(connection, {
          kind: 'joined',
          epoch,
          tiles: caughtUp.map(({ live, catchUp }) => ({ tile: live.ref.tile, mode: catchUp.mode })),
        })
        for (const { live, catchUp } of caughtUp) {
          this.#room(live.ref.tile).add(connection)
          for (const frame of catchUp.mode === 'replay' ? catchUp.frames : []) send(connection, messageOf(frame))
        }
      } finally {
        for (const release of releases) release()
      }
    })
  }

  frame(frame: TileFrame) {
    for (const connection of this.#room(frame.ref.tile)) this.#parts.send(connection, messageOf(frame))
  }

  resync({ tile }: TileRef) {
    for (const connection of this.#room(tile)) this.#parts.send(connection, { kind: 'resync', tile })
  }

  watched({ tile }: TileRef) {
    return this.#room(tile).size > 0
  }

  sockets() {
    return this.#connections.size
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
    for (;;) {
      await this.#parts.scheduler.rest(150)
      const heads = new Map<TileNumber, number>(this.tiles.live().map((tile) => [tile.ref.tile, tile.head]))
      for (const connection of this.#connections) this.#parts.send(connection, { kind: 'heads', heads })
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
