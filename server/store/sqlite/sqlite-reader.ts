/** All methods that only read. They run in a reader's thread, on its own connection, so that a large board does not delay placements. */
import type { DatabaseSync } from 'node:sqlite'
import { createSqliteActReader } from './sqlite-acts.ts'
import { createSqliteAdminSessionReader } from './sqlite-admin-sessions.ts'
import { createSqliteAgeReader } from './sqlite-ages.ts'
import { createSqliteAuditReader } from './sqlite-audit.ts'
import { createSqliteBackupsReader } from './sqlite-backups.ts'
import { createSqliteBoardReader } from './sqlite-boards.ts'
import { createSqliteCanvasReader } from './sqlite-canvases.ts'
import { createSqliteDeadLetterReader } from './sqlite-dead-letters.ts'
import { createSqliteLogReader, type Snapshot } from './sqlite-log.ts'
import { createSqliteOutboxReader } from './sqlite-outbox.ts'
import { createSqlitePlacingReader } from './sqlite-placing.ts'
import { createSqlitePointReader } from './sqlite-points.ts'
import { createSqliteProjectionReader } from './sqlite-projections.ts'
import { createSqliteSiteReader } from './sqlite-site.ts'
import { createSqliteTemplateReader } from './sqlite-templates.ts'
import { createSqliteWebhookReader } from './sqlite-webhooks.ts'

export const createSqliteReader = (database: DatabaseSync) => {
  const begin = database.prepare('BEGIN')
  const end = database.prepare('ROLLBACK')
  const snapshot: Snapshot = (run) => {
    begin.run()
    try {
      return run()
    } finally {
      end.run()
    }
  }
  const projections = createSqliteProjectionReader(database)
  const one = database.prepare('SELECT 1 FROM canvases')

  return {
    ...createSqliteCanvasReader(database),
    ...createSqliteSiteReader(database),
    ...createSqliteBackupsReader(database),
    ...createSqlitePlacingReader(database),
    ...createSqliteOutboxReader(database),
    ...createSqliteBoardReader(database, snapshot),
    ...createSqliteAgeReader(database, snapshot),
    ...createSqliteLogReader(database, snapshot),
    ...createSqliteDeadLetterReader(database),
    ...createSqliteAdminSessionReader(database),
    ...createSqliteActReader(database),
    ...createSqlitePointReader(database),
    ...createSqliteWebhookReader(database),
    ...createSqliteTemplateReader(database),
    ...projections,
    ...createSqliteAuditReader({ database, snapshot, readCursors: projections.readCursors }),
    ping: () => void one.get(),
  }
}

export type SqliteReader = ReturnType<typeof createSqliteReader>
