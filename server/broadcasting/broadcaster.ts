/**
 * Each gateway has one broadcaster with its own consumer group. The broadcaster applies each commit of the stream to the tiles in memory, sends
 * coalesced frames to the rooms, and then acknowledges.
 *
 * A tile applies the next commit, drops a known one, and reads a gap from the store. A lost *last* commit shows no gap, so `checkHeads` compares
 * the tiles with the store's heads (A2). While the stream is unavailable or lags, this comparison is frequent, and new pixels arrive by it.
 */
import type { CanvasId } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { isGone } from '../../lib/erasing.ts'
import { tileKey } from '../../lib/tile-key.ts'
import { type Service, sleep } from '../lifecycle.ts'
import type { DeliveryMetrics } from '../observability/delivery-metrics.ts'
import { UnknownKinds } from '../observability/unknown-kinds.ts'
import { RetryLoop } from '../retry-loop.ts'
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
/** With a working stream the heads are compared every 1.5 s. A commit that is missing in two comparisons is healed, so within 3 s. */
const beatsPerHeadCheck = 3

export class Broadcaster {
  readonly #options: BroadcasterOptions
  readonly #healer: TileHealer
  readonly #unknownKinds: UnknownKinds
  readonly #loop: RetryLoop
  #unacknowledged: string[] = []
  #lastFlushMs = Number.NEGATIVE_INFINITY
  #lastFlushPixels = 0
  /** The last comparison found tiles behind the heads of the comparison before. */
  #lags = false
  /** The store's heads at the last comparison, by canvas and tile. */
  #lastHeads = new Map<string, number>()

  constructor(options: BroadcasterOptions) {
    this.#options = options
    const { store, sink, context, metrics } = options
    this.#healer = new TileHealer({ store, sink, logger: context.logger, metrics })
    this.#unknownKinds = new UnknownKinds(context.logger, metrics)
    this.#loop = new RetryLoop({ context, event: 'broadcaster_backs_off', backoff: { baseMs: 100, maxMs: 1_000 } })
  }

  /** Follows the stream. */
  readonly follow: Service = {
    name: 'broadcaster',
    health: () => this.#loop.health,
    run: (signal) => this.#loop.run(signal, (succeeded) => this.#followUntilFailure(signal, succeeded)),
  }

  /** Compares the tiles with the store. */
  readonly watchHeads: Service = {
    name: 'head-check',
    run: async (signal) => {
      for (let beat = 1; !signal.aborted; beat++) {
        await sleep(degradedHeadCheckMs, signal)
        if (signal.aborted) return
        const isDegraded = this.#loop.health.state === 'backing_off'
        const isWell = !isDegraded && !this.#lags && this.#options.stream.outage() === null
        if (isWell && beat % beatsPerHeadCheck !== 0) continue
        try {
          // A commit that a working stream is delivering is not missing yet.
          this.#lags = (await this.checkHeads({ patient: !isDegraded })) > 0
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

  /** Reads entries, waiting for them if none are unsent, applies them, and sends the frames that are due. `more`: the stream probably has more. */
  async step(reader: GroupReader, signal: AbortSignal): Promise<'idle' | 'more'> {
    const { failpoints, tracing, clock } = this.#options.context
    const blockMs = this.#unacknowledged.length > 0 ? this.#dueInMs() : idleReadMs
    const delivered = blockMs > 0 || this.#unacknowledged.length === 0 ? await reader.read({ maxCount: readCount, blockMs, signal }) : []
    const readAtMs = clock.monotonicNow()
    if (delivered.length > 0) await failpoints.hit('broadcaster.before-apply')
    for (const { id, commit } of delivered) {
      this.#unknownKinds.note(commit)
      // If a gap cannot be read from the store now, the entry stays pending and is delivered again.
      await this.#apply(commit)
      this.#unacknowledged.push(id)
    }
    tracing?.ended(
      'receive',
      delivered.map(({ commit }) => commit),
      readAtMs,
    )
    const result = delivered.length === readCount ? 'more' : 'idle'
    if (this.#unacknowledged.length === 0 || this.#dueInMs() > 0) return result
    await failpoints.hit('broadcaster.before-emit')
    this.flush()
    await failpoints.hit('broadcaster.after-emit')
    const ids = this.#unacknowledged
    this.#unacknowledged = []
    await failpoints.hit('broadcaster.before-ack')
    await reader.ack(ids)
    await failpoints.hit('broadcaster.after-ack')
    return result
  }

  /** Sends the unsent commits of each tile to its room. */
  flush() {
    const { tiles, sink, context, metrics } = this.#options
    const [nowMs, begunAtMs] = [context.clock.now(), context.clock.monotonicNow()]
    const sent: SequencedCommit[] = []
    for (const tile of tiles.live()) {
      for (let frame = tile.takeFrame(); frame; frame = tile.takeFrame()) {
        sink.frame(frame)
        sent.push(...frame.commits)
      }
    }
    if (sent.length === 0) return
    metrics.emitted(sent.map(({ atMs }) => nowMs - atMs))
    context.tracing?.ended('emit', sent, begunAtMs)
    this.#lastFlushMs = begunAtMs
    this.#lastFlushPixels = sent.reduce((sum, { pixels }) => sum + pixels.length, 0)
  }

  /**
   * Heals the tiles that are behind the store's heads, and sends commits that a failed step left unsent. With `patient`, a tile counts as behind
   * only if it has not reached the heads of the last check. Returns the number of healed tiles.
   */
  async checkHeads({ patient = false }: { patient?: boolean } = {}): Promise<number> {
    const { store, stream, tiles } = this.#options
    const isAway = stream.outage()
    tiles.evictUnwatched()
    const live = tiles.live()
    const canvases = new Set<CanvasId>(live.map((tile) => tile.ref.canvas))
    const lastHeads = this.#lastHeads
    this.#lastHeads = new Map()
    let healed = 0
    if (this.#dueInMs() === 0) this.flush()
    for (const canvas of canvases) {
      const heads = await store.readHeads(canvas)
      const stored = await store.getCanvas(canvas)
      if (isGone(stored)) {
        this.#drop(canvas)
        continue
      }
      const { epoch } = stored
      for (const tile of live) {
        if (tile.ref.canvas !== canvas) continue
        const key = tileKey(tile.ref)
        const head = heads.get(tile.ref.tile) ?? 0
        this.#lastHeads.set(key, head)
        if (tile.epoch !== epoch) await this.#healer.reload(tile)
        else if ((patient && !isAway?.(tile.ref) ? (lastHeads.get(key) ?? 0) : head) > tile.seq) {
          healed++
          await this.#healer.heal(tile)
        }
      }
      if (healed > 0) this.flush()
    }
    return healed
  }

  /** Loads the tiles again whose board was started over, and drops those of a deleted board. An entry of another epoch may also be an old one. */
  async checkEpoch(canvas: CanvasId) {
    const { store, tiles } = this.#options
    const stored = await store.getCanvas(canvas)
    if (isGone(stored)) return this.#drop(canvas)
    for (const tile of tiles.live()) if (tile.ref.canvas === canvas && tile.epoch !== stored.epoch) await this.#healer.reload(tile)
  }

  #drop(canvas: CanvasId) {
    this.#options.tiles.drop(canvas)
    this.#options.sink.gone(canvas)
  }

  async #followUntilFailure(signal: AbortSignal, succeeded: () => void) {
    const reader = await this.join()
    try {
      while (!signal.aborted) {
        const result = await this.step(reader, signal)
        succeeded()
        // The entries of one flush interval are then read together.
        if (result === 'idle') await sleep(this.#dueInMs(), signal)
      }
    } catch (error) {
      // The applied commits need not wait for the stream.
      this.flush()
      throw error
    } finally {
      // A stopped gateway never uses this name again. A failed one needs its group, because the group has its pending entries.
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
        return this.checkEpoch(commit.canvas)
    }
  }
}
