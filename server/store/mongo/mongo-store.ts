/**
 * The store on a MongoDB replica set, for several processes.
 *
 * Placements that write the same pixel or painter conflict, and one of them is tried again with jitter. No document is written by all
 * transactions. Reads of the outbox use majority read concern, so a commit that a failover could roll back is never published.
 */

import { within } from '../../clock.ts'
import { type Failpoints, noFailpoints } from '../../failpoints.ts'
import type { Logger } from '../../observability/log.ts'
import type { AuditReading } from '../audit-port.ts'
import { type PlacementGroup, type Store, StoreError } from '../port.ts'
import { closingMs, longMs, majorityWaitsOf, pingMs, quickMs } from './deadlines.ts'
import { watchElections } from './election-watch.ts'
import { MajoritySlots } from './majority-slots.ts'
import { mongoActs } from './mongo-acts.ts'
import { mongoAdminSessions } from './mongo-admin-sessions.ts'
import { mongoAudit } from './mongo-audit.ts'
import { mongoBackups } from './mongo-backups.ts'
import { mongoCanvases } from './mongo-canvases.ts'
import { createContext } from './mongo-context.ts'
import { mongoDeadLetters } from './mongo-dead-letters.ts'
import { mongoErasing } from './mongo-erasing.ts'
import { mongoFaultOf } from './mongo-fault.ts'
import { mongoLog } from './mongo-log.ts'
import { mongoMembership } from './mongo-membership.ts'
import { mongoOutbox } from './mongo-outbox.ts'
import { mongoPlacing } from './mongo-placing.ts'
import { mongoProjections } from './mongo-projections.ts'
import { mongoSite } from './mongo-site.ts'
import { mongoTemplates } from './mongo-templates.ts'
import { mongoWebhooks } from './mongo-webhooks.ts'
import { openMongo } from './open-mongo.ts'
import { collectionsOf } from './schemas.ts'

const ownDeadline = 'own'

/** @throws with a sentence for the operator when this MongoDB cannot be used. */
export const openMongoStore = async (options: {
  uri: string
  /** Another database than that of the URI. */
  database?: string
  retentionMs: number
  logger: Logger
  now: () => number
  random: () => number
  /** Writes nothing: for commands that read a server's database. */
  readOnly?: boolean
  failpoints?: Failpoints
  /** Called with the latest charge time of the painters that are read. */
  onCharges?: (latestMs: number) => void
}): Promise<Store & AuditReading> => {
  const { connection, models } = await openMongo(options)
  const context = createContext({ connection, collections: collectionsOf(models), now: options.now, random: options.random })
  let closed = false

  const slots = new MajoritySlots(majorityWaitsOf(connection.getClient().options.maxPoolSize))
  const elections = watchElections(connection.getClient())
  const unavailable = (message: string, cause?: unknown) => {
    const electing = elections.isCauseOf(cause)
    // A member that is no primary is not writable. During an election that is no fault of its disk or its rights.
    return new StoreError('unavailable', message, { cause, reason: electing ? null : mongoFaultOf(cause), electing })
  }
  const tooLate = () => unavailable('MongoDB does not answer.')
  const guarded =
    <Args extends unknown[], Result>(run: (...args: Args) => Promise<Result>, deadlineMs: number | typeof ownDeadline = quickMs) =>
    async (...args: Args): Promise<Result> => {
      if (closed) throw new StoreError('closed', 'The store is closed.')
      try {
        const running = run(...args)
        return await (deadlineMs === ownDeadline ? running : within(deadlineMs, running, tooLate))
      } catch (cause) {
        if (cause instanceof StoreError) throw cause
        throw unavailable(cause instanceof Error ? cause.message : 'MongoDB failed', cause)
      }
    }
  /** For calls that wait for a majority. */
  const confirmed = <Args extends unknown[], Result>(run: (...args: Args) => Promise<Result>, deadlineMs = quickMs) =>
    guarded((...args: Args) => slots.use(() => run(...args), deadlineMs), deadlineMs)

  /** For calls that add an entry to the outbox. */
  const announced =
    <Args extends unknown[], Result>(run: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const result = await run(...args)
      outbox.expectMore()
      return result
    }

  const canvases = mongoCanvases(context)
  const site = mongoSite(context)
  const backups = mongoBackups(context)
  const placing = mongoPlacing(context, { failpoints: options.failpoints ?? noFailpoints, onCharges: options.onCharges ?? null })
  const outbox = mongoOutbox(context)
  const erasing = mongoErasing(context)
  const log = mongoLog(context)
  const deadLetters = mongoDeadLetters(context)
  const projections = mongoProjections(context)
  const auditing = mongoAudit(context)
  const membership = mongoMembership(context)
  const adminSessions = mongoAdminSessions(context)
  const acts = mongoActs(context)
  const webhooks = mongoWebhooks(context)
  const templates = mongoTemplates(context)
  return {
    kind: 'mongo',
    ping: guarded(async () => {
      if (elections.isElecting()) throw unavailable('The MongoDB replica set has no primary.')
      await connection.db?.admin().command({ ping: 1, maxTimeMS: pingMs })
    }, pingMs),
    async close() {
      closed = true
      // A server that hangs does not answer the closing.
      await within(closingMs, connection.close(), tooLate).catch(() => connection.close(true))
    },
    serverTime: guarded(async () => {
      const hello = await connection.db?.command({ hello: 1, maxTimeMS: pingMs })
      if (!(hello?.['localTime'] instanceof Date)) throw unavailable('MongoDB does not say its time.')
      return hello['localTime'].getTime()
    }, pingMs),
    checkWritable: confirmed(deadLetters.checkWritable),
    ensureCanvas: confirmed(canvases.ensureCanvas),
    createCanvas: confirmed(canvases.createCanvas),
    listCanvases: guarded(canvases.listCanvases),
    getCanvas: guarded(canvases.getCanvas),
    updateCanvas: confirmed(announced(canvases.updateCanvas)),
    getSite: guarded(site.getSite),
    getSiteLogo: guarded(site.getSiteLogo),
    saveSite: confirmed(site.saveSite),
    getBackups: guarded(backups.getBackups),
    saveBackups: confirmed(backups.saveBackups),
    eraseRows: confirmed(erasing.eraseRows, longMs),
    removeCanvas: confirmed(erasing.removeCanvas, longMs),
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
    sequence: confirmed(outbox.sequence),
    getUnpublished: guarded(outbox.getUnpublished),
    markAsPublished: confirmed(outbox.markAsPublished),
    countAttempts: confirmed(deadLetters.countAttempts),
    noteFailure: confirmed(deadLetters.noteFailure),
    moveToDeadLetters: confirmed(deadLetters.moveToDeadLetters),
    listStuck: guarded(deadLetters.listStuck),
    resetAttempts: confirmed(deadLetters.resetAttempts),
    listDeadLetters: guarded(deadLetters.listDeadLetters),
    retryDeadLetter: confirmed(deadLetters.retryDeadLetter),
    discardDeadLetter: confirmed(deadLetters.discardDeadLetter),
    isPublishingPaused: guarded(deadLetters.isPublishingPaused),
    pausePublishing: confirmed(deadLetters.pausePublishing),
    saveAdminSession: confirmed(adminSessions.saveAdminSession),
    removeAdminSession: confirmed(adminSessions.removeAdminSession),
    removeAllAdminSessions: confirmed(adminSessions.removeAllAdminSessions),
    readAdminSessions: guarded(adminSessions.readAdminSessions),
    saveAct: confirmed(acts.saveAct),
    endAct: confirmed(acts.endAct),
    readActs: guarded(acts.readActs),
    backlog: guarded(outbox.backlog),
    trim: confirmed(outbox.trim, longMs),
    beat: guarded(membership.beat),
    endBeat: guarded(membership.endBeat),
    readHeartbeats: guarded(membership.readHeartbeats),
    readReports: guarded(membership.readReports),
    savePoint: guarded(membership.savePoint),
    readPoints: guarded(membership.readPoints),
    readBoard: confirmed(log.readBoard, longMs),
    readAges: guarded(log.readAges, longMs),
    readCommits: confirmed(log.readCommits, longMs),
    readHeads: guarded(log.readHeads),
    listTiles: guarded(auditing.listTiles, longMs),
    scanLog: guarded(auditing.scanLog, longMs),
    sumStats: confirmed(auditing.sumStats, longMs),
    sumProfiles: confirmed(auditing.sumProfiles, longMs),
    projections: {
      readCursors: guarded(projections.readCursors, longMs),
      project: confirmed(projections.project, longMs),
      reset: confirmed(projections.reset, longMs),
      readHistory: guarded(projections.readHistory, longMs),
      readHistoryPage: guarded(projections.readHistoryPage, longMs),
      readStats: guarded(projections.readStats, longMs),
      readMinutes: guarded(projections.readMinutes, longMs),
      readLeaders: guarded(projections.readLeaders, longMs),
      readProfile: guarded(projections.readProfile, longMs),
      countStanding: guarded(projections.countStanding, longMs),
      saveSnapshot: confirmed(projections.saveSnapshot, longMs),
      readSnapshot: guarded(projections.readSnapshot, longMs),
      listSnapshots: guarded(projections.listSnapshots, longMs),
      deleteSnapshots: confirmed(projections.deleteSnapshots, longMs),
    },
    templates: {
      createTemplate: confirmed(announced(templates.createTemplate)),
      changeTemplate: confirmed(announced(templates.changeTemplate)),
      removeTemplate: confirmed(announced(templates.removeTemplate)),
      getTemplate: guarded(templates.getTemplate),
      getTemplatePicture: guarded(templates.getTemplatePicture),
      listTemplates: guarded(templates.listTemplates),
      readTileCounts: guarded(templates.readTileCounts, longMs),
      readTemplateCounts: guarded(templates.readTemplateCounts, longMs),
      moveTemplateCounts: confirmed(templates.moveTemplateCounts, longMs),
      resetTemplateCounts: confirmed(templates.resetTemplateCounts, longMs),
      readTemplateSamples: guarded(templates.readTemplateSamples),
      saveTemplateSamples: confirmed(templates.saveTemplateSamples),
    },
    webhooks: {
      listEndpoints: guarded(webhooks.listEndpoints),
      createEndpoint: confirmed(webhooks.createEndpoint),
      changeEndpoint: confirmed(webhooks.changeEndpoint),
      removeEndpoint: confirmed(webhooks.removeEndpoint),
      enqueue: confirmed(webhooks.enqueue),
      getFollowed: guarded(webhooks.getFollowed),
      follow: confirmed(webhooks.follow),
      getHealth: guarded(webhooks.getHealth),
      recordHealth: confirmed(webhooks.recordHealth),
      listDue: guarded(webhooks.listDue),
      claim: confirmed(webhooks.claim),
      settle: confirmed(webhooks.settle),
      sendAgain: confirmed(webhooks.sendAgain),
      getDelivery: guarded(webhooks.getDelivery),
      listDeliveries: guarded(webhooks.listDeliveries),
      countDeliveries: guarded(webhooks.countDeliveries),
    },
  }
}
