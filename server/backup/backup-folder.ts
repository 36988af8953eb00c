/** The folder of the scheduled backups. Fresco touches only its own folders in it, and follows no symbolic links. */
import { lstat, open, readdir, rename, rm, rmdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { BackupFailure, errnoOf } from './backup-problem.ts'
import { manifestFile, readManifest } from './manifest.ts'
import { fileOf, kept } from './mongo-collections.ts'
import { sqliteFiles } from './sqlite-backup.ts'

/** UTC, so that names sort by time. */
export const folderNameOf = (atMs: number, installation: string) =>
  `fresco-${new Date(atMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z-${installation}`

const pattern = /^fresco-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z-([a-z2-7]{8})$/

const timeOf = (name: string, installation: string): number | null => {
  const [, day, hour, minute, second, owner] = pattern.exec(name) ?? []
  const atMs = owner === installation ? Date.parse(`${day}T${hour}:${minute}:${second}Z`) : Number.NaN
  return Number.isNaN(atMs) ? null : atMs
}

const failureOf = (dir: string, error: unknown) => {
  const errno = errnoOf(error) ?? String(error)
  switch (errno) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new BackupFailure('folder_missing', `The folder ${dir} is missing.`, { cause: error })
    case 'ENOSPC':
    case 'EDQUOT':
      return new BackupFailure('disk_full', `The disk of ${dir} is full (${errno}).`, { cause: error })
    default:
      return new BackupFailure('folder_not_writable', `Fresco cannot write in ${dir} (${errno}).`, { cause: error })
  }
}

/** Writes, renames and removes a small file. @throws {BackupFailure} */
export const checkFolder = async (dir: string, installation: string) => {
  const info = await stat(dir).catch((error: unknown) => {
    throw failureOf(dir, error)
  })
  if (!info.isDirectory()) throw new BackupFailure('folder_missing', `${dir} is not a folder.`)
  const probe = join(dir, `.fresco-probe-${installation}`)
  try {
    await rm(probe, { force: true })
    const handle = await open(probe, 'wx', 0o600)
    await handle
      .writeFile('probe\n')
      .then(() => handle.sync())
      .finally(() => handle.close())
  } catch (error) {
    throw failureOf(dir, error)
  }
  try {
    await rename(probe, `${probe}.renamed`)
  } catch (error) {
    throw new BackupFailure('folder_cannot_rename', `Files in ${dir} cannot be renamed (${errnoOf(error)}).`, { cause: error })
  } finally {
    for (const path of [probe, `${probe}.renamed`]) await rm(path, { force: true }).catch(() => undefined)
  }
}

export const freeBytesOf = async (dir: string): Promise<number> => {
  const { bavail, bsize } = await statfs(dir)
  return bavail * bsize
}

export interface FoundBackup {
  readonly name: string
  readonly atMs: number
  readonly bytes: number
}

/** The complete backups of this installation, and its folders without a manifest. */
export const readFolder = async (dir: string, installation: string) => {
  const complete: FoundBackup[] = []
  const interrupted: string[] = []
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const atMs = entry.isDirectory() ? timeOf(entry.name, installation) : null
    if (atMs === null) continue
    const folder = join(dir, entry.name)
    const manifest = await readManifest(folder).catch(() => null)
    if (manifest) complete.push({ name: entry.name, atMs, bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0) })
    else if (await isMissing(join(folder, manifestFile))) interrupted.push(entry.name)
  }
  return { complete, interrupted }
}

const isMissing = (path: string) =>
  lstat(path).then(
    () => false,
    (error: unknown) => errnoOf(error) === 'ENOENT',
  )

const own = new Set([
  ...sqliteFiles,
  ...kept.map(fileOf),
  manifestFile,
  `${manifestFile}.part`,
  ...sqliteFiles.map((name) => `${name}-journal`),
])

/** False, and nothing is removed, when the folder has anything that no backup has. The manifest goes first, so a rest is never taken for a backup. */
export const removeBackup = async (dir: string, name: string): Promise<boolean> => {
  const folder = join(dir, name)
  const entries = await readdir(folder, { withFileTypes: true })
  if (entries.some((entry) => !entry.isFile() || !own.has(entry.name))) return false
  const files = entries.map((entry) => entry.name).sort((a, b) => Number(b === manifestFile) - Number(a === manifestFile))
  for (const file of files) await rm(join(folder, file), { force: true })
  await rmdir(folder)
  return true
}

/** Something that changed within this time may still be written by a process that lost its turn. */
export const quietMs = 60_000

const isQuiet = async (folder: string) => {
  const paths = [folder, ...(await readdir(folder)).map((name) => join(folder, name))]
  const times = await Promise.all(paths.map(async (path) => (await lstat(path)).mtimeMs))
  return times.every((atMs) => Math.abs(Date.now() - atMs) > quietMs)
}

/** Removes interrupted backups. Returns their names. */
export const removeInterrupted = async (dir: string, interrupted: readonly string[]): Promise<string[]> => {
  const removed: string[] = []
  for (const name of interrupted) {
    const isRemoved = (await isQuiet(join(dir, name)).catch(() => false)) && (await removeBackup(dir, name).catch(() => false))
    if (isRemoved) removed.push(name)
  }
  return removed
}
