/** What a server must have to be used, and what the start changes: options of the URI, transactions, the retention, and the indexes. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { replies } from '../../testing/mongo-failover.fixture.ts'
import { MongoProxy } from '../../testing/mongo-proxy.fixture.ts'
import { changeMongoUri } from './mongo-uri.fixture.ts'
import { openMongo } from './open-mongo.ts'
import { hasTestMongo, TestMongo } from './test-mongo.fixture.ts'

if (!hasTestMongo() && process.env['REQUIRE_SERVICES'] === '1') throw new Error('no MongoDB: set MONGODB_TEST_URI or MONGODB_TEST_SERVER')

const hour = 3_600_000

describe.skipIf(!hasTestMongo())('MongoDB (MONGODB_TEST_URI or MONGODB_TEST_SERVER)', () => {
  let mongo: TestMongo
  beforeAll(async () => {
    mongo = await TestMongo.start()
  })
  afterAll(() => mongo.dispose())
  const newUri = () => mongo.uri(`fresco-${randomUUID().slice(0, 8)}`)
  const opened = async <Result>(
    uri: string,
    retentionMs: number,
    use: (open: Awaited<ReturnType<typeof openMongo>>) => Promise<Result>,
  ): Promise<Result> => {
    const open = await openMongo({ uri, retentionMs })
    try {
      return await use(open)
    } finally {
      await open.connection.close()
    }
  }

  test('options of the URI win over the defaults, and reads go to the primary', async () => {
    const uri = changeMongoUri(newUri(), {}, { retryWrites: 'false', maxPoolSize: '3', serverSelectionTimeoutMS: '9000' })
    const options = await opened(uri, hour, async ({ connection }) => connection.getClient().options)
    expect(options).toMatchObject({ retryWrites: false, maxPoolSize: 3, serverSelectionTimeoutMS: 9_000, retryReads: true })
    expect(options.readPreference.mode).toBe('primary')
  })

  test('a replica set of another name is refused with a sentence', async () => {
    const uri = `${newUri()}?replicaSet=nope&serverSelectionTimeoutMS=1000`
    await expect(openMongo({ uri, retentionMs: hour })).rejects.toThrow('no server of the URI is in the replica set "nope"')
  })

  test('a changed retention changes the index in place', async () => {
    const uri = newUri()
    const expiry = async (retentionMs: number) =>
      opened(uri, retentionMs, async ({ models }) => {
        const indexes = await models.Outbox.collection.indexes()
        return indexes.find(({ name }) => name === 'retention')?.['expireAfterSeconds']
      })
    expect(await expiry(hour)).toBe(3_600)
    expect(await expiry(2 * hour)).toBe(7_200)
    expect(await expiry(hour)).toBe(3_600)
  })

  test.each([
    ['that does not accept them', 'find', { ...replies.noSuchTransaction, code: 20, codeName: 'IllegalOperation', errorLabels: [] }],
    ['that has no commit', 'commitTransaction', { ok: 0, code: 59, codeName: 'CommandNotFound', errmsg: 'no such command' }],
  ])('a server without transactions, or %s, is refused with a sentence', async (_how, command, reply) => {
    if (mongo.port === null) return
    const proxy = await MongoProxy.start(mongo.port)
    proxy.onCommand = ({ name, body }) => (name === command && body['autocommit'] === false ? { kind: 'refuse', reply } : { kind: 'pass' })
    const opening = openMongo({ uri: `mongodb://127.0.0.1:${proxy.port}/fresco?directConnection=true`, retentionMs: hour })
    await expect(opening).rejects.toThrow('This MongoDB has no transactions that Fresco can use')
    await proxy.close()
  })

  test('the oldest of 100,000 unpublished commits is found without reading the others', async () => {
    await opened(newUri(), hour, async ({ models }) => {
      const outbox = models.Outbox.collection
      for (let page = 0; page < 10; page++) {
        const commits = Array.from({ length: 10_000 }, (_, index) => {
          const seq = page * 1_000 + Math.floor(index / 10)
          return { _id: `c${page}-${index}` as never, canvas: 'main', tile: index % 10, seq, at: page * 10_000 + index, unpublished: true }
        })
        await outbox.insertMany(commits)
      }
      const plan = await outbox.find({ unpublished: true }).sort({ at: 1 }).limit(1).explain('executionStats')
      expect(plan['executionStats']).toMatchObject({ totalDocsExamined: 1 })
      expect(JSON.stringify(plan['queryPlanner'].winningPlan)).not.toContain('SORT')
    })
  })
})
