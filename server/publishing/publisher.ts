/**
 * The publisher carries commits from the outbox to the stream: sequence, append, mark.
 *
 * Each step can be repeated, so any number of publishers may run, crash, hang and resume without coordination:
 * - sequence assigns a seq once (the store's contract);
 * - append accepts a commit only as its tile's next one, and answers "duplicate" for one that the stream has;
 * - mark comes last, so a crash before it repeats the append and never skips it.
 *
 * When the stream or the store is unavailable, the loop backs off and no commit's attempts are counted. A commit that fails by itself, or that
 * ends its process, becomes a dead letter after a few attempts (`attempts.ts`), and its tile's log continues after the tombstone.
 */
import type { SequencedCommit } from '../../lib/commit.ts'
import { tileKey } from '../../lib/tile-key.ts'
import type { Failpoints } from '../failpoints.ts'
import { backoffMs, type OwnHealth, type Service, type ServiceState, shouldLog, sleep } from '../lifecycle.ts'
import type { Logger } from '../observability/log.ts'
import { UnknownKinds } from '../observability/unknown-kinds.ts'
import { writeFaultOf } from '../observability/write-watch.ts'
import { maxPagePixels, type Store, type TileRef, type UnpublishedCommit } from '../store/port.ts'
import type { EventStream } from '../stream/port.ts'
import { isTransportFault } from '../transport-fault.ts'
import { Attempts } from './attempts.ts'
import { GapFiller } from './gap-filler.ts'
import { planRound } from './plan-round.ts'

export interface PublisherOptions {
  readonly store: Store
  readonly stream: EventStream
  readonly failpoints: Failpoints
  readonly logger: Logger
  readonly now: () => number
  /** Milliseconds that only go forward, whatever is done to the clock; `now` when left out. */
  readonly monotonicNow?: () => number
  readonly random: () => number
  readonly pollMs: number
  /** A round begins at least this long after the start of the last one that published, so that under load rounds share commits. Default: 0. */
  readonly publishIntervalMs?: number
  readonly onPublished?: (published: { commits: readonly SequencedCommit[]; nowMs: number }) => void
  /** The ages of the commits when their seqs were assigned here, and when they were appended. */
  readonly onSequenced?: (agesMs: readonly number[]) => void
  readonly onAppended?: (agesMs: readonly number[]) => void
  readonly onFailed?: () => void
  readonly onRetried?: (count: number) => void
  readonly onDeadLettered?: () => void
  readonly onUnknownKind?: () => void
  /** The tiles that this publisher owns (`tile-ownership.ts`). Null or left out: all of them. */
  readonly ownedTiles?: () => readonly TileRef[] | null
  /** Whether an operator has paused publishing. */
  readonly isPaused?: () => boolean
  /** Ids for the commits that replace dead letters. */
  readonly newGroupId: () => string
  /** Commits in one round. */
  readonly batchSize?: number
}

export interface PublisherStatus extends OwnHealth {
  readonly processed: number
  readonly lastBeatAtMs: number
}

/** The `lastError` of a publisher that an operator has paused. */
const pausedWord = 'paused by an operator'
/** While the stream is unavailable, commits still get their seqs, because gateways follow the store. This bounds the rounds of one step. */
const roundsWithoutStream = 40
/** Short, because the stream's breaker refuses at once while Redis is unavailable. */
const backoff = { baseMs: 100, maxMs: 1_000 }
/** A commit that has waited for longer is published by any publisher, whoever owns its tile. Also how often a publisher looks for one. */
export const stealAfterMs = 1_000

const pixelsOf = (commits: readonly SequencedCommit[]) => commits.reduce((sum, { pixels }) => sum + pixels.length, 0)

export class Publisher implements Service {
  readonly name = 'publisher'
  readonly #options: PublisherOptions
  readonly #batchSize: number
  readonly #attempts: Attempts
  readonly #unknownKinds: UnknownKinds
  readonly #filler: GapFiller
  #wakeUp: (() => void) | null = null
  #wanted = false
  #state: ServiceState = 'stopped'
  #processed = 0
  #failures = 0
  #lastError: string | null = null
  #lastBeatAtMs = 0
  /** The last round was full, or there was none since a pause or an outage. */
  #isBehind = true
  #checkedOthersAtMs = Number.NEGATIVE_INFINITY

  constructor(options: PublisherOptions) {
    this.#options = options
    this.#batchSize = options.batchSize ?? 256
    this.#attempts = new Attempts(options)
    this.#unknownKinds = new UnknownKinds(options)
    this.#filler = new GapFiller({ ...options, batchSize: this.#batchSize })
  }

  /** There may be something to publish: look now instead of at the next poll. */
  wake() {
    this.#wanted = true
    this.#wakeUp?.()
  }

  health(): PublisherStatus {
    return {
      state: this.#isPaused() ? 'stopped' : this.#state,
      processed: this.#processed,
      failures: this.#failures,
      lastError: this.#isPaused() ? pausedWord : this.#lastError,
      lastBeatAtMs: this.#lastBeatAtMs,
    }
  }

  async run(signal: AbortSignal) {
    const { publishIntervalMs = 0 } = this.#options
    let attempt = 0
    while (!signal.aborted) {
      this.#wanted = false
      const begunAtMs = this.#monotonicNow()
      const processed = this.#processed
      try {
        const result = await this.step()
        this.#state = 'running'
        attempt = 0
        if (result === 'more') continue
        const waitMs = this.#processed > processed ? begunAtMs + publishIntervalMs - this.#monotonicNow() : 0
        if (waitMs > 0) await sleep(waitMs, signal)
        await this.#rest(signal)
      } catch (error) {
        attempt++
        this.#state = 'backing_off'
        this.#isBehind = true
        this.#noteFailure(error)
        const waitMs = backoffMs(attempt, this.#options.random, backoff)
        if (shouldLog(attempt) && writeFaultOf(error) === null)
          this.#options.logger.warn({ event: 'publisher_backs_off', attempt, waitMs, err: error })
        await sleep(waitMs, signal)
      }
    }
    this.#state = 'stopped'
  }

  /** One round. `more`: there is probably more to do, so the next round should not wait. */
  async step(): Promise<'idle' | 'more'> {
    const { store, failpoints, now } = this.#options
    this.#lastBeatAtMs = now()
    if (this.#isPaused()) {
      this.#isBehind = true
      return 'idle'
    }
    const tiles = await this.#tilesOfRound()
    await failpoints.hit('publisher.before-sequence')
    const { raced, fresh } = await this.#sequence(tiles)
    await failpoints.hit('publisher.after-sequence')

    const commits = await store.getUnpublished({ limit: this.#batchSize, tiles })
    const { usual, suspects, exhausted, unreadable, more } = planRound(commits, (tombstone) => this.#attempts.isPaused(tombstone))
    await this.#attempts.reportUnreadable(unreadable)
    await this.#attempts.begin([...usual, ...suspects])
    let inStream = 0
    for (const together of [usual, ...suspects.map((suspect) => [suspect])]) inStream += await this.#publish(together)
    await this.#mark(await this.#attempts.moveToDeadLetters(exhausted))

    this.#isBehind = this.#isFull(fresh) || this.#isFull(commits)
    const healed = inStream < usual.length + suspects.length
    // What the next round appends may be of a tile that another publisher owns.
    if (healed) this.#checkedOthersAtMs = Number.NEGATIVE_INFINITY
    return raced || this.#isBehind || healed || more ? 'more' : 'idle'
  }

  /** The owned tiles, or all of them when commits of others have waited for too long and this publisher is not behind with its own. */
  async #tilesOfRound(): Promise<readonly TileRef[] | null> {
    const owned = this.#options.ownedTiles?.() ?? null
    const nowMs = this.#monotonicNow()
    if (owned === null || this.#isBehind || nowMs < this.#checkedOthersAtMs + stealAfterMs) return owned
    this.#checkedOthersAtMs = nowMs
    const { oldestAtMs } = await this.#options.store.backlog()
    return oldestAtMs !== null && oldestAtMs < this.#options.now() - stealAfterMs ? null : owned
  }

  async #sequence(tiles: readonly TileRef[] | null) {
    const { store, now, onSequenced } = this.#options
    for (let round = 1; ; round++) {
      const { raced, fresh } = await store.sequence({ limit: this.#batchSize, tiles })
      this.#attempts.expect(fresh.map(({ id }) => id))
      const nowMs = now()
      if (fresh.length > 0) onSequenced?.(fresh.map(({ atMs }) => nowMs - atMs))
      if (this.#state !== 'backing_off' || !this.#isFull(fresh) || round === roundsWithoutStream) return { raced, fresh }
    }
  }

  /** As many commits or pixels as a round takes. */
  #isFull(commits: readonly SequencedCommit[]) {
    return commits.length === this.#batchSize || pixelsOf(commits) >= maxPagePixels
  }

  #monotonicNow() {
    return (this.#options.monotonicNow ?? this.#options.now)()
  }

  #isPaused() {
    return this.#options.isPaused?.() === true
  }

  #noteFailure(error: unknown) {
    this.#failures++
    this.#options.onFailed?.()
    this.#lastError = error instanceof Error ? error.message : String(error)
  }

  /** Appends and marks. Answers how many the stream has. @throws when the transport fails, or when one of several commits does. */
  async #publish(commits: readonly UnpublishedCommit[]): Promise<number> {
    if (commits.length === 0) return 0
    let inStream: SequencedCommit[]
    try {
      inStream = await this.#append(commits)
    } catch (error) {
      await this.#attempts.failed(commits, error)
      if (commits.length > 1 || isTransportFault(error)) throw error
      this.#noteFailure(error)
      return 0
    }
    await this.#mark(inStream)
    const left = commits.filter((commit) => !inStream.includes(commit))
    if (left.length > 0) await this.#attempts.takeBack(left, 'the stream lacks what comes before')
    return inStream.length
  }

  async #mark(commits: readonly SequencedCommit[]) {
    if (commits.length === 0) return
    const { store, failpoints, now } = this.#options
    await failpoints.hit('publisher.before-mark')
    const nowMs = now()
    await store.markAsPublished(commits, nowMs)
    await failpoints.hit('publisher.after-mark')
    this.#processed += commits.length
    for (const commit of commits) this.#unknownKinds.note(commit)
    this.#options.onPublished?.({ commits, nowMs })
  }

  /** Answers the commits that the stream has. A gap is filled, and the refused commits are appended in the next round. */
  async #append(commits: readonly UnpublishedCommit[]): Promise<SequencedCommit[]> {
    const { stream, failpoints, now } = this.#options
    await failpoints.hit('publisher.before-append')
    const answers = await stream.append(commits)
    const appendedAtMs = now()
    this.#options.onAppended?.(commits.flatMap(({ atMs }, index) => (answers[index]?.kind === 'appended' ? [appendedAtMs - atMs] : [])))
    await failpoints.hit('publisher.after-append')
    const healed = new Set<string>()
    for (const [index, answer] of answers.entries()) {
      const commit = commits[index]
      if (!commit || answer.kind === 'appended' || answer.kind === 'duplicate') continue
      // The first refused commit of a tile shows what the stream lacks. The later ones were refused for the same reason.
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
    await sleep(this.#options.pollMs, signal, (wakeUp) => {
      this.#wakeUp = wakeUp
    })
    this.#wakeUp = null
  }
}
