/**
 * Commits a group of placements, and finds out the outcome when the reply does not contain it.
 *
 * The reply can be lost, the primary can change, or the majority can be too slow. Then the store searches for the group's first commit with
 * majority read concern, and commits the transaction again, until the deadline. MongoDB replies to a repeated commit with its true outcome.
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

/** True if the error has the label for an unknown result, if a majority did not confirm (also with NoSuchTransaction), or without a reply. */
const mayBeSaved = (error: unknown): boolean =>
  !(error instanceof mongoose.mongo.MongoServerError) ||
  hasLabel(error, 'UnknownTransactionCommitResult') ||
  error.errorResponse['writeConcernError'] !== undefined

const tooLate = () => new StoreError('unavailable', 'MongoDB does not answer.')

/**
 * Returns false when the group was certainly not saved and may be tried again.
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
