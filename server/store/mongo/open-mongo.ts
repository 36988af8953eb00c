/**
 * Connects to MongoDB and checks that Fresco can use it: a replica set, transactions, no newer schema, and the indexes. Each error is a sentence
 * with a remedy, and never repeats a password.
 */
import mongoose, { type Connection } from 'mongoose'
import { durable, inside, local, majority, transactionOptions } from './command-options.ts'
import { driverDeadlines, maxConnections } from './deadlines.ts'
import { makeIndexes } from './make-indexes.ts'
import { OperatorError, reasonOf } from './operator-error.ts'
import { createModels, type Models } from './schemas.ts'
import { databaseOf, namesOfOptions, refusedNode } from './uri-options.ts'

/** Versions 2 and 3 add collections. A process of an older version that runs already continues beside it, and no other can start. */
export const schemaVersion = 3
/** In `meta` during a restore, while the data is incomplete. */
export const restoringMark = 'restoring'

export interface OpenMongoOptions {
  readonly uri: string
  readonly retentionMs: number
  /** Another database than that of the URI. */
  readonly database?: string
  /** Writes nothing: for commands that read a server's database. */
  readonly readOnly?: boolean
  /** For a restore, which accepts any data that is there. */
  readonly restoring?: boolean
}

/** Of these options, the URI may set others. */
const defaultOptions = { appName: 'fresco', maxPoolSize: maxConnections, retryReads: true, retryWrites: true, ...driverDeadlines }

const defaultsFor = (uri: string) => {
  const named = new Set(namesOfOptions(uri))
  return Object.fromEntries(Object.entries(defaultOptions).filter(([name]) => !named.has(name.toLowerCase())))
}

/** @throws with a sentence for the operator. */
export const openMongo = async ({
  uri,
  database,
  retentionMs,
  readOnly,
  restoring,
}: OpenMongoOptions): Promise<{ connection: Connection; models: Models }> => {
  const connection = mongoose.createConnection(uri, {
    dbName: database ?? databaseOf(uri),
    ...defaultsFor(uri),
    readPreference: 'primary',
    autoIndex: false,
    bufferCommands: false,
  })
  // An 'error' event without a listener would end the process. Callers receive the errors of their own calls.
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
  await checkTransactions(connection)
}

/** Runs one transaction, so that a server without them is refused at the start and not at the first pixel. */
const checkTransactions = async (connection: Connection) => {
  const session = await connection.startSession()
  try {
    session.startTransaction(transactionOptions)
    await databaseOfConnection(connection).collection('meta').findOne({}, inside(session))
    await session.commitTransaction()
  } catch (error) {
    if (!(error instanceof mongoose.mongo.MongoServerError) || error.errorLabels.length > 0) throw error
    throw new OperatorError(
      `This MongoDB has no transactions that Fresco can use: ${reasonOf(error)}. Use a replica set of MongoDB 5 or newer. FerretDB and standalone servers have none.`,
    )
  } finally {
    await session.endSession()
  }
}

const checkVersion = async (connection: Connection, { make }: { make: boolean }) => {
  const meta = databaseOfConnection(connection).collection<{ _id: string; version: number }>('meta')
  if (await meta.findOne({ _id: restoringMark }, majority)) {
    throw new OperatorError(
      `A restore into the database "${connection.name}" has not come to its end, so its data is incomplete. Run restore again, with the same backup or another one.`,
    )
  }
  const version = (await meta.findOne({ _id: 'schema' }, majority))?.version
  if (version === undefined && !make) {
    throw new OperatorError(`There is no Fresco in the database "${connection.name}". MONGODB_URI must be the server's.`)
  }
  if (version !== undefined && version > schemaVersion) {
    throw new OperatorError(
      `The database has schema version ${version}, and this Fresco knows versions up to ${schemaVersion}. It was written by a newer Fresco: start that one.`,
    )
  }
  if (make) await meta.updateOne({ _id: 'schema' }, { $max: { version: schemaVersion } }, { ...durable, upsert: true })
}
