/** The stream's tails, for the stream itself and for whoever only looks. */
import type { Redis } from 'ioredis'
import { asEpoch, asSeq, asTile, type CanvasId, type Epoch, type Seq, type TileNumber } from '../../../lib/brand.ts'
import { reachRedis } from './check-redis.ts'
import { type ConnectionOptions, connect, guarded } from './connections.ts'
import { type RedisNames, redisNames } from './keys.ts'

export interface StreamTails {
  /** Null when the stream knows nothing of the canvas. */
  readonly epoch: Epoch | null
  readonly tails: Map<TileNumber, Seq>
}

export const readTails = async (redis: Redis, names: RedisNames, canvas: CanvasId): Promise<StreamTails> => {
  const { epoch, ...tails } = await redis.hgetall(names.tails(canvas))
  return {
    epoch: epoch === undefined ? null : asEpoch(epoch),
    tails: new Map(Object.entries(tails).map(([tile, tail]) => [asTile(Number(tile)), asSeq(Number(tail))])),
  }
}

/** Reads the tails beside the servers that write them, and changes nothing. @throws with a sentence when Redis cannot be reached. */
export const openTails = async (options: ConnectionOptions) => {
  const names = redisNames(options)
  const client = connect(options, 'audit')
  const close = () => client.disconnect()
  try {
    await reachRedis(client)
  } catch (error) {
    close()
    throw error
  }
  return { readTails: (canvas: CanvasId) => guarded(() => readTails(client, names, canvas)), close }
}
