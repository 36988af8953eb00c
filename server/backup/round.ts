/** One round of the scheduled backups: a backup, a verification, or only a look at the folder. It runs in a process of its own. */
import { join } from 'node:path'
import { type BackupEntry, type BackupKind, type BackupProblem, backupsToRemove, newestFirst } from '../../lib/backups.ts'
import type { Config, ScheduledBackups } from '../config.ts'
import { checkFolder, folderNameOf, freeBytesOf, readFolder, removeBackup, removeInterrupted } from './backup-folder.ts'
import { BackupFailure, problemOf } from './backup-problem.ts'
import { backupMongo } from './mongo-backup.ts'
import { removeScratch } from './scratch-folder.ts'
import { backupSqlite, sqliteSizeOf } from './sqlite-backup.ts'
import { verifyBackup } from './verify-backup.ts'

export interface RoundRequest {
  readonly kind: BackupKind
  readonly installation: string
  readonly startedAtMs: number
  /** As known before the round. */
  readonly entries: readonly BackupEntry[]
  /** Fresco leaves at least this much of the disk free. */
  readonly floorBytes: number
}

export interface RoundResult {
  /** Null when the folder could not be read. */
  readonly entries: readonly BackupEntry[] | null
  readonly made: Pick<BackupEntry, 'name' | 'bytes'> | null
  readonly verified: string | null
  readonly removed: readonly string[]
  readonly problem: Omit<BackupProblem, 'atMs'> | null
}

export interface RoundContext {
  readonly config: Pick<Config, 'dataDir' | 'mongodbUri' | 'outboxRetentionMs'>
  readonly backups: ScheduledBackups
  /** The folder that is written now. */
  readonly onFolder: (folder: string) => void
}

export const runRound = async (request: RoundRequest, context: RoundContext): Promise<RoundResult> => {
  const { dir } = context.backups
  const done: { -readonly [Key in keyof RoundResult]: RoundResult[Key] } = {
    entries: null,
    made: null,
    verified: null,
    removed: [],
    problem: null,
  }
  try {
    await checkFolder(dir, request.installation)
    const { interrupted } = await readFolder(dir, request.installation)
    done.removed = await removeInterrupted(dir, interrupted)
    await removeScratch(dir, request.installation)
    if (request.kind === 'backup') {
      done.made = await makeBackup(request, context)
      done.removed = [...done.removed, ...(await removeOld(request, context))]
    }
    if (request.kind === 'verify') done.verified = await verifyNewest(request, context)
  } catch (error) {
    done.problem = problemOf(error, { usesServer: context.config.mongodbUri !== null })
  }
  done.entries = await readEntries(request, dir).catch(() => null)
  const checked = done.entries && markChecked(done.entries, request, done)
  return { ...done, entries: checked }
}

const readEntries = async ({ installation, entries }: RoundRequest, dir: string): Promise<BackupEntry[]> => {
  const known = new Map(entries.map((entry) => [entry.name, entry.verified]))
  const { complete } = await readFolder(dir, installation)
  return complete.map((found) => ({ ...found, verified: known.get(found.name) ?? null }))
}

/** The newest backup, also when it was found damaged: it may have been repaired. */
const toVerify = ({ entries, startedAtMs }: RoundRequest) => newestFirst(entries, startedAtMs)[0]?.name ?? null

const markChecked = (entries: readonly BackupEntry[], request: RoundRequest, { verified, problem }: RoundResult) => {
  const isDamaged = request.kind === 'verify' && problem?.code === 'damaged'
  const name = isDamaged ? toVerify(request) : verified
  const result = { atMs: request.startedAtMs, ok: !isDamaged }
  return entries.map((entry) => (entry.name === name ? { ...entry, verified: result } : entry))
}

const gib = 1_073_741_824
const sizeText = (bytes: number) => (bytes < gib ? `${Math.ceil(bytes / 1_048_576)} MiB` : `${(bytes / gib).toFixed(1)} GiB`)

/** @throws {BackupFailure} when less than the floor, or twice what is to be written, is free. */
const checkSpace = async (dir: string, expectedBytes: number, floorBytes: number) => {
  const neededBytes = Math.max(floorBytes, 2 * expectedBytes)
  const freeBytes = await freeBytesOf(dir)
  if (freeBytes >= neededBytes) return
  const detail = `${sizeText(freeBytes)} are free in ${dir}, and ${sizeText(neededBytes)} are needed.`
  throw new BackupFailure('disk_full', detail)
}

const makeBackup = async (request: RoundRequest, { config, backups, onFolder }: RoundContext) => {
  const { startedAtMs, installation, entries, floorBytes } = request
  const { mongodbUri, dataDir, outboxRetentionMs } = config
  const file = join(dataDir, 'fresco.db')
  const lastBytes = newestFirst(entries, startedAtMs)[0]?.bytes ?? (mongodbUri ? 0 : await sqliteSizeOf(file))
  await checkSpace(backups.dir, lastBytes, floorBytes)
  const name = folderNameOf(startedAtMs, installation)
  const folder = join(backups.dir, name)
  onFolder(folder)
  const common = { folder, now: Date.now, progress: () => undefined }
  try {
    const { files } = await (mongodbUri
      ? backupMongo({ uri: mongodbUri, retentionMs: outboxRetentionMs, ...common })
      : backupSqlite({ file, ...common }))
    return { name, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) }
  } catch (error) {
    await removeBackup(backups.dir, name).catch(() => undefined)
    throw error
  }
}

/** After a new good backup only. Returns the names of the removed ones. */
const removeOld = async (request: RoundRequest, { backups: { dir, keep } }: RoundContext): Promise<string[]> => {
  const removed: string[] = []
  for (const name of backupsToRemove(await readEntries(request, dir), keep, request.startedAtMs))
    if (await removeBackup(dir, name).catch(() => false)) removed.push(name)
  return removed
}

const verifyNewest = async (request: RoundRequest, { config, backups: { dir }, onFolder }: RoundContext) => {
  const name = toVerify(request)
  if (name === null) return null
  const { mongodbUri, outboxRetentionMs: retentionMs } = config
  const bytes = request.entries.find((entry) => entry.name === name)?.bytes ?? 0
  if (!mongodbUri) await checkSpace(dir, bytes, request.floorBytes)
  await verifyBackup({
    folder: join(dir, name),
    scratchParent: dir,
    mongodbUri,
    owner: request.installation,
    retentionMs,
    progress: () => undefined,
    onScratch: onFolder,
  })
  return name
}
