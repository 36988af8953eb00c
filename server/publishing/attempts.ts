/**
 * Counts the attempts to publish each commit, and distinguishes a failing transport from a failing commit.
 *
 * An attempt is counted before it is made, in a committed write, so a commit that ends its process is counted, too. The write that assigns the seq
 * counts the first attempt. Before any further one the transport must answer a probe, and a transport failure takes the count back. So an
 * outage never counts against a commit.
 */
import type { CommitId } from '../../lib/brand.ts'
import { maxAttempts, suspectFrom } from '../../lib/dead-letter.ts'
import { backoffMs, shouldLog } from '../lifecycle.ts'
import type { DeliveryMetrics } from '../observability/delivery-metrics.ts'
import type { Store, UnpublishedCommit } from '../store/port.ts'
import type { EventStream } from '../stream/port.ts'
import { isTransportFault } from '../transport-fault.ts'
import type { WorkerContext } from '../worker-context.ts'

export interface AttemptsOptions {
  readonly store: Pick<Store, 'countAttempts' | 'noteFailure' | 'moveToDeadLetters'>
  readonly stream: Pick<EventStream, 'heads'>
  readonly context: Omit<WorkerContext, 'failpoints'>
  readonly metrics: Pick<DeliveryMetrics, 'retried' | 'deadLettered'>
  readonly newGroupId: () => string
}

/** After this time an append of another publisher has ended: a command to Redis takes at most two seconds. */
const lastTryEndsWithinMs = 3_000
/** Sequenced commits that are not appended yet. Beyond this bound a first attempt is counted like a further one. */
const maxUntried = 10_000
/** An attempt of a tombstone may end its process, so the pauses leave time to publish the other tiles. */
const tombstoneBackoff = { baseMs: 100, maxMs: 5_000 }
/** Tombstones in memory. Beyond this bound their pauses start again. */
const maxTombstones = 1_000

export class Attempts {
  readonly #options: AttemptsOptions
  readonly #untried = new Set<CommitId>()
  readonly #tombstones = new Map<CommitId, { attempts: number; dueMs: number }>()
  /** Holds the commits of the last round only. */
  readonly #exhaustedSince = new Map<CommitId, { attempts: number; sinceMs: number }>()

  constructor(options: AttemptsOptions) {
    this.#options = options
  }

  /** Notes commits that this publisher has just sequenced, so that no publisher has tried them. */
  noteSequenced(fresh: readonly CommitId[]) {
    if (this.#untried.size + fresh.length > maxUntried) this.#untried.clear()
    for (const id of fresh) this.#untried.add(id)
  }

  /** Call it before the commits are appended. @throws when the transport does not answer; then nothing was counted. */
  async begin(commits: readonly UnpublishedCommit[]) {
    const again = commits.filter(({ id }) => !this.#untried.delete(id))
    const [first] = again
    if (!first) return
    await this.#options.stream.heads(first.canvas, first.tile)
    await this.#options.store.countAttempts(again)
    this.#options.metrics.retried(again.length)
  }

  /** Whether the next attempt of a tombstone is not due yet. The pause grows with the attempts, across restarts. */
  isPaused({ id, canvas, tile, seq, attempts }: UnpublishedCommit): boolean {
    const { logger, clock, random } = this.#options.context
    const known = this.#tombstones.get(id)
    if (known?.attempts === attempts) return clock.monotonicNow() < known.dueMs
    if (!known && this.#tombstones.size >= maxTombstones) this.#tombstones.clear()
    const waitMs = backoffMs(attempts - maxAttempts + 1, random, tombstoneBackoff)
    this.#tombstones.set(id, { attempts, dueMs: clock.monotonicNow() + waitMs })
    if (!known || shouldLog(attempts)) logger.warn({ event: 'tile_is_stuck', commit: id, canvas, tile, seq, attempts, waitMs })
    return waitMs > 0
  }

  /** Counts attempts until the commits are listed as stuck. They are never appended, because only a repair helps. */
  async reportUnreadable(unreadable: readonly UnpublishedCommit[]) {
    const unreported = unreadable.filter(({ attempts }) => attempts < suspectFrom)
    if (unreported.length === 0) return
    const { store, context } = this.#options
    for (const { id, canvas, tile, seq, attempts } of unreported) {
      if (attempts === suspectFrom - 1) context.logger.error({ event: 'commit_is_unreadable', commit: id, canvas, tile, seq })
    }
    await store.countAttempts(unreported)
    await this.#note(unreported, { error: 'Its pixels cannot be decoded.', uncount: false })
  }

  /** Stores why an attempt failed. */
  failed(commits: readonly UnpublishedCommit[], error: unknown) {
    return this.#note(commits, { error: error instanceof Error ? error.message : String(error), uncount: isTransportFault(error) })
  }

  /** Takes the attempt back: the commits did not cause the failure. */
  takeBack(commits: readonly UnpublishedCommit[], error: string) {
    return this.#note(commits, { error, uncount: true })
  }

  /**
   * Makes dead letters of the exhausted commits, once no other publisher can be appending them. Returns those that the stream has: their last
   * append succeeded, and its process ended before it marked them.
   */
  async moveToDeadLetters(exhausted: readonly UnpublishedCommit[]): Promise<UnpublishedCommit[]> {
    const { store, stream, context, metrics, newGroupId } = this.#options
    const { logger, clock } = context
    const ids = new Set(exhausted.map(({ id }) => id))
    for (const id of this.#exhaustedSince.keys()) if (!ids.has(id)) this.#exhaustedSince.delete(id)
    const inStream: UnpublishedCommit[] = []
    for (const commit of exhausted) {
      const { id, canvas, tile, seq, attempts } = commit
      const known = this.#exhaustedSince.get(id)
      const sinceMs = known?.attempts === attempts ? known.sinceMs : clock.monotonicNow()
      this.#exhaustedSince.set(id, { attempts, sinceMs })
      if (((await stream.heads(canvas, tile)).get(tile) ?? 0) >= seq) inStream.push(commit)
      else if (
        clock.monotonicNow() - sinceMs >= lastTryEndsWithinMs &&
        (await store.moveToDeadLetters({ id, attempts, groupId: newGroupId(), nowMs: clock.now() }))
      ) {
        logger.error({ event: 'commit_dead_lettered', commit: id, canvas, tile, seq, attempts })
        metrics.deadLettered()
      }
    }
    return inStream
  }

  /** Never rejects, because the cause of the failure may also fail this write. */
  async #note(commits: readonly UnpublishedCommit[], { error, uncount }: { error: string; uncount: boolean }) {
    const ids = commits.map(({ id }) => id)
    await this.#options.store.noteFailure({ ids, error, uncount }).catch((cause: unknown) => {
      this.#options.context.logger.debug({ event: 'failure_not_noted', err: cause })
    })
  }
}
