/**
 * One server per SQLite file. Two would each keep boards and queues of their own, so the second is refused with a sentence that
 * names the first. A lock file beside the database does it: SQLite's own exclusive mode would shut out readers too, and
 * `audit` and `backup` read a live file.
 *
 * The lock names its process by id and start time, so neither a crash nor a recycled process id leaves a lock that holds.
 */
import { randomUUID } from 'node:crypto'
import { existsSync, linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'

interface Holder {
  readonly pid: number
  readonly startedAt: string | null
}

/**
 * The start time of a live process in clock ticks since boot (proc(5), field 22); null where there is no /proc, and for one that has ended and that
 * nobody has asked about yet (field 3: a zombie, which a container's first process may leave for ever).
 */
const startTimeOf = (pid: number): string | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return /^[ZX]/.test(fields[0] ?? '') ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}

const isAlive = ({ pid, startedAt }: Holder) => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return startedAt === null || startTimeOf(pid) === startedAt
}

const readHolder = (file: string): Holder | null => {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as Partial<Holder>
    return typeof holder.pid === 'number' ? { pid: holder.pid, startedAt: holder.startedAt ?? null } : null
  } catch {
    return null
  }
}

/** Makes the file with its contents in one step: nobody ever sees it empty. False when there is one already. */
const makeLock = (file: string, contents: string): boolean => {
  const draft = `${file}.${process.pid}.${randomUUID()}`
  writeFileSync(draft, contents, { flag: 'wx', mode: 0o600 })
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    unlinkSync(draft)
  }
}

/** Takes a dead server's lock away. Of several who try, one moves it; a lock that is somebody's by now is put back. */
const removeStale = (file: string) => {
  const moved = `${file}.${process.pid}.${randomUUID()}`
  try {
    renameSync(file, moved)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const holder = readHolder(moved)
  if (holder && isAlive(holder)) makeLock(file, readFileSync(moved, 'utf8'))
  unlinkSync(moved)
}

/**
 * Takes the lock of a database file and answers how to give it back.
 * @throws when another live process holds it.
 */
export const lockFile = (databaseFile: string): (() => void) => {
  const file = `${databaseFile}.lock`
  const own = JSON.stringify({ pid: process.pid, startedAt: startTimeOf(process.pid) } satisfies Holder)
  while (!makeLock(file, own)) {
    const holder = readHolder(file)
    if (holder && isAlive(holder)) {
      throw new Error(
        `Another Fresco server (process ${holder.pid}) uses ${databaseFile}. Stop it first, or give this one another DATA_DIR. Several servers on one board need MongoDB and Redis.`,
      )
    }
    removeStale(file)
  }
  return () => {
    if (existsSync(file) && readFileSync(file, 'utf8') === own) unlinkSync(file)
  }
}
