/**
 * Keeps account of tries to publish, so that "the transport is down" is told from "this commit is bad".
 *
 * An attempt is counted before the try, in a committed write: a commit that kills its process is counted as well. The first one costs
 * nothing, since the write that gives the number counts it; before any further one the transport has to answer a question first, and when a
 * try fails by the transport after all, its count is taken back. So an outage, however long, counts against no commit.
 */
import type { CommitId } from '../../lib/brand.ts'
import { maxAttempts, suspectFrom } from '../../lib/dead-letter.ts'
import { backoffMs, shouldLog } from '../lifecycle.ts'
import type { Logger } from '../observability/log.ts'
import type { Store, UnpublishedCommit } from '../store/port.ts'
import type { EventStream } from '../stream/port.ts'
import { isTransportFault } from '../transport-fault.ts'

export interface AttemptsOptions {
  readonly store: Pick<Store, 'countAttempts' | 'noteFailure' | 'moveToDeadLetters'>
  readonly stream: Pick<EventStream, 'heads'>
  readonly logger: Logger
  readonly now: () => number
  readonly monotonicNow?: () => number
  readonly random: () => number
  readonly newGroupId: () => string
  readonly onRetried?: (count: number) => void
  readonly onDeadLettered?: () => void
}

/** A try that is under way elsewhere has ended by then: a command to Redis may take two seconds. */
const lastTryEndsWithinMs = 3_000
/** Numbers given here and not tried yet; when there are more, their first try here is counted like a further one. */
const maxUntried = 10_000
/** Between two tries of a tombstone: it may take its process with it, and the other tiles must get through meanwhile. */
const tombstoneBackoff = { baseMs: 100, maxMs: 5_000 }
/** Tombstones whose next try is remembered; when there are more, their pauses begin anew. */
const maxTombstones = 1_000

export class Attempts {
  readonly #options: AttemptsOptions
  readonly #untried = new Set<CommitId>()
  readonly #tombstones = new Map<CommitId, { attempts: number; dueMs: number }>()
  readonly #hopelessSince = new Map<CommitId, { attempts: number; sinceMs: number }>()

  constructor(options: AttemptsOptions) {
    this.#options = options
  }

  /** These got their number here just now, so nobody can have tried them. */
  expect(fresh: readonly CommitId[]) {
    if (this.#untried.size + fresh.length > maxUntried) this.#untried.clear()
    for (const id of fresh) this.#untried.add(id)
  }

  /** To be called before the commits are tried. @throws when the transport does not answer; then nothing was counted. */
  async begin(commits: readonly UnpublishedCommit[]) {
    const again = commits.filter(({ id }) => !this.#untried.delete(id))
    const [first] = again
    if (!first) return
    await this.#options.stream.heads(first.canvas)
    await this.#options.store.countAttempts(again.map(({ id }) => id))
    this.#options.onRetried?.(again.length)
  }

  /** Whether the next try of a tombstone that was tried often is not due yet. The pause grows with the attempts, across restarts. */
  isPaused({ id, canvas, tile, seq, attempts }: UnpublishedCommit): boolean {
    const { logger, now, random, monotonicNow = now } = this.#options
    const known = this.#tombstones.get(id)
    if (known?.attempts === attempts) return monotonicNow() < known.dueMs
    if (!known && this.#tombstones.size >= maxTombstones) this.#tombstones.clear()
    const waitMs = backoffMs(attempts - maxAttempts + 1, random, tombstoneBackoff)
    this.#tombstones.set(id, { attempts, dueMs: monotonicNow() + waitMs })
    if (!known || shouldLog(attempts)) logger.warn({ event: 'tile_is_stuck', commit: id, canvas, tile, seq, attempts, waitMs })
    return waitMs > 0
  }

  /** Counts attempts until the commit is listed as stuck. It is never tried: it can only be repaired. */
  async reportUnreadable(unreadable: readonly UnpublishedCommit[]) {
    const unreported = unreadable.filter(({ attempts }) => attempts < suspectFrom)
    if (unreported.length === 0) return
    const { store, logger } = this.#options
    for (const { id, canvas, tile, seq, attempts } of unreported) {
      if (attempts === suspectFrom - 1) logger.error({ event: 'commit_is_unreadable', commit: id, canvas, tile, seq })
    }
    await store.countAttempts(unreported.map(({ id }) => id))
    await this.#note(unreported, { error: 'Its pixels cannot be decoded.', uncount: false })
  }

  /** Says why a try failed. */
  failed(commits: readonly UnpublishedCommit[], error: unknown) {
    return this.#note(commits, { error: error instanceof Error ? error.message : String(error), uncount: isTransportFault(error) })
  }

  /** It was no fault of these commits that they did not get through. */
  takeBack(commits: readonly UnpublishedCommit[], error: string) {
    return this.#note(commits, { error, uncount: true })
  }

  /**
   * Sets aside what was tried often enough, and nobody can be trying any more. Answers those that turn out to be in the stream: their last try
   * got through and its process did not live to mark them.
   */
  async moveToDeadLetters(hopeless: readonly UnpublishedCommit[]): Promise<UnpublishedCommit[]> {
    const { store, stream, logger, now, newGroupId, monotonicNow = now } = this.#options
    const there = new Set(hopeless.map(({ id }) => id))
    for (const id of this.#hopelessSince.keys()) if (!there.has(id)) this.#hopelessSince.delete(id)
    const inStream: UnpublishedCommit[] = []
    for (const commit of hopeless) {
      const { id, canvas, tile, seq, attempts } = commit
      const known = this.#hopelessSince.get(id)
      const sinceMs = known?.attempts === attempts ? known.sinceMs : monotonicNow()
      this.#hopelessSince.set(id, { attempts, sinceMs })
      if (((await stream.heads(canvas)).get(tile) ?? 0) >= seq) inStream.push(commit)
      else if (
        monotonicNow() - sinceMs >= lastTryEndsWithinMs &&
        (await store.moveToDeadLetters({ id, attempts, groupId: newGroupId(), nowMs: now() }))
      ) {
        logger.error({ event: 'commit_set_aside', commit: id, canvas, tile, seq, attempts })
        this.#options.onDeadLettered?.()
      }
    }
    return inStream
  }

  /** Never rejects: what made the try fail may make this fail, too. */
  async #note(commits: readonly UnpublishedCommit[], { error, uncount }: { error: string; uncount: boolean }) {
    const ids = commits.map(({ id }) => id)
    await this.#options.store.noteFailure({ ids, error, uncount }).catch((cause: unknown) => {
      this.#options.logger.debug({ event: 'failure_not_noted', err: cause })
    })
  }
}
