/**
 * One publisher with a full outbox: commits per second through sequence, append and mark.
 *
 *     publish-backlog.ts COMMITS FILE             SQLite, and the stream in process
 *     publish-backlog.ts COMMITS URI REDIS_URL    MongoDB and Redis
 */
import { openSqliteStore } from '../../server/store/sqlite/sqlite-store.ts'
import { EmbeddedStream } from '../../server/stream/embedded/embedded-stream.ts'
import { fillOutbox, tiledCanvas } from '../setup/fill-outbox.ts'
import { createPublisher, openMongo, openRedis } from '../setup/publisher.ts'

const [commits = '', place = '', redisUrl] = process.argv.slice(2)
const store = redisUrl ? await openMongo(place) : await openSqliteStore({ file: place })
const stream = redisUrl ? await openRedis(redisUrl) : new EmbeddedStream()
const publisher = createPublisher({ store, stream })

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
