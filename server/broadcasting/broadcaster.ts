/**
 * The broadcaster, one in every gateway: reads the stream with a consumer group of its own, applies each commit to the
 * tiles in memory, sends coalesced frames to their rooms, and acknowledges after that.
 *
 * Every hop checks the sequence: the next commit applies, a known one is dropped, and a gap is read from the store. A lost
 * *last* commit shows no gap, so `checkHeads` compares the tiles with the store's heads: every few seconds while all is well,
 * twice a second while the stream is away, which then is how pixels still arrive (A2), and after that for as long as the stream lags: publishers
 * bring it what it missed first, and newer pixels need not wait behind that.
 *
 * Frames go out at once when it was quiet; under load once per window.
 */
import type { CanvasId } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { tileKey } from '../../lib/tile-key.ts'
import { backoffMs, type Service, shouldLog, sleep } from '../lifecycle.ts'
import type { DeliveryMetrics } from '../observability/delivery-metrics.ts'
import { UnknownKinds } from '../observability/unknown-kinds.ts'
import { writeFaultOf } from '../observability/write-watch.ts'
import type { Store } from '../store/port.ts'
import type { EventStream, GroupReader } from '../stream/port.ts'
import type { WorkerContext } from '../worker-context.ts'
import { flushIntervalMs } from './flush-interval.ts'
import type { FrameSink } from './port.ts'
import type { TileCache } from './tile-cache.ts'
import { TileHealer } from './tile-healer.ts'

export interface BroadcasterOptions {
  readonly gateway: string
  readonly store: Store
  readonly stream: EventStream
  readonly tiles: TileCache
  readonly sink: FrameSink
  readonly context: WorkerContext
  readonly metrics: DeliveryMetrics
}

const readCount = 512
const idleReadMs = 1_000
const degradedHeadCheckMs = 500
/** While all is well the heads are compared every one and a half seconds, and what is missing twice is healed: within three. */
const beatsPerHeadCheck = 3

export class Broadcaster {
  readonly #options: BroadcasterOptions
  readonly #healer: TileHealer
  #unacknowledged: string[] = []
  #lastFlushMs = Number.NEGATIVE_INFINITY
  #lastFlushPixels = 0
  #degraded = false
  /** The last comparison found tiles that had been behind for longer than a commit takes on its way. */
  #lags = false
  /** What the last comparison saw, by canvas and tile. */
  readonly #unknownKinds: UnknownKinds
  #headsSeen = new Map<string, number>()
  #failures = 0
  #lastError: string | null = null

  constructor(options: BroadcasterOptions) {
    this.#options = options
    const { store, sink, context, metrics } = options
    this.#healer = new TileHealer({ store, sink, logger: context.logger, metrics })
    this.#unknownKinds = new UnknownKinds(context.logger, metrics)
  }

  get healedGaps() {
    return this.#healer.healedGaps
  }

  /** Follows the stream. */
  readonly follow: Service = {
    name: 'broadcaster',
    health: () => ({ state: this.#degraded ? 'backing_off' : 'running', failures: this.#failures, lastError: this.#lastError }),
    run: async (signal) => {
      let attempt = 0
      while (!signal.aborted) {
        try {
          await this.#followUntilFailure(signal, () => {
            this.#degraded = false
            attempt = 0
          })
        } catch (error) {
          attempt++
          this.#degraded = true
          this.#failures++
          this.#lastError = error instanceof Error ? error.message : String(error)
          // What was applied before the failure need not wait for the stream.
          this.flush()
          if (shouldLog(attempt) && writeFaultOf(error) === null)
            this.#options.context.logger.warn({ event: 'broadcaster_backs_off', attempt, err: error })
          await sleep(backoffMs(attempt, this.#options.context.random, { baseMs: 100, maxMs: 1_000 }), signal)
        }
      }
    },
  }

  /** Compares the tiles with the store, and follows it while the stream is away. */
  readonly watchHeads: Service = {
    name: 'head-check',
    run: async (signal) => {
      for (let beat = 1; !signal.aborted; beat++) {
        await sleep(degradedHeadCheckMs, signal)
        if (signal.aborted) return
        if (!this.#degraded && !this.#lags && beat % beatsPerHeadCheck !== 0) continue
        try {
          // What is on its way through a stream that works is not missing yet.
          this.#lags = (await this.checkHeads({ patient: !this.#degraded })) > 0
        } catch (error) {
          this.#options.context.logger.warn({ event: 'head_check_failed', err: error })
        }
      }
    },
  }

  join(): Promise<GroupReader> {
    const { stream, gateway } = this.#options
    return stream.join({ group: `gateway-${gateway}`, consumer: gateway, kind: 'broadcast', from: 'end' })
  }

  /** Reads what is there (waiting for it a while), applies it, and sends what is due. */
  async step(reader: GroupReader, signal: AbortSignal) {
    const { failpoints } = this.#options.context
    const blockMs = this.#unacknowledged.length > 0 ? this.#dueInMs() : idleReadMs
    const delivered = blockMs > 0 || this.#unacknowledged.length === 0 ? await reader.read({ maxCount: readCount, blockMs, signal }) : []
    if (delivered.length > 0) await failpoints.hit('broadcaster.before-apply')
    for (const { id, commit } of delivered) {
      this.#unknownKinds.note(commit)
      // What cannot be applied now (the store is away, and there is a gap) stays pending, and comes again.
      await this.#apply(commit)
      this.#unacknowledged.push(id)
    }
    if (this.#unacknowledged.length === 0 || this.#dueInMs() > 0) return
    await failpoints.hit('broadcaster.before-emit')
    this.flush()
    await failpoints.hit('broadcaster.after-emit')
    const ids = this.#unacknowledged
    this.#unacknowledged = []
    await failpoints.hit('broadcaster.before-ack')
    await reader.ack(ids)
    await failpoints.hit('broadcaster.after-ack')
  }

  /** Sends every tile's news to its room. */
  flush() {
    const { tiles, sink, context, metrics } = this.#options
    const [nowMs, begunAtMs] = [context.clock.now(), context.clock.monotonicNow()]
    const agesMs: number[] = []
    let pixels = 0
    for (const tile of tiles.live()) {
      for (let frame = tile.takeFrame(); frame; frame = tile.takeFrame()) {
        sink.frame(frame)
        for (const commit of frame.commits) {
          agesMs.push(nowMs - commit.atMs)
          pixels += commit.pixels.length
        }
      }
    }
    if (agesMs.length === 0) return
    metrics.emitted(agesMs)
    this.#lastFlushMs = begunAtMs
    this.#lastFlushPixels = pixels
  }

  /**
   * Heals the tiles that are behind the store, and sends what a failed step has left unsent. When it is patient, only those that are behind
   * what the last check saw already. Answers how many it healed.
   */
  async checkHeads({ patient = false }: { patient?: boolean } = {}): Promise<number> {
    const { store, tiles } = this.#options
    tiles.letGo()
    const live = tiles.live()
    const canvases = new Set<CanvasId>(live.map((tile) => tile.ref.canvas))
    const headsSeen = this.#headsSeen
    this.#headsSeen = new Map()
    let healed = 0
    // Only what is overdue, or frames would leave the pace that windows and publisher have found.
    if (this.#dueInMs() === 0) this.flush()
    for (const canvas of canvases) {
      const heads = await store.readHeads(canvas)
      const epoch = (await store.getCanvas(canvas))?.epoch
      for (const tile of live) {
        if (tile.ref.canvas !== canvas) continue
        const key = tileKey(tile.ref)
        const head = heads.get(tile.ref.tile) ?? 0
        this.#headsSeen.set(key, head)
        if (epoch !== undefined && tile.epoch !== epoch) await this.#healer.reload(tile)
        else if ((patient ? (headsSeen.get(key) ?? 0) : head) > tile.seq) {
          healed++
          await this.#healer.heal(tile)
        }
      }
      if (healed > 0) this.flush()
    }
    return healed
  }

  async #followUntilFailure(signal: AbortSignal, onStep: () => void) {
    const reader = await this.join()
    try {
      while (!signal.aborted) {
        await this.step(reader, signal)
        onStep()
      }
    } finally {
      // A gateway that stops will not come back under this name; one that failed finds what it had not acknowledged.
      await reader.close({ remove: signal.aborted }).catch((error: unknown) => {
        this.#options.context.logger.debug({ event: 'group_not_left', err: error })
      })
    }
  }

  #dueInMs() {
    const intervalMs = flushIntervalMs({ sockets: this.#options.sink.sockets(), lastPixels: this.#lastFlushPixels })
    return Math.max(0, this.#lastFlushMs + intervalMs - this.#options.context.clock.monotonicNow())
  }

  async #apply(commit: SequencedCommit) {
    const tile = this.#options.tiles.route(commit)
    if (!tile) return
    switch (tile.apply(commit)) {
      case 'applied':
      case 'duplicate':
        return
      case 'gap':
        await this.#healer.heal(tile)
        tile.apply(commit)
        return
      case 'other_epoch':
        // The entry may be a leftover of an epoch that is over.
        if ((await this.#options.store.getCanvas(commit.canvas))?.epoch === commit.epoch) await this.#healer.reload(tile)
    }
  }
}
