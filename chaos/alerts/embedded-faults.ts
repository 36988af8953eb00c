/** Faults of the disk and of the backups, on SQLite in one process. */
import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Endpoint } from './endpoint.ts'
import type { AlertFault } from './faults.ts'
import { metricsToken, type Stage } from './stage.ts'

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

/** Until the server takes the request: it refuses one while a backup runs. */
const backUp = async (stage: Stage) => {
  while (
    !(await stage.administer('POST', 'backups').then(
      () => true,
      () => false,
    ))
  )
    await wait(200)
}

/** A new server makes a backup and verifies it. */
const untilVerified = async (stage: Stage) => {
  const { url } = stage.the('all')
  const headers = { authorization: `Bearer ${metricsToken}` }
  const isVerified = async () =>
    /^fresco_backup_verified_age_seconds [\d.]+$/m.test(await (await fetch(`${url}/metrics`, { headers })).text())
  while (!(await isVerified())) await wait(200)
}

const endpoints = new WeakMap<Stage, Endpoint>()

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
      await untilVerified(stage)
      takeBackupDirAway(stage)
      await backUp(stage)
    },
    mend: async (stage) => {
      bringBackupDirBack(stage)
      await backUp(stage)
    },
  },
  {
    name: 'the folder of the backups is away for 20 days (by a clock that is set forward)',
    alerts: ['FrescoBackupOverdue', 'FrescoBackupNotVerified'],
    cause: async (stage) => {
      await untilVerified(stage)
      takeBackupDirAway(stage)
      await stage.the('all').restart({ NODE_OPTIONS: `--import=${skewedClock}`, CLOCK_OFFSETS_MS: String(twentyDaysMs) })
    },
    mend: async (stage) => {
      bringBackupDirBack(stage)
      await stage.the('all').restart()
      await backUp(stage)
    },
  },
  {
    name: 'the endpoint of a webhook answers 410',
    alerts: ['FrescoWebhookDeadLetters'],
    cause: async (stage) => {
      const endpoint = await Endpoint.start()
      endpoints.set(stage, endpoint)
      const created = await stage.administer('POST', 'webhooks', { url: endpoint.url, types: ['backup.failed'] })
      endpoint.id = (created as { webhook: { id: string } }).webhook.id
      await stage.administer('POST', `webhooks/${endpoint.id}/test`)
    },
    mend: async (stage) => {
      const endpoint = endpoints.get(stage)
      if (!endpoint) return
      endpoint.status = 204
      await stage.administer('PATCH', `webhooks/${endpoint.id}`, { enabled: true })
      const { deliveries } = (await stage.administer('GET', `webhooks/${endpoint.id}/deliveries`)) as { deliveries: { id: string }[] }
      for (const { id } of deliveries) await stage.administer('POST', `webhook-deliveries/${id}/retry`)
    },
  },
]
