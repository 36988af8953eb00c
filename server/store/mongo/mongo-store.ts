/**
 * The store on MongoDB, a replica set: for boards that one machine does not carry.
 *
 * Several processes place and publish at once. Placements that touch the same pixel or painter conflict, and the loser tries
 * again with jitter; nothing in a transaction is a document that everybody writes. Reads of the outbox use majority read concern: a
 * commit that a failover could roll back is never published.
 */

import { within } from '../../clock.ts'
import { type Failpoints, noFailpoints } from '../../failpoints.ts'
import type { Logger } from '../../observability/log.ts'
import type { AuditReading } from '../audit-port.ts'
import { type PlacementGroup, type Store, StoreError } from '../port.ts'
import { closingMs, longMs, quickMs } from './deadlines.ts'
import { mongoAdminSessions } from './mongo-admin-sessions.ts'
import { mongoAudit } from './mongo-audit.ts'
import { mongoCanvases } from './mongo-canvases.ts'
import { createContext } from './mongo-context.ts'
import { mongoDeadLetters } from './mongo-dead-letters.ts'
import { mongoFaultOf } from './mongo-fault.ts'
import { mongoLog } from './mongo-log.ts'
import { mongoMembership } from './mongo-membership.ts'
import { mongoOutbox } from './mongo-outbox.ts'
import { mongoPlacing } from './mongo-placing.ts'
import { mongoProjections } from './mongo-projections.ts'
import { openMongo } from './open-mongo.ts'
import { collectionsOf } from './schemas.ts'

const ownDeadline = 'own'

/** @throws with a sentence for the operator when this MongoDB cannot be used. */
export const openMongoStore = async (options: {
  uri: string
  retentionMs: number
  logger: Logger
  now: () => number
  random: () => number
  /** Makes nothing, for whoever only looks. */
  readOnly?: boolean
  failpoints?: Failpoints
  /** Shown the latest time that the charges of painters were stored with, as they are read. */
  onCharges?: (latestMs: number) => void
}): Promise<Store & AuditReading> => {
  const { connection, models } = await openMongo(options)
  const context = createContext({ connection, collections: collectionsOf(models), now: options.now, random: options.random })
  let closed = false

  const tooLate = () => new StoreError('unavailable', 'MongoDB does not answer.')
  const guarded =
    <Args extends unknown[], Result>(run: (...args: Args) => Promise<Result>, deadlineMs: number | typeof ownDeadline = quickMs) =>
    async (...args: Args): Promise<Result> => {
      if (closed) throw new StoreError('closed', 'The store is closed.')
      try {
        const running = run(...args)
        return await (deadlineMs === ownDeadline ? running : within(deadlineMs, running, tooLate))
      } catch (cause) {
        if (cause instanceof StoreError) throw cause
        throw new StoreError('unavailable', cause instanceof Error ? cause.message : 'MongoDB failed', {
          cause,
          reason: mongoFaultOf(cause),
        })
      }
    }

  const canvases = mongoCanvases(context)
  const placing = mongoPlacing(context, { failpoints: options.failpoints ?? noFailpoints, onCharges: options.onCharges ?? null })
  const outbox = mongoOutbox(context)
  const log = mongoLog(context)
  const deadLetters = mongoDeadLetters(context)
  const projections = mongoProjections(context)
  const auditing = mongoAudit(context)
  const membership = mongoMembership(context)
  const adminSessions = mongoAdminSessions(context)
  return {
    kind: 'mongo',
    ping: guarded(async () => {
      await connection.db?.admin().command({ ping: 1 })
    }),
    async close() {
      closed = true
      // One that hangs would not say good-bye.
      await within(closingMs, connection.close(), tooLate).catch(() => connection.close(true))
    },
    checkWritable: guarded(deadLetters.checkWritable),
    ensureCanvas: guarded(canvases.ensureCanvas),
    listCanvases: guarded(canvases.listCanvases),
    getCanvas: guarded(canvases.getCanvas),
    updateCanvas: guarded(canvases.updateCanvas),
    place: guarded(async (group: PlacementGroup) => {
      const outcomes = await placing.place(group)
      outbox.expectMore()
      return outcomes
    }, ownDeadline),
    latestChargeMs: guarded(placing.latestChargeMs, longMs),
    getCharges: guarded(placing.getCharges),
    getPixel: guarded(log.getPixel),
    readUnsequencedPixels: guarded(log.readUnsequencedPixels),
    getReceipt: guarded(log.getReceipt),
    sequence: guarded(outbox.sequence),
    getUnpublished: guarded(outbox.getUnpublished),
    markAsPublished: guarded(outbox.markAsPublished),
    countAttempts: guarded(deadLetters.countAttempts),
    noteFailure: guarded(deadLetters.noteFailure),
    moveToDeadLetters: guarded(deadLetters.moveToDeadLetters),
    listStuck: guarded(deadLetters.listStuck),
    resetAttempts: guarded(deadLetters.resetAttempts),
    listDeadLetters: guarded(deadLetters.listDeadLetters),
    retryDeadLetter: guarded(deadLetters.retryDeadLetter),
    discardDeadLetter: guarded(deadLetters.discardDeadLetter),
    isPublishingPaused: guarded(deadLetters.isPublishingPaused),
    pausePublishing: guarded(deadLetters.pausePublishing),
    saveAdminSession: guarded(adminSessions.saveAdminSession),
    removeAdminSession: guarded(adminSessions.removeAdminSession),
    removeAllAdminSessions: guarded(adminSessions.removeAllAdminSessions),
    readAdminSessions: guarded(adminSessions.readAdminSessions),
    backlog: guarded(outbox.backlog),
    trim: guarded(outbox.trim, longMs),
    beat: guarded(membership.beat),
    endBeat: guarded(membership.endBeat),
    readHeartbeats: guarded(membership.readHeartbeats),
    readReports: guarded(membership.readReports),
    savePoint: guarded(membership.savePoint),
    readPoints: guarded(membership.readPoints),
    readBoard: guarded(log.readBoard, longMs),
    readCommits: guarded(log.readCommits, longMs),
    readHeads: guarded(log.readHeads),
    listTiles: guarded(auditing.listTiles, longMs),
    scanLog: guarded(auditing.scanLog, longMs),
    sumStats: guarded(auditing.sumStats, longMs),
    projections: {
      readCursors: guarded(projections.readCursors, longMs),
      project: guarded(projections.project, longMs),
      reset: guarded(projections.reset, longMs),
      readHistory: guarded(projections.readHistory, longMs),
      readHistoryPage: guarded(projections.readHistoryPage, longMs),
      readStats: guarded(projections.readStats, longMs),
      countStanding: guarded(projections.countStanding, longMs),
      saveSnapshot: guarded(projections.saveSnapshot, longMs),
      readSnapshot: guarded(projections.readSnapshot, longMs),
      listSnapshots: guarded(projections.listSnapshots, longMs),
      deleteSnapshots: guarded(projections.deleteSnapshots, longMs),
    },
  }
}
