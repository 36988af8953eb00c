import { randomBytes } from 'node:crypto'
import mongoose from 'mongoose'
import { expect, test, vi } from 'vitest'
import { hasTestMongo, TestMongo } from '../../server/store/mongo/test-mongo.fixture.ts'
import { HungDatabaseWatch } from './hung-database.ts'

test.skipIf(!hasTestMongo() || !TestMongo.startsItsOwn())(
  'a MongoDB that answers no write is started again with its data',
  async () => {
    const mongo = await TestMongo.start()
    const database = `fresco-hung-${randomBytes(4).toString('hex')}`
    const connection = await mongoose.createConnection(mongo.uri(database)).asPromise()
    await connection.collection('kept').insertOne({ is: 'there' })
    const lines: string[] = []
    const watch = new HungDatabaseWatch({ services: { mongo, database }, print: (line) => lines.push(line), afterMs: 1_000 })
    try {
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect(watch.restarts).toBe(0)
      await mongo.freeze()
      await vi.waitFor(() => expect(watch.restarts).toBe(1), { timeout: 15_000 })
      await vi.waitFor(async () => expect(await connection.collection('kept').countDocuments({})).toBe(1), { timeout: 15_000 })
      expect(lines.join()).toContain('was not answered for 1 s; killed and started again')
    } finally {
      await watch.stop()
      await connection.close(true)
      await mongo.dispose()
    }
  },
  40_000,
)
