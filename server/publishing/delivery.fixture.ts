/** A store, a publisher and a gateway whose frames are collected, for tests of outages of the stream. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { asCanvasId, asTile } from '../../lib/brand.ts'
import { Broadcaster } from '../broadcasting/broadcaster.ts'
import type { TileFrame } from '../broadcasting/port.ts'
import { TileCache } from '../broadcasting/tile-cache.ts'
import { systemClock } from '../clock.ts'
import { createSupervisor, type Service } from '../lifecycle.ts'
import { noMetrics } from '../observability/delivery-metrics.ts'
import { silentLogger } from '../observability/log.ts'
import { LogProjection } from '../projecting/log-projection.ts'
import { Projector } from '../projecting/projector.ts'
import type { Store } from '../store/port.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import type { EventStream } from '../stream/port.ts'
import { workerContext } from '../worker-context.fixture.ts'
import { HeadKeeper } from './head-keeper.ts'
import { createTestPublisher } from './publisher.fixture.ts'
import type { PublisherOptions } from './publisher.ts'

export const main = asCanvasId('main')

export class Delivery {
  readonly store: Store
  readonly #stream: EventStream
  readonly #folder: string
  readonly #supervisor = createSupervisor({ logger: silentLogger, now: Date.now, random: Math.random })
  readonly #frames: TileFrame[] = []
  #placed = 0

  private constructor(stream: EventStream, store: Store, folder: string) {
    this.#stream = stream
    this.store = store
    this.#folder = folder
  }

  static async open(stream: EventStream): Promise<Delivery> {
    const folder = mkdtempSync(join(tmpdir(), 'fresco-delivery-'))
    const store = await openSqliteStore({ file: join(folder, 'fresco.db') })
    await store.ensureCanvas(testCanvas())
    return new Delivery(stream, store, folder)
  }

  /** Starts a publisher, a head keeper and a gateway. */
  async startAll() {
    const tiles: TileCache = new TileCache({ store: this.store, watched: () => true })
    await tiles.open({ canvas: main, tile: asTile(0) })
    const sink = {
      frame: (frame: TileFrame) => void this.#frames.push(frame),
      resync: () => undefined,
      gone: () => undefined,
      sockets: () => 1,
    }
    const broadcaster = new Broadcaster({ ...this.#shared, gateway: 'one', tiles, sink })
    this.start(this.publisher(), this.headKeeper(), broadcaster.follow, broadcaster.watchHeads)
  }

  start(...services: readonly Service[]) {
    for (const service of services) this.#supervisor.start(service)
  }

  publisher(more: Partial<PublisherOptions> = {}) {
    return createTestPublisher({ ...this.#shared, intervals: { pollMs: 20, publishMs: 0 }, ...more })
  }

  headKeeper() {
    return new HeadKeeper({ store: this.store, stream: this.#stream, logger: silentLogger })
  }

  projector() {
    const projection = new LogProjection({ name: 'history', store: this.store, logger: silentLogger })
    return new Projector({ ...this.#shared, projection, consumer: 'one' })
  }

  get placed() {
    return this.#placed
  }

  async place(count: number) {
    for (let i = 0; i < count; i++) {
      const id = `group${String(this.#placed).padStart(8, '0')}`
      const request = paint({ gx: this.#placed % 64, gy: 0, color: this.#placed % 4 })
      await this.store.place({ id, requests: [request], nowMs: Date.now() })
      this.#placed++
    }
  }

  readonly expectPublished = async () => {
    expect(await this.store.backlog()).toMatchObject({ unsequenced: 0, unpublished: 0, dead: 0 })
  }

  readonly expectShown = () => {
    expect(this.#frames.at(-1)?.to).toBe(this.#placed)
  }

  /** Frames are in order, without gaps and repetition. */
  expectFramesInOrder() {
    let seq = 0
    for (const { from, to } of this.#frames) {
      expect(from).toBe(seq + 1)
      seq = to
    }
  }

  readonly expectDelivered = async () => {
    await this.expectPublished()
    this.expectShown()
    this.expectFramesInOrder()
  }

  async stop() {
    await this.#supervisor.stop()
    await this.store.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get #shared() {
    const context = workerContext({ clock: systemClock, random: Math.random })
    return { store: this.store, stream: this.#stream, context, metrics: noMetrics }
  }
}
