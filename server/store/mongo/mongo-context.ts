/** What the parts of the MongoDB store share: the collections, snapshots, and what the driver's errors mean. */
import type { ClientSession, Connection } from 'mongoose'
import { backoffMs } from '../../lifecycle.ts'
import { transactionOptions } from './command-options.ts'
import { HeldTiles } from './held-tiles.ts'
import type { Collections } from './schemas.ts'

export interface MongoContext {
  readonly collections: Collections
  /**
   * All of it or nothing, in one snapshot; again when it meets a conflict. What it does must bear being asked for twice: the answer to a commit can be
   * lost. One that only reads is committed as well: only then is what it has read certain not to be rolled back by a failover.
   */
  transaction<Result>(run: (session: ClientSession) => Promise<Result>, options?: { maxTries: number }): Promise<Result>
  startSession(): Promise<ClientSession>
  pause(attempt: number): Promise<void>
  readonly now: () => number
  readonly heldTiles: HeldTiles
}

const usualTries = 10

/** Errors after which the same thing may be tried again: nothing was changed. */
export const isTransient = (error: unknown): boolean =>
  hasLabel(error, 'TransientTransactionError') || (error as { code?: unknown } | null)?.code === 112

export const hasLabel = (error: unknown, label: string): boolean =>
  (error as { hasErrorLabel?: (label: string) => boolean } | null)?.hasErrorLabel?.(label) === true

export const isDuplicateKey = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 11_000

export const createContext = (options: {
  connection: Connection
  collections: Collections
  now: () => number
  random: () => number
}): MongoContext => {
  const { connection, collections, now, random } = options
  const startSession = () => connection.startSession()
  const pause = (attempt: number) =>
    new Promise<void>((resolve) => setTimeout(resolve, backoffMs(attempt, random, { baseMs: 2, maxMs: 100 })))
  const attempts = async <Result>(once: (session: ClientSession) => Promise<Result>, maxTries = usualTries): Promise<Result> => {
    for (let attempt = 1; ; attempt++) {
      const session = await startSession()
      try {
        return await once(session)
      } catch (error) {
        if (session.inTransaction()) await session.abortTransaction().catch(() => undefined)
        if (!isTransient(error) || attempt >= maxTries) throw error
      } finally {
        await session.endSession()
      }
      await pause(attempt)
    }
  }
  const transaction = <Result>(
    run: (session: ClientSession) => Promise<Result>,
    { maxTries } = { maxTries: usualTries },
  ): Promise<Result> =>
    attempts(async (session) => {
      session.startTransaction(transactionOptions)
      const result = await run(session)
      await session.commitTransaction()
      return result
    }, maxTries)
  return {
    collections,
    now,
    heldTiles: new HeldTiles(),
    startSession,
    pause,
    transaction,
  }
}
