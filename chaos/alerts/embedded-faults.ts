/** Faults of the disk and of the backups, on SQLite in one process. */
import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AlertFault } from './faults.ts'
import type { Stage } from './stage.ts'

const mebibyte = Buffer.alloc(1_048_576)
const fillerOf = (stage: Stage) => join(stage.the('all').dataDir, 'filler')

/** Returns false when the disk is full. */
const fill = (stage: Stage, mebibytes: number): boolean => {
  try {
    for (let written = 0; written < mebibytes; written++) appendFileSync(fillerOf(stage), mebibyte)
    return true
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOSPC') throw error
    return false
  }
}
const free = async (stage: Stage) => rmSync(fillerOf(stage), { force: true })

const filling = new WeakMap<Stage, NodeJS.Timeout>()

const skewedClock = new URL('../harness/skewed-clock.ts', import.meta.url).href
const twentyDaysMs = 20 * 86_400_000

/** A file in place of the folder. */
const takeBackupDirAway = ({ backupDir }: Stage) => {
  renameSync(backupDir, `${backupDir}-away`)
  writeFileSync(backupDir, '')
}
const bringBackupDirBack = ({ backupDir }: Stage) => {
  rmSync(backupDir)
  renameSync(`${backupDir}-away`, backupDir)
}

export const embeddedFaults: readonly AlertFault[] = [
  {
    name: 'the disk fills by 1 MiB a second',
    alerts: ['FrescoDiskFillsUp'],
    cause: async (stage) =>
      void filling.set(
        stage,
        setInterval(() => fill(stage, 1), 1_000),
      ),
    mend: async (stage) => {
      clearInterval(filling.get(stage))
      await free(stage)
    },
  },
  {
    name: 'a file takes 200 MiB of the disk of 400 MiB',
    alerts: ['FrescoDiskAlmostFull'],
    cause: async (stage) => fill(stage, 200),
    mend: free,
  },
  {
    name: 'a file fills the disk, and four people paint',
    alerts: ['FrescoCannotWrite'],
    silenced: ['FrescoStoreIsAway', 'FrescoDiskAlmostFull', 'FrescoRefusesPlacements'],
    cause: async (stage) => {
      fill(stage, 1_000)
      stage.startPainting()
    },
    mend: async (stage) => {
      stage.stopPainting()
      await free(stage)
    },
  },
  {
    name: 'the folder of the backups is away at a backup',
    alerts: ['FrescoBackupFailed'],
    cause: async (stage) => {
      takeBackupDirAway(stage)
      await stage.administer('POST', 'backups')
    },
    mend: async (stage) => {
      bringBackupDirBack(stage)
      await stage.administer('POST', 'backups')
    },
  },
  {
    name: 'the folder of the backups is away for 20 days (by a clock that is set forward)',
    alerts: ['FrescoBackupOverdue', 'FrescoBackupNotVerified', 'FrescoBackupFailed'],
    cause: async (stage) => {
      takeBackupDirAway(stage)
      await stage.the('all').restart({ NODE_OPTIONS: `--import=${skewedClock}`, CLOCK_OFFSETS_MS: String(twentyDaysMs) })
    },
    mend: async (stage) => {
      bringBackupDirBack(stage)
      await stage.the('all').restart()
      await stage.administer('POST', 'backups')
    },
  },
]
