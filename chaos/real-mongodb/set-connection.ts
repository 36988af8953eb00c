/** Connections to a replica set and its members, whose errors are sentences for the person who runs the check. None repeats a password. */
import mongoose, { type Connection } from 'mongoose'
import { changeMongoUri } from '../../server/store/mongo/mongo-uri.fixture.ts'
import { reasonOf } from '../../server/store/mongo/operator-error.ts'

/** What is wrong with the arguments or the replica set, and what to do. */
export class Refusal extends Error {}

/** All databases of a run have names that begin with this. */
export const ownDatabase = 'fresco-check'
export const neededRoles = 'Give it the roles clusterAdmin, readWriteAnyDatabase and dbAdminAnyDatabase.'
const unauthorized = 13
/** An election takes up to 12 s. */
const selectionMs = 15_000

/** @throws {Refusal} */
export const connectTo = async <Result>(uri: string, what: string, act: (connection: Connection) => Promise<Result>): Promise<Result> => {
  let connection: Connection
  try {
    connection = await mongoose.createConnection(uri, { serverSelectionTimeoutMS: selectionMs, heartbeatFrequencyMS: 1_000 }).asPromise()
  } catch (error) {
    throw new Refusal(`${what} cannot be reached: ${reasonOf(error)}. Check addresses, user, password and TLS from this machine.`)
  }
  try {
    return await act(connection)
  } finally {
    await connection.close()
  }
}

export const connectToMember = <Result>(uri: string, host: string, act: (connection: Connection) => Promise<Result>) =>
  connectTo(changeMongoUri(uri, { hosts: host }, { directConnection: 'true' }), `The member ${host}`, act)

/** @throws {Refusal} when the user has no right to it. */
export const runAdmin = async <Reply>(connection: Connection, command: Record<string, unknown>): Promise<Reply> => {
  try {
    return (await connection.db?.admin().command(command)) as Reply
  } catch (error) {
    if ((error as { code?: unknown }).code !== unauthorized) throw error
    throw new Refusal(`The user may not run ${Object.keys(command)[0]}. ${neededRoles}`)
  }
}

export const databaseNames = async (connection: Connection): Promise<string[]> => {
  const { databases } = await runAdmin<{ databases: { name: string }[] }>(connection, { listDatabases: 1, nameOnly: true })
  return databases.map(({ name }) => name)
}
