/** Real stores for tests that read, damage or copy the database itself. Each store has its own database. */
import { randomUUID } from 'node:crypto'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import mongoose from 'mongoose'
import { afterAll, beforeAll, describe } from 'vitest'
import { silentLogger } from '../observability/log.ts'
import type { AuditReading } from './audit-port.ts'
import { openMongoStore } from './mongo/mongo-store.ts'
import { hasTestMongo, TestMongo } from './mongo/test-mongo.fixture.ts'
import type { Store } from './port.ts'
import { openSqliteReading, type SqliteReading } from './sqlite/sqlite-reading.ts'
import { openSqliteStore } from './sqlite/sqlite-store.ts'

/** The clocks of tests start in 1970, and nothing may expire during a test. */
export const retentionMs = 2_000_000_000_000

type MongoDatabase = NonNullable<mongoose.Connection['db']>

/** One change of the data, for each database. */
export interface Change {
  readonly sql: string
  readonly mongo: (database: MongoDatabase) => Promise<unknown>
}

export interface TestStore {
  readonly kind: 'sqlite' | 'mongo'
  /** The environment of a server or a command that uses this store. */
  readonly env: Readonly<Record<string, string>>
  open(): Promise<Store>
  /** Opens it for reading, also while a server uses it. */
  openReading(): Promise<SqliteReading | (Store & AuditReading)>
  change(change: Change): Promise<void>
  /** All stored data as text, for comparisons. */
  dump(): Promise<Record<string, string[]>>
  /** Another store with the same data. This store must be closed. On MongoDB, the copy has no indexes until it is opened. */
  copy(): Promise<TestStore>
  dispose(): Promise<void>
}

export const createSqliteTestStore = (): TestStore => {
  const folder = mkdtempSync(join(tmpdir(), 'fresco-store-'))
  const file = join(folder, 'fresco.db')
  const using = <Result>(run: (database: DatabaseSync) => Result): Result => {
    const database = new DatabaseSync(file)
    try {
      return run(database)
    } finally {
      database.close()
    }
  }
  return {
    kind: 'sqlite',
    env: { DATA_DIR: folder },
    open: () => openSqliteStore({ file }),
    openReading: () => openSqliteReading(file),
    change: async ({ sql }) => using((database) => database.exec(sql)),
    dump: async () =>
      using((database) => {
        const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all()
        const rowsOf = (name: unknown) => database.prepare(`SELECT * FROM ${String(name)}`).all()
        return Object.fromEntries(
          names.map(({ name }) => [
            String(name),
            rowsOf(name)
              .map((row) => JSON.stringify(row))
              .sort(),
          ]),
        )
      }),
    async copy() {
      const copy = createSqliteTestStore()
      copyFileSync(file, join(copy.env['DATA_DIR'] ?? '', 'fresco.db'))
      return copy
    },
    dispose: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

const usingMongo = async <Result>(uri: string, run: (database: MongoDatabase) => Promise<Result>): Promise<Result> => {
  const connection = await mongoose.createConnection(uri).asPromise()
  try {
    if (!connection.db) throw new Error('not connected')
    return await run(connection.db)
  } finally {
    await connection.close()
  }
}

const createMongoTestStore = (mongo: TestMongo): TestStore => {
  const uri = mongo.uri(`fresco-${randomUUID().slice(0, 8)}`)
  const options = { uri, retentionMs, logger: silentLogger, now: Date.now, random: Math.random }
  const using = <Result>(run: (database: MongoDatabase) => Promise<Result>) => usingMongo(uri, run)
  return {
    kind: 'mongo',
    env: {
      MONGODB_URI: uri,
      ADMIN_TOKEN: 'the admin token of tests of the stores',
      SESSION_SECRET: 'the session secret of tests of the stores',
    },
    open: () => openMongoStore(options),
    openReading: () => openMongoStore({ ...options, readOnly: true }),
    change: ({ mongo: change }) => using(async (database) => void (await change(database))),
    dump: () =>
      using(async (database) => {
        const names = (await database.listCollections().toArray()).map(({ name }) => name).sort()
        const dumps = names.map(async (name) => {
          const documents = await database.collection(name).find().toArray()
          return [name, documents.map((document) => mongoose.mongo.BSON.EJSON.stringify(document)).sort()] as const
        })
        return Object.fromEntries(await Promise.all(dumps))
      }),
    async copy() {
      const copy = createMongoTestStore(mongo)
      await using(async (from) => {
        await usingMongo(copy.env['MONGODB_URI'] ?? '', async (to) => {
          for (const { name } of await from.listCollections().toArray()) {
            const documents = await from.collection(name).find().toArray()
            if (documents.length > 0) await to.collection(name).insertMany(documents)
          }
        })
      })
      return copy
    },
    dispose: () => using(async (database) => void (await database.dropDatabase())),
  }
}

/** Defines a `describe` for each real store. */
export const describeOnStores = (title: string, define: (makeStore: () => TestStore) => void) => {
  describe(`${title} on SQLite`, () => define(createSqliteTestStore))
  describe.skipIf(!hasTestMongo())(`${title} on MongoDB (MONGODB_TEST_URI or MONGODB_TEST_SERVER)`, () => {
    let mongo: TestMongo
    beforeAll(async () => {
      mongo = await TestMongo.start()
    })
    afterAll(() => mongo.dispose())
    define(() => createMongoTestStore(mongo))
  })
}
