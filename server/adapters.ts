/**
 * Opens the store and the stream that `MONGODB_URI` and `REDIS_URL` select. Loads only the adapter that is used, because mongoose and
 * ioredis take memory and a quarter of a second.
 */
import { join } from 'node:path'
import type { Config } from './config.ts'
import { createFailpoints } from './failpoints.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Logger } from './observability/log.ts'
import type { WriteWatch } from './observability/write-watch.ts'
import type { Store } from './store/port.ts'
import { EmbeddedStream } from './stream/embedded/embedded-stream.ts'
import type { EventStream } from './stream/port.ts'
import { withoutPassword } from './stream/redis/redis-address.ts'

export interface AdapterOptions {
  readonly config: Config
  readonly logger: Logger
  readonly lifecycle: Lifecycle
  /** For the stream. */
  readonly watch?: WriteWatch
}

export interface StoreOptions extends AdapterOptions {
  /** Called with the newest charge time in a store that other processes share. */
  readonly onCharges?: (latestMs: number) => void
}

/** @throws with a sentence for the operator. */
export const openStore = async ({ config, logger, lifecycle, onCharges }: StoreOptions): Promise<Store> => {
  if (config.mongodbUri) {
    const { openMongoStore } = await import('./store/mongo/mongo-store.ts')
    const { mongodbUri: uri, outboxRetentionMs: retentionMs } = config
    const failpoints = createFailpoints(config.failpoints)
    return openMongoStore({ uri, retentionMs, failpoints, logger, now: Date.now, random: Math.random, ...(onCharges ? { onCharges } : {}) })
  }
  const { openSqliteStore } = await import('./store/sqlite/sqlite-store.ts')
  return openSqliteStore({
    file: join(config.dataDir, 'fresco.db'),
    failpoints: config.failpoints,
    onFatal: (error) => void lifecycle.fail('store_failed', error),
    onMigration: (migration) => logger.warn({ event: 'migrating', ...migration }),
  })
}

/** @throws with a sentence for the operator. */
export const openStream = async ({ config, logger, watch }: Omit<AdapterOptions, 'lifecycle'>): Promise<EventStream> => {
  if (config.redisUrls.length === 0) return new EmbeddedStream()
  const { openRedis } = await import('./stream/redis/open-redis.ts')
  return openRedis({ ...redisTargets(config), logger, ...(watch && { watch }) })
}

/** For a comparison with the other processes. It has no password. */
export const streamSettings = ({ redisUrls, redisPartitions, redisPrefix }: Config) =>
  redisUrls.length === 0
    ? 'no REDIS_URL'
    : `REDIS_URL=${redisUrls.map(withoutPassword).join()} REDIS_PARTITIONS=${redisPartitions}${redisPrefix && ` REDIS_PREFIX=${redisPrefix}`}`

export const redisTargets = (config: Config) => ({
  urls: config.redisUrls,
  partitions: config.redisPartitions,
  prefix: config.redisPrefix,
  sentinelAuth: config.redisSentinelAuth,
  ...(config.redisCa && { ca: config.redisCa }),
})
