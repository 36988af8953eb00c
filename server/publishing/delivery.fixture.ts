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
import { createSupervisor } from '../lifecycle.ts'
import { noMetrics } from '../observability/delivery-metrics.ts'
import { silentLogger } from '../observability/log.ts'
import type { Store } from '../store/port.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import type { EventStream } from '../stream/port.ts'
import { workerContext } from '../worker-context.fixture.ts'
import { HeadKeeper } from './head-keeper.ts'
import { createTestPublisher } from './publisher.fixture.ts'

const main = asCanvasId('main')

export class Delivery {
  readonly store: Store
  readonly #folder: string
  readonly #supervisor = createSupervisor({ logger: silentLogger, now: Date.now, random: Math.random })
  readonly #frames: TileFrame[] = []
  #placed = 0

  private constructor(store: Store, folder: string) {
    this.store = store
    this.#folder = folder
  }

  static async start(stream: EventStream): Promise<Delivery> {
    const folder = mkdtempSync(join(tmpdir(), 'fresco-delivery-'))
    const store = await openSqliteStore({ file: join(folder, 'fresco.db') })
    await store.ensureCanvas(testCanvas())
    const delivery = new Delivery(store, folder)
    const tiles: TileCache = new TileCache({ store, watched: () => true })
    const frame = (each: TileFrame) => void delivery.#frames.push(each)
    await tiles.open({ canvas: main, tile: asTile(0) })
    const shared = { store, stream, context: workerContext({ clock: systemClock, random: Math.random }), metrics: noMetrics }
    const sink = { frame, resync: () => undefined, sockets: () => 1 }
    const broadcaster = new Broadcaster({ ...shared, gateway: 'one', tiles, sink })
    const publisher = createTestPublisher({ ...shared, intervals: { pollMs: 20, publishMs: 0 } })
    const headKeeper = new HeadKeeper({ store, stream, logger: silentLogger })
    for (const service of [publisher, headKeeper, broadcaster.follow, broadcaster.watchHeads]) delivery.#supervisor.start(service)
    return delivery
  }

  get placed() {
    return this.#placed
  }

  async place(count: number) {
    for (let i = 0; i < count; i++) {
      const id = `group${String(this.#placed).padStart(8, '0')}`
      await this.store.place({
        id,
        requests: [paint({ gx: this.#placed % 64, gy: 0, color: this.#placed % 4 })],
        nowMs: Date.now(),
      })
      this.#placed++
    }
  }

  /** Every placement is published and shown, and frames are in order without repetition. */
  async expectDelivered() {
    expect(await this.store.backlog()).toMatchObject({ unsequenced: 0, unpublished: 0, dead: 0 })
    expect(this.#frames.at(-1)?.to).toBe(this.#placed)
    let seq = 0
    for (const { from, to } of this.#frames) {
      expect(from).toBe(seq + 1)
      seq = to
    }
  }

  async stop() {
    await this.#supervisor.stop()
    await this.store.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
