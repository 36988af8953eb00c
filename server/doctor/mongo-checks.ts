/** Checks of MongoDB, over a connection of their own: versions, indexes, members, and how long an abandoned transaction lasts. */
import type { Connection, Model, mongo } from 'mongoose'
import type { Finding } from '../../lib/checks.ts'
import { openMongo, schemaVersion } from '../store/mongo/open-mongo.ts'
import type { Models } from '../store/mongo/schemas.ts'
import { type Check, ok, once, problem, reasonOf, unknown, warning } from './check.ts'

export interface MongoOptions {
  readonly uri: string
  readonly retentionMs: number
}

interface Opened {
  readonly connection: Connection
  readonly database: mongo.Db
  readonly models: Models
}

const oldestMajor = 5
const goodLifetimeSeconds = 20
const commandMs = 3_000

const command = (database: mongo.Db, body: Record<string, unknown>) => database.command({ ...body, maxTimeMS: commandMs })

const checkDatabase = async ({ database }: Opened): Promise<Finding> => {
  const [build, meta] = await Promise.all([
    command(database, { buildInfo: 1 }),
    database.collection<{ _id: string; version: number }>('meta').findOne({ _id: 'schema' }, { maxTimeMS: commandMs }),
  ])
  const version = String(build['version'])
  const schema = meta?.version ?? 0
  if (Number.parseInt(version, 10) < oldestMajor) return problem('database_old', { name: 'MongoDB', version, wanted: oldestMajor })
  if (schema < schemaVersion) return warning('schema_older', { schema, own: schemaVersion })
  return ok('database', { name: 'MongoDB', version, schema })
}

const comparedOptions = ['unique', 'expireAfterSeconds', 'partialFilterExpression'] as const

/** Compares what the schema declares with what the server has. */
const comparable = (key: unknown, options: Readonly<Record<string, unknown>>) =>
  JSON.stringify([Object.entries(key as object), ...comparedOptions.map((name) => options[name] ?? null)])

const compareIndexes = async (model: Model<unknown>): Promise<{ missing: string[]; differ: string[]; count: number }> => {
  const present = await model.collection.indexes({ maxTimeMS: commandMs }).catch((error: { code?: unknown }) => {
    // There is no such collection.
    if (error.code === 26) return []
    throw error
  })
  const declared = model.schema.indexes()
  const [missing, differ]: [string[], string[]] = [[], []]
  for (const [key, options] of declared) {
    const name = `${model.collection.name}.${options.name}`
    const found = present.find((index) => index.name === options.name)
    if (!found) missing.push(name)
    else if (comparable(found.key, found) !== comparable(key, options)) differ.push(name)
  }
  return { missing, differ, count: declared.length }
}

const checkIndexes = async ({ models }: Opened): Promise<Finding> => {
  const compared = await Promise.all(Object.values(models).map((model) => compareIndexes(model as unknown as Model<unknown>)))
  const missing = compared.flatMap((one) => one.missing)
  const differ = compared.flatMap((one) => one.differ)
  if (missing.length > 0) return problem('indexes_missing', { names: missing.join(', ') })
  if (differ.length > 0) return problem('indexes_differ', { names: differ.join(', ') })
  return ok('indexes', { count: compared.reduce((sum, { count }) => sum + count, 0) })
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export interface ReplicaSet {
  /** That hold data. */
  readonly members: number
  readonly arbiters: number
  /** Null when the user may not read it. */
  readonly away: number | null
}

export const assessReplicaSet = ({ members, arbiters, away }: ReplicaSet): Finding => {
  if (away !== null && away > 0) return problem('replica_away', { away, members: members + arbiters })
  if (arbiters > 0) return warning('replica_arbiter')
  if (members <= 1) return warning('replica_single')
  return members % 2 === 0 ? warning('replica_even', { members }) : ok('replica_set', { members })
}

const checkReplicaSet = async ({ database, connection }: Opened): Promise<Finding> => {
  const hello = await command(database, { hello: 1 })
  if (hello['msg'] === 'isdbgrid') return ok('sharded')
  const status = await command(connection.getClient().db('admin'), { replSetGetStatus: 1 }).catch(() => null)
  const states = status === null ? null : listOf(status['members'])
  return assessReplicaSet({
    members: listOf(hello['hosts']).length + listOf(hello['passives']).length,
    arbiters: listOf(hello['arbiters']).length,
    away: states?.filter((member) => (member as { health?: unknown }).health === 0).length ?? null,
  })
}

const checkTransactions = async ({ connection }: Opened): Promise<Finding> => {
  const name = 'transactionLifetimeLimitSeconds'
  const answer = await command(connection.getClient().db('admin'), { getParameter: 1, [name]: 1 }).catch(() => null)
  const seconds = Number(answer?.[name])
  if (!Number.isFinite(seconds)) return unknown('transactions_unknown')
  return seconds > goodLifetimeSeconds ? warning('transactions_long', { seconds }) : ok('transactions', { seconds })
}

/** `close` ends the connection once it has been opened. */
export const mongoChecks = (options: MongoOptions) => {
  let isOpening = false
  const open = once(async (): Promise<Opened> => {
    isOpening = true
    const { connection, models } = await openMongo({ ...options, readOnly: true })
    if (!connection.db) throw new Error('not connected')
    return { connection, models, database: connection.db }
  })
  const behind = (check: (opened: Opened) => Promise<Finding>) => async (): Promise<Finding> => {
    const opened = await open().catch((error: unknown) => reasonOf(error))
    return typeof opened === 'string' ? problem('database_unusable', { reason: opened }) : check(opened)
  }
  const checks: Check[] = [
    { code: 'database', check: behind(checkDatabase) },
    { code: 'indexes', check: behind(checkIndexes) },
    { code: 'replica_set', check: behind(checkReplicaSet) },
    { code: 'transactions', check: behind(checkTransactions) },
  ]
  return {
    checks,
    async time(): Promise<number> {
      const { database } = await open()
      const { localTime } = await command(database, { hello: 1 })
      if (!(localTime instanceof Date)) throw new Error('MongoDB does not say its time.')
      return localTime.getTime()
    },
    close() {
      if (isOpening)
        void open().then(
          ({ connection }) => connection.close(true),
          () => undefined,
        )
    },
  }
}
