import type { BackupState } from '../../lib/backups.ts'
import { type Store, StoreError } from '../store/port.ts'

const maxTries = 10

/** Changes the newest state. Null from `change` leaves it. Returns the saved state, or null. */
export const changeBackups = async (
  store: Pick<Store, 'getBackups' | 'saveBackups'>,
  change: (state: BackupState) => BackupState | null,
): Promise<BackupState | null> => {
  for (let tries = 0; tries < maxTries; tries++) {
    const state = await store.getBackups()
    const changed = change(state)
    if (!changed) return null
    const next = { ...changed, rev: state.rev + 1 }
    if (await store.saveBackups(next)) return next
  }
  throw new StoreError('unavailable', 'The state of the backups is changed by others all the time.')
}
