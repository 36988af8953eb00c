/** Opens the store of the environment, for commands that change it without a server. It must exist already. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { silentLogger } from '../observability/log.ts'
import { openMongoStore } from '../store/mongo/mongo-store.ts'
import type { Store } from '../store/port.ts'
import type { Migration } from '../store/sqlite/copy-before-migration.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { CommandFailure } from './command.ts'

/** @throws {CommandFailure} when there is none, or when a server uses the SQLite database. */
export const openStore = async ({ mongodbUri, dataDir, outboxRetentionMs }: Config, progress: (line: string) => void): Promise<Store> => {
  const file = join(dataDir, 'fresco.db')
  const onMigration = ({ from, to, copy }: Migration) =>
    progress(`Migrating ${file} from schema ${from} to ${to}. A copy stays in ${copy}.`)
  const base = { retentionMs: outboxRetentionMs, logger: silentLogger, now: Date.now, random: Math.random }
  if (!mongodbUri && !existsSync(file)) throw new CommandFailure(`There is no database ${file}. DATA_DIR must be the server's folder.`)
  return opened(mongodbUri ? openMongoStore({ uri: mongodbUri, ...base, readOnly: true }) : openSqliteStore({ file, onMigration }))
}

/** Turns an error into a failure with the same sentence. */
export const opened = async <Part>(opening: Promise<Part>): Promise<Part> => {
  try {
    return await opening
  } catch (cause) {
    throw new CommandFailure(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
