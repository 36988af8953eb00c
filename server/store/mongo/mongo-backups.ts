/** The state of the scheduled backups on MongoDB: a document of the collection `settings`. */
import type { BackupState } from '../../../lib/backups.ts'
import { type BackupStateStore, backupsName, backupsOf, planStoredBackups } from '../backups-port.ts'
import { inside, majority } from './command-options.ts'
import type { MongoContext } from './mongo-context.ts'

export const mongoBackups = ({ collections: { settings }, transaction }: MongoContext): BackupStateStore => ({
  getBackups: async () => backupsOf((await settings.findOne({ _id: backupsName }, majority))?.value),
  saveBackups: (state: BackupState) =>
    transaction(async (session) => {
      const stored = await settings.findOne({ _id: backupsName }, inside(session))
      const value = planStoredBackups(stored?.value, state)
      if (value === null) return false
      await settings.updateOne({ _id: backupsName }, { $set: { value } }, { ...inside(session), upsert: true })
      return true
    }),
})
