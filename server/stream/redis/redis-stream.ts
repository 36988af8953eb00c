/**
 * The stream on Redis (7 or newer): one Redis Stream, a Lua call per batch, a consumer group per gateway.
 *
 * Redis is a cache of the outbox here. It may lose all data, restart with an old file, or hang. An append detects this by the heads, a reader
 * by the seqs, and both read what is missing from the store.
 */
import type { Redis } from 'ioredis'
import type { CanvasId, Epoch, Seq, TileNumber } from '../../../lib/brand.ts'
import { asEpoch, asSeq } from '../../../lib/brand.ts'
import type { SequencedCommit } from '../../../lib/commit.ts'
import type { WriteWatch } from '../../observability/write-watch.ts'
import { pixelBytes } from '../../store/pixel-blob.ts'
import {
  type AppendAnswer,
  type EventStream,
  type GroupReader,
  type JoinOptions,
  type Signal,
  StreamError,
  type StreamInfo,
} from '../port.ts'
import { adoptScript, appendScript, seedScript } from './append-script.ts'
import { Breaker, isReply } from './breaker.ts'
import { checkRedis, reachRedis } from './check-redis.ts'
import { type ConnectionOptions, connect, probe, whenReady } from './connections.ts'
import { encodeEntry } from './entry.ts'
import { readGroups } from './groups.ts'
import { readHeads } from './heads.ts'
import { type RedisNames, redisNames } from './keys.ts'
import { isAboutRedis } from './redis-fault.ts'
import { RedisReader } from './redis-reader.ts'
import { RedisSignals } from './signals.ts'
import { StreamTrimming } from './stream-trimming.ts'

const probeEveryMs = 2_000
const trimEveryMs = 10_000
/** The stream is also trimmed after this process has appended so many bytes. */
const trimEveryBytes = 16 * 2 ** 20

export interface RedisStreamOptions extends ConnectionOptions {
  /** Receives the outcome of each write, to detect a Redis that answers and takes no writes. */
  readonly watch?: Pick<WriteWatch, 'failed' | 'worked'>
}

export class RedisStream implements EventStream {
  readonly kind = 'redis'
  readonly #options: RedisStreamOptions
  readonly #names: RedisNames
  readonly #publisher: Redis
  readonly #general: Redis
  readonly #breaker: Breaker
  readonly #signals: RedisSignals
  readonly #readers = new Set<Redis>()
  readonly #trimming: StreamTrimming
  #timers: readonly NodeJS.Timeout[] = []
  #untrimmedBytes = 0
  #closed = false

  private constructor(options: RedisStreamOptions) {
    this.#options = options
    this.#names = redisNames(options)
    this.#publisher = connect(options, 'publisher')
    this.#general = connect(options, 'general')
    this.#breaker = new Breaker({
      probe: () => this.#probeConnections(),
      renew: () => {
        for (const client of [this.#publisher, this.#general, ...this.#readers]) client.disconnect(true)
      },
      logger: options.logger,
      random: Math.random,
    })
    this.#signals = new RedisSignals({
      general: this.#general,
      breaker: this.#breaker,
      channel: this.#names.signals,
      logger: options.logger,
    })
    this.#trimming = new StreamTrimming(this.#general, this.#names)
  }

  /** @throws with a sentence for the operator when Redis cannot be used. */
  static async open(options: RedisStreamOptions): Promise<RedisStream> {
    const stream = new RedisStream(options)
    try {
      await reachRedis(stream.#general)
      await checkRedis(stream.#general, options, stream.#names)
      await whenReady(stream.#publisher)
      // Not before: a failed probe closes connections that are not open yet.
      stream.#startTimers()
      return stream
    } catch (error) {
      await stream.close()
      throw error
    }
  }

  append(commits: readonly SequencedCommit[]) {
    return this.#write(async (redis) => {
      const answers: AppendAnswer[] = []
      for (const canvas of new Set(commits.map((commit) => `${commit.canvas} ${commit.epoch}`))) {
        const indices = commits.flatMap((commit, index) => (`${commit.canvas} ${commit.epoch}` === canvas ? [index] : []))
        const part = indices.flatMap((index) => commits[index] ?? [])
        const partAnswers = await appendPart(redis, this.#names, part).catch((error: unknown) => this.#failAppend(redis, part, error))
        for (const [at, answer] of partAnswers.entries()) answers[indices[at] ?? 0] = answer
      }
      void this.#trimAfter(commits)
      return answers
    })
  }

  adopt(canvas: CanvasId, epoch: Epoch, from: Epoch | null = null) {
    return this.#write(async (redis) => {
      await redis.eval(adoptScript, 1, this.#names.heads(canvas), epoch, from ?? '')
    })
  }

  forget(canvas: CanvasId) {
    return this.#write(async (redis) => {
      await redis.del(this.#names.heads(canvas))
    })
  }

  seed({ canvas, tile, epoch, head }: { canvas: CanvasId; tile: TileNumber; epoch: Epoch; head: Seq }) {
    return this.#write(async (redis) => {
      await redis.eval(seedScript, 1, this.#names.heads(canvas), epoch, tile, head)
    })
  }

  heads(canvas: CanvasId) {
    return this.#call(this.#general, async (redis) => (await readHeads(redis, this.#names, canvas)).heads)
  }

  outage() {
    return null
  }

  async join(member: JoinOptions): Promise<GroupReader> {
    this.#ensureOpen()
    const shared = { names: this.#names, general: this.#general, breaker: this.#breaker, member, isStreamClosed: () => this.#closed }
    if (member.polls) return RedisReader.join({ ...shared, reading: this.#publisher, onClose: () => undefined })
    const reading = connect(this.#options, 'reader')
    this.#readers.add(reading)
    const onClose = () => {
      this.#readers.delete(reading)
      reading.disconnect()
    }
    try {
      return await RedisReader.join({ ...shared, reading, onClose })
    } catch (error) {
      onClose()
      throw error
    }
  }

  info(): Promise<StreamInfo> {
    return this.#call(this.#general, async (redis) => {
      const [length, memory, persistence, groups] = await Promise.all([
        redis.xlen(this.#names.stream),
        redis.call('MEMORY', 'USAGE', this.#names.stream, 'SAMPLES', '5'),
        redis.info('persistence'),
        readGroups(redis, this.#names),
      ])
      return {
        connected: true,
        length,
        memoryBytes: Number(memory ?? 0),
        persistence: persistence.includes('aof_enabled:1')
          ? ('aof' as const)
          : /rdb_saves:[1-9]/.test(persistence)
            ? ('rdb' as const)
            : ('none' as const),
        groups,
        partitions: [],
      }
    })
  }

  ping() {
    return this.#call(this.#general, async (redis) => {
      await redis.ping()
    })
  }

  /** Resolves when Redis takes a write. */
  probe() {
    return this.#write((redis) => probe(redis, this.#names))
  }

  signal(signal: Signal) {
    if (!this.#closed) this.#signals.send(signal)
  }

  onSignal(listener: (signal: Signal) => void) {
    return this.#signals.listen(listener)
  }

  async close() {
    this.#closed = true
    for (const timer of this.#timers) clearInterval(timer)
    this.#breaker.close()
    this.#signals.close()
    for (const client of [this.#publisher, this.#general, ...this.#readers]) client.disconnect()
  }

  /** Without placements, the probe detects a Redis that takes no writes, such as a primary that became a replica. */
  #startTimers() {
    this.#timers = [
      setInterval(() => void this.probe().catch(() => undefined), probeEveryMs),
      setInterval(() => void this.#trim(), trimEveryMs),
    ]
  }

  async #trim() {
    try {
      const { removed } = await this.#call(this.#general, () => this.#trimming.step())
      if (removed.length > 0) this.#options.logger.info({ event: 'groups_removed', groups: removed })
    } catch (error) {
      this.#options.logger.debug({ event: 'stream_trimming_failed', err: error })
    }
  }

  async #trimAfter(commits: readonly SequencedCommit[]) {
    for (const { pixels, content } of commits) this.#untrimmedBytes += content?.bytes.length ?? pixels.length * pixelBytes
    if (this.#untrimmedBytes < trimEveryBytes) return
    this.#untrimmedBytes = 0
    await this.#call(this.#general, () => this.#trimming.trim()).catch((error: unknown) => {
      this.#options.logger.debug({ event: 'stream_trimming_failed', err: error })
    })
  }

  /**
   * Finds out whether an error of an append belongs to the commits: Redis then takes another write, and runs the same script without an entry.
   * @throws {StreamError} `refused` if it does, else the error.
   */
  async #failAppend(redis: Redis, commits: readonly SequencedCommit[], error: unknown): Promise<never> {
    const [first] = commits
    if (!first || !isReply(error) || isAboutRedis(error)) throw error
    await probe(redis, this.#names)
    await redis.eval(appendScript, 2, this.#names.stream, this.#names.heads(first.canvas), first.epoch, String(first.tile), '0', '', '')
    throw new StreamError('refused', error instanceof Error ? error.message : 'Redis refused an entry', { cause: error })
  }

  async #write<Result>(run: (client: Redis) => Promise<Result>): Promise<Result> {
    try {
      const result = await this.#call(this.#publisher, run)
      this.#options.watch?.worked()
      return result
    } catch (error) {
      this.#options.watch?.failed(error)
      throw error
    }
  }

  #call<Result>(client: Redis, run: (client: Redis) => Promise<Result>): Promise<Result> {
    return this.#breaker.run(() => run(client))
  }

  /** An error that Redis sends is an answer, too. */
  async #probeConnections() {
    for (const client of [this.#publisher, this.#general]) {
      this.#ensureOpen()
      await whenReady(client)
      await probe(client, this.#names).catch((error: unknown) => {
        if (!isReply(error)) throw error
      })
    }
  }

  #ensureOpen() {
    if (this.#closed) throw new StreamError('closed', 'The stream is closed.')
  }
}

const appendPart = async (redis: Redis, names: RedisNames, commits: readonly SequencedCommit[]): Promise<AppendAnswer[]> => {
  const [first] = commits
  if (!first) return []
  const entries = commits.flatMap((commit) => {
    const { meta, pixels } = encodeEntry(commit)
    return [String(commit.tile), String(commit.seq), meta, pixels]
  })
  const answer = (await redis.eval(appendScript, 2, names.stream, names.heads(first.canvas), first.epoch, ...entries)) as (
    | string
    | number
  )[]
  if (answer[0] === 'epoch') {
    const epoch = answer[1] === '' ? null : asEpoch(String(answer[1]))
    return commits.map(() => ({ kind: 'other_epoch', epoch }))
  }
  return commits.map((_, index): AppendAnswer => {
    const [kind, head] = [answer[1 + index * 2], Number(answer[2 + index * 2])]
    if (kind === 'appended' || kind === 'duplicate') return { kind }
    return { kind: 'gap', head: head < 0 ? null : asSeq(head) }
  })
}
