import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import mongoose from 'mongoose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asCommitId, asPainterId, asPosition, asSeq, asTile } from '../../../lib/brand.ts'
import type { RequestOutcome } from '../../../lib/plan-group.ts'
import { type Failpoints, noFailpoints } from '../../failpoints.ts'
import { silentLogger } from '../../observability/log.ts'
import type { MongoCommand } from '../../testing/mongo-proxy.fixture.ts'
import { describeStore } from '../contract.ts'
import { paint, testCanvas } from '../store.fixture.ts'
import type { OutboxDocument } from './document-types.ts'
import { openMongoStore } from './mongo-store.ts'
import { changeMongoUri, parseMongoUri } from './mongo-uri.fixture.ts'
import { openMongo, schemaVersion } from './open-mongo.ts'
import { recordedQueries } from './recorded-queries.fixture.ts'
import { hasTestMongo, TestMongo } from './test-mongo.fixture.ts'

const isThere = hasTestMongo()
if (!isThere && process.env['REQUIRE_SERVICES'] === '1') throw new Error('no MongoDB: set MONGODB_TEST_URI or MONGODB_TEST_SERVER')

/** Commits of the contract suite are published in 1970, and must not expire under it. */
const retentionMs = 2_000_000_000_000

describe.skipIf(!isThere)('MongoDB (MONGODB_TEST_URI or MONGODB_TEST_SERVER)', () => {
  let mongo: TestMongo
  beforeAll(async () => {
    mongo = await TestMongo.start()
  })
  afterAll(() => mongo.dispose())

  const open = (uri: string, retention = retentionMs, failpoints = noFailpoints) =>
    openMongoStore({ uri, retentionMs: retention, logger: silentLogger, now: Date.now, random: Math.random, failpoints })

  const commands: MongoCommand[] = []
  /** Opens a store and records its commands. */
  const openRecorded = (uri: string) => {
    const opening = open(changeMongoUri(uri, {}, { monitorCommands: 'true' }))
    const client = mongoose.connections.at(-1)?.getClient()
    client?.on('commandStarted', ({ commandName: name, command: body }) => {
      const target = body[name === 'getMore' ? 'collection' : name]
      commands.push({ name, collection: typeof target === 'string' ? target : null, body })
    })
    return opening
  }

  describeStore('the store on MongoDB', async () => {
    const uri = mongo.uri(`fresco-${randomUUID().slice(0, 8)}`)
    let store = await openRecorded(uri)
    return {
      store,
      async addUnknown({ id, canvas, tile, epoch, atMs, cause, content: { kind, bytes } }) {
        const connection = await mongoose.createConnection(uri).asPromise()
        const pixels = new mongoose.mongo.Binary(bytes)
        await connection
          .collection<OutboxDocument>('outboxes')
          .insertOne({ _id: id, canvas, tile, epoch, at: atMs, cause, pixels, kind, unsequenced: true, attempts: 0 })
        await connection.close()
      },
      async reopen() {
        await store.close()
        store = await openRecorded(uri)
        return store
      },
      async dispose() {
        await store.close()
        const connection = await mongoose.createConnection(uri).asPromise()
        await connection.dropDatabase()
        await connection.close()
      },
    }
  })

  // Making collections and indexes may take hours. A cursor has the limit of its first command, and ending sessions waits for nothing.
  const withoutLimit = new Set(['create', 'createIndexes', 'listIndexes', 'getMore', 'killCursors', 'endSessions'])

  test('A6 each command of each call has a limit, after which the server stops it', async () => {
    const store = await openRecorded(mongo.uri('fresco-limits'))
    const { id: canvas } = await store.ensureCanvas(testCanvas())
    await store.latestChargeMs()
    await store.listTiles(canvas)
    await store.scanLog({ canvas, tile: asTile(0), after: asSeq(0), limit: 10 })
    await store.sumStats(canvas)
    await store.close()
    const limited = commands.filter(({ name }) => !withoutLimit.has(name))
    expect(new Set(limited.map(({ name }) => name)).size, 'the contract ran before this test').toBeGreaterThan(8)
    const limitOf = ({ body }: MongoCommand) => body['maxTimeMS'] ?? (body['writeConcern'] as { wtimeout?: number } | undefined)?.wtimeout
    const unlimited = limited.filter((command) => !(Number(limitOf(command)) > 0))
    expect(unlimited.map(({ name, collection }) => `${name} ${collection ?? ''}`)).toEqual([])
    const waiting = limited.filter(({ body }) => (body['writeConcern'] as { w?: unknown } | undefined)?.w === 'majority')
    expect(waiting.filter(({ body }) => (body['writeConcern'] as { wtimeout?: number }).wtimeout === undefined)).toEqual([])
  })

  /** Few documents, or one for each tile: a scan is as fast as an index. */
  const small = new Set(['canvases', 'cursors', 'deadletters', 'heartbeats', 'meta', 'points', 'settings', 'tails', 'webhooks'])
  /** Read once, at the start of a server. */
  const isOfStart = ({ name, collection }: MongoCommand) => name === 'aggregate' && collection === 'painters'

  test('each query of each call uses an index', async () => {
    const uri = mongo.uri('fresco-plans')
    await (await open(uri)).close()
    const connection = await mongoose.createConnection(uri).asPromise()
    const queries = recordedQueries(commands.filter((command) => !small.has(command.collection ?? '') && !isOfStart(command)))
    const scans: string[] = []
    for (const query of queries) {
      const plan = await connection.db?.command({ explain: query, verbosity: 'queryPlanner' })
      if (JSON.stringify(plan).includes('COLLSCAN')) scans.push(JSON.stringify(query))
    }
    await connection.close()
    expect(queries.length).toBeGreaterThan(20)
    expect(scans).toEqual([])
  })

  const kinds = (outcomes: RequestOutcome[]) => outcomes.map((outcome) => (outcome.kind === 'refused' ? outcome.refusal.code : 'placed'))

  /** An open transaction on one pixel of `main`, as a killed process leaves it. */
  const orphanOn = async (uri: string, position: number) => {
    const connection = await mongoose.createConnection(uri).asPromise()
    const orphan = await connection.startSession()
    orphan.startTransaction()
    await connection
      .collection('pixels')
      .insertOne(
        { _id: `main/0/${position}` as never, canvas: 'main', tile: 0, position, color: 1, by: 'p_x', at: 1, cause: 'paint' },
        { session: orphan },
      )
    return {
      async end() {
        await orphan.abortTransaction()
        await orphan.endSession()
      },
      async dispose() {
        await connection.dropDatabase()
        await connection.close()
      },
    }
  }

  test('A1 a transaction that a killed process left open holds up only the pixels that it wrote', async () => {
    const uri = mongo.uri('fresco-orphan')
    const store = await open(uri)
    await store.ensureCanvas(testCanvas())
    const orphan = await orphanOn(uri, 1)
    const requests = [0, 1, 2, 3, 4].map((gx) => paint({ gx, gy: 0, color: 2 }))
    const outcomes = await store.place({ id: 'grouporphan1', requests, nowMs: Date.now() })
    expect(kinds(outcomes)).toEqual(['placed', 'unavailable', 'placed', 'placed', 'placed'])
    await orphan.end()
    const again = await store.place({ id: 'grouporphan2', requests: requests.slice(1, 2), nowMs: Date.now() })
    expect(kinds(again)).toEqual(['placed'])
    await store.close()
    await orphan.dispose()
  })

  test('A1 when a contested group is halved and the database fails in between, what was saved is not refused', async () => {
    const uri = mongo.uri('fresco-halved')
    let commits = 0
    const failsAtSecond: Failpoints = {
      ...noFailpoints,
      async hit(name) {
        if (name === 'placement.before-commit' && ++commits === 2) throw new Error('the database went away')
      },
    }
    const store = await open(uri, retentionMs, failsAtSecond)
    await store.ensureCanvas(testCanvas())
    const orphan = await orphanOn(uri, 4)
    const requests = [0, 1, 2, 3, 4].map((gx) => paint({ gx, gy: 0, color: 2 }))
    const outcomes = await store.place({ id: 'grouphalved1', requests, nowMs: Date.now() })
    expect(kinds(outcomes)).toEqual(['placed', 'placed', 'placed', 'unavailable', 'unavailable'])
    expect((await store.backlog()).unsequenced).toBe(1)
    await orphan.end()
    await store.close()
    await orphan.dispose()
  })

  test('A3 A4 seqs continue after the last one of this process, or after the head when another process has sequenced commits', async () => {
    const uri = mongo.uri('fresco-two-sequencers')
    const [here, there] = [await open(uri), await open(uri)]
    await here.ensureCanvas(testCanvas())
    let placed = 0
    const place = () =>
      here.place({ id: `groupnumbers${placed}`, requests: [paint({ gx: placed, gy: 0, color: 1 })], nowMs: 1_000 + placed++ })
    const sequence = (store: typeof here) => store.sequence({ limit: 10 })
    const one = { sequenced: 1, raced: false }
    for (const store of [here, here, there, there, here, there]) {
      await place()
      expect(await sequence(store)).toMatchObject(one)
    }
    const page = await here.readCommits({ canvas: testCanvas().id, tile: asTile(0), after: asSeq(0), limit: 10 })
    expect(page?.kind === 'page' && page.commits.map(({ seq, atMs }) => [seq, atMs])).toEqual(
      [0, 1, 2, 3, 4, 5].map((i) => [i + 1, 1_000 + i]),
    )

    // The commits of the other process are published and expire before this process continues.
    await place()
    expect(await sequence(here)).toMatchObject(one)
    for (let i = 0; i < 2; i++) await place()
    expect(await sequence(there)).toMatchObject({ sequenced: 2 })
    await there.markAsPublished(await there.getUnpublished({ limit: 100 }), 2_000)
    await there.trim({ publishedBeforeMs: 3_000, keysBeforeMs: 0 })
    await wait(1_000)
    await place()
    expect(await sequence(here)).toMatchObject(one)
    expect((await here.getUnpublished({ limit: 10 })).map(({ seq }) => seq)).toEqual([10])
    await Promise.all([here.close(), there.close()])
  })

  test('a start raises the schema version of an older database, and a read-only command does not', async () => {
    const uri = mongo.uri('fresco-older')
    const connection = await mongoose.createConnection(uri).asPromise()
    const meta = connection.collection<{ _id: string; version: number }>('meta')
    await meta.insertOne({ _id: 'schema', version: 1 })
    const versionAfter = async (readOnly: boolean) => {
      await (await openMongo({ uri, retentionMs: 3_600_000, readOnly })).connection.close()
      return (await meta.findOne({ _id: 'schema' }))?.version
    }
    expect(await versionAfter(true)).toBe(1)
    expect(await versionAfter(false)).toBe(schemaVersion)
    await connection.dropDatabase()
    await connection.close()
  })

  test('a database of a newer Fresco is refused', async () => {
    const uri = mongo.uri('fresco-newer')
    const connection = await mongoose.createConnection(uri).asPromise()
    await connection.db?.collection<{ _id: string; version: number }>('meta').insertOne({ _id: 'schema', version: 99 })
    await expect(open(uri)).rejects.toThrow('written by a newer Fresco')
    await connection.dropDatabase()
    await connection.close()
  })

  test('counts of cells from before there were blocks belong to the sums, until stats are rebuilt', async () => {
    const uri = mongo.uri('fresco-cells')
    const store = await open(uri)
    const connection = await mongoose.createConnection(uri).asPromise()
    const { id: canvas, epoch } = await store.ensureCanvas(testCanvas())
    const before = { _id: `${canvas}/cell/0` as never, canvas, kind: 'cell', key: 0, placed: 5 }
    await connection.collection('stats').insertOne(before)
    // In cell 0, and in cell 8, which is in the next block.
    const pixels = [0, 128].map((position) => ({ position: asPosition(position), color: 1, previous: 0, by: asPainterId('p_a') }))
    const commit = { id: asCommitId('commit-1'), canvas, epoch, tile: asTile(0), seq: asSeq(1), atMs: 1, cause: 'paint' as const, pixels }
    const part = { name: 'stats' as const, canvas, tile: asTile(0), epoch, tileSize: 256, after: asSeq(0), to: asSeq(1), commits: [commit] }
    expect(await store.projections.project(part)).toBe(true)
    const cells = async () => [...(await store.projections.readStats({ canvas, maxPainters: 1, sinceMs: 0 })).cells]
    expect(new Map(await cells())).toEqual(
      new Map([
        [0, 6],
        [8, 1],
      ]),
    )
    await store.projections.reset({ name: 'stats', canvas })
    expect(await cells()).toEqual([])
    await store.close()
    await connection.dropDatabase()
    await connection.close()
  })

  test('a read-only connection creates nothing, and reads the data of a server', async () => {
    const uri = mongo.uri('fresco-looked-at')
    const look = () => openMongoStore({ uri, retentionMs, logger: silentLogger, now: Date.now, random: Math.random, readOnly: true })
    await expect(look()).rejects.toThrow(`There is no Fresco in the database "${parseMongoUri(uri)?.database}"`)
    const connection = await mongoose.createConnection(uri).asPromise()
    expect(await connection.db?.listCollections().toArray()).toEqual([])
    const store = await open(uri)
    const made = await store.ensureCanvas(testCanvas())
    const looking = await look()
    expect(await looking.listCanvases()).toEqual([made])
    await Promise.all([looking.close(), store.close()])
    await connection.dropDatabase()
    await connection.close()
  })

  test('a MongoDB that cannot be reached is reported in a sentence without the password', async () => {
    const opening = open('mongodb://user:secret-word@127.0.0.1:1/?serverSelectionTimeoutMS=500')
    await expect(opening).rejects.toThrow(/MongoDB cannot be used/)
    await opening.catch((error: Error) => expect(error.message).not.toContain('secret-word'))
  })
})
