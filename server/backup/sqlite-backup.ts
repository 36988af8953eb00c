/**
 * Backups of the SQLite store: a copy of the database as one transaction sees it, made beside a server or without one, and back.
 *
 * Restoring works on a draft beside the database and ends with a rename. Whatever interrupts it before leaves the store as it was, as a
 * whole; a draft that is left over is nobody's, and the next restore begins with a new one.
 */
import { closeSync, createReadStream, createWriteStream, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pipeline } from 'node:stream/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Epoch } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { adminSessionEnd, adminSessionPrefix } from '../store/admin-sessions-port.ts'
import { lockFile } from '../store/sqlite/file-lock.ts'
import { migrate, schemaVersion } from '../store/sqlite/schema.ts'
import { BackupError, intoEmptyFolder, type Manifest, measure, syncFolder, writeManifest } from './manifest.ts'

const copyName = 'fresco.db'
/** The files of a backup. */
export const sqliteFiles: readonly string[] = [copyName]

const using = <Result>(file: string, run: (database: DatabaseSync) => Result): Result => {
  const database = new DatabaseSync(file, { timeout: 5_000 })
  try {
    return run(database)
  } finally {
    database.close()
  }
}

const versionOf = (database: DatabaseSync) => Number(database.prepare('PRAGMA user_version').get()?.['user_version'])

const syncFile = async (file: string) => {
  const handle = await open(file, 'r+')
  await handle.sync().finally(() => handle.close())
}

/** @throws {BackupError} */
export const backupSqlite = async ({ file, folder, now }: { file: string; folder: string; now: () => number }): Promise<Manifest> => {
  if (!existsSync(file)) throw new BackupError(`There is no database ${file}. DATA_DIR must be the server's folder.`)
  return intoEmptyFolder(folder, () => save(file, folder, now))
}

const save = async (file: string, folder: string, now: () => number): Promise<Manifest> => {
  const copy = join(folder, copyName)
  // SQLite writes into an empty file that is there, and leaves its rights as they are.
  closeSync(openSync(copy, 'wx', 0o600))
  // One read transaction, whatever is written meanwhile; SQLite's backup API would begin anew at each write of another process.
  using(file, (database) => database.prepare('VACUUM INTO ?').run(copy))
  await syncFile(copy)
  const { version, counts } = using(copy, (database) => ({ version: versionOf(database), counts: countRows(database) }))
  if (version > schemaVersion) throw new BackupError(`The database has schema version ${version}: it was written by a newer Fresco.`)
  const manifest: Manifest = {
    format: 1,
    store: 'sqlite',
    schemaVersion: version,
    madeAt: new Date(now()).toISOString(),
    counts,
    files: [await measure(folder, copyName)],
  }
  await writeManifest(folder, manifest)
  return manifest
}

const countRows = (database: DatabaseSync): Record<string, number> => {
  const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").all()
  const countOf = (name: unknown) => Number(database.prepare(`SELECT count(*) AS rows FROM "${String(name)}"`).get()?.['rows'])
  return Object.fromEntries(names.map(({ name }) => [String(name), countOf(name)]))
}

/** Whether a copy has the schema and the rows that its manifest says: a file of another program has a right checksum, too. */
const isAsListed = (database: DatabaseSync, { schemaVersion: version, counts }: Manifest) => {
  try {
    return versionOf(database) === version && isDeepStrictEqual(countRows(database), counts)
  } catch {
    return false
  }
}

/** What was verified is restored. @throws {BackupError}, or with a sentence when a server has the database. */
export const restoreSqlite = async (options: {
  file: string
  folder: string
  manifest: Manifest
  force: boolean
  newEpoch: () => Epoch
  tell: (line: string) => void
}) => {
  const { file, folder, manifest, force, newEpoch, tell } = options
  if (manifest.schemaVersion > schemaVersion) throw new BackupError('This backup was made by a newer Fresco: restore it with that one.')
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const unlock = lockFile(file)
  const draft = `${file}.restoring`
  try {
    if (!force && holdsCanvases(file)) throw new BackupError(`There is a board in ${file} already. With --force it is replaced, and gone.`)
    removeDatabase(draft)
    tell('Copying')
    // Not `copyFile`, which gives the copy the rights of the original.
    await pipeline(createReadStream(join(folder, copyName)), createWriteStream(draft, { flags: 'wx', mode: 0o600 }))
    tell('Giving every canvas a new epoch')
    using(draft, (database) => {
      if (!isAsListed(database, manifest))
        throw new BackupError(`${join(folder, copyName)} is not the database of its manifest. Nothing was changed.`)
      renewEpochs(database, newEpoch)
    })
    await syncFile(draft)
    settle(file)
    renameSync(draft, file)
    await syncFolder(dirname(file))
  } finally {
    removeDatabase(draft)
    unlock()
  }
}

const holdsCanvases = (file: string): boolean => {
  if (!existsSync(file)) return false
  try {
    return using(file, (database) => database.prepare('SELECT 1 FROM canvases').get() !== undefined)
  } catch {
    // What cannot be read may be somebody's board all the same.
    return true
  }
}

const removeDatabase = (file: string) => {
  for (const part of [file, `${file}-wal`, `${file}-shm`, `${file}-journal`]) rmSync(part, { force: true })
}

/** The draft is thrown away when this fails, so it needs no journal. */
const renewEpochs = (database: DatabaseSync, newEpoch: () => Epoch) => {
  database.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF')
  migrate(database)
  database.exec('BEGIN IMMEDIATE')
  const saveCanvas = database.prepare('UPDATE canvases SET body = ? WHERE id = ?')
  const carriers = ['outbox', 'dead_letters', 'cursors', 'history', 'snapshots'].map((table) =>
    database.prepare(`UPDATE ${table} SET epoch = ? WHERE canvas = ? AND epoch = ?`),
  )
  for (const row of database.prepare('SELECT body FROM canvases').all()) {
    const canvas = JSON.parse(String(row['body'])) as Canvas
    const epoch = newEpoch()
    saveCanvas.run(JSON.stringify({ ...canvas, epoch, rev: canvas.rev + 1 }), canvas.id)
    for (const carrier of carriers) carrier.run(epoch, canvas.id, canvas.epoch)
  }
  // A session that was ended after the backup was made stays ended.
  database.prepare('DELETE FROM settings WHERE name >= ? AND name < ?').run(adminSessionPrefix, adminSessionEnd)
  database.exec('COMMIT')
}

/**
 * Brings the old database's write-ahead log into its file: a log that lies beside the new one would be taken for its own, and one that is removed
 * before the rename must not be missed after a crash.
 */
const settle = (file: string) => {
  if (!existsSync(file)) return
  let isBusy = false
  try {
    isBusy = using(file, (database) => Number(database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy']) !== 0)
  } catch {
    // It cannot be read, so there is nothing to be kept.
  }
  if (isBusy) throw new BackupError(`Something else reads ${file}, an audit or a backup. Try again when it has ended. Nothing was changed.`)
  for (const part of [`${file}-wal`, `${file}-shm`]) rmSync(part, { force: true })
}
