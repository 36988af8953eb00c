/**
 * Simulates a failover of a MongoDB replica set with one server. An older copy of the data folder has a prefix of the writes, like a rollback. The
 * replies have the error codes that MongoDB documents.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { TestMongo } from '../store/mongo/test-mongo.fixture.ts'
import type { Document } from './mongo-messages.fixture.ts'
import type { CommandFate, MongoCommand } from './mongo-proxy.fixture.ts'

/** Copies the data folder while the server is stopped, so that the copy is consistent. `rollBack` starts the server on that copy. */
export const keepMongoFiles = async (mongo: TestMongo) => {
  const { folder } = mongo
  if (folder === null) throw new Error('Only a MongoDB that the test started can be rolled back.')
  const kept = mkdtempSync(join(tmpdir(), 'fresco-kept-'))
  await mongo.kill()
  cpSync(folder, kept, { recursive: true })
  await mongo.boot()
  return {
    async rollBack() {
      await mongo.kill()
      rmSync(folder, { recursive: true, force: true })
      cpSync(kept, folder, { recursive: true })
      await mongo.boot()
    },
    dispose: () => rmSync(kept, { recursive: true, force: true }),
  }
}

const failure = (code: number, codeName: string, labels: readonly string[], rest: Document = {}): Document => ({
  ok: 0,
  code,
  codeName,
  errmsg: codeName,
  errorLabels: labels,
  ...rest,
})

const transient = ['TransientTransactionError']
/** The server adds it to a reply when no majority confirms in time. */
export const writeConcernTimeout = { code: 64, codeName: 'WriteConcernTimeout', errmsg: 'waiting for replication timed out' }

export const replies = {
  notWritablePrimary: failure(10_107, 'NotWritablePrimary', transient),
  primarySteppedDown: failure(189, 'PrimarySteppedDown', ['RetryableWriteError']),
  noSuchTransaction: failure(251, 'NoSuchTransaction', transient),
  noSuchTransactionUnconfirmed: failure(251, 'NoSuchTransaction', transient, { writeConcernError: writeConcernTimeout }),
  maxTimeExpired: failure(50, 'MaxTimeMSExpired', []),
} as const

/** An empty reply to a `find`, as from a majority read before a majority has the data. */
export const findsNothing: CommandFate = {
  kind: 'change',
  change: (reply) => ({ ...reply, cursor: { ...(reply['cursor'] as Document), firstBatch: [] } }),
}

const waitsForMajority = ({ body }: MongoCommand) => (body['writeConcern'] as Document | undefined)?.['w'] === 'majority'

const writes = /^(insert|update|delete|findAndModify|create|createIndexes|collMod|drop|commitTransaction)$/

/** Whether a replica set without a majority cannot reply to the command. MongoDB's default write concern is `majority` since 5.0. */
export const needsMajority = ({ name, body }: MongoCommand) => {
  if (name === 'getMore') return true
  // The statements of a transaction only count once it is committed.
  if (body['autocommit'] === false && name !== 'commitTransaction') return false
  const { level } = (body['readConcern'] ?? {}) as Document
  const { w = 'majority' } = (body['writeConcern'] ?? {}) as Document
  return level === 'majority' || level === 'snapshot' || (writes.test(name) && w === 'majority')
}

/**
 * No majority confirms until `end`: the primary executes writes, and replies at the command's own limit or at the end. A command without a limit
 * waits for the end.
 */
export const stallMajority = () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  let isOver = false
  let stalled = 0
  let unlimited = 0
  const fate = (command: MongoCommand): CommandFate => {
    if (isOver || !waitsForMajority(command)) return { kind: 'pass' }
    stalled++
    const { maxTimeMS, writeConcern } = command.body
    const limits = [maxTimeMS, (writeConcern as Document)['wtimeout']].flatMap((limit) => (limit === undefined ? [] : [Number(limit)]))
    if (limits.length === 0) {
      unlimited++
      return { kind: 'hold', until: () => ended }
    }
    const change = (reply: Document) => (isOver ? reply : { ...reply, writeConcernError: writeConcernTimeout })
    return { kind: 'change', change, after: () => Promise.race([ended, wait(Math.min(...limits), undefined, { ref: false })]) }
  }
  return {
    fate,
    end() {
      isOver = true
      end()
    },
    get stalled() {
      return stalled
    },
    /** The number of commands without a limit. */
    get unlimited() {
      return unlimited
    },
  }
}
