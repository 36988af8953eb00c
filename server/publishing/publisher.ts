/**
 * The publisher carries commits from the outbox to the stream: sequence, append, mark.
 *
 * Each step can be repeated, so any number of publishers may run, crash and resume without coordination. Sequence assigns a seq once. Append
 * accepts a commit only as its tile's next one. Mark comes last, so a crash before it repeats the append. Failures of the stream or the store
 * count against no commit; `attempts.ts` handles a commit that is the cause of its failure.
 */
import type { SequencedCommit } from '../../lib/commit.ts'
import { tileKey } from '../../lib/tile-key.ts'
import { type OwnHealth, type Service, sleep } from '../lifecycle.ts'
import type { DeliveryMetrics } from '../observability/delivery-metrics.ts'
import { UnknownKinds } from '../observability/unknown-kinds.ts'
import { RetryLoop } from '../retry-loop.ts'
import { maxPagePixels, type Store, type TileRef, type UnpublishedCommit } from '../store/port.ts'
import type { EventStream } from '../stream/port.ts'
import { isTransportFault } from '../transport-fault.ts'
import type { WorkerContext } from '../worker-context.ts'
import { Attempts } from './attempts.ts'
import { GapFiller } from './gap-filler.ts'
import { planRound } from './plan-round.ts'
import { allTilesOf } from './tile-ownership.ts'

export interface PublisherOptions {
  readonly store: Store
  readonly stream: EventStream
  readonly context: WorkerContext
  readonly metrics: DeliveryMetrics
  /** Ids for the commits that replace dead letters. */
  readonly newGroupId: () => string
  /** Left out: the publisher owns all tiles and is never paused. */
  readonly control?: PublishingControl
  readonly intervals: PublishIntervals
  /** Commits in one round. */
  readonly batchSize?: number
}

/** Which tiles this publisher publishes, and whether it publishes at all. */
export interface PublishingControl {
  /** Null: all of them (`tile-ownership.ts`). */
  ownedTiles(): readonly TileRef[] | null
  /** Whether an operator has paused publishing (`publishing-switch.ts`). */
  isPaused(): boolean
}

export interface PublishIntervals {
  readonly pollMs: number
  /** The least time between the starts of two rounds that publish, so that under load commits share rounds. */
  readonly publishMs: number
}

export interface PublisherStatus extends OwnHealth {
  readonly processed: number
  readonly lastBeatAtMs: number
}

/** While the stream is unavailable, commits still get their seqs, because gateways follow the store. This bounds the rounds of one step. */
const roundsWithoutStream = 40
/** Short, because the stream's breaker refuses calls at once while Redis is unavailable. */
const backoff = { baseMs: 100, maxMs: 1_000 }
/** Any publisher publishes a commit that has waited for longer. Also how often a publisher looks for such commits. */
export const stealAfterMs = 1_000

const alone: PublishingControl = { ownedTiles: () => null, isPaused: () => false }

const pixelsOf = (commits: readonly SequencedCommit[]) => commits.reduce((sum, { pixels }) => sum + pixels.length, 0)

export class Publisher implements Service {
  readonly name = 'publisher'
  readonly #options: PublisherOptions
  readonly #control: PublishingControl
  readonly #batchSize: number
  readonly #attempts: Attempts
  readonly #unknownKinds: UnknownKinds
  readonly #filler: GapFiller
  readonly #loop: RetryLoop
  #wakeUp: (() => void) | null = null
  #wanted = false
  #processed = 0
  #lastBeatAtMs = 0
  /** The last round was full, or no round has run since a pause or an outage. */
  #isBehind = true
  #checkedOthersAtMs = Number.NEGATIVE_INFINITY

  constructor(options: PublisherOptions) {
    const { store, stream, context, metrics, control = alone, batchSize = 256 } = options
    this.#options = options
    this.#control = control
    this.#batchSize = batchSize
    this.#attempts = new Attempts(options)
    this.#unknownKinds = new UnknownKinds(context.logger, metrics)
    this.#filler = new GapFiller({ store, stream, logger: context.logger, batchSize })
    this.#loop = new RetryLoop({ context, event: 'publisher_backs_off', backoff })
  }

  /** Starts a round now instead of at the next poll. */
  wake() {
    this.#wanted = true
    this.#wakeUp?.()
  }

  health(): PublisherStatus {
    const paused = this.#control.isPaused() ? { state: 'stopped' as const, lastError: 'paused by an operator' } : {}
    return { ...this.#loop.health, ...paused, processed: this.#processed, lastBeatAtMs: this.#lastBeatAtMs }
  }

  run(signal: AbortSignal) {
    const { context, intervals } = this.#options
    const { monotonicNow } = context.clock
    return this.#loop.run(signal, async (succeeded) => {
      this.#wanted = false
      const begunAtMs = monotonicNow()
      const processed = this.#processed
      const result = await this.step().catch((error: unknown) => {
        this.#isBehind = true
        this.#options.metrics.failedToPublish()
        throw error
      })
      succeeded()
      if (result === 'more') return
      if (this.#processed > processed) await sleep(Math.max(0, begunAtMs + intervals.publishMs - monotonicNow()), signal)
      await this.#rest(signal)
    })
  }

  /** One round. `more`: there is probably more to publish, so the next round should not wait. */
  async step(): Promise<'idle' | 'more'> {
    const { store, context } = this.#options
    const { failpoints, clock } = context
    this.#lastBeatAtMs = clock.now()
    if (this.#control.isPaused()) {
      this.#isBehind = true
      return 'idle'
    }
    const tiles = await this.#tilesOfRound()
    await failpoints.hit('publisher.before-sequence')
    const { raced, fresh } = await this.#sequence(tiles)
    await failpoints.hit('publisher.after-sequence')

    const commits = await store.getUnpublished({ limit: this.#batchSize, tiles: await this.#withoutOutage(tiles) })
    const { usual, suspects, exhausted, unreadable, more } = planRound(commits, (tombstone) => this.#attempts.isPaused(tombstone))
    await this.#attempts.reportUnreadable(unreadable)
    await this.#attempts.begin([...usual, ...suspects])
    let inStream = 0
    for (const together of [usual, ...suspects.map((suspect) => [suspect])]) inStream += await this.#publish(together)
    await this.#mark(await this.#attempts.moveToDeadLetters(exhausted))

    this.#isBehind = this.#isFull(fresh) || this.#isFull(commits)
    const healed = inStream < usual.length + suspects.length
    // Another publisher may own the tiles of the healed commits, so the next round looks at all tiles.
    if (healed) this.#checkedOthersAtMs = Number.NEGATIVE_INFINITY
    return raced || this.#isBehind || healed || more ? 'more' : 'idle'
  }

  /** The owned tiles. All tiles when commits of other owners wait for too long and this publisher is not behind with its own. */
  async #tilesOfRound(): Promise<readonly TileRef[] | null> {
    const { store, context } = this.#options
    const owned = this.#control.ownedTiles()
    const nowMs = context.clock.monotonicNow()
    if (owned === null || this.#isBehind || nowMs < this.#checkedOthersAtMs + stealAfterMs) return owned
    this.#checkedOthersAtMs = nowMs
    const { oldestAtMs } = await store.backlog()
    return oldestAtMs !== null && oldestAtMs < context.clock.now() - stealAfterMs ? null : owned
  }

  /** Leaves out tiles whose partition of the stream is unavailable, so that their commits do not fill the rounds. */
  async #withoutOutage(tiles: readonly TileRef[] | null): Promise<readonly TileRef[] | null> {
    const { store, stream } = this.#options
    const isAway = stream.outage()
    if (!isAway) return tiles
    return (tiles ?? allTilesOf(await store.listCanvases())).filter((tile) => !isAway(tile))
  }

  async #sequence(tiles: readonly TileRef[] | null) {
    const { store, context, metrics } = this.#options
    for (let round = 1; ; round++) {
      const beganAtMs = context.clock.monotonicNow()
      const { raced, fresh } = await store.sequence({ limit: this.#batchSize, tiles })
      this.#attempts.noteSequenced(fresh.map(({ id }) => id))
      const nowMs = context.clock.now()
      metrics.sequenced(fresh.map(({ atMs }) => nowMs - atMs))
      context.tracing?.ended('sequence', fresh, beganAtMs)
      if (this.#loop.health.state !== 'backing_off' || !this.#isFull(fresh) || round === roundsWithoutStream) return { raced, fresh }
    }
  }

  /** As many commits or pixels as a round takes. */
  #isFull(commits: readonly SequencedCommit[]) {
    return commits.length === this.#batchSize || pixelsOf(commits) >= maxPagePixels
  }

  /** Appends and marks. Returns how many of the commits the stream has. @throws when the transport fails, or one of several commits. */
  async #publish(commits: readonly UnpublishedCommit[]): Promise<number> {
    if (commits.length === 0) return 0
    let inStream: SequencedCommit[]
    try {
      inStream = await this.#append(commits)
    } catch (error) {
      await this.#attempts.failed(commits, error)
      if (commits.length > 1 || isTransportFault(error)) throw error
      this.#options.metrics.failedToPublish()
      this.#loop.noteFailure(error)
      return 0
    }
    await this.#mark(inStream)
    const left = commits.filter((commit) => !inStream.includes(commit))
    if (left.length > 0) await this.#attempts.takeBack(left, 'The stream does not accept it yet.')
    return inStream.length
  }

  async #mark(commits: readonly SequencedCommit[]) {
    if (commits.length === 0) return
    const { store, context, metrics } = this.#options
    await context.failpoints.hit('publisher.before-mark')
    const [nowMs, beganAtMs] = [context.clock.now(), context.clock.monotonicNow()]
    await store.markAsPublished(commits, nowMs)
    context.tracing?.ended('mark', commits, beganAtMs)
    await context.failpoints.hit('publisher.after-mark')
    this.#processed += commits.length
    for (const commit of commits) this.#unknownKinds.note(commit)
    metrics.published(commits.map(({ atMs }) => nowMs - atMs))
  }

  /** Returns the commits that the stream has. Fills a gap; the next round then appends the refused commits. */
  async #append(commits: readonly UnpublishedCommit[]): Promise<SequencedCommit[]> {
    const { stream, context, metrics } = this.#options
    await context.failpoints.hit('publisher.before-append')
    const beganAtMs = context.clock.monotonicNow()
    const answers = await stream.append(commits)
    const appendedAtMs = context.clock.now()
    const appended = commits.filter((_, index) => answers[index]?.kind === 'appended')
    metrics.appended(appended.map(({ atMs }) => appendedAtMs - atMs))
    context.tracing?.ended('append', appended, beganAtMs)
    await context.failpoints.hit('publisher.after-append')
    const healed = new Set<string>()
    for (const [index, answer] of answers.entries()) {
      const commit = commits[index]
      if (!commit || answer.kind === 'appended' || answer.kind === 'duplicate' || answer.kind === 'away') continue
      // The first refused commit of a tile shows what the stream lacks. The later ones are refused for the same reason.
      const scope = answer.kind === 'other_epoch' ? commit.canvas : tileKey(commit)
      if (healed.has(scope)) continue
      healed.add(scope)
      await this.#filler.fill(commit, answer)
    }
    return commits.filter((_, index) => answers[index]?.kind === 'appended' || answers[index]?.kind === 'duplicate')
  }

  /** Waits for a wake-up or the next poll. */
  async #rest(signal: AbortSignal) {
    if (this.#wanted) return
    await sleep(this.#options.intervals.pollMs, signal, (wakeUp) => {
      this.#wakeUp = wakeUp
    })
    this.#wakeUp = null
  }
}
