/**
 * A projector feeds one projection. Projectors of several processes share a consumer group, and claim entries that another one received and did
 * not acknowledge.
 *
 * At its start and every few seconds a projector compares its cursors with the stream's heads. It reads lost or trimmed entries from the store. It
 * never passes the heads, because an entry that is in the stream never becomes a dead letter.
 *
 * An entry that fails five times alone is skipped and logged. The audit finds what is missing, and `rebuild` repairs it.
 */
import type { CanvasId } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { maxAttempts } from '../../lib/dead-letter.ts'
import { type OwnHealth, type Service, sleep } from '../lifecycle.ts'
import type { DeliveryMetrics } from '../observability/delivery-metrics.ts'
import { UnknownKinds } from '../observability/unknown-kinds.ts'
import { RetryLoop } from '../retry-loop.ts'
import type { Store, TileRef } from '../store/port.ts'
import type { Delivered, EventStream, GroupReader } from '../stream/port.ts'
import { isContested, isTransportFault } from '../transport-fault.ts'
import type { WorkerContext } from '../worker-context.ts'
import type { Projection } from './projection.ts'

export interface ProjectorOptions {
  readonly projection: Projection
  readonly store: Pick<Store, 'getCanvas' | 'listCanvases'>
  readonly stream: Pick<EventStream, 'join' | 'heads'>
  /** The id of this process, which differs after each start. */
  readonly consumer: string
  readonly context: WorkerContext
  readonly metrics: DeliveryMetrics
}

const readCount = 512
/** The pause between two steps, so that entries share transactions. It is shorter when a step has more pixels than `pixels`. */
const rest = { maxMs: 1_000, minMs: 50, pixels: 8_000 }
/** At the start of a server, boards are loaded first. */
const startsAfterMs = 1_000
const catchUpEveryMs = 5_000
/** The consumer of an entry that is pending for so long has ended, or failed to project the entry. */
const claimAfterMs = 5_000
const backoff = { baseMs: 100, maxMs: 5_000 }

/** Why an entry was not projected. Contested: another process is saving the same tile, so this one tries again later. */
type NotDone = 'failed' | 'contested'

export class Projector implements Service {
  readonly name: string
  readonly #options: ProjectorOptions
  readonly #unknownKinds: UnknownKinds
  readonly #loop: RetryLoop
  #processed = 0
  #lastBeatAtMs = 0
  #caughtUpAtMs = Number.NEGATIVE_INFINITY
  #pixelsOfStep = 0
  /** The signal of the current step. */
  #signal: AbortSignal = new AbortController().signal

  constructor(options: ProjectorOptions) {
    this.name = options.projection.name
    this.#options = options
    this.#unknownKinds = new UnknownKinds(options.context.logger, options.metrics)
    const fields = { projection: this.name }
    this.#loop = new RetryLoop({ context: options.context, event: 'projector_backs_off', fields, backoff })
  }

  health(): OwnHealth & { processed: number; lastBeatAtMs: number } {
    return { ...this.#loop.health, processed: this.#processed, lastBeatAtMs: this.#lastBeatAtMs }
  }

  async run(signal: AbortSignal) {
    await sleep(startsAfterMs, signal)
    await this.#loop.run(signal, (succeeded) => this.#followUntilFailure(signal, succeeded))
  }

  join(): Promise<GroupReader> {
    const { stream, consumer } = this.#options
    return stream.join({ group: this.name, consumer, kind: 'projection', from: 'start', polls: true })
  }

  /** One round. `more`: the stream probably has more entries. */
  async step(reader: GroupReader, signal: AbortSignal): Promise<'idle' | 'more'> {
    const { now, monotonicNow } = this.#options.context.clock
    this.#signal = signal
    this.#lastBeatAtMs = now()
    const delivered = await reader.read({ maxCount: readCount, blockMs: 0, signal })
    for (const { commit } of delivered) this.#unknownKinds.note(commit)
    this.#pixelsOfStep = delivered.reduce((pixels, { commit }) => pixels + commit.pixels.length, 0)
    await this.#projectAll(reader, delivered)
    if (monotonicNow() - this.#caughtUpAtMs >= catchUpEveryMs) {
      await this.#claim(reader)
      await this.#catchUp()
      this.#caughtUpAtMs = monotonicNow()
    }
    return delivered.length === readCount ? 'more' : 'idle'
  }

  async #followUntilFailure(signal: AbortSignal, succeeded: () => void) {
    const reader = await this.join()
    try {
      let restMs: number = rest.maxMs
      while (!signal.aborted) {
        const result = await this.step(reader, signal)
        succeeded()
        restMs = Math.max(rest.minMs, Math.min(rest.maxMs, (restMs * rest.pixels) / this.#pixelsOfStep))
        if (result === 'idle') await sleep(restMs, signal)
      }
    } finally {
      await reader.close().catch((error: unknown) => this.#options.context.logger.debug({ event: 'group_not_left', err: error }))
    }
  }

  /** Projects and acknowledges, tile by tile. The entries of a tile that fails stay pending, and are returned by id. */
  async #projectAll(reader: GroupReader, delivered: readonly Delivered[]): Promise<Map<string, NotDone>> {
    const { context, metrics } = this.#options
    const { failpoints, clock } = context
    const notDone = new Map<string, NotDone>()
    if (delivered.length === 0) return notDone
    for (const [canvas, ref, entries] of await this.#byTile(delivered)) {
      const commits = entries.map(({ commit }) => commit).sort((a, b) => a.seq - b.seq)
      const result = canvas === null ? 'done' : await this.#project(canvas, ref, commits)
      if (result !== 'done') for (const { id } of entries) notDone.set(id, result)
      else if (canvas) {
        const nowMs = clock.now()
        metrics.projected(
          this.name,
          commits.map(({ atMs }) => nowMs - atMs),
        )
      }
    }
    const done = delivered.filter(({ id }) => !notDone.has(id))
    await failpoints.hit('projector.before-ack')
    await reader.ack(done.map(({ id }) => id))
    await failpoints.hit('projector.after-ack')
    this.#processed += done.length
    return notDone
  }

  async #project(canvas: Canvas, ref: TileRef, commits: readonly SequencedCommit[]): Promise<'done' | NotDone> {
    const { projection, context } = this.#options
    const { failpoints, logger } = context
    try {
      await failpoints.hit('projector.before-save')
      await projection.project(canvas, ref, commits, this.#signal)
      await failpoints.hit('projector.after-save')
      return 'done'
    } catch (error) {
      if (isTransportFault(error) || this.#signal.aborted) throw error
      if (isContested(error)) return 'contested'
      this.#loop.noteFailure(error)
      logger.warn({ event: 'projection_failed', projection: this.name, ...ref, seq: commits[0]?.seq, err: error })
      return 'failed'
    }
  }

  /** Entries that were trimmed from the stream while pending are found by `#catchUp`. */
  async #claim(reader: GroupReader) {
    const { projection, store, context, metrics } = this.#options
    const claimed = await reader.claim({ minIdleMs: claimAfterMs, maxCount: readCount })
    const notDone = await this.#projectAll(reader, claimed)
    // One bad entry fails all entries of its tile, so the remaining ones are tried one by one.
    const left = claimed.filter(({ id }) => notDone.has(id)).sort((a, b) => a.commit.seq - b.commit.seq)
    for (const entry of left) {
      const { commit, deliveries } = entry
      const result = (await this.#projectAll(reader, [entry])).get(entry.id)
      if (result !== 'failed' || deliveries < maxAttempts) continue
      const canvas = await store.getCanvas(commit.canvas)
      if (!canvas || !(await projection.skip(canvas, commit))) continue
      const { tile, seq } = commit
      const where = { projection: this.name, canvas: canvas.id, tile, seq }
      context.logger.error({ event: 'projection_passed_over', ...where, reason: this.#loop.health.lastError })
      metrics.passedOver()
      await reader.ack([entry.id])
    }
  }

  async #catchUp() {
    const { projection, store, stream, context } = this.#options
    for (const canvas of await store.listCanvases()) {
      try {
        await projection.catchUp(canvas, await stream.heads(canvas.id), this.#signal)
      } catch (error) {
        if (isTransportFault(error) || this.#signal.aborted) throw error
        this.#loop.noteFailure(error)
        context.logger.warn({ event: 'projection_failed', projection: this.name, canvas: canvas.id, err: error })
      }
    }
  }

  /** The canvas is null if it was deleted. */
  async #byTile(delivered: readonly Delivered[]): Promise<(readonly [Canvas | null, TileRef, Delivered[]])[]> {
    const canvases = new Map<CanvasId, Canvas | null>()
    const tiles = new Map<string, [Canvas | null, TileRef, Delivered[]]>()
    for (const entry of delivered) {
      const { canvas: id, tile } = entry.commit
      if (!canvases.has(id)) canvases.set(id, await this.#options.store.getCanvas(id))
      const key = `${id}/${tile}`
      const known = tiles.get(key)
      if (known) known[2].push(entry)
      else tiles.set(key, [canvases.get(id) ?? null, { canvas: id, tile }, [entry]])
    }
    return [...tiles.values()]
  }
}
