/** Shows admins the settings of the process that answers. Processes may have different ones. */
import type { Config } from '../../config.ts'
import { type Callers, forAdmins } from '../callers.ts'
import { json } from '../exchange.ts'
import type { Route } from '../router.ts'

export interface SettingsRouteParts {
  readonly callers: Callers
  readonly processId: string
  readonly config: Pick<Config, 'roles' | 'settings'>
}

export const settingsRoutes = ({ callers, processId, config: { roles, settings } }: SettingsRouteParts): Route[] => [
  {
    method: 'GET',
    path: '/api/admin/settings',
    handle: forAdmins(callers, async () => json(200, { process: { id: processId, roles }, settings })),
  },
]
