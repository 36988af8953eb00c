/** Shared by the parts of the MongoDB store: the collections, transactions, and the meaning of the driver's errors. */
import type { ClientSession, Connection } from 'mongoose'
import { backoffMs } from '../../lifecycle.ts'
import { transactionOptions } from './command-options.ts'
import { HeldTiles } from './held-tiles.ts'
import type { Collections } from './schemas.ts'

export interface MongoContext {
  readonly collections: Collections
  /**
   * Runs `run` in one snapshot, and again after a conflict. `run` must tolerate being repeated, because the reply to a commit can be lost. A
   * transaction that only reads is committed as well: only then can a failover not take back the data that it read.
   */
  transaction<Result>(run: (session: ClientSession) => Promise<Result>, options?: { maxTries: number }): Promise<Result>
  startSession(): Promise<ClientSession>
  pause(attempt: number): Promise<void>
  readonly now: () => number
  readonly heldTiles: HeldTiles
}

const usualTries = 10

/** Nothing was changed, and the same call can be tried again. */
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
