/**
 * Backups of the SQLite store. A backup is a copy of the database in one read transaction, with or without a running server.
 *
 * A restore prepares a draft next to the database and ends with a rename. An interruption before the rename leaves the store unchanged, and the
 * next restore replaces the draft.
 */
import { closeSync, createReadStream, createWriteStream, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pipeline } from 'node:stream/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Act } from '../../lib/act.ts'
import type { Epoch } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { adminSessionEnd, adminSessionPrefix } from '../store/admin-sessions-port.ts'
import { backupsName, restoredBackups } from '../store/backups-port.ts'
import { lockFile } from '../store/sqlite/file-lock.ts'
import { migrate, schemaVersion } from '../store/sqlite/schema.ts'
import { BackupError, intoEmptyFolder, type Manifest, measure, syncFolder, writeManifest } from './manifest.ts'
import { addActs, saveRestore } from './restored-acts.ts'

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

/** 0 without a database. */
export const sqliteSizeOf = (file: string) =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  )

/** @throws {BackupError} */
export const backupSqlite = async ({ file, folder, now }: { file: string; folder: string; now: () => number }): Promise<Manifest> => {
  if (!existsSync(file)) throw new BackupError(`There is no database ${file}. DATA_DIR must be the server's folder.`)
  return intoEmptyFolder(folder, () => save(file, folder, now))
}

const save = async (file: string, folder: string, now: () => number): Promise<Manifest> => {
  const copy = join(folder, copyName)
  // SQLite keeps the permissions of an existing empty file.
  closeSync(openSync(copy, 'wx', 0o600))
  // One read transaction. SQLite's backup API would start again at each write of another process.
  using(file, (database) => database.prepare('VACUUM INTO ?').run(copy))
  await syncFile(copy)
  const { version, counts } = using(copy, (database) => ({ version: versionOf(database), counts: countRows(database) }))
  if (version > schemaVersion)
    throw new BackupError(`The database has schema version ${version}, which only a newer version of Fresco supports.`)
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

/** Whether a copy has the schema and the rows of its manifest. A correct checksum does not prove it. */
const isAsListed = (database: DatabaseSync, { schemaVersion: version, counts }: Manifest) => {
  try {
    return versionOf(database) === version && isDeepStrictEqual(countRows(database), counts)
  } catch {
    return false
  }
}

/** The files must be verified. @throws {BackupError}, or with a message for the operator when a server uses the database. */
export const restoreSqlite = async (options: {
  file: string
  folder: string
  manifest: Manifest
  force: boolean
  newEpoch: () => Epoch
  /** The restore, for the record. */
  act: Act
  progress: (line: string) => void
}) => {
  const { file, folder, manifest, force, newEpoch, act, progress } = options
  if (manifest.schemaVersion > schemaVersion)
    throw new BackupError('A newer version of Fresco made this backup. Use that version to restore it.')
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const unlock = lockFile(file)
  const draft = `${file}.restoring`
  try {
    if (!force && holdsCanvases(file)) throw new BackupError(`${file} already has a board. --force deletes it and restores the backup.`)
    removeDatabase(draft)
    progress('Copying')
    // `copyFile` would copy the permissions of the original.
    await pipeline(createReadStream(join(folder, copyName)), createWriteStream(draft, { flags: 'wx', mode: 0o600 }))
    progress('Giving every canvas a new epoch')
    using(draft, (database) => {
      if (!isAsListed(database, manifest))
        throw new BackupError(`${join(folder, copyName)} is not the database in the manifest. Nothing was changed.`)
      renewEpochs(database, newEpoch)
      if (!addActs(database, file)) progress(`The record of acts in ${file} cannot be read. It is lost with the file.`)
      saveRestore(database, act)
    })
    await syncFile(draft)
    checkpoint(file)
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
    // An unreadable file may still be a board.
    return true
  }
}

const removeDatabase = (file: string) => {
  for (const part of [file, `${file}-wal`, `${file}-shm`, `${file}-journal`]) rmSync(part, { force: true })
}

/** Without a journal, because the draft is deleted when this fails. */
const renewEpochs = (database: DatabaseSync, newEpoch: () => Epoch) => {
  database.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF')
  migrate(database)
  database.exec('BEGIN IMMEDIATE')
  const saveCanvas = database.prepare('UPDATE canvases SET body = ? WHERE id = ?')
  const carriers = ['outbox', 'dead_letters', 'cursors', 'history', 'snapshots', 'templates'].map((table) =>
    database.prepare(`UPDATE ${table} SET epoch = ? WHERE canvas = ? AND epoch = ?`),
  )
  // The counts of a template name the epoch that they are of (`basisOf`).
  const bases = [
    `UPDATE templates SET samples = replace(samples, '"' || :from || '/', '"' || :to || '/') WHERE canvas = :canvas`,
    `UPDATE template_counts SET basis = replace(basis, :from || '/', :to || '/') WHERE template IN (SELECT id FROM templates WHERE canvas = :canvas)`,
  ].map((sql) => database.prepare(sql))
  for (const row of database.prepare('SELECT body FROM canvases').all()) {
    const canvas = JSON.parse(String(row['body'])) as Canvas
    const epoch = newEpoch()
    for (const basis of bases) basis.run({ from: canvas.epoch, to: epoch, canvas: canvas.id })
    saveCanvas.run(JSON.stringify({ ...canvas, epoch, rev: canvas.rev + 1 }), canvas.id)
    for (const carrier of carriers) carrier.run(epoch, canvas.id, canvas.epoch)
  }
  const backups = database.prepare('SELECT value FROM settings WHERE name = ?').get(backupsName)
  if (backups) database.prepare('UPDATE settings SET value = ? WHERE name = ?').run(restoredBackups(String(backups['value'])), backupsName)
  // Admin sessions that ended after the backup must stay ended.
  database.prepare('DELETE FROM settings WHERE name >= ? AND name < ?').run(adminSessionPrefix, adminSessionEnd)
  database.exec('COMMIT')
}

/**
 * Moves the old database's write-ahead log into its file. SQLite would apply a log next to the new database to it. If the process crashes before the
 * rename, the old database must still be complete.
 */
const checkpoint = (file: string) => {
  if (!existsSync(file)) return
  let isBusy = false
  try {
    isBusy = using(file, (database) => Number(database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy']) !== 0)
  } catch {
    // An unreadable database has no log to keep.
  }
  if (isBusy)
    throw new BackupError(`Another program, such as an audit or a backup, reads ${file}. Try again when it has ended. Nothing was changed.`)
  for (const part of [`${file}-wal`, `${file}-shm`]) rmSync(part, { force: true })
}
