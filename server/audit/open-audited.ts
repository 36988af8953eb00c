/** Opens the store and the stream of the environment for reading, while a server may use them. */
import { join } from 'node:path'
import { redisTargets } from '../adapters.ts'
import type { Config } from '../config.ts'
import { silentLogger } from '../observability/log.ts'
import { openMongoStore } from '../store/mongo/mongo-store.ts'
import type { Store } from '../store/port.ts'
import { openSqliteReading } from '../store/sqlite/sqlite-reading.ts'
import { openHeads } from '../stream/redis/open-redis.ts'
import type { AuditedStore } from './audit.ts'

/** @throws with a message for the operator. */
export const openAuditedStore = (config: Config): Promise<AuditedStore & Pick<Store, 'close'>> =>
  config.mongodbUri
    ? openMongoStore({
        uri: config.mongodbUri,
        retentionMs: config.outboxRetentionMs,
        logger: silentLogger,
        now: Date.now,
        random: Math.random,
        readOnly: true,
      })
    : openSqliteReading(join(config.dataDir, 'fresco.db'))

/** Null for the embedded stream, which only the server can read. @throws with a message for the operator. */
export const openAuditedStream = async (config: Config) =>
  config.redisUrls.length > 0 ? await openHeads({ ...redisTargets(config), logger: silentLogger }) : null
