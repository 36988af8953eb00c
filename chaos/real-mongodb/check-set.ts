/** Checks that a replica set can be tested. */
import type { Connection } from 'mongoose'
import { changeMongoUri, type MongoUri, parseMongoUri } from '../../server/store/mongo/mongo-uri.fixture.ts'
import { reasonOf } from '../../server/store/mongo/operator-error.ts'
import { refusedOption } from '../../server/store/mongo/uri-options.ts'
import { connectTo, connectToMember, databaseNames, neededRoles, ownDatabase, Refusal, runAdmin } from './set-connection.ts'

const needed = 3

interface Member {
  readonly host: string
  readonly arbiterOnly?: boolean
  readonly priority?: number
  readonly votes?: number
}

/** `states`: by host, as `rs.status()` names them. */
export const refusedMembers = (members: readonly Member[], states: ReadonlyMap<string, string>): string | null => {
  const arbiter = members.find(({ arbiterOnly }) => arbiterOnly)
  if (arbiter) {
    return `The member ${arbiter.host} is an arbiter: with it, one lost member leaves no majority. Replace it with a member that holds data.`
  }
  const voting = members.filter(({ votes = 1 }) => votes > 0)
  if (voting.length < needed) {
    return `The replica set has too few voting members: ${voting.length} of ${needed}. Add members with rs.add().`
  }
  if (voting.filter(({ priority = 1 }) => priority > 0).length < 2) {
    return 'Only one member can become the primary. Give a second one a priority above 0 with rs.reconfig().'
  }
  const away = members.find(({ host }) => !/^(PRIMARY|SECONDARY)$/.test(states.get(host) ?? ''))
  return away
    ? `The member ${away.host} is in the state ${states.get(away.host) ?? 'unknown'}. Wait until rs.status() shows it as SECONDARY.`
    : null
}

interface ConnectionStatus {
  readonly authInfo: {
    readonly authenticatedUsers: readonly unknown[]
    readonly authenticatedUserPrivileges?: readonly { readonly actions: readonly string[] }[]
  }
}

/** Without a user, the server checks no rights. */
export const refusedRights = ({ authInfo }: ConnectionStatus): string | null => {
  if (authInfo.authenticatedUsers.length === 0) return null
  const actions = new Set(authInfo.authenticatedUserPrivileges?.flatMap((privilege) => privilege.actions))
  const missing = ['replSetStateChange', 'fsync', 'unlock'].filter((action) => !actions.has(action) && !actions.has('anyAction'))
  return missing.length === 0 ? null : `The user lacks the privilege actions ${missing.join(', ')}. ${neededRoles}`
}

const parseArgument = (uri: string | undefined): MongoUri => {
  if (!uri) throw new Refusal('Name the replica set: script/real-mongodb "mongodb://a:27017,b:27017,c:27017/?replicaSet=rs0"')
  const parts = parseMongoUri(uri)
  if (!parts)
    throw new Refusal('This is not the URI of a MongoDB. It has the form mongodb://user:password@a:27017,b:27017,c:27017/?replicaSet=rs0')
  const option = refusedOption(uri)
  if (option) throw new Refusal(`The URI ${option}.`)
  if (parts.options.get('directConnection') === 'true') {
    throw new Refusal('The URI leads to one member. Leave out directConnection, and name the replica set with replicaSet.')
  }
  return parts
}

const checkMembers = async (connection: Connection) => {
  const { setName, msg } = await runAdmin<{ setName?: string; msg?: string }>(connection, { hello: 1 })
  if (msg === 'isdbgrid') throw new Refusal('This is a sharded cluster. Name a replica set of three members.')
  if (!setName) throw new Refusal('This MongoDB is not a replica set. Start three members with --replSet rs0, and run rs.initiate() once.')
  const { config } = await runAdmin<{ config: { members: Member[] } }>(connection, { replSetGetConfig: 1 })
  const status = await runAdmin<{ members: { name: string; stateStr: string }[] }>(connection, { replSetGetStatus: 1 })
  const states = new Map(status.members.map(({ name, stateStr }) => [name, stateStr]))
  const rights = await runAdmin<ConnectionStatus>(connection, { connectionStatus: 1, showPrivileges: true })
  const refusal = refusedMembers(config.members, states) ?? refusedRights(rights)
  if (refusal) throw new Refusal(refusal)
  return { setName, members: config.members.map(({ host }) => host) }
}

const checkDatabases = async (connection: Connection, { database }: MongoUri) => {
  const names = await databaseNames(connection)
  if (database !== 'admin' && names.includes(database)) {
    throw new Refusal(`The database "${database}" is not empty. Leave its name out of the URI: the run makes databases of its own.`)
  }
  const left = names.filter((name) => name.startsWith(`${ownDatabase}-`))
  if (left.length > 0) {
    throw new Refusal(`Databases of another run are there: ${left.join(', ')}. If that run is over, remove each with db.dropDatabase().`)
  }
}

const checkTransactions = async (connection: Connection) => {
  const probe = connection.getClient().db(`${ownDatabase}-probe`)
  const probes = probe.collection('probes')
  try {
    await probes.insertOne({}, { writeConcern: { w: 'majority', wtimeoutMS: 10_000 } })
    await connection.transaction(async (session) => {
      await probes.insertOne({}, { session })
    })
  } catch (error) {
    throw new Refusal(
      `A write and a transaction failed: ${reasonOf(error)}. Use MongoDB 7 or newer, and a user with rights on all databases.`,
    )
  } finally {
    await probe.dropDatabase().catch(() => undefined)
  }
}

const checkMember = (uri: string, host: string) =>
  connectToMember(uri, host, async (member) => {
    const { fsyncLock } = await runAdmin<{ fsyncLock?: boolean }>(member, { currentOp: 1, $ownOps: true })
    if (fsyncLock) throw new Refusal(`The member ${host} is locked. Run db.fsyncUnlock() on it.`)
  })

interface Parameters {
  readonly featureCompatibilityVersion?: { readonly version: string }
  readonly transactionLifetimeLimitSeconds?: number
}

const readFacts = async (connection: Connection) => {
  const { version } = await runAdmin<{ version: string }>(connection, { buildInfo: 1 })
  const parameters = { getParameter: 1, featureCompatibilityVersion: 1, transactionLifetimeLimitSeconds: 1 }
  const { featureCompatibilityVersion, transactionLifetimeLimitSeconds } = await runAdmin<Parameters>(connection, parameters)
  const { defaultWriteConcern } = await runAdmin<{ defaultWriteConcern?: object }>(connection, { getDefaultRWConcern: 1 })
  return {
    version,
    featureCompatibilityVersion: featureCompatibilityVersion?.version ?? 'unknown',
    transactionLifetimeLimitSeconds: `${transactionLifetimeLimitSeconds} (recommended: 20)`,
    'default write concern': defaultWriteConcern ? JSON.stringify(defaultWriteConcern) : 'none',
  }
}

/** The URI with every member in the place of a DNS record, so that one member can be reached alone. */
const plainUri = (connection: Connection, uri: string, hosts: readonly string[], replicaSet: string) => {
  const { credentials, tls } = connection.getClient().options
  const options = { replicaSet, ...(credentials ? { authSource: credentials.source } : {}), ...(tls ? { tls: 'true' } : {}) }
  return changeMongoUri(uri, { scheme: 'mongodb', hosts: hosts.join(','), database: ownDatabase }, options)
}

export interface CheckedSet {
  /** Names every member and the prefix of the run's databases. */
  readonly uri: string
  readonly members: readonly string[]
  readonly facts: Readonly<Record<string, string>>
}

/** @throws {Refusal} */
export const checkSet = async (argument: string | undefined): Promise<CheckedSet> => {
  const parts = parseArgument(argument)
  return connectTo(argument ?? '', 'MongoDB', async (connection) => {
    const { setName, members } = await checkMembers(connection)
    await checkDatabases(connection, parts)
    const uri = plainUri(connection, argument ?? '', members, setName)
    for (const host of members) await checkMember(uri, host)
    await checkTransactions(connection)
    return { uri, members, facts: { 'replica set': `${setName} (${members.join(', ')})`, ...(await readFacts(connection)) } }
  })
}
