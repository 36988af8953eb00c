/**
 * What a MongoDB replica set does in a failover, on one server. An older copy of the data folder is what a rollback leaves: a prefix of the
 * writes. The replies are those of the error codes that MongoDB documents.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { TestMongo } from '../store/mongo/test-mongo.fixture.ts'
import type { Document } from './mongo-messages.fixture.ts'
import type { CommandFate, MongoCommand } from './mongo-proxy.fixture.ts'

/** Copies the data folder between a kill and a start, so that the copy is whole. `rollBack` starts the server again on that copy. */
export const keepMongoFiles = async (mongo: TestMongo) => {
  const { folder } = mongo
  if (folder === null) throw new Error('only a MongoDB that the test started can be rolled back')
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
/** What the server adds to a reply when a majority did not confirm in time. */
export const writeConcernTimeout = { code: 64, codeName: 'WriteConcernTimeout', errmsg: 'waiting for replication timed out' }

export const replies = {
  notWritablePrimary: failure(10_107, 'NotWritablePrimary', transient),
  primarySteppedDown: failure(189, 'PrimarySteppedDown', ['RetryableWriteError']),
  noSuchTransaction: failure(251, 'NoSuchTransaction', transient),
  noSuchTransactionUnconfirmed: failure(251, 'NoSuchTransaction', transient, { writeConcernError: writeConcernTimeout }),
  maxTimeExpired: failure(50, 'MaxTimeMSExpired', []),
} as const

/** The reply to a `find` that sees nothing: a majority read of what no majority has yet. */
export const findsNothing: CommandFate = {
  kind: 'change',
  change: (reply) => ({ ...reply, cursor: { ...(reply['cursor'] as Document), firstBatch: [] } }),
}

const waitsForMajority = ({ body }: MongoCommand) => (body['writeConcern'] as Document | undefined)?.['w'] === 'majority'

/**
 * A majority that confirms nothing for a while: writes are carried out on the primary, and a reply comes when the command's own limit is over or
 * the stall is. A command without a limit waits for the end of the stall.
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
    /** Commands that carried no limit of their own. */
    get unlimited() {
      return unlimited
    },
  }
}
