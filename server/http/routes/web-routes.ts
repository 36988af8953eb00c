/** The routes of a process with the web role. Probes are separate, because every role answers them. */
import type { LiveTiles } from '../../broadcasting/port.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Logger } from '../../observability/log.ts'
import type { OverviewKeeper } from '../../observability/overview.ts'
import type { PlacementUseCase } from '../../placement/placement-use-case.ts'
import type { GroupCommitQueue } from '../../placement/port.ts'
import type { PublishingSwitch } from '../../publishing/publishing-switch.ts'
import type { CanvasCache } from '../../store/canvas-cache.ts'
import type { Store } from '../../store/port.ts'
import { BoardCache } from '../board-cache.ts'
import { forAdmins } from '../callers.ts'
import type { CostlyWork } from '../costly-work.ts'
import { json } from '../exchange.ts'
import type { OpenPictures } from '../open-pictures.ts'
import type { Route } from '../router.ts'
import { type AdminSessionRouteDeps, adminSessionRoutes } from './admin-session-routes.ts'
import { canvasRoutes } from './canvas-routes.ts'
import { outboxRoutes } from './outbox-routes.ts'
import { painterRoutes } from './painter-routes.ts'
import { pictureRoutes } from './picture-routes.ts'
import { placingRoutes } from './placing-routes.ts'
import { statsRoutes } from './stats-routes.ts'
import { tileRoutes } from './tile-routes.ts'

export interface WebRouteParts {
  readonly store: Store
  readonly liveTiles: LiveTiles
  readonly placing: { readonly canvases: CanvasCache; readonly commitQueue: GroupCommitQueue; readonly placements: PlacementUseCase }
  readonly access: AdminSessionRouteDeps & { readonly limits: Limits }
  readonly operations: {
    readonly overview: Pick<OverviewKeeper, 'read'>
    readonly publishing: Pick<PublishingSwitch, 'isPaused' | 'refresh' | 'set'>
    readonly newGroupId: () => string
    readonly wakePublisher: () => void
    readonly logger: Logger
  }
  readonly pictures: { readonly costly: CostlyWork; readonly open: OpenPictures }
  readonly clocks: {
    readonly now: () => number
    readonly monotonicNow: () => number
    /** The time by which charges grow. */
    readonly chargesNow: () => number
  }
  readonly outboxRetentionMs: number
}

export const webRoutes = (parts: WebRouteParts): Route[] => {
  const { store, liveTiles, access, operations, clocks, outboxRetentionMs } = parts
  const { canvases, commitQueue, placements } = parts.placing
  const { costly, open } = parts.pictures
  const { callers } = access
  const { logger } = operations
  const { now, monotonicNow } = clocks
  return [
    ...placingRoutes({ store, canvases, callers, placements, outboxRetentionMs, now }),
    ...painterRoutes({ ...access, store, canvases, clocks }),
    ...adminSessionRoutes(access),
    ...canvasRoutes({ store, canvases }),
    ...tileRoutes({ store, costly, canvases, boards: new BoardCache({ liveTiles, now: monotonicNow }) }),
    ...statsRoutes({ store, canvases, now, monotonicNow }),
    ...pictureRoutes({ canvases, callers, liveTiles, commitQueue, logger, costly, open }),
    { method: 'GET', path: '/api/admin/overview', handle: forAdmins(callers, async () => json(200, await operations.overview.read())) },
    ...outboxRoutes({ ...operations, store, canvases, callers, now }),
  ]
}
