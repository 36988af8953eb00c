/** One sentence about the whole delivery. It names the worst problem, with the stage where it is. */
import { isSetupWarning } from './operator-warning.ts'
import type { Overview, WorkerOverview } from './overview.ts'
import type { enOperations } from './words/en-operations.ts'
import { type OperationsWords, roleText } from './words/operations-words.ts'

export type StageName = keyof typeof enOperations.stages

export interface Verdict {
  readonly level: 'well' | 'waiting' | 'wrong'
  /** The stage of a pixel's path that has the problem; null when no stage has one. */
  readonly stage: StageName | null
  readonly title: string
  readonly body: string
}

/** A publisher polls ten times a second, so a commit that waits this long has a problem. */
export const waitsLongMs = 5_000
/** Entries that a group has not read or not acknowledged. */
export const largeLag = 1_000

/** SQLite's log alone can grow to this. */
export const lowDiskBytes = 64 * 1_048_576

const stageOfRole: Readonly<Record<string, StageName>> = { web: 'gateways', publisher: 'outbox' }

interface VerdictOptions {
  /** The server has sent nothing for a while. */
  readonly isSilent: boolean
  readonly isPaused: boolean
  readonly words: OperationsWords
}

export const verdictOf = (overview: Overview, { isSilent, isPaused, words }: VerdictOptions): Verdict => {
  const { t } = words
  const { store, outbox, stream, workers } = overview
  const verdict = (level: 'waiting' | 'wrong', stage: StageName | null, title: string, body: string): Verdict => ({
    level,
    stage,
    title,
    body,
  })
  const simple = (level: 'waiting' | 'wrong', stage: StageName | null, key: SimpleVerdict) =>
    verdict(level, stage, t(`verdict.${key}.title`), t(`verdict.${key}.body`))

  if (isSilent) return simple('wrong', null, 'silent')
  const withCause = ({ body, ...rest }: Verdict, cause: string | null): Verdict => ({
    ...rest,
    body: cause === null ? body : t('verdict.withCause', { body, cause }),
  })
  if (!store.connected) return withCause(simple('wrong', 'placed', 'storeDown'), store.cause)
  if (store.cannotWrite) {
    const body = t('verdict.cannotSave', { remedy: t(`writeFault.${store.cannotWrite}.remedy`) })
    return verdict('wrong', 'placed', t(`writeFault.${store.cannotWrite}.title`), body)
  }
  if (outbox.stuck > 0 && stream.connected && !isPaused) {
    return verdict('wrong', 'outbox', t('verdict.stuck.title', { count: outbox.stuck }), t('verdict.stuck.body'))
  }
  if (outbox.dead > 0) {
    const count = outbox.dead
    return verdict('wrong', 'outbox', t('verdict.dead.title', { count }), t('verdict.dead.body', { count }))
  }
  if (!workers.some(({ role, state }) => role === 'publisher' && state !== 'lost')) return simple('wrong', 'outbox', 'noPublisher')
  if (isPaused) return simple('waiting', 'outbox', 'paused')
  if (!stream.connected) return withCause(verdictOfPartitions(stream, words) ?? simple('waiting', 'stream', 'streamDown'), stream.cause)
  if (stream.cannotWrite) {
    const body = t('verdict.streamRefuses', { remedy: t(`writeFault.${stream.cannotWrite}.remedy`) })
    return verdict('waiting', 'stream', t(`writeFault.${stream.cannotWrite}.title`), body)
  }
  return (
    verdictOfWorkers(workers, words) ??
    verdictOfDelays(overview, words) ??
    verdictOfSetup(overview, words) ??
    verdictOfBackups(overview, words) ??
    goodVerdict(overview, words)
  )
}

/** The verdicts whose sentences have no figures. */
type SimpleVerdict = 'silent' | 'storeDown' | 'noPublisher' | 'paused' | 'streamDown'

/** Null unless some partitions answer. */
const verdictOfPartitions = ({ partitions }: Overview['stream'], { t, list }: OperationsWords): Verdict | null => {
  const away = partitions.filter(({ connected }) => !connected)
  if (away.length === 0 || away.length === partitions.length) return null
  const servers = list([...new Set(away.map(({ server }) => server))])
  return {
    level: 'waiting',
    stage: 'stream',
    title: t('verdict.partitionsDown.title'),
    body: t('verdict.partitionsDown.body', { away: String(away.length), all: String(partitions.length), servers }),
  }
}

const verdictOfWorkers = (workers: readonly WorkerOverview[], words: OperationsWords): Verdict | null => {
  const { t } = words
  const rolesOf = (some: readonly WorkerOverview[]) => [...new Set(some.map(({ role }) => roleText(words, role)))]
  const lost = workers.filter(({ state }) => state === 'lost')
  if (lost.length > 0) {
    const title = t('verdict.lost.title', { processes: processesOf(lost), roles: words.list(rolesOf(lost)) })
    return { level: 'waiting', stage: stageOf(lost), title, body: t('verdict.lost.body') }
  }
  const idle = workers.filter(({ state }) => state !== 'running')
  if (idle.length === 0) return null
  const roles = rolesOf(idle)
  const error = idle.find(({ lastError }) => lastError !== null)?.lastError ?? null
  const title = t('verdict.workers.title', { count: roles.length, roles: words.list(roles) })
  const body = error === null ? t('verdict.workers.body') : t('verdict.workers.error', { error })
  return { level: 'waiting', stage: stageOf(idle), title, body }
}

const verdictOfDelays = ({ store, outbox, groups }: Overview, words: OperationsWords): Verdict | null => {
  const { t } = words
  const freeBytes = store.diskFreeBytes
  if (freeBytes !== null && freeBytes < lowDiskBytes) {
    const body = t('verdict.littleDisk.body', { free: words.freeSpace(freeBytes), remedy: t('writeFault.disk_full.remedy') })
    return { level: 'waiting', stage: 'placed', title: t('verdict.littleDisk.title'), body }
  }
  const ageMs = outbox.oldestPendingAgeMs
  if (ageMs !== null && ageMs >= waitsLongMs) {
    const body = t('verdict.waiting.body', { age: words.duration(ageMs) })
    return { level: 'waiting', stage: 'outbox', title: t('verdict.waiting.title'), body }
  }
  const behind = groups.find(({ lag, pending }) => (lag ?? 0) + pending >= largeLag)
  if (!behind) return null
  return {
    level: 'waiting',
    stage: behind.kind === 'broadcast' ? 'gateways' : null,
    title: t('verdict.lagging.title', { group: behind.name }),
    body: t('verdict.lagging.body', { lag: (behind.lag ?? 0) + behind.pending }),
  }
}

const verdictOfSetup = ({ warnings }: Overview, { t }: OperationsWords): Verdict | null => {
  const warning = warnings.find(isSetupWarning)
  if (!warning) return null
  const { code } = warning
  return {
    level: 'waiting',
    stage: code === 'session_of_another_process' ? 'screens' : null,
    title: t(`warning.${code}.title`),
    body: t(`warning.${code}.remedy`),
  }
}

const verdictOfBackups = ({ backups: { problem, isOverdue, ageMs } }: Overview, { t, rough }: OperationsWords): Verdict | null => {
  const verdict = (title: string, body: string): Verdict => ({ level: 'waiting', stage: null, title, body })
  if (problem)
    return verdict(t(`backups.problem.${problem.code}.title`), `${problem.detail} ${t(`backups.problem.${problem.code}.remedy`)}`)
  if (!isOverdue) return null
  return verdict(
    t('verdict.backupOverdue.title'),
    ageMs === null ? t('verdict.backupOverdue.never') : t('verdict.backupOverdue.body', { age: rough(ageMs) }),
  )
}

const goodVerdict = ({ placements, outbox }: Overview, { t, duration }: OperationsWords): Verdict => {
  const placed = placements.perSecond
  const published = outbox.publishedPerSecond
  const flow = placed + published === 0 ? t('verdict.well.quiet') : t('verdict.well.flow', { placed, published })
  const ageMs = outbox.oldestPendingAgeMs
  const rest = ageMs === null ? t('verdict.well.nothingWaits') : t('verdict.well.oldest', { age: duration(ageMs) })
  return { level: 'well', stage: null, title: t('verdict.well.title'), body: `${flow} ${rest}` }
}

/** A worker's id is its role and its process's id. */
const processesOf = (workers: readonly WorkerOverview[]) => new Set(workers.map(({ role, id }) => id.slice(role.length))).size

const stageOf = (workers: readonly WorkerOverview[]) => stageOfRole[workers[0]?.role ?? ''] ?? null
