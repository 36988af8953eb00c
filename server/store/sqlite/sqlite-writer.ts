/** All methods that change the database. They run in the writer's thread, one transaction after another. */
import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Failpoints } from '../../failpoints.ts'
import { StoreError } from '../port.ts'
import { createSettingWriter } from './settings.ts'
import { createSqliteActs } from './sqlite-acts.ts'
import { createSqliteAdminSessions } from './sqlite-admin-sessions.ts'
import { createSqliteBackups } from './sqlite-backups.ts'
import { createSqliteCanvases } from './sqlite-canvases.ts'
import { createSqliteDeadLetters } from './sqlite-dead-letters.ts'
import { createSqliteErasing } from './sqlite-erasing.ts'
import { createSqliteOutbox } from './sqlite-outbox.ts'
import { createSqlitePlacing } from './sqlite-placing.ts'
import { createSqlitePoints } from './sqlite-points.ts'
import { createSqliteProjector } from './sqlite-projections.ts'
import { createSqliteSite } from './sqlite-site.ts'
import { createSqliteTemplates } from './sqlite-templates.ts'
import { createSqliteWebhooks } from './sqlite-webhooks.ts'
import { createTransactions } from './transactions.ts'

/** On a full disk, a small write can still succeed, in space that the file already has. */
const leastFreeBytes = 1_048_576
const checkName = 'write-check'

export const createSqliteWriter = (options: { database: DatabaseSync; file: string; failpoints: Failpoints }) => {
  const { database, file, failpoints } = options
  const transactions = createTransactions(database, file)
  const { transaction, lightTransaction } = transactions
  const saveSetting = createSettingWriter(database)
  const one = database.prepare('SELECT 1 FROM canvases')

  return {
    ...createSqliteCanvases(database, transaction),
    ...createSqliteSite(database, transaction),
    ...createSqliteBackups(database, transaction),
    ...createSqlitePlacing({ database, transactions, failpoints }),
    ...createSqliteErasing(database, transactions),
    ...createSqliteDeadLetters(database, transaction),
    ...createSqliteAdminSessions(database, transaction),
    ...createSqliteActs(database, transaction),
    ...createSqliteOutbox(database, lightTransaction),
    ...createSqliteProjector(database, lightTransaction),
    ...createSqlitePoints(database, lightTransaction),
    ...createSqliteWebhooks(database, transactions),
    ...createSqliteTemplates(database, transactions),

    ping: () => void one.get(),

    checkWritable() {
      const { bavail, bsize } = statfsSync(dirname(file))
      if (bavail * bsize < leastFreeBytes) throw new StoreError('unavailable', 'The disk is full.', { reason: 'disk_full' })
      transaction(() => saveSetting(checkName, String(Date.now())))
    },
  }
}

export type SqliteWriter = ReturnType<typeof createSqliteWriter>
