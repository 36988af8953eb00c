/** The scratch folder of a verification: `.fresco-verify-OWNER-…`, with a lock file beside it that its process holds. */
import { randomBytes } from 'node:crypto'
import { lstat, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { lockFile, lockFileOf } from '../store/sqlite/file-lock.ts'
import { quietMs } from './backup-folder.ts'
import { BackupError } from './manifest.ts'

/** Of a verification that an operator started by hand, with any Fresco. */
const nobody = 'manual'
const leftoverMs = 24 * 3_600_000
const pattern = /^\.fresco-verify-([a-z0-9]+)-[0-9a-f]+(\.lock\.db(?:-journal)?)?$/

/** Its lock file is beside it, so it can be locked before it is made. */
const lockedName = (folder: string) => `${folder}.db`

/** Locks a name, and then makes the folder. `owner`: the installation, null for nobody's. @throws {BackupError} */
export const makeScratch = async (parent: string, owner: string | null) => {
  const folder = join(parent, `.fresco-verify-${owner ?? nobody}-${randomBytes(8).toString('hex')}`)
  const refuse = (error: unknown) => {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message
    throw new BackupError(`No scratch folder can be made in ${parent} (${reason}).`, { cause: error })
  }
  const lock = () => {
    try {
      return lockFile(lockedName(folder))
    } catch (error) {
      return refuse(error)
    }
  }
  const unlock = lock()
  const remove = async () => {
    await rm(folder, { recursive: true, force: true })
    await rm(lockFileOf(lockedName(folder)), { force: true })
    unlock()
  }
  await mkdir(folder, { mode: 0o700 }).catch(async (error: unknown) => {
    await remove()
    refuse(error)
  })
  return { folder, remove }
}

/** A lock file without a folder may belong to a process that makes its folder right now. */
const canRemove = async (path: string, { isLock, isOwn }: { isLock: boolean; isOwn: boolean }) => {
  const ageMs = Math.abs(Date.now() - (await lstat(path)).mtimeMs)
  return ageMs > (isOwn ? (isLock ? quietMs : -1) : leftoverMs)
}

/** Removes the scratch folders of killed verifications of this installation, and those of nobody after a day. */
export const removeScratch = async (dir: string, installation: string) => {
  // Folders come first, so that a lock file that is left is alone.
  const entries = (await readdir(dir, { withFileTypes: true })).sort((a, b) => Number(b.isDirectory()) - Number(a.isDirectory()))
  for (const entry of entries) {
    const [, owner, isLock] = pattern.exec(entry.name) ?? []
    if (owner !== installation && owner !== nobody) continue
    if (isLock ? !entry.isFile() : !entry.isDirectory()) continue
    const path = join(dir, entry.name)
    try {
      if (!(await canRemove(path, { isLock: isLock !== undefined, isOwn: owner === installation }))) continue
      await removeUnlocked(isLock ? path.slice(0, -isLock.length) : path)
    } catch {
      // Its process is running, or another one has removed it.
    }
  }
}

const removeUnlocked = async (folder: string) => {
  const unlock = lockFile(lockedName(folder))
  try {
    await rm(folder, { recursive: true, force: true })
    await rm(lockFileOf(lockedName(folder)), { force: true })
  } finally {
    unlock()
  }
}
