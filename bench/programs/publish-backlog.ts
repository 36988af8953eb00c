/**
 * One publisher with a full outbox: commits per second through sequence, append and mark.
 *
 *     publish-backlog.ts COMMITS FILE             SQLite, and the stream in process
 *     publish-backlog.ts COMMITS URI REDIS_URL    MongoDB and Redis
 */
import { systemClock } from '../../server/clock.ts'
import { noFailpoints } from '../../server/failpoints.ts'
import { noMetrics } from '../../server/observability/delivery-metrics.ts'
import { silentLogger } from '../../server/observability/log.ts'
import { createGroupIds } from '../../server/placement/group-id.ts'
import { Publisher } from '../../server/publishing/publisher.ts'
import { openMongoStore } from '../../server/store/mongo/mongo-store.ts'
import { openSqliteStore } from '../../server/store/sqlite/sqlite-store.ts'
import { EmbeddedStream } from '../../server/stream/embedded/embedded-stream.ts'
import { RedisStream } from '../../server/stream/redis/redis-stream.ts'
import { fillOutbox, tiledCanvas } from '../setup/fill-outbox.ts'

const [commits = '', place = '', redisUrl] = process.argv.slice(2)
const { now } = Date
const store = redisUrl
  ? await openMongoStore({ uri: place, retentionMs: 604_800_000, logger: silentLogger, now, random: Math.random })
  : await openSqliteStore({ file: place })
const stream = redisUrl ? await RedisStream.open({ url: redisUrl, logger: silentLogger }) : new EmbeddedStream()
const publisher = new Publisher({
  store,
  stream,
  context: { failpoints: noFailpoints, logger: silentLogger, clock: systemClock, random: Math.random },
  metrics: noMetrics,
  newGroupId: createGroupIds(systemClock),
  intervals: { pollMs: 100, publishMs: 0 },
})

const count = await fillOutbox(store, Number(commits))
const startMs = performance.now()
let rounds = 0
while ((await publisher.step()) === 'more') rounds++
const seconds = (performance.now() - startMs) / 1_000

const { unsequenced, unpublished } = await store.backlog()
const published = [...(await stream.heads(tiledCanvas.id)).values()].reduce((sum, head) => sum + head, 0)
if (unsequenced + unpublished > 0 || published !== count) {
  throw new Error(`${published} of ${count} commits are in the stream; ${unsequenced} have no seq, ${unpublished} are not marked`)
}
await stream.close()
await store.close()
process.send?.({ perSecond: count / seconds, rounds })
