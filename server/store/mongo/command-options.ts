/**
 * The options of every command. Each has a limit for the server, because a deadline of the store only ends the waiting: without the limit, a
 * command that the store has given up keeps its connection and may still take effect much later. `timeoutMS` has no effect in the driver 7.
 */
import type { ClientSession } from 'mongoose'
import { longMs, quickMs } from './deadlines.ts'

/** A part of the limit, so that the answer "the majority is too slow" arrives before the answer "the limit is over", which has less information. */
const wtimeoutShare = 0.8

export const atMost = (maxTimeMS: number) => ({
  /** What the primary has, also what a failover could take back. */
  local: { maxTimeMS },
  /** What a failover cannot take back. */
  majority: { readConcern: { level: 'majority' as const }, maxTimeMS },
  /** Waits until a majority has the write on disk. `wtimeout` ends that waiting, not the write. */
  durable: { writeConcern: { w: 'majority' as const, j: true, wtimeoutMS: maxTimeMS * wtimeoutShare }, maxTimeMS },
  /** Waits for the primary only. A failover may take the write back. */
  light: { writeConcern: { w: 1, j: false }, maxTimeMS },
  inside: (session: ClientSession) => ({ session, maxTimeMS }),
})

export const { local, majority, durable, light, inside } = atMost(quickMs)
/** For calls that may read or write many documents. */
export const long = atMost(longMs)

export const transactionOptions = {
  readConcern: { level: 'snapshot' as const },
  writeConcern: durable.writeConcern,
  maxCommitTimeMS: quickMs,
}
