/** Lists the scheduled backups, and asks for one now. A process with the projector role makes it. */
import { showBackups } from '../../../lib/backups.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import { changeBackups } from '../../backup/change-backups.ts'
import { storeTime } from '../../store/store-time.ts'
import { forAdmins } from '../callers.ts'
import { type Answer, json } from '../exchange.ts'
import { problemAnswer } from '../problem.ts'
import type { Route } from '../router.ts'
import type { RouteParts } from './route-parts.ts'

const off: Refusal = {
  code: 'backups_off',
  detail: 'Scheduled backups are not set up. Set BACKUP_DIR to a folder, and start Fresco again.',
}
const running: Refusal = {
  code: 'backup_running',
  detail: 'A backup or its verification is running already. Try again when it has ended.',
  retryAfterMs: 10_000,
}

export const backupRoutes = (parts: RouteParts): Route[] => {
  const { access, operations, clock } = parts
  const sinceMs = clock.now()
  return [
    {
      method: 'GET',
      path: '/api/admin/backups',
      handle: forAdmins(access.callers, async () => {
        const nowMs = await storeTime(parts.store, clock)
        return json(200, showBackups(await parts.store.getBackups(), parts.backups, { nowMs, sinceMs }))
      }),
    },
    {
      method: 'POST',
      path: '/api/admin/backups',
      handle: forAdmins(access.callers, async (_, admin) => {
        const answer = await operations.acts.run(admin, { action: 'backup.run' }, () => request(parts))
        operations.logger.info({ event: 'admin_action', action: 'backup.run', by: admin.painter.id, status: answer.status })
        return answer
      }),
    },
  ]
}

const request = async ({ store, backups, clock }: RouteParts): Promise<Answer> => {
  if (!backups) return problemAnswer(off)
  const nowMs = await storeTime(store, clock)
  // A look at the folder is over in a moment.
  const isBusy = (kind: string | undefined) => kind === 'backup' || kind === 'verify'
  const saved = await changeBackups(store, (state) => (isBusy(state.run?.kind) ? null : { ...state, requestedAtMs: nowMs }))
  return saved ? json(202, { requested: true }) : problemAnswer(running)
}
