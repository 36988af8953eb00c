/**
 * A stream of several partitions (`REDIS_PARTITIONS`), so that several servers share the load. Each partition is a whole stream with separate keys,
 * connections and circuit breaker. Rendezvous hashing assigns each tile to one (`lib/rendezvous.ts`).
 *
 * While a partition is away, the tiles of the others are published and read as usual. Gateways read its tiles from the store.
 *
 * A tile whose partition changes (another count, another list of servers) finds no head or an old one there, as in a stream that was flushed or
 * restored. The publisher and the readers repair both from the store, so the count may change at any start.
 */
import type { CanvasId, Epoch, Seq, TileNumber } from '../../../lib/brand.ts'
import type { SequencedCommit } from '../../../lib/commit.ts'
import { partitionOf } from '../../../lib/rendezvous.ts'
import { tileKey } from '../../../lib/tile-key.ts'
import type { AppendAnswer, EventStream, GroupInfo, JoinOptions, Signal, StreamInfo, StreamTile } from '../port.ts'
import { answersOf, type Partition } from './partition.ts'
import { PartitionedReader } from './partitioned-reader.ts'

export class PartitionedStream implements EventStream {
  readonly kind = 'redis'
  readonly #partitions: readonly [Partition, ...Partition[]]

  constructor(partitions: readonly [Partition, ...Partition[]]) {
    this.#partitions = partitions
  }

  async append(commits: readonly SequencedCommit[]): Promise<AppendAnswer[]> {
    const answers: AppendAnswer[] = commits.map(() => ({ kind: 'away' }))
    const byPartition = Map.groupBy(commits.keys(), (index) => this.#of(commits[index] as SequencedCommit))
    await answersOf(
      [...byPartition].map(async ([partition, indices]) => {
        const own = await partition.run((stream) => stream.append(indices.flatMap((index) => commits[index] ?? [])))
        for (const [at, answer] of own.entries()) answers[indices[at] ?? 0] = answer
      }),
    )
    return answers
  }

  async adopt(canvas: CanvasId, epoch: Epoch, from?: Epoch | null) {
    await this.#all((stream) => stream.adopt(canvas, epoch, from))
  }

  async forget(canvas: CanvasId) {
    await this.#all((stream) => stream.forget(canvas))
  }

  seed(tile: StreamTile & { epoch: Epoch; head: Seq }) {
    return this.#of(tile).run((stream) => stream.seed(tile))
  }

  async heads(canvas: CanvasId, tile?: TileNumber) {
    if (tile !== undefined) return this.#of({ canvas, tile }).run((stream) => stream.heads(canvas))
    const heads = await this.#all(async (stream, partition) =>
      // A partition may have heads of tiles that were its own before the count changed.
      [...(await stream.heads(canvas))].filter(([each]) => this.#of({ canvas, tile: each }) === partition),
    )
    return new Map(heads.flat())
  }

  outage() {
    const away = this.#partitions.filter(({ isAway }) => isAway)
    if (away.length === 0 || away.length === this.#partitions.length) return null
    return (tile: StreamTile) => away.includes(this.#of(tile))
  }

  join(options: JoinOptions) {
    return PartitionedReader.join(this.#partitions, options)
  }

  async info(): Promise<StreamInfo> {
    const infos = await this.#all(async (stream, partition) => ({ ...(await stream.info()), partition }))
    const partitions = this.#partitions.map((partition) => {
      const { length = 0, memoryBytes = 0, connected = false } = infos.find((info) => info.partition === partition) ?? {}
      return { partition: partition.number, server: partition.server, connected, length, memoryBytes }
    })
    const persistences = infos.map(({ persistence }) => persistence)
    return {
      connected: partitions.every(({ connected }) => connected),
      length: sum(partitions.map(({ length }) => length)),
      memoryBytes: sum(partitions.map(({ memoryBytes }) => memoryBytes)),
      persistence: (['none', 'rdb', 'aof'] as const).find((kind) => persistences.includes(kind)) ?? 'embedded',
      groups: mergeGroups(infos.flatMap(({ groups }) => groups)),
      partitions,
    }
  }

  async ping() {
    await Promise.all(this.#partitions.map((partition) => partition.run((stream) => stream.ping())))
  }

  /** Every process listens on every partition, so one that answers is enough. */
  signal(signal: Signal) {
    const partition = this.#partitions.find(({ isAway }) => !isAway) ?? this.#partitions[0]
    partition.signal(signal)
  }

  onSignal(listener: (signal: Signal) => void) {
    const stops = this.#partitions.map((partition) => partition.onSignal(listener))
    return () => {
      for (const stop of stops) stop()
    }
  }

  async close() {
    await Promise.all(this.#partitions.map((partition) => partition.close()))
  }

  #of(tile: StreamTile): Partition {
    return this.#partitions[partitionOf(tileKey(tile), this.#partitions.length)] ?? this.#partitions[0]
  }

  #all<Result>(call: (stream: EventStream, partition: Partition) => Promise<Result>): Promise<Result[]> {
    return answersOf(this.#partitions.map((partition) => partition.run((stream) => call(stream, partition))))
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

/** A group has the same name on every partition. */
const mergeGroups = (groups: readonly GroupInfo[]): GroupInfo[] =>
  [...Map.groupBy(groups, ({ name }) => name).values()].flatMap((parts) => {
    const [first] = parts
    if (!first) return []
    const lags = parts.map(({ lag }) => lag)
    return {
      ...first,
      consumers: Math.max(...parts.map(({ consumers }) => consumers)),
      pending: sum(parts.map(({ pending }) => pending)),
      lag: lags.includes(null) ? null : sum(lags.map((lag) => lag ?? 0)),
      lastDeliveredId: parts.map(({ lastDeliveredId }) => lastDeliveredId).join(' '),
    }
  })
