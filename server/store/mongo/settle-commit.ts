/**
 * Commits a group of placements, and finds out the outcome when the reply does not contain it.
 *
 * The reply can be lost, the primary can change, or the majority can be too slow. Then the first commit of the group is looked for among what
 * the majority has, and the transaction is committed again, which MongoDB answers truthfully, until the deadline.
 */
import mongoose, { type ClientSession } from 'mongoose'
import { monotonicNow, within } from '../../clock.ts'
import { StoreError } from '../port.ts'
import { settlingMs } from './deadlines.ts'
import { hasLabel, isTransient } from './mongo-context.ts'

export interface CommitToSettle {
  readonly session: ClientSession
  readonly giveUpAtMs: number
  /** Whether the majority has the group; null when that cannot be found out now. */
  readonly isThere: () => Promise<boolean | null>
  /** A group that saves nothing repeats outcomes that a failover could still take back, until its commit succeeds. */
  readonly saves: boolean
  readonly pause: (attempt: number) => Promise<void>
}

/** The server may have committed: it says so, or a majority did not confirm its answer (also with NoSuchTransaction), or there was no answer. */
const mayBeSaved = (error: unknown): boolean =>
  !(error instanceof mongoose.mongo.MongoServerError) ||
  hasLabel(error, 'UnknownTransactionCommitResult') ||
  error.errorResponse['writeConcernError'] !== undefined

const tooLate = () => new StoreError('unavailable', 'MongoDB does not answer.')

/**
 * Answers false when the group was certainly not saved and may be tried again.
 * @throws {StoreError} `outcome_unknown` when the outcome cannot be found out.
 */
export const settleCommit = async ({ session, giveUpAtMs, isThere, saves, pause }: CommitToSettle): Promise<boolean> => {
  const unknownAtMs = giveUpAtMs + settlingMs
  for (let attempt = 1; ; attempt++) {
    try {
      await within(unknownAtMs - monotonicNow(), session.commitTransaction(), tooLate)
      return true
    } catch (error) {
      const isCertain = !mayBeSaved(error)
      const found = saves ? await within(unknownAtMs - monotonicNow(), isThere(), tooLate).catch(() => null) : null
      if (found) return true
      if (found === false && isCertain) {
        if (isTransient(error)) return false
        throw error
      }
      if (monotonicNow() > giveUpAtMs || (isCertain && !saves)) {
        throw new StoreError('outcome_unknown', 'The outcome of a transaction could not be found out.', { cause: error })
      }
      await pause(attempt)
    }
  }
}
