/** The state of the scheduled backups, a part of the store's port. Adapters keep it among their settings. */
import { afterRestore, type BackupState, noBackups } from '../../lib/backups.ts'

export interface BackupStateStore {
  getBackups(): Promise<BackupState>
  /** One transaction. False when the stored state has another `rev` than the one before `state`, which a repeated call finds, too. */
  saveBackups(state: BackupState): Promise<boolean>
}

export const backupsName = 'backups'

/** A state that an older version stored lacks newer fields. */
export const backupsOf = (value: string | undefined): BackupState => ({ ...noBackups, ...(value && (JSON.parse(value) as BackupState)) })

/** The text to store; null when another state was saved meanwhile. */
export const planStoredBackups = (value: string | undefined, state: BackupState): string | null =>
  backupsOf(value).rev === state.rev - 1 ? JSON.stringify(state) : null

export const restoredBackups = (value: string): string => JSON.stringify(afterRestore(backupsOf(value)))
