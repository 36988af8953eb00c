/** Stores, streams and a publisher in this process, for programs that measure single steps. */
import { systemClock } from '../../server/clock.ts'
import { noFailpoints } from '../../server/failpoints.ts'
import { noMetrics } from '../../server/observability/delivery-metrics.ts'
import { silentLogger } from '../../server/observability/log.ts'
import { createGroupIds } from '../../server/placement/group-id.ts'
import { Publisher, type PublisherOptions } from '../../server/publishing/publisher.ts'
import { openMongoStore } from '../../server/store/mongo/mongo-store.ts'
import { RedisStream } from '../../server/stream/redis/redis-stream.ts'

const { random } = Math

export const openMongo = (uri: string) => openMongoStore({ uri, retentionMs: 604_800_000, logger: silentLogger, now: Date.now, random })

export const openRedis = (url: string) => RedisStream.open({ url, logger: silentLogger })

export const createPublisher = (parts: Pick<PublisherOptions, 'store' | 'stream'>) =>
  new Publisher({
    ...parts,
    context: { failpoints: noFailpoints, logger: silentLogger, clock: systemClock, random },
    metrics: noMetrics,
    newGroupId: createGroupIds(systemClock),
    intervals: { pollMs: 100, publishMs: 0 },
  })
