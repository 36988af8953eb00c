/**
 * One simulated run of a canvas: painters, publishers that crash, freeze and race, a stream that loses entries, ports that fail or lose
 * their answers, gateways that crash, and clients on a bad network. Publisher, broadcaster, tile cache, followers and client rule are the
 * real ones; store and stream are in memory.
 */
import { asTile, type TileNumber } from '../lib/brand.ts'
import type { Canvas } from '../lib/canvas.ts'
import { canvasOfLog, controlTile } from '../lib/control-log.ts'
import { type Store, StoreError } from '../server/store/port.ts'
import { testCanvas } from '../server/store/store.fixture.ts'
import { type EventStream, StreamError } from '../server/stream/port.ts'
import { type Fault, withFaults } from './faults.ts'
import { Random } from './random.ts'
import { Scheduler } from './scheduler.ts'
import { SimulatedClient } from './simulated-client.ts'
import { type Connection, type Message, SimulatedGateway } from './simulated-gateway.ts'
import { SimulatedHosts } from './simulated-hosts.ts'
import { SimulatedPainters } from './simulated-painters.ts'
import { simulatedPublishers } from './simulated-publishers.ts'
import { type RunnerStep, simulatedRunners } from './simulated-runners.ts'
import { SimulatedStaff } from './simulated-staff.ts'
import { SimulatedStore, type StoreHooks, storeFailure, storeMethods } from './simulated-store.ts'
import {
  RecordedStream,
  readerMethods,
  SimulatedStream,
  type StreamHooks,
  StreamRecord,
  streamFailure,
  streamLosses,
  streamMethods,
} from './simulated-stream.ts'
import type { SimulatedWorkers } from './simulated-workers.ts'

/** Two tiles and the control log, and few pixels of each tile that all painters use. A third tile may come with growth. */
const canvas: Canvas = testCanvas({ width: 10, height: 8, tileSize: 8 })
const tiles: readonly TileNumber[] = [asTile(0), asTile(1), asTile(2), controlTile]
const contestedColumns = [0, 1, 2, 8, 9, 10, 14, 18]

const maxSkewMs = 100

/** Mistakes that a test can switch on, to show that the simulation finds them. */
export interface Mistakes {
  readonly store?: new (hooks: StoreHooks) => SimulatedStore
  readonly stream?: new (hooks: StreamHooks) => RecordedStream
  readonly publisherStep?: (ports: { store: Store; stream: EventStream }) => Promise<unknown>
  readonly runnerStep?: (parts: RunnerStep) => Promise<unknown>
  readonly clientsTrustEveryFrame?: boolean
  readonly painterAsksWithoutKey?: boolean
  readonly gatewaysIgnoreHeads?: boolean
  readonly gatewaysHoldNothing?: boolean
  readonly gatewaysSendAtOnce?: boolean
}

const expected = (error: unknown) => error instanceof StoreError || error instanceof StreamError

export class World {
  readonly canvas = canvas
  readonly tiles = tiles
  readonly random: Random
  readonly scheduler: Scheduler
  readonly store: SimulatedStore
  readonly painters: SimulatedPainters
  readonly staff: SimulatedStaff
  readonly hosts: SimulatedHosts
  readonly gateways: SimulatedGateway[] = []
  readonly clients: SimulatedClient[]
  /** Violations that were seen during the run. */
  readonly violations: string[] = []
  readonly injected = {
    publisherCrashes: 0,
    runnerCrashes: 0,
    gatewayCrashes: 0,
    painterCrashes: 0,
    freezes: 0,
    streamLosses: 0,
    failedCalls: 0,
    lostAnswers: 0,
    outages: 0,
    partitionOutages: 0,
    lostFrames: 0,
    doubledFrames: 0,
    disconnects: 0,
    expiredCommits: 0,
  }
  readonly #mistakes: Mistakes
  readonly #stream: SimulatedStream
  readonly #publishers: SimulatedWorkers
  readonly #runners: SimulatedWorkers
  /** The ports that all parts use: with faults. */
  readonly #ports: { store: Store; stream: EventStream }
  readonly #down = { store: false, stream: false }
  #nowMs = 100_000
  #names = 0
  #faults = true

  constructor(seed: number, mistakes: Mistakes = {}) {
    this.random = new Random(seed)
    this.scheduler = new Scheduler(this.random)
    this.#mistakes = mistakes
    const { pause } = this.scheduler
    const record = new StreamRecord(this.violations)
    this.store = new (mistakes.store ?? SimulatedStore)({ pause, violations: this.violations, wasInStream: record.has })
    const next = (port: 'store' | 'stream') => () => this.#nextFault(port)
    this.#stream = new SimulatedStream({
      make: () => new (mistakes.stream ?? RecordedStream)({ pause, record }),
      faulty: (reader) => withFaults(reader, { methods: readerMethods, next: next('stream'), failure: streamFailure }),
    })
    this.#ports = {
      store: withFaults<Store>(this.store, { methods: storeMethods, next: next('store'), failure: storeFailure }),
      stream: withFaults<EventStream>(this.#stream, { methods: streamMethods, next: next('stream'), failure: streamFailure }),
    }
    const common = { canvas: canvas.id, scheduler: this.scheduler, random: this.random, expected }
    this.#publishers = simulatedPublishers({ ...common, ...this.#ports, now: this.now, mistakenStep: mistakes.publisherStep })
    this.#runners = simulatedRunners({ ...common, store: this.#ports.store, now: this.now, mistakenStep: mistakes.runnerStep })
    this.staff = new SimulatedStaff({ ...common, store: this.#ports.store, now: this.now })
    this.painters = new SimulatedPainters({
      ...common,
      store: this.#ports.store,
      now: this.now,
      newest: () => this.staff.newest ?? canvas,
      columns: contestedColumns,
      keepsKeys: !mistakes.painterAsksWithoutKey,
    })
    this.hosts = new SimulatedHosts({ ...common, store: this.#ports.store, now: this.now })
    const trustsEveryFrame = mistakes.clientsTrustEveryFrame === true
    this.clients = Array.from(
      { length: 4 },
      () => new SimulatedClient({ ...common, canvas, tiles, gateways: this.gateways, trustsEveryFrame }),
    )
  }

  /** The clocks of processes differ, and each call may be another process. */
  now = () => this.#nowMs + this.random.below(2 * maxSkewMs) - maxSkewMs

  /** Runs this many steps with faults, then without faults until nothing changes. */
  async run({ steps }: { steps: number }) {
    await this.store.ensureCanvas(canvas)
    for (let i = 0; i < 2; i++) this.gateways.push(this.#newGateway())
    for (let i = 0; i < 3; i++) this.painters.spawn(`painter${i}`)
    for (let i = 0; i < 2; i++) this.staff.spawn(`staff${i}`)
    this.hosts.spawn('host')
    for (let i = 0; i < 3; i++) this.#publishers.spawn()
    for (let i = 0; i < 2; i++) this.#runners.spawn()
    for (let step = 0; step < steps && this.violations.length === 0; step++) {
      this.#injectFaults()
      if (this.random.chance(0.02)) await this.#expire()
      // Nothing later reveals a loss after the last placement.
      if (this.random.chance(this.painters.done ? 0.02 : 0.002)) await this.#loseStream()
      await this.#step()
    }
    await this.#settle()
  }

  #step() {
    this.#nowMs += this.random.below(5)
    return this.scheduler.step()
  }

  #newGateway() {
    return new SimulatedGateway({
      name: `gateway${this.#names++}`,
      canvas: canvas.id,
      ...this.#ports,
      scheduler: this.scheduler,
      random: this.random,
      now: this.now,
      send: (connection, message) => this.#send(connection, message),
      expected,
      checksHeads: !this.#mistakes.gatewaysIgnoreHeads,
      holdsTiles: !this.#mistakes.gatewaysHoldNothing,
      holdsFrames: !this.#mistakes.gatewaysSendAtOnce,
    })
  }

  #nextFault(port: 'store' | 'stream'): Fault {
    const { random, injected } = this
    const failed = this.#down[port] || (this.#faults && random.chance(0.02))
    if (failed) injected.failedCalls++
    if (failed) return 'before'
    const lost = this.#faults && random.chance(0.02)
    if (lost) injected.lostAnswers++
    return lost ? 'after' : null
  }

  #send(connection: Connection, message: Message) {
    const { random, injected } = this
    const troubled = this.#faults && message.kind === 'frame'
    if (troubled && random.chance(0.15)) {
      injected.lostFrames++
      return
    }
    connection.inbox.push(message)
    if (troubled && random.chance(0.15)) {
      injected.doubledFrames++
      connection.inbox.push(message)
    }
  }

  #injectFaults() {
    const { random, injected } = this
    if (random.chance(0.006)) {
      this.#publishers.crashOne()
      injected.publisherCrashes++
    }
    if (random.chance(0.006)) {
      this.#runners.crashOne()
      injected.runnerCrashes++
    }
    for (const workers of [this.#publishers, this.#runners]) if (workers.freezeOrThawOne()) injected.freezes++
    this.#toggleOutages()
    if (random.chance(0.003) && this.painters.crashOne()) injected.painterCrashes++
    if (random.chance(0.003)) this.#crashGateway()
    if (random.chance(0.05)) this.#moveClient()
  }

  async #expire() {
    const { removed } = await this.store.trim({ publishedBeforeMs: this.#nowMs - this.random.below(200), keysBeforeMs: 0 })
    this.injected.expiredCommits += removed
  }

  async #loseStream() {
    this.injected.streamLosses++
    await this.#stream.lose(this.random.pick(streamLosses) ?? 'everything', { canvas, random: this.random })
  }

  #toggleOutages() {
    for (const port of ['store', 'stream'] as const) {
      if (!this.random.chance(this.#down[port] ? 0.04 : 0.003)) continue
      this.#down[port] = !this.#down[port]
      if (this.#down[port]) this.injected.outages++
    }
    if (!this.random.chance(this.#stream.isControlAway ? 0.02 : 0.005)) return
    this.#stream.isControlAway = !this.#stream.isControlAway
    if (this.#stream.isControlAway) this.injected.partitionOutages++
  }

  #crashGateway() {
    const index = this.random.below(this.gateways.length)
    this.gateways[index]?.crash()
    this.gateways[index] = this.#newGateway()
    this.injected.gatewayCrashes++
  }

  #moveClient() {
    const client = this.random.pick(this.clients)
    if (!client?.connected) return client?.connect()
    if (!this.random.chance(0.2)) return
    client.disconnect()
    this.injected.disconnects++
  }

  /** Ends the faults. All parts must then come to rest, or the check reports which did not. */
  async #settle() {
    this.#faults = false
    this.#down.store = false
    this.#down.stream = false
    this.#stream.isControlAway = false
    this.#publishers.thawAll()
    this.#runners.thawAll()
    for (let round = 0; round < 400 && this.violations.length === 0; round++) {
      for (const client of this.clients) if (!client.connected) client.connect()
      for (let step = 0; step < 20; step++) await this.#step()
      if (await this.#isQuiet()) return
    }
  }

  async #isQuiet() {
    const { unsequenced, unpublished } = await this.store.backlog()
    if (!this.painters.done || !this.staff.done || !this.hosts.done || unsequenced + unpublished > 0) return false
    const stored = await this.store.getCanvas(canvas.id)
    if (!stored || stored.schedule?.length || this.clients.some((client) => client.canvas.rev < stored.rev)) return false
    return tiles.every((tile) => {
      if (!canvasOfLog(stored, tile)) return true
      const head = this.store.ledger.get(tile)?.length ?? 0
      const live = this.gateways.flatMap((gateway) => gateway.tiles.live()).filter((each) => each.ref.tile === tile)
      return live.every((each) => each.head === head) && this.clients.every((client) => client.tiles.get(tile)?.follower.seq() === head)
    })
  }
}
