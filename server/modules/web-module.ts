/** The web role: placing, sockets, boards in memory, and the API's routes. */
import type { Server } from 'node:http'
import { BoardEraser, eraserOptions } from '../erasing/board-eraser.ts'
import type { CostlyWork } from '../http/costly-work.ts'
import { createOpenPictures } from '../http/open-pictures.ts'
import { settingsRoutes } from '../http/routes/settings-routes.ts'
import { webRoutes } from '../http/routes/web-routes.ts'
import { SetupWatch } from '../http/setup-watch.ts'
import { createExpensiveReads } from '../limits/expensive-reads.ts'
import { createPageData } from '../page-data.ts'
import { createSiteCache } from '../store/site-cache.ts'
import { createBroadcasting } from './broadcasting-module.ts'
import { createDoctorRoutes } from './doctor-module.ts'
import { createPlacing } from './placing-module.ts'
import type { SharedModules } from './shared-modules.ts'

/** A small board is gone before the answer. The rest of a large one is removed by a publisher's process. */
const eraseAtOnceMs = 2_000

export interface WebModuleOptions extends SharedModules {
  readonly http: Server
  /** Does nothing in a process without a publisher. */
  readonly wakePublisher: () => void
  /** For benchmarks: the most pixels of one transaction. */
  readonly maxGroupPixels?: number | undefined
}

export const createWebModule = (options: WebModuleOptions, costly: CostlyWork) => {
  const { context, observability, storage, coordination, access } = options
  const { config, clock } = context
  const placing = createPlacing(options)
  const site = createSiteCache({ store: storage.store, now: clock.monotonicNow })
  const { tiles, gateway, broadcaster } = createBroadcasting(options, placing)
  watchSetup(options)
  observability.registerWeb({
    sockets: () => gateway.sockets(),
    joined: () => gateway.joined(),
    queued: () => placing.commitQueue.queued(),
    tilesInMemory: () => tiles.size,
  })
  const services = [broadcaster.follow, broadcaster.watchHeads]
  observability.registerRole({
    role: 'web',
    services: services.map(({ name }) => name),
    processed: () => observability.processMetrics.emittedTotal,
  })
  const eraser = new BoardEraser(eraserOptions(options, options.wakePublisher))
  const routes = webRoutes({
    store: storage.store,
    liveTiles: tiles,
    site,
    placing,
    access,
    operations: {
      overview: coordination.overview,
      publishing: coordination.publishing,
      newGroupId: context.newGroupId,
      acts: options.access.acts,
      online: (canvas) => gateway.online(canvas),
      wakePublisher: options.wakePublisher,
      async boardErased(canvas) {
        await broadcaster.checkEpoch(canvas)
        await eraser.erase(canvas, AbortSignal.timeout(eraseAtOnceMs))
        await broadcaster.checkEpoch(canvas)
      },
      logger: context.logger,
    },
    expensiveReads: createExpensiveReads({ countsAddresses: config.rateLimits }),
    pictures: { costly, open: createOpenPictures({ countsAddresses: config.rateLimits, monotonicNow: clock.monotonicNow }) },
    clock: { ...clock, chargesNow: storage.chargeClock.now },
    outboxRetentionMs: config.outboxRetentionMs,
    webhooksAllowPrivate: config.webhooksAllowPrivate,
    backups: config.backups,
  })
  const settings = settingsRoutes({ callers: access.callers, processId: context.processId, config })
  const pages = createPageData({ canvases: placing.canvases, site, online: (canvas) => gateway.online(canvas) })
  return {
    gateway,
    broadcaster,
    commitQueue: placing.commitQueue,
    routes: [...routes, ...createDoctorRoutes(options), ...settings],
    pages,
    services,
  }
}

/** Call it after the gateway is created, so that these listeners go before the gateway's. */
const watchSetup = ({ context, observability, access, http }: WebModuleOptions) => {
  const { publicUrls, trustProxy } = context.config
  const { origins, sessions } = access
  const watch = new SetupWatch({
    warnings: observability.warnings,
    origins,
    hasSession: sessions.hasSession,
    isOwnCheck: access.probeNonces.isOwn,
    publicUrls,
    trustProxy,
    now: context.clock.monotonicNow,
  })
  watch.listen(http)
}
