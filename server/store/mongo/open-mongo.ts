/**
 * Connects to MongoDB and makes sure that it can hold a Fresco: a replica set (transactions need one), no newer schema, and the
 * indexes. Whatever is wrong is a sentence with its remedy, and never repeats a password.
 */
import mongoose, { type Connection } from 'mongoose'
import { durable, local, majority } from './command-options.ts'
import { driverDeadlines, maxConnections } from './deadlines.ts'
import { createModels, type Models } from './schemas.ts'
import { refusedNode } from './uri-options.ts'

export const schemaVersion = 1
/** In `meta` while a restore is under way: what is there is not whole. */
export const restoringMark = 'restoring'
const defaultDatabase = 'fresco'

export interface OpenMongoOptions {
  readonly uri: string
  readonly retentionMs: number
  /** Makes nothing: for whoever only looks at a database that a server has made. */
  readonly readOnly?: boolean
  /** For a restore, which may find anything. */
  readonly restoring?: boolean
}

const databaseOf = (uri: string) => {
  const path = /^mongodb(?:\+srv)?:\/\/[^/]*\/([^?]*)/.exec(uri)?.[1]
  return path ? decodeURIComponent(path) : defaultDatabase
}

const reasonOf = (error: unknown) => {
  const message = error instanceof Error ? error.message : String(error)
  // Drivers quote the address that they were given.
  return message.replace(/\/\/[^@/\s]*@/g, '//…@')
}

/** @throws with a sentence for the operator. */
export const openMongo = async ({
  uri,
  retentionMs,
  readOnly,
  restoring,
}: OpenMongoOptions): Promise<{ connection: Connection; models: Models }> => {
  const connection = mongoose.createConnection(uri, {
    dbName: databaseOf(uri),
    appName: 'fresco',
    maxPoolSize: maxConnections,
    ...driverDeadlines,
    retryReads: true,
    retryWrites: true,
    autoIndex: false,
    bufferCommands: false,
  })
  // Mongoose tells of a lost connection here as well as to every caller; an unheard 'error' would end the process.
  connection.on('error', () => undefined)
  try {
    await connection.asPromise()
    await check(connection)
    const models = createModels(connection, { retentionMs })
    if (!restoring) await checkVersion(connection, { make: !readOnly })
    if (!readOnly) await makeIndexes(models)
    return { connection, models }
  } catch (error) {
    await connection.close(true).catch(() => undefined)
    if (error instanceof OperatorError) throw error
    throw new Error(
      `MongoDB cannot be used (MONGODB_URI): ${reasonOf(error)}. Check the address, the user and the password, and that MongoDB runs.`,
    )
  }
}

class OperatorError extends Error {}

const databaseOfConnection = (connection: Connection) => {
  if (!connection.db) throw new Error('not connected')
  return connection.db
}

const isDirect = (connection: Connection) => connection.getClient().options.directConnection === true

const check = async (connection: Connection) => {
  const hello = await databaseOfConnection(connection)
    .admin()
    .command({ hello: 1, ...local })
  if (!hello['setName'] && hello['msg'] !== 'isdbgrid') {
    throw new OperatorError(
      'This MongoDB is not a replica set, and Fresco needs transactions. Start it with --replSet rs0 and run rs.initiate() once; one node is enough.',
    )
  }
  const refusal = refusedNode(hello, isDirect(connection))
  if (refusal) throw new OperatorError(refusal)
}

const checkVersion = async (connection: Connection, { make }: { make: boolean }) => {
  const meta = databaseOfConnection(connection).collection<{ _id: string; version: number }>('meta')
  if (await meta.findOne({ _id: restoringMark }, majority)) {
    throw new OperatorError(
      `A restore into the database "${connection.name}" has not come to its end, and what is there is not whole. Run restore again, with the same backup or another one.`,
    )
  }
  if (make) await meta.updateOne({ _id: 'schema' }, { $setOnInsert: { version: schemaVersion } }, { ...durable, upsert: true })
  const version = (await meta.findOne({ _id: 'schema' }, majority))?.version
  if (version === undefined) {
    throw new OperatorError(`There is no Fresco in the database "${connection.name}". MONGODB_URI must be the server's.`)
  }
  if (version > schemaVersion) {
    throw new OperatorError(
      `The database has schema version ${version}, and this Fresco knows versions up to ${schemaVersion}. It was written by a newer Fresco: start that one.`,
    )
  }
}

/** Makes collections and indexes that are not there. */
export const makeIndexes = async (models: Models) => {
  for (const model of Object.values(models)) {
    await model.createCollection()
    try {
      await model.createIndexes()
    } catch (error) {
      const { code } = error as { code?: unknown }
      if (code !== 85 && code !== 86) throw error
      throw new OperatorError(
        `An index of the collection ${model.collection.name} differs from what this Fresco needs: ${reasonOf(error)}. Drop that index (or set OUTBOX_RETENTION_HOURS back), then start again.`,
      )
    }
  }
}
