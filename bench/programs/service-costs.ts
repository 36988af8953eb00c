/**
 * The cost of one step on MongoDB and Redis, by its size: a transaction, a round of a publisher, an entry of the stream, a document.
 *
 *     service-costs.ts URI REDIS_URL REPEATS
 *
 * Sends the part `services` of `growth/growth-result.ts`. The steps run one after another, so that none waits for another.
 */
import mongoose from 'mongoose'
import { canvasOf, painterOf } from '../../lib/canvas.fixture.ts'
import { silentLogger } from '../../server/observability/log.ts'
import { LogProjection } from '../../server/projecting/log-projection.ts'
import type { GroupReader } from '../../server/stream/port.ts'
import { Scope } from '../framework/scope.ts'
import { percentile } from '../framework/statistics.ts'
import type { Services, Timed } from '../growth/growth-result.ts'
import { createClicks } from '../load/clicks.ts'
import { createPublisher, openMongo, openRedis } from '../setup/publisher.ts'
import { RedisStatistics } from '../setup/redis-stream.ts'
import { storedBytes } from '../setup/stored-bytes.ts'

const [uri = '', redisUrl = '', repeats = ''] = process.argv.slice(2)
const scope = new Scope()
const { now } = Date
/** Charges are on, because a placement writes them in the same transaction. There are enough for every placement. */
const charges = { cooldownMs: 1, maxCharges: 10_000, startCharges: 10_000 }
const canvas = canvasOf({ width: 2_048, height: 2_048, tileSize: 1_024, ...charges })
const tiles = 4
const { signal: never } = new AbortController()
const store = await openMongo(uri)
scope.defer(() => store.close())
const stream = await openRedis(redisUrl)
scope.defer(() => stream.close())
const redis = new RedisStatistics(scope, redisUrl)
const click = createClicks({ x: 0, y: 0, width: 2_048, height: 2_048 }, 3)
let groups = 0
/** The ids of commits begin with the name of their measurement. */
const groupId = (name: string) => `${name}${(groups++).toString(36).padStart(8, '0')}`
const publisher = createPublisher({ store, stream })
await store.ensureCanvas(canvas)

let clicks = 0
const fresh = () => click(clicks++)
/** Repeats a few positions, because each repetition needs a new commit. */
const again = (index: number) => ({ gx: (index % 2) * 1_024, gy: ((index >> 1) % 2) * 1_024, color: index % 3 })

const place = async (name: string, size: number, pointOf: (index: number) => { gx: number; gy: number; color: number }) => {
  const requests = Array.from({ length: size }, (_, index) => {
    const { gx, gy, color } = pointOf(index)
    const painter = painterOf(String((groups * 257 + index) % 5_000).padStart(16, '0'))
    return { painter, canvas: canvas.id, pixels: [{ gx, gy, color: color + 1 }], cause: 'paint' as const }
  })
  const startMs = performance.now()
  const outcomes = await store.place({ id: groupId(name), requests, nowMs: now() })
  const ms = performance.now() - startMs
  if (outcomes.some((outcome) => outcome.kind !== 'done' || outcome.placed !== 1)) throw new Error('a pixel was refused')
  return ms
}

const publishAll = async () => {
  while ((await publisher.step()) === 'more');
}

const timesOf = (size: number, times: readonly number[]): Timed => ({ size, p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) })

const sizes = [1, 16, 64, 256]
const repeatsOf = (size: number) => Math.max(5, Math.round(Number(repeats) / Math.sqrt(size)))
const warmUp = async () => {
  for (let i = 0; i < 20; i++) await place('warm', 16, fresh)
  await publishAll()
}

const measureGroups = async () => {
  const timed: Timed[] = []
  for (const size of sizes) {
    const times: number[] = []
    for (let i = 0; i < repeatsOf(size); i++) times.push(await place(size === 1 ? 'one' : size === 256 ? 'many' : 'group', size, fresh))
    timed.push(timesOf(size, times))
    await publishAll()
  }
  return timed
}

/** Reads and acknowledges the entries of one round, as a gateway does. Returns the CPU time of this process. */
const readRound = async (reader: GroupReader, size: number) => {
  const before = process.cpuUsage()
  const entries = await reader.read({ maxCount: 512, blockMs: 0, signal: never })
  await reader.ack(entries.map(({ id }) => id))
  const { user, system } = process.cpuUsage(before)
  if (entries.length !== size) throw new Error(`${entries.length} of ${size} entries were read`)
  return user + system
}

const measureRounds = async () => {
  const timed: Timed[] = []
  const reads: Services['reads'] = []
  const reader = await stream.join({ group: 'gateway-rounds', consumer: 'rounds', kind: 'broadcast', from: 'end' })
  for (const size of sizes) {
    const times: number[] = []
    const microseconds: number[] = []
    for (let i = 0; i < repeatsOf(size); i++) {
      await place('round', size, again)
      const { unsequenced } = await store.backlog()
      if (unsequenced !== size) throw new Error(`${unsequenced} commits wait, and ${size} were made`)
      const startMs = performance.now()
      await publisher.step()
      times.push(performance.now() - startMs)
      microseconds.push(await readRound(reader, size))
      await publishAll()
    }
    timed.push(timesOf(size, times))
    reads.push({ size, microseconds: percentile(microseconds, 0.5) })
  }
  await reader.close({ remove: true })
  return { timed, reads }
}

/** What full rounds cost Redis without readers. Placing does not use it. */
const measureAppending = async () => {
  const size = sizes.at(-1) ?? 1
  const before = { ...(await redis.usage()), commands: await redis.commands() }
  const appended = repeatsOf(size) * size
  for (let i = 0; i < repeatsOf(size); i++) {
    await place('append', size, again)
    await publishAll()
  }
  const commands = (await redis.commands()) - before.commands
  const cpuSeconds = (await redis.usage()).cpuSeconds - before.cpuSeconds
  return { commandsPerAppended: commands / appended, microsecondsPerAppended: (cpuSeconds * 1e6) / appended }
}

const measureReading = async () => {
  const reader = await stream.join({ group: 'gateway-bench', consumer: 'bench', kind: 'broadcast', from: 'start' })
  const before = await redis.usage()
  let delivered = 0
  for (;;) {
    const entries = await reader.read({ maxCount: 512, blockMs: 0, signal: never })
    if (entries.length === 0) break
    delivered += entries.length
    await reader.ack(entries.map(({ id }) => id))
  }
  const cpuSeconds = (await redis.usage()).cpuSeconds - before.cpuSeconds
  await reader.close({ remove: true })
  const { length, memoryBytes } = await stream.info()
  if (delivered !== length || delivered === 0) throw new Error(`${delivered} of ${length} entries were read`)
  return { microsecondsPerDelivered: (cpuSeconds * 1e6) / delivered, bytesPerEntry: memoryBytes / length }
}

/** Placements a second through one projection. */
const measureProjecting = async (name: 'history' | 'stats') => {
  const heads = await store.readHeads(canvas.id)
  let pixels = 0
  const onProjected = (commits: readonly { pixels: readonly unknown[] }[]) => {
    for (const commit of commits) pixels += commit.pixels.length
  }
  const startMs = performance.now()
  await new LogProjection({ name, store, logger: silentLogger, onProjected }).catchUp(canvas, heads)
  const perSecond = (pixels * 1_000) / (performance.now() - startMs)
  const cursors = await store.projections.readCursors({ name, canvas: canvas.id })
  if (cursors.size !== tiles || [...heads].some(([tile, head]) => cursors.get(tile)?.seq !== head)) throw new Error(`${name} is behind`)
  return perSecond
}

await warmUp()
const timedGroups = await measureGroups()
const { timed: timedRounds, reads } = await measureRounds()
const appending = await measureAppending()
const { unsequenced, unpublished } = await store.backlog()
if (unsequenced + unpublished > 0) throw new Error(`${unsequenced + unpublished} commits still wait`)
const reading = await measureReading()
const historyPerSecond = await measureProjecting('history')
const statsPerSecond = await measureProjecting('stats')

const client = await new mongoose.mongo.MongoClient(uri).connect()
scope.defer(() => client.close())
const stored = (collection: string, filter: object = {}) => storedBytes(client.db().collection(collection), filter)
const services: Services = {
  groups: timedGroups,
  rounds: timedRounds,
  reads,
  redis: { ...appending, ...reading },
  historyPerSecond,
  statsPerSecond,
  commitOfOne: await stored('outboxes', { _id: /^one/ }),
  commitOfMany: await stored('outboxes', { _id: /^many/ }),
  pixelsOfMany: 256 / tiles,
  history: await stored('histories'),
  pixel: await stored('pixels'),
  painter: await stored('painters'),
}
await scope.close()
process.send?.(services)
