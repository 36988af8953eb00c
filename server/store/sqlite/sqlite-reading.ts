/** What an audit or a backup reads from a SQLite file, also while a server uses it. */
import { existsSync } from 'node:fs'
import type { AuditReading } from '../audit-port.ts'
import type { Store } from '../port.ts'
import type { ProjectionStore } from '../projections-port.ts'
import type { TemplateStore } from '../templates-port.ts'
import type { SqliteReader } from './sqlite-reader.ts'
import { startThread } from './worker-thread.ts'

export type SqliteReading = Pick<Store, 'listCanvases' | 'readHeads' | 'readBoard' | 'backlog' | 'listStuck' | 'close'> &
  AuditReading & {
    readonly templates: Pick<TemplateStore, 'listTemplates' | 'getTemplatePicture' | 'readTileCounts'>
    readonly projections: Pick<ProjectionStore, 'readCursors' | 'readHistory' | 'readHistoryPage' | 'readSnapshot' | 'listSnapshots'>
  }

/** Changes nothing. @throws when there is no such file. */
export const openSqliteReading = async (file: string): Promise<SqliteReading> => {
  if (!existsSync(file)) throw new Error(`There is no database ${file}. DATA_DIR must be the server's folder.`)
  const thread = await startThread<SqliteReader>({ file, part: 'reader' }, { onFatal: () => undefined })
  return { ...thread.methods, projections: thread.methods, templates: thread.methods, close: () => thread.close() }
}
