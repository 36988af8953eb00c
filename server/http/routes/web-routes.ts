/** The routes of a process with the web role. Probes are separate, because every role answers them. */
import { forAdmins } from '../callers.ts'
import { json } from '../exchange.ts'
import type { Route } from '../router.ts'
import { actsRoutes } from './acts-routes.ts'
import { adminCanvasRoutes } from './admin-canvas-routes.ts'
import { adminSessionRoutes } from './admin-session-routes.ts'
import { agesRoutes } from './ages-routes.ts'
import { announcementRoutes } from './announcement-routes.ts'
import { backupRoutes } from './backup-routes.ts'
import { calendarRoutes } from './calendar-routes.ts'
import { canvasRoutes } from './canvas-routes.ts'
import { createCanvasRoutes } from './create-canvas-route.ts'
import { eraseCanvasRoutes } from './erase-canvas-routes.ts'
import { outboxRoutes } from './outbox-routes.ts'
import { painterRoutes } from './painter-routes.ts'
import { pictureRoutes } from './picture-routes.ts'
import { placingRoutes } from './placing-routes.ts'
import type { RouteParts } from './route-parts.ts'
import { siteRoutes } from './site-routes.ts'
import { statsRoutes } from './stats-routes.ts'
import { templateRoutes } from './template-routes.ts'
import { tileRoutes } from './tile-routes.ts'
import { undoRoutes } from './undo-routes.ts'
import { webhookRoutes } from './webhook-routes.ts'

export const webRoutes = (parts: RouteParts): Route[] => [
  ...placingRoutes(parts),
  ...undoRoutes(parts),
  ...painterRoutes(parts),
  ...adminSessionRoutes(parts),
  ...canvasRoutes(parts),
  ...calendarRoutes(parts),
  ...adminCanvasRoutes(parts),
  ...createCanvasRoutes(parts),
  ...eraseCanvasRoutes(parts),
  ...announcementRoutes(parts),
  ...siteRoutes(parts),
  ...backupRoutes(parts),
  ...tileRoutes(parts),
  ...agesRoutes(parts),
  ...statsRoutes(parts),
  ...pictureRoutes(parts),
  ...templateRoutes(parts),
  {
    method: 'GET',
    path: '/api/admin/overview',
    handle: forAdmins(parts.access.callers, async () => json(200, await parts.operations.overview.read())),
  },
  ...outboxRoutes(parts),
  ...actsRoutes(parts),
  ...webhookRoutes(parts),
]
