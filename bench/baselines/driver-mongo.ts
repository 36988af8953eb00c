/**
 * Baseline of G2: the minimum of a durable placement on MongoDB. One transaction of the bare driver per placement writes the pixel and its
 * outbox document.
 *
 *     driver-mongo.ts URI MS IN_FLIGHT
 */
import mongoose from 'mongoose'
import { createClicks } from '../load/clicks.ts'

const [uri = '', ms = '', inFlight = ''] = process.argv.slice(2)
const client = await new mongoose.mongo.MongoClient(uri, { maxPoolSize: Number(inFlight) }).connect()
const database = client.db()
const pixels = database.collection<{ _id: string; color: number; at: number }>('pixels')
const outbox = database.collection<{ _id: string; at: number; position: number; color: number }>('outbox')
await database.createCollection('pixels')
await database.createCollection('outbox')
const click = createClicks({ x: 0, y: 0, width: 1_000, height: 1_000 }, 16)
const options = { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority', j: true } } as const

const place = (index: number) =>
  client.withSession((session) =>
    session.withTransaction(async () => {
      const { gx, gy, color } = click(index)
      const at = Date.now()
      const position = gy * 1_024 + gx
      await pixels.replaceOne({ _id: `main/0/${position}` }, { color, at }, { session, upsert: true })
      await outbox.insertOne({ _id: `${at}-${index}`, at, position, color }, { session })
    }, options),
  )

let next = 0
let done = 0
const runFor = async (time: number) => {
  const start = performance.now()
  const before = done
  const work = async () => {
    while (performance.now() - start < time) {
      await place(next++)
      done++
    }
  }
  await Promise.all(Array.from({ length: Number(inFlight) }, work))
  return ((done - before) * 1_000) / (performance.now() - start)
}
await runFor(500)
const perSecond = await runFor(Number(ms))
const saved = await outbox.countDocuments()
if (saved !== done) throw new Error(`${saved} of ${done} are saved`)
await client.close()
process.send?.({ perSecond, count: done })
