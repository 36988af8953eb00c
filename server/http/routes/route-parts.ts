/** The parts of a process that its routes use. */
import type { CanvasId } from '../../../lib/brand.ts'
import type { AdminSessions } from '../../accounts/admin-sessions.ts'
import type { Sessions } from '../../accounts/sessions.ts'
import type { SignInGuard } from '../../accounts/sign-in-guard.ts'
import type { SignInLink } from '../../accounts/sign-in-link.ts'
import type { Acts } from '../../acts/acts.ts'
import type { LiveTiles } from '../../broadcasting/port.ts'
import type { Clock } from '../../clock.ts'
import type { ScheduledBackups } from '../../config.ts'
import type { ExpensiveReads } from '../../limits/expensive-reads.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Logger } from '../../observability/log.ts'
import type { OverviewKeeper } from '../../observability/overview.ts'
import type { GroupCommitQueue } from '../../placement/group-commit-queue.ts'
import type { PlacementUseCase } from '../../placement/placement-use-case.ts'
import type { UndoUseCase } from '../../placement/undo-use-case.ts'
import type { PublishingSwitch } from '../../publishing/publishing-switch.ts'
import type { CanvasCache } from '../../store/canvas-cache.ts'
import type { Store } from '../../store/port.ts'
import type { SiteCache } from '../../store/site-cache.ts'
import type { PixelTracing } from '../../telemetry/pixel-tracing.ts'
import type { Callers } from '../callers.ts'
import type { CostlyWork } from '../costly-work.ts'
import type { OpenPictures } from '../open-pictures.ts'

export interface RouteParts {
  readonly store: Store
  readonly liveTiles: LiveTiles
  readonly site: SiteCache
  readonly placing: {
    readonly canvases: CanvasCache
    readonly commitQueue: GroupCommitQueue
    readonly placements: PlacementUseCase
    readonly undo: UndoUseCase
    readonly tracing?: PixelTracing | undefined
  }
  readonly access: {
    readonly callers: Callers
    readonly sessions: Sessions
    readonly adminSessions: Pick<AdminSessions, 'open' | 'end' | 'endAll'>
    readonly signIns: SignInGuard
    readonly signInLink: Pick<SignInLink, 'redeem'>
    readonly limits: Limits
  }
  readonly operations: {
    readonly overview: Pick<OverviewKeeper, 'read' | 'placedPerSecond'>
    readonly publishing: Pick<PublishingSwitch, 'isPaused' | 'refresh' | 'set'>
    readonly newGroupId: () => string
    readonly acts: Acts
    /** The sockets that have joined a canvas, over all gateways. */
    readonly online: (canvas: CanvasId) => number
    /** A retried commit waits in the outbox. */
    readonly wakePublisher: () => void
    /** A board was deleted or started over: this process shows it at once, and removes the rows of a small board. */
    readonly boardErased: (canvas: CanvasId) => Promise<void>
    readonly logger: Logger
  }
  readonly expensiveReads: ExpensiveReads
  readonly pictures: { readonly costly: CostlyWork; readonly open: OpenPictures }
  /** Charges grow by `chargesNow`. */
  readonly clock: Clock & { readonly chargesNow: () => number }
  readonly outboxRetentionMs: number
  readonly webhooksAllowPrivate: boolean
  readonly backups: ScheduledBackups | null
}
