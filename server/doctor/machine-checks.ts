/** Checks of the machine: disks, memory, rights of files, and how many files the process may open. They open no file that SQLite uses. */
import { constants } from 'node:fs'
import { access, readFile, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { getHeapStatistics } from 'node:v8'
import type { Finding } from '../../lib/checks.ts'
import { lowDiskBytes } from '../../lib/verdict.ts'
import { adminTokenFile, sessionSecretFile } from '../accounts/secrets.ts'
import { bytesText, ok, problem, reasonOf, unknown, warning } from './check.ts'

const littleDiskBytes = 2 ** 30

export const checkDisk = async (folder: string): Promise<Finding> => {
  const disk = await statfs(folder).catch((error: unknown) => reasonOf(error))
  if (typeof disk === 'string') return problem('folder_missing', { folder, detail: disk })
  const bytes = disk.bavail * disk.bsize
  const params = { folder, free: bytesText(bytes) }
  if (bytes < lowDiskBytes) return problem('disk_full', params)
  return bytes < littleDiskBytes ? warning('disk_low', params) : ok('disk', params)
}

export interface MemoryFigures {
  readonly usedBytes: number
  /** Of the container, or of the machine. */
  readonly limitBytes: number
  /** The largest heap that Node allows itself. */
  readonly heapBytes: number
}

const smallMemoryBytes = 400 * 2 ** 20
const highMemoryPart = 0.85

export const readMemory = (totalBytes: number): MemoryFigures => {
  // Without a limit it is 0, or larger than any machine.
  const constrained = process.constrainedMemory()
  const limitBytes = constrained > 0 && constrained < totalBytes ? constrained : totalBytes
  return { usedBytes: process.memoryUsage.rss(), limitBytes, heapBytes: getHeapStatistics().heap_size_limit }
}

export const assessMemory = ({ usedBytes, limitBytes, heapBytes }: MemoryFigures): Finding => {
  const [used, limit] = [bytesText(usedBytes), bytesText(limitBytes)]
  if (usedBytes > limitBytes * highMemoryPart) return problem('memory_high', { used, limit })
  if (limitBytes < smallMemoryBytes) return warning('memory_small', { limit })
  return heapBytes > limitBytes ? warning('heap_above_limit', { heap: bytesText(heapBytes), limit }) : ok('memory', { used, limit })
}

const privateFiles = ['fresco.db', 'fresco.db-wal', 'fresco.db-shm', adminTokenFile, sessionSecretFile]
const octal = (mode: number) => (mode & 0o777).toString(8).padStart(3, '0')

/** `folders`: DATA_DIR first, then BACKUP_DIR. Systems without such modes report none that others may use. */
export const checkFiles = async (folders: readonly string[]): Promise<Finding> => {
  for (const folder of folders) {
    const found = await stat(folder).catch((error: unknown) => reasonOf(error))
    if (typeof found === 'string') return problem('folder_missing', { folder, detail: found })
    if (found.mode & 0o022 && !(found.mode & 0o1000)) return problem('files_writable', { folder, mode: octal(found.mode) })
    const refused = await access(folder, constants.W_OK | constants.X_OK).then(
      () => null,
      (error: unknown) => reasonOf(error),
    )
    if (refused !== null) return problem('files_not_writable', { folder, detail: refused })
  }
  for (const name of privateFiles) {
    const file = join(folders[0] ?? '.', name)
    const mode = (await stat(file).catch(() => null))?.mode ?? 0
    if (mode & 0o007) return problem('files_readable', { file, mode: octal(mode) })
    if (mode & 0o070) return warning('files_readable', { file, mode: octal(mode) })
  }
  return ok('files')
}

const fewFiles = 4_096

/** `limits` is the text of `/proc/self/limits`. */
export const assessOpenFiles = (limits: string): Finding => {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1]
  if (soft === undefined) return unknown('open_files_unknown')
  const limit = soft === 'unlimited' ? 1_048_576 : Number(soft)
  return limit < fewFiles ? warning('open_files_low', { limit }) : ok('open_files', { limit })
}

export const checkOpenFiles = async (): Promise<Finding> => assessOpenFiles(await readFile('/proc/self/limits', 'utf8').catch(() => ''))

const isRepeated = (secret: string) => (secret + secret).indexOf(secret, 1) < secret.length

/** A random text of 32 hexadecimal digits has about 14 different ones, and with overwhelming probability more than 7. */
const fewCharacters = 8

/** The longest run of characters that follow each other, such as `abcdef` or `aaaa`. */
const longestRun = (secret: string): number => {
  let [longest, run] = [1, 1]
  for (let i = 1; i < secret.length; i++) {
    const step = secret.charCodeAt(i) - secret.charCodeAt(i - 1)
    run = step === 0 || step === 1 ? run + 1 : 1
    longest = Math.max(longest, run)
  }
  return longest
}

const isWeak = (secret: string) =>
  new Set(secret).size < fewCharacters || isRepeated(secret) || longestRun(secret) >= 8 || /^[a-z]+([-_ .][a-z]+){2,}$/.test(secret)

export type NamedSecrets = Readonly<Record<'ADMIN_TOKEN' | 'SESSION_SECRET' | 'METRICS_TOKEN', string | null>>

/** Null for a secret that Fresco has generated. Names a weak one and never repeats it. */
export const assessSecrets = (secrets: NamedSecrets): Finding => {
  const set = Object.entries(secrets).flatMap(([name, secret]) => (secret === null ? [] : [{ name, secret }]))
  const weak = set.find(({ secret }) => isWeak(secret))
  if (weak) return problem('secret_weak', { name: weak.name })
  for (const [index, { name, secret }] of set.entries()) {
    const same = set.slice(index + 1).find((other) => other.secret === secret)
    if (same) return problem('secrets_equal', { name, other: same.name })
  }
  return set.length === 0 ? ok('secrets_generated') : ok('secrets')
}

/** `wanted` is the least version, such as `20`. */
export const assessNode = (version: string, wanted: string): Finding => {
  const [major = 0] = version.split('.').map(Number)
  if (major < Number.parseInt(wanted.replace(/^\D+/, ''), 10)) return problem('node_old', { version, wanted })
  return major % 2 === 1 ? warning('node_odd', { version }) : ok('node', { version })
}
