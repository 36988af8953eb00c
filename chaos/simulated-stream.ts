/**
 * The simulated stream: the embedded one behind a name that can point to another one, as after a FLUSHALL or a failover to a
 * replica that lacks the newest entries. A reader of the old stream gets an error and must join again.
 */
import { asEpoch, asSeq, type CanvasId, type CommitId, type TileNumber } from '../lib/brand.ts'
import type { Canvas } from '../lib/canvas.ts'
import type { SequencedCommit } from '../lib/commit.ts'
import { controlTile } from '../lib/control-log.ts'
import { EmbeddedStream } from '../server/stream/embedded/embedded-stream.ts'
import { type AppendAnswer, type EventStream, type GroupReader, type Signal, StreamError, type StreamTile } from '../server/stream/port.ts'
import type { Random } from './random.ts'

/** Every entry that the stream ever held, across all losses. */
export class StreamRecord {
  readonly #seen = new Set<CommitId>()
  readonly #heads = new Map<TileNumber, number>()
  readonly #violations: string[]

  constructor(violations: string[]) {
    this.#violations = violations
  }

  has = (id: CommitId) => this.#seen.has(id)

  /** `sinceLoss` has the last seq of each tile since the last loss. */
  enter(commit: SequencedCommit, sinceLoss: Map<TileNumber, number>) {
    const { id, tile, seq } = commit
    const [last, newest] = [sinceLoss.get(tile) ?? 0, this.#heads.get(tile) ?? 0]
    if (seq <= last) this.#violations.push(`A3 seq ${seq} of tile ${tile} enters the stream after ${last}`)
    if (seq > newest + 1) this.#violations.push(`A2 seq ${seq} of tile ${tile} enters the stream, and ${newest + 1} never did`)
    sinceLoss.set(tile, seq)
    this.#heads.set(tile, Math.max(newest, seq))
    this.#seen.add(id)
  }
}

export interface StreamHooks {
  readonly pause: () => Promise<void>
  readonly record: StreamRecord
}

export class RecordedStream extends EmbeddedStream {
  readonly #record: StreamRecord
  readonly #sinceLoss = new Map<TileNumber, number>()

  constructor({ pause, record }: StreamHooks) {
    super({ maxEntries: 12, pause })
    this.#record = record
  }

  protected override push(commit: SequencedCommit) {
    this.#record.enter(commit, this.#sinceLoss)
    super.push(commit)
  }
}

export const streamLosses = ['everything', 'newest entries', 'other epoch'] as const
export type StreamLoss = (typeof streamLosses)[number]

export class SimulatedStream implements EventStream {
  readonly kind = 'embedded'
  readonly #make: () => EmbeddedStream
  readonly #faulty: (reader: GroupReader) => GroupReader
  #current: EmbeddedStream
  /** The partition of the control log is away, so its entries arrive later than pixels that need them. */
  isControlAway = false

  constructor(options: { make: () => EmbeddedStream; faulty: (reader: GroupReader) => GroupReader }) {
    this.#make = options.make
    this.#faulty = options.faulty
    this.#current = options.make()
  }

  /** Loses data. Call it outside of actors: it happens at one moment. */
  async lose(loss: StreamLoss, { canvas, random }: { canvas: Canvas; random: Random }) {
    const heads = await this.#current.heads(canvas.id)
    const fresh = this.#make()
    if (loss === 'other epoch') await fresh.adopt(canvas.id, asEpoch('another1'))
    if (loss === 'newest entries') {
      await fresh.adopt(canvas.id, canvas.epoch)
      for (const [tile, head] of heads) {
        await fresh.seed({ canvas: canvas.id, tile, epoch: canvas.epoch, head: asSeq(Math.max(0, head - random.below(4))) })
      }
    }
    this.#current = fresh
  }

  async join(options: Parameters<EventStream['join']>[0]): Promise<GroupReader> {
    const joined = this.#current
    const reader = await joined.join(options)
    return this.#faulty({
      ...reader,
      // A simulated reader does not wait: its actor pauses instead.
      read: async (reading) => {
        if (this.#current !== joined) throw new StreamError('unavailable', 'simulated: there is no such group')
        return reader.read({ ...reading, blockMs: 0 })
      },
    })
  }

  async append(commits: readonly SequencedCommit[]): Promise<AppendAnswer[]> {
    if (!this.isControlAway) return this.#current.append(commits)
    const rest = commits.filter(({ tile }) => tile !== controlTile)
    if (rest.length === 0) throw new StreamError('unavailable', 'simulated: the partition is away')
    const answers = await this.#current.append(rest)
    return commits.map(({ tile }) => (tile === controlTile ? { kind: 'away' } : (answers.shift() as AppendAnswer)))
  }

  adopt: EventStream['adopt'] = (canvas, epoch, from) => this.#current.adopt(canvas, epoch, from)
  forget: EventStream['forget'] = (canvas) => this.#current.forget(canvas)
  seed: EventStream['seed'] = (tile) => this.#current.seed(tile)
  outage = () => (this.isControlAway ? ({ tile }: StreamTile) => tile === controlTile : null)

  async heads(canvas: CanvasId, tile?: TileNumber) {
    const heads = await this.#current.heads(canvas)
    if (!this.isControlAway) return heads
    if (tile === controlTile) throw new StreamError('unavailable', 'simulated: the partition is away')
    heads.delete(controlTile)
    return heads
  }

  info = () => this.#current.info()
  ping = () => this.#current.ping()
  signal = (signal: Signal) => this.#current.signal(signal)
  onSignal: EventStream['onSignal'] = (listener) => this.#current.onSignal(listener)
  close = () => this.#current.close()
}

/** The calls of a simulated stream that can fail. */
export const streamMethods = ['append', 'adopt', 'seed', 'heads', 'join'] as const satisfies readonly (keyof EventStream)[]
export const readerMethods = ['read', 'ack'] as const satisfies readonly (keyof GroupReader)[]
export const streamFailure = (method: string) => new StreamError('unavailable', `simulated: ${method}`)
