/** A MongoDB for one test, a proxy before it, and a store that uses the proxy. */
import { randomUUID } from 'node:crypto'
import mongoose from 'mongoose'
import { silentLogger } from '../../observability/log.ts'
import { MongoProxy } from '../../testing/mongo-proxy.fixture.ts'
import { testCanvas } from '../store.fixture.ts'
import { openMongoStore } from './mongo-store.ts'
import { hasTestMongo, TestMongo } from './test-mongo.fixture.ts'

const setName = async (mongo: TestMongo) => {
  const connection = await mongoose.createConnection(mongo.uri('admin'), { directConnection: true }).asPromise()
  const hello = await connection.db?.command({ hello: 1 })
  await connection.close()
  return String(hello?.['setName'])
}

/** Failovers need a server that the test may stop. */
export const hasOwnMongo = hasTestMongo() && TestMongo.startsItsOwn()

/** `isSet`: the driver follows the primary of a replica set whose only address is the proxy's. */
export const startBehindProxy = async ({ isSet = false } = {}) => {
  const mongo = await TestMongo.start()
  const proxy = await MongoProxy.start(mongo.port ?? 0)
  const member = `127.0.0.1:${proxy.port}`
  if (isSet) proxy.onHello = (reply) => ({ ...reply, hosts: [member], me: member, primary: member })
  const uriOptions = isSet ? `replicaSet=${await setName(mongo)}` : 'directConnection=true'
  const database = `fresco-${randomUUID().slice(0, 8)}`
  const open = (port: number, options: string) =>
    openMongoStore({
      uri: `mongodb://127.0.0.1:${port}/${database}?${options}`,
      retentionMs: 86_400_000,
      logger: silentLogger,
      now: Date.now,
      random: Math.random,
    })
  const store = await open(proxy.port, uriOptions)
  await store.ensureCanvas(testCanvas())
  return {
    mongo,
    proxy,
    store,
    database,
    /** A store that does not use the proxy. */
    openDirectly: () => open(mongo.port ?? 0, 'directConnection=true'),
    async dispose() {
      await store.close()
      await proxy.close()
      await mongo.dispose()
    },
  }
}

/** The code of the error, or `done`. */
export const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code: string }) => error.code,
  )
