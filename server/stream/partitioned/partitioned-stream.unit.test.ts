import { expect, test, vi } from 'vitest'
import { asCanvasId, asEpoch, asSeq, asTile } from '../../../lib/brand.ts'
import { partitionOf } from '../../../lib/rendezvous.ts'
import { silentLogger } from '../../observability/log.ts'
import { describeStream, streamCommit } from '../contract.ts'
import { EmbeddedStream } from '../embedded/embedded-stream.ts'
import { StreamError } from '../port.ts'
import { Partition } from './partition.ts'
import { PartitionedStream } from './partitioned-stream.ts'

const main = asCanvasId('main')
const epoch = asEpoch('epoch001')
const { signal } = new AbortController()

/** Behaves as a Redis that stops and restarts. */
class FragileStream extends EmbeddedStream {
  isAway = false

  async probe() {
    if (this.isAway) throw new StreamError('unavailable', 'away')
  }

  override append(...given: Parameters<EmbeddedStream['append']>) {
    return this.probe().then(() => super.append(...given))
  }

  override heads(...given: Parameters<EmbeddedStream['heads']>) {
    return this.probe().then(() => super.heads(...given))
  }

  override info() {
    return this.probe().then(() => super.info())
  }

  override ping() {
    return this.probe().then(() => super.ping())
  }

  override async join(...given: Parameters<EmbeddedStream['join']>) {
    await this.probe()
    const reader = await super.join(...given)
    return {
      ...reader,
      read: (options: Parameters<typeof reader.read>[0]) => this.probe().then(() => reader.read(options)),
      ack: (ids: readonly string[]) => this.probe().then(() => reader.ack(ids)),
    }
  }
}

const partitioned = (streams: readonly FragileStream[]) =>
  new PartitionedStream(
    streams.map(
      (stream, partition) => new Partition({ partition, server: () => `redis-${partition}:6379`, stream, logger: silentLogger }),
    ) as unknown as [Partition],
  )

for (const count of [1, 3]) {
  describeStream(`a stream of ${count} partitions`, async () => {
    const stream = partitioned(Array.from({ length: count }, () => new FragileStream()))
    return { stream, dispose: () => stream.close() }
  })
}

const setUp = async () => {
  const parts = [new FragileStream(), new FragileStream()] as const
  const stream = partitioned(parts)
  await stream.adopt(main, epoch)
  const tileOf = (partition: number) => asTile([0, 1, 2, 3].findIndex((tile) => partitionOf(`main/${tile}`, 2) === partition))
  const commitOf = (partition: number, seq: number) => streamCommit(seq, { tile: tileOf(partition) })
  return { parts, stream, tileOf, commitOf }
}

test('each tile is in one partition only, and a reader gets the entries of all', async () => {
  const { parts, stream, commitOf } = await setUp()
  const reader = await stream.join({ group: 'g', consumer: 'one', kind: 'broadcast', from: 'start' })
  await stream.append([commitOf(0, 1), commitOf(1, 1), commitOf(1, 2), commitOf(0, 2)])
  expect((await Promise.all(parts.map((part) => part.info()))).map(({ length }) => length)).toEqual([2, 2])
  const seen = [
    ...(await reader.read({ maxCount: 3, blockMs: 100, signal })),
    ...(await reader.read({ maxCount: 3, blockMs: 100, signal })),
  ]
  expect(seen.map(({ commit }) => commit)).toEqual([commitOf(0, 1), commitOf(0, 2), commitOf(1, 1), commitOf(1, 2)])
  await reader.ack(seen.map(({ id }) => id))
  expect((await stream.info()).groups).toMatchObject([{ name: 'g', consumers: 1, pending: 0, lag: 0 }])
})

test('a read that waits gets an entry of a partition that was read for a shorter time before', async () => {
  const { stream, commitOf } = await setUp()
  const reader = await stream.join({ group: 'g', consumer: 'one', kind: 'broadcast', from: 'start' })
  const early = reader.read({ maxCount: 10, blockMs: 30, signal })
  await stream.append([commitOf(0, 1)])
  expect(await early).toHaveLength(1)
  const late = reader.read({ maxCount: 10, blockMs: 60_000, signal })
  await new Promise((resolve) => setTimeout(resolve, 40))
  await stream.append([commitOf(1, 1)])
  expect((await late).map(({ commit }) => commit.tile)).toEqual([commitOf(1, 1).tile])
})

test('while a partition is away, the others append and deliver, and status names it', async () => {
  const { parts, stream, tileOf, commitOf } = await setUp()
  const reader = await stream.join({ group: 'g', consumer: 'one', kind: 'broadcast', from: 'start' })
  expect(stream.outage()).toBeNull()
  parts[1].isAway = true
  expect(await stream.append([commitOf(1, 1), commitOf(0, 1)])).toEqual([{ kind: 'away' }, { kind: 'appended' }])
  expect(await stream.append([commitOf(0, 2)])).toEqual([{ kind: 'appended' }])
  await expect(stream.append([commitOf(1, 1)])).rejects.toMatchObject({ code: 'unavailable', message: /Partition 1 at redis-1:6379/ })
  expect([0, 1].map((partition) => stream.outage()?.({ canvas: main, tile: tileOf(partition) }))).toEqual([false, true])
  expect((await reader.read({ maxCount: 10, blockMs: 100, signal })).map(({ commit }) => commit.seq)).toEqual([1, 2])
  expect(await stream.heads(main)).toEqual(new Map([[tileOf(0), 2]]))
  await expect(stream.heads(main, tileOf(1))).rejects.toMatchObject({ code: 'unavailable' })
  expect(await stream.info()).toMatchObject({
    connected: false,
    length: 2,
    partitions: [
      { partition: 0, server: 'redis-0:6379', connected: true, length: 2 },
      { partition: 1, server: 'redis-1:6379', connected: false },
    ],
  })
  await expect(stream.ping()).rejects.toThrow(/Partition 1/)
})

test('a partition that is back is read again, and what it had handed out comes again when it was not acknowledged', async () => {
  const { parts, stream, commitOf } = await setUp()
  const reader = await stream.join({ group: 'g', consumer: 'one', kind: 'broadcast', from: 'start' })
  await stream.append([commitOf(1, 1)])
  const [first] = await reader.read({ maxCount: 10, blockMs: 100, signal })
  parts[1].isAway = true
  await expect(reader.ack([first?.id ?? ''])).rejects.toMatchObject({ code: 'unavailable' })
  expect(await reader.read({ maxCount: 10, blockMs: 5, signal })).toEqual([])
  parts[1].isAway = false
  await vi.waitFor(async () =>
    expect((await reader.read({ maxCount: 10, blockMs: 5, signal })).map(({ commit }) => commit)).toEqual([commitOf(1, 1)]),
  )
  await vi.waitFor(async () => expect(await stream.append([commitOf(1, 2)])).toEqual([{ kind: 'appended' }]))
  expect(stream.outage()).toBeNull()
})

test('when all partitions are away, calls fail as on a single stream that is away', async () => {
  const { parts, stream, commitOf } = await setUp()
  const reader = await stream.join({ group: 'g', consumer: 'one', kind: 'broadcast', from: 'start' })
  for (const part of parts) part.isAway = true
  const isUnavailable = { code: 'unavailable' }
  await expect(stream.append([commitOf(0, 1), commitOf(1, 1)])).rejects.toMatchObject(isUnavailable)
  expect(stream.outage()).toBeNull()
  for (const call of [stream.heads(main), stream.info(), stream.adopt(main, epoch), reader.read({ maxCount: 1, blockMs: 5, signal })]) {
    await expect(call).rejects.toMatchObject(isUnavailable)
  }
})

test('heads of tiles that another partition has now are not shown', async () => {
  const { parts, stream, tileOf } = await setUp()
  for (const part of parts) await part.seed({ canvas: main, tile: tileOf(0), epoch, head: asSeq(part === parts[0] ? 9 : 4) })
  expect(await stream.heads(main)).toEqual(new Map([[tileOf(0), 9]]))
})
