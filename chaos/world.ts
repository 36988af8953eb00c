/**
 * One simulated life of a board: placers, publishers that crash, freeze and race, a stream that forgets, gateways, and
 * clients over a bad network. The publisher, the tiles, the followers and the client's rule are the real ones; the store and
 * the stream are the ones in memory.
 */
import { asCanvasId, asTile, type Seq } from '../lib/brand.ts'
import type { Canvas } from '../lib/canvas.ts'
import { type Frame, TileFollower } from '../lib/tile-follower.ts'
import { Broadcaster } from '../server/broadcasting/broadcaster.ts'
import type { FrameSink, TileFrame } from '../server/broadcasting/port.ts'
import { TileCache } from '../server/broadcasting/tile-cache.ts'
import { noFailpoints } from '../server/failpoints.ts'
import { silentLogger } from '../server/observability/log.ts'
import { Publisher } from '../server/publishing/publisher.ts'
import { paint, testCanvas, testPainter } from '../server/store/fixtures.ts'
import { MemoryStore } from '../server/store/memory/memory-store.ts'
import type { Store } from '../server/store/port.ts'
import { EmbeddedStream } from '../server/stream/embedded/embedded-stream.ts'
import type { EventStream } from '../server/stream/port.ts'
import { type Actor, Random, Scheduler } from './scheduler.ts'

export const simulatedCanvas: Canvas = testCanvas({ width: 8, height: 8, tileSize: 8 })
export const tileRef = { canvas: asCanvasId('main'), tile: asTile(0) }
/** Everybody paints on these few pixels, so that nearly everything collides. */
export const contestedPixels = 5

/** Mistakes that can be planted, to see whether the simulation finds them. */
export interface Mistakes {
  readonly store?: (store: MemoryStore) => Store
  readonly stream?: (stream: EmbeddedStream) => EventStream
  readonly publisher?: (
    publisher: Publisher,
    ports: { store: Store; stream: EventStream; pause: (point: string) => Promise<void> },
  ) => { step(): Promise<unknown> }
  /** Clients that apply whatever comes. */
  readonly clientsTrustEveryFrame?: boolean
}

export interface Client {
  readonly follower: TileFollower
  /** Every range of commits that was drawn, in order. */
  readonly drawn: { from: number; to: number; before: Seq | null }[]
  /** What the contested pixels looked like at a seq, whenever something came in. */
  readonly shown: { seq: Seq; colors: string }[]
  gateway: SimulatedGateway | null
}

/** A gateway's real cache and broadcaster, and a room whose network loses, doubles and delays. */
export class SimulatedGateway implements FrameSink {
  readonly tiles: TileCache
  readonly broadcaster: Broadcaster
  readonly clients = new Set<Client>()
  readonly #world: World

  constructor(world: World, name: string) {
    this.#world = world
    this.tiles = new TileCache({ store: world.store, watched: () => true })
    this.broadcaster = new Broadcaster({
      gateway: name,
      store: world.store,
      stream: world.stream,
      tiles: this.tiles,
      sink: this,
      failpoints: noFailpoints,
      logger: silentLogger,
      now: world.now,
      random: world.random.next,
    })
  }

  frame(frame: TileFrame) {
    for (const client of this.clients) this.#world.deliver(client, unpacked(frame))
  }

  resync() {
    for (const client of this.clients) client.follower.reset()
  }

  watched() {
    return true
  }

  sockets() {
    return this.clients.size
  }
}

const unpacked = ({ from, to, commits }: TileFrame): Frame => {
  const last = new Map<number, number>()
  for (const { pixels } of commits) for (const { position, color } of pixels) last.set(position, color)
  const positions = Uint32Array.from(last.keys()).sort()
  return { from, to, positions, colors: Uint8Array.from(positions, (position) => last.get(position) ?? 0) }
}

const remember = ({ follower, shown }: Client) => {
  const [seq, colors] = [follower.seq(), follower.colors()]
  if (seq !== null && colors) shown.push({ seq, colors: colors.subarray(0, contestedPixels).join() })
}

export class World {
  readonly random: Random
  readonly scheduler: Scheduler
  readonly store: Store
  readonly stream: EventStream
  readonly gateways: SimulatedGateway[] = []
  readonly clients: Client[] = []
  /** Ids of the placements that were answered with success. */
  readonly acknowledged: string[] = []
  readonly injected = { crashes: 0, freezes: 0, flushes: 0, lost: 0, doubled: 0, disconnects: 0 }
  readonly #mistakes: Mistakes
  #nowMs = 1_000
  #groups = 0
  #publishers: Actor[] = []
  #faults = true

  constructor(seed: number, mistakes: Mistakes = {}) {
    this.random = new Random(seed)
    this.scheduler = new Scheduler(this.random)
    this.#mistakes = mistakes
    const { pause } = this.scheduler
    const store = new MemoryStore({ pause })
    const stream = new EmbeddedStream({ maxEntries: 20, pause })
    this.store = mistakes.store?.(store) ?? store
    this.stream = mistakes.stream?.(stream) ?? stream
  }

  /** Clocks of different processes disagree, and each call may be another process. */
  now = () => this.#nowMs + this.random.below(40) - 20

  async run(options: { steps: number }) {
    this.scheduler.spawn('setup', async () => {
      await this.store.ensureCanvas(simulatedCanvas)
      await this.stream.adopt(simulatedCanvas.id, simulatedCanvas.epoch)
    })
    while (await this.scheduler.step());
    for (const name of ['one', 'two']) this.gateways.push(new SimulatedGateway(this, name))
    for (const gateway of this.gateways) this.#spawnFollowing(gateway)
    for (let i = 0; i < 3; i++) this.#spawnPlacer(i)
    for (let i = 0; i < 3; i++) this.#spawnPublisher()
    for (let i = 0; i < 4; i++) this.clients.push({ follower: new TileFollower(), drawn: [], shown: [], gateway: null })

    for (let step = 0; step < options.steps; step++) {
      this.#nowMs += this.random.below(5)
      this.#mischief()
      await this.scheduler.step()
    }
    await this.#settle()
  }

  /** A frame on its way to a client: it may be lost, come twice, or arrive. */
  deliver(client: Client, frame: Frame) {
    if (this.#faults && this.random.chance(0.1)) {
      this.injected.lost++
      return
    }
    this.#receive(client, frame)
    if (this.#faults && this.random.chance(0.1)) {
      this.injected.doubled++
      this.#receive(client, frame)
    }
  }

  #receive(client: Client, frame: Frame) {
    const before = client.follower.seq()
    if (this.#mistakes.clientsTrustEveryFrame && before !== null) {
      const colors = client.follower.colors()
      for (let i = 0; i < frame.positions.length; i++) if (colors) colors[frame.positions[i] ?? 0] = frame.colors[i] ?? 0
      client.drawn.push({ from: frame.from, to: frame.to, before })
      return
    }
    const action = client.follower.frame(frame)
    if (action.do === 'nothing') return
    for (const drawn of action.frames) client.drawn.push({ from: drawn.from, to: drawn.to, before })
    remember(client)
    if (action.do === 'join') this.#join(client)
  }

  #join(client: Client) {
    this.scheduler.spawn('join', async () => {
      const gateway = client.gateway
      const tile = gateway && (await gateway.tiles.open(tileRef, { epoch: client.follower.epoch(), seq: client.follower.seq() }))
      if (!gateway || !tile || client.gateway !== gateway) return
      const caughtUp = tile.catchUp({ epoch: client.follower.epoch(), seq: client.follower.seq() })
      gateway.clients.add(client)
      if (caughtUp.mode === 'replay') for (const frame of caughtUp.frames) this.#receive(client, unpacked(frame))
      if (caughtUp.mode !== 'reload') return
      await this.scheduler.pause('client.fetches-board')
      const board = await gateway.tiles.board(tileRef)
      if (!board) return
      client.follower.board(board)
      remember(client)
    })
  }

  #spawnPlacer(number: number) {
    this.scheduler.spawn(`placer ${number}`, async () => {
      for (let i = 0; i < 6; i++) {
        const requests = Array.from({ length: 1 + this.random.below(3) }, () =>
          paint(
            { gx: this.random.below(contestedPixels), gy: 0, color: this.random.below(4) },
            { painter: testPainter(`painter${number}`) },
          ),
        )
        const id = `group${(this.#groups++).toString().padStart(8, '0')}`
        const outcomes = await this.store.place({ id, requests, nowMs: this.now() })
        for (const outcome of outcomes) {
          if (outcome.kind !== 'done') continue
          for (const result of outcome.results) if (result.ok) this.acknowledged.push(result.placement.id)
        }
      }
    })
  }

  #spawnPublisher() {
    const { store, stream, scheduler } = this
    const real = new Publisher({
      store,
      stream,
      failpoints: noFailpoints,
      logger: silentLogger,
      now: this.now,
      random: this.random.next,
      pollMs: 1,
      batchSize: 4,
    })
    const publisher = this.#mistakes.publisher?.(real, { store, stream, pause: scheduler.pause }) ?? real
    const actor = scheduler.spawn('publisher', async () => {
      for (;;) {
        await scheduler.pause('publisher.round')
        await publisher.step()
      }
    })
    this.#publishers.push(actor)
  }

  #spawnFollowing(gateway: SimulatedGateway) {
    this.scheduler.spawn('broadcaster', async () => {
      const reader = await gateway.broadcaster.join()
      const { signal } = new AbortController()
      for (;;) {
        await this.scheduler.pause('broadcaster.round')
        await gateway.broadcaster.step({ ...reader, read: (options) => reader.read({ ...options, blockMs: 0 }) }, signal)
        gateway.broadcaster.flush()
      }
    })
    this.scheduler.spawn('tail check', async () => {
      for (;;) {
        for (let i = 0; i < 20; i++) await this.scheduler.pause('tail-check.waits')
        await gateway.broadcaster.checkTails()
      }
    })
  }

  #mischief() {
    const { random, injected } = this
    const publisher = this.#publishers[random.below(this.#publishers.length)]
    if (publisher && random.chance(0.02)) {
      this.scheduler.crash(publisher)
      this.#publishers = this.#publishers.filter((other) => other !== publisher)
      this.#spawnPublisher()
      injected.crashes++
    } else if (publisher && random.chance(0.03)) {
      publisher.frozen = !publisher.frozen
      injected.freezes++
    }
    if (random.chance(0.005)) {
      injected.flushes++
      this.scheduler.spawn('flush', async () => {
        // What a FLUSHALL leaves behind: a stream that knows no tile.
        await this.stream.adopt(simulatedCanvas.id, 'forgotten' as never)
      })
    }
    const client = this.clients[random.below(this.clients.length)]
    if (client && random.chance(0.05)) this.#moveClient(client)
  }

  #moveClient(client: Client) {
    if (client.gateway) {
      client.gateway.clients.delete(client)
      client.gateway = null
      this.injected.disconnects++
      return
    }
    client.gateway = this.gateways[this.random.below(this.gateways.length)] ?? null
    this.#join(client)
  }

  /** No more faults: everything that is alive comes to rest, gateways look at the tails, clients at the heads. */
  async #settle() {
    this.#faults = false
    for (const publisher of this.#publishers) publisher.frozen = false
    for (let i = 0; i < 600; i++) await this.scheduler.step()
    // The heads that gateways send every few seconds: a client that stands below them joins again.
    for (let beat = 0; beat < 4; beat++) {
      for (const client of this.clients) {
        client.gateway ??= this.gateways[0] ?? null
        this.#join(client)
      }
      for (let i = 0; i < 200; i++) await this.scheduler.step()
    }
  }
}
