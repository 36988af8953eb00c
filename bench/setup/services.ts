/**
 * A new, empty MongoDB and Redis for one side. SecantusDB, the stand-in for MongoDB, syncs each update of a bulk write to the disk, where MongoDB
 * syncs its journal once for all. That would dominate the figures, so syncing is off here.
 */
import { TestMongo } from '../../server/store/mongo/test-mongo.fixture.ts'
import { TestRedis } from '../../server/stream/redis/test-redis.fixture.ts'
import type { Scope } from '../framework/scope.ts'
import { startOnBothCores } from './cores.ts'

let databases = 0

export const startMongo = async (scope: Scope): Promise<string> => {
  const mongo = await startOnBothCores(() => TestMongo.start({ syncs: false }))
  scope.defer(() => mongo.dispose())
  return mongo.uri(`fresco-bench-${process.pid}-${++databases}`)
}

export const startRedis = async (scope: Scope): Promise<string> => {
  const redis = await startOnBothCores(() => TestRedis.start())
  scope.defer(() => redis.dispose())
  return redis.url
}

/** The app's environment for both. */
export const startServices = async (scope: Scope): Promise<{ MONGODB_URI: string; REDIS_URL: string }> => {
  // One after the other: each finds a free port and binds it only later.
  const mongo = await startMongo(scope)
  return { MONGODB_URI: mongo, REDIS_URL: await startRedis(scope) }
}
