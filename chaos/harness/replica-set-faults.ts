/**
 * Faults of the replica set that MONGODB_TEST_URI names: real elections, and a majority that confirms nothing. They need no access to its hosts,
 * and the rights of `clusterAdmin`. They follow MongoDB's documentation, and were tried on a simulated replica set only.
 */
import { setTimeout as wait } from 'node:timers/promises'
import mongoose, { type Connection } from 'mongoose'
import type { TestMongo } from '../../server/store/mongo/test-mongo.fixture.ts'
import type { Random } from '../random.ts'
import type { Fault } from './faults.ts'

const electionMs = 60_000
/** A member that stepped down may be elected again when its fault ends, or after this time if this process ends first. */
const stepDownSeconds = 60
const catchUpSeconds = 10
const writeConcernFailed = 64

const connect = async (uri: string) =>
  mongoose.createConnection(uri, { serverSelectionTimeoutMS: 5_000, heartbeatFrequencyMS: 500, retryWrites: false }).asPromise()

const admin = (connection: Connection, command: Record<string, unknown>) => {
  if (!connection.db) throw new Error('not connected')
  return connection.db.admin().command(command)
}

/** The primary, as the configuration of the replica set names it. */
const primaryOf = async (connection: Connection): Promise<string> => {
  const until = performance.now() + electionMs
  for (;;) {
    const hello = await admin(connection, { hello: 1 }).catch(() => null)
    if (hello?.['isWritablePrimary']) return String(hello['me'])
    if (performance.now() > until) throw new Error(`no primary within ${electionMs / 1_000} s`)
    await wait(200)
  }
}

const withSet = async (mongo: TestMongo, act: (set: Connection) => Promise<void>) => {
  const set = await connect(mongo.uri('faults'))
  try {
    await act(set)
  } finally {
    await set.close()
  }
}

const withMembers = async (mongo: TestMongo, hosts: readonly string[], act: (members: readonly Connection[]) => Promise<void>) => {
  const members: Connection[] = []
  try {
    for (const host of hosts) members.push(await connect(mongo.memberUri(host)))
    await act(members)
  } finally {
    await Promise.all(members.map((member) => member.close()))
  }
}

/** The old primary may have to roll back before it follows. */
const untilAllFollow = async (set: Connection) => {
  const until = performance.now() + electionMs
  for (;;) {
    const status = await admin(set, { replSetGetStatus: 1 }).catch(() => null)
    const states: string[] = status?.['members'].map(({ stateStr }: { stateStr: string }) => stateStr) ?? ['unknown']
    if (states.every((state) => state === 'PRIMARY' || state === 'SECONDARY')) return
    if (performance.now() > until) throw new Error(`members did not follow within ${electionMs / 1_000} s: ${states.join(', ')}`)
    await wait(200)
  }
}

/** The primary steps down, and another member is elected. */
const elect = async (mongo: TestMongo, set: Connection, act: (old: string) => Promise<void>) => {
  const old = await primaryOf(set)
  await withMembers(mongo, [old], async ([member]) => {
    try {
      await act(old)
      const elected = await primaryOf(set)
      if (elected === old) throw new Error(`${old} is still the primary`)
      await untilAllFollow(set)
    } finally {
      // 0 ends the time in which it may not be elected. A primary refuses this.
      if (member) await admin(member, { replSetFreeze: 0 }).catch(() => undefined)
    }
  })
}

const stepDown = (mongo: TestMongo) =>
  withSet(mongo, (set) =>
    elect(mongo, set, async () => {
      await admin(set, { replSetStepDown: stepDownSeconds, secondaryCatchUpPeriodSecs: catchUpSeconds })
    }),
  )

const lock = async (members: readonly Connection[], act: () => Promise<void>) => {
  const locked: Connection[] = []
  try {
    for (const member of members) {
      await admin(member, { fsync: 1, lock: true })
      locked.push(member)
    }
    await act()
  } finally {
    await Promise.all(locked.map((member) => admin(member, { fsyncUnlock: 1 })))
  }
}

/** @throws when a majority confirms a write, so that the fault did not happen. */
const checkStall = async (set: Connection) => {
  const writing = set.collection('probes').insertOne({}, { writeConcern: { w: 'majority', wtimeoutMS: 1_000 } })
  const code = await writing.then(
    () => 0,
    (error: { code?: unknown }) => error.code,
  )
  if (code !== writeConcernFailed) throw new Error(`a majority confirmed a write of the primary (code ${code})`)
}

/**
 * The primary is cut off from its replicas, as in a partition: `fsync` with `lock` stops replication on every other member. The primary executes
 * writes that no majority confirms, and then has to step down.
 */
const cutOff = (mongo: TestMongo, random: Random) =>
  withSet(mongo, async (set) => {
    const { config } = await admin(set, { replSetGetConfig: 1 })
    await elect(mongo, set, async (old) => {
      const others = config.members.map(({ host }: { host: string }) => host).filter((host: string) => host !== old)
      await withMembers(mongo, others, (members) =>
        lock(members, async () => {
          await checkStall(set)
          await wait(random.below(3_000))
          await admin(set, { replSetStepDown: stepDownSeconds, secondaryCatchUpPeriodSecs: 0, force: true })
        }),
      )
    })
  })

const replicaSetFault = (name: string, act: (mongo: TestMongo, random: Random) => Promise<void>): Fault => ({
  name: `replica set: ${name}`,
  kind: 'mongo',
  hangs: true,
  stacks: ['services'],
  replicaSet: true,
  inject({ services }, random) {
    if (!services) throw new Error('this stack has no services')
    return act(services.mongo, random)
  },
})

export const replicaSetFaults: readonly Fault[] = [
  replicaSetFault('the primary steps down', stepDown),
  replicaSetFault('the primary is cut off from a majority, and steps down', cutOff),
]
