/** Opens the stream on Redis with all of its partitions, and reads their heads for the audit. */
import type { CanvasId, Epoch, Seq, TileNumber } from '../../../lib/brand.ts'
import { partitionOf } from '../../../lib/rendezvous.ts'
import { tileKey } from '../../../lib/tile-key.ts'
import { Partition } from '../partitioned/partition.ts'
import { PartitionedStream } from '../partitioned/partitioned-stream.ts'
import type { EventStream } from '../port.ts'
import { openStreamHeads } from './heads.ts'
import { RedisStream, type RedisStreamOptions } from './redis-stream.ts'
import { findTargets, type Target, type TargetOptions } from './targets.ts'

/** The results in order. @throws the first failure; what was opened is closed then. */
const openAll = async <Opened extends { close(): unknown }>(openings: readonly Promise<Opened>[]): Promise<Opened[]> => {
  const results = await Promise.allSettled(openings)
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = results.find((result) => result.status === 'rejected')
  if (!failed) return opened
  for (const each of opened) await each.close()
  throw failed.reason
}

/** @throws with a sentence for the operator, when one of the partitions cannot be used. */
export const openRedis = async ({ watch, ...options }: TargetOptions & Pick<RedisStreamOptions, 'watch'>): Promise<EventStream> => {
  const targets = await findTargets(options)
  const open = async ({ connection, server }: Target) => {
    try {
      return await RedisStream.open({ ...connection, ...(watch && { watch }) })
    } catch (error) {
      if (options.urls.length === 1 || !(error instanceof Error)) throw error
      throw new Error(`${error.message} The server is ${server()}.`, { cause: error })
    }
  }
  const streams = await openAll(targets.map(open))
  const [only] = streams
  if (only && streams.length === 1) return only
  const { logger } = options
  const partitions = streams.map(
    (stream, partition) => new Partition({ partition, server: () => targets[partition]?.server() ?? '', stream, logger }),
  )
  return new PartitionedStream(partitions as [Partition, ...Partition[]])
}

/** Reads the heads beside the servers that write them, and changes nothing. @throws with a sentence when Redis cannot be reached. */
export const openHeads = async (options: TargetOptions) => {
  const targets = await findTargets(options)
  const parts = await openAll(targets.map(({ connection }) => openStreamHeads(connection)))
  return {
    /** The stream's heads of this epoch. */
    async readHeads(canvas: CanvasId, epoch: Epoch): Promise<Map<TileNumber, Seq>> {
      const read = await Promise.all(parts.map((part) => part.readHeads(canvas)))
      const isOwn = (tile: TileNumber, partition: number) => partitionOf(tileKey({ canvas, tile }), parts.length) === partition
      return new Map(
        read.flatMap(({ epoch: carried, heads }, partition) =>
          carried === epoch ? [...heads].filter(([tile]) => isOwn(tile, partition)) : [],
        ),
      )
    },
    close() {
      for (const part of parts) part.close()
    },
  }
}
