/** Reads the stream's heads, for the stream and for the audit. */
import type { Redis } from 'ioredis'
import { asEpoch, asSeq, asTile, type CanvasId, type Epoch, type Seq, type TileNumber } from '../../../lib/brand.ts'
import { reachRedis } from './check-redis.ts'
import { type ConnectionOptions, connect, guarded } from './connections.ts'
import { type RedisNames, redisNames } from './keys.ts'

export interface StreamHeads {
  /** Null when the stream has nothing of the canvas. */
  readonly epoch: Epoch | null
  readonly heads: Map<TileNumber, Seq>
}

export const readHeads = async (redis: Redis, names: RedisNames, canvas: CanvasId): Promise<StreamHeads> => {
  const { epoch, ...heads } = await redis.hgetall(names.heads(canvas))
  return {
    epoch: epoch === undefined ? null : asEpoch(epoch),
    heads: new Map(Object.entries(heads).map(([tile, head]) => [asTile(Number(tile)), asSeq(Number(head))])),
  }
}

/** Reads the heads beside the servers that write them, and changes nothing. @throws with a sentence when Redis cannot be reached. */
export const openStreamHeads = async (options: ConnectionOptions) => {
  const names = redisNames(options)
  const client = connect(options, 'audit')
  const close = () => client.disconnect()
  try {
    await reachRedis(client)
  } catch (error) {
    close()
    throw error
  }
  return { readHeads: (canvas: CanvasId) => guarded(() => readHeads(client, names, canvas)), close }
}
