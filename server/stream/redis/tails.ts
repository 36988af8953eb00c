/** The stream's tails, for the stream itself and for whoever only looks. */
import type { Redis } from 'ioredis'
import { asSeq, asTile, type CanvasId, type Seq, type TileNumber } from '../../../lib/brand.ts'
import { reachRedis } from './check-redis.ts'
import { type ConnectionOptions, connect, guarded } from './connections.ts'
import { tailsKey } from './keys.ts'

export const readTails = async (redis: Redis, canvas: CanvasId): Promise<Map<TileNumber, Seq>> => {
  const fields = Object.entries(await redis.hgetall(tailsKey(canvas)))
  return new Map(fields.filter(([name]) => name !== 'epoch').map(([tile, tail]) => [asTile(Number(tile)), asSeq(Number(tail))]))
}

/** Reads the tails beside the servers that write them, and changes nothing. @throws with a sentence when Redis cannot be reached. */
export const openTails = async (options: ConnectionOptions) => {
  const client = connect(options, 'audit')
  const close = () => client.disconnect()
  try {
    await reachRedis(client)
  } catch (error) {
    close()
    throw error
  }
  return { tails: (canvas: CanvasId) => guarded(() => readTails(client, canvas)), close }
}
