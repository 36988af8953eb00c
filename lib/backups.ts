/** Scheduled backups: the state that all processes share through the store, and what is due. */

export interface BackupSchedule {
  readonly intervalMs: number
  /** How many backups are kept. */
  readonly keep: number
  /** 0: backups are never verified. */
  readonly verifyMs: number
}

export const backupProblemCodes = [
  'folder_missing',
  'folder_not_writable',
  'folder_cannot_rename',
  'disk_full',
  'store_unavailable',
  /** The program that makes backups, or the process that started it, ended too early. */
  'interrupted',
  'damaged',
  'failed',
] as const
export type BackupProblemCode = (typeof backupProblemCodes)[number]

export interface BackupProblem {
  readonly code: BackupProblemCode
  /** A sentence with the folder and the reason. */
  readonly detail: string
  readonly atMs: number
}

export interface BackupEntry {
  /** The name of its folder. */
  readonly name: string
  /** When it was begun. */
  readonly atMs: number
  readonly bytes: number
  /** The result of its last verification. */
  readonly verified: { readonly atMs: number; readonly ok: boolean } | null
}

/** `check` only looks at the folder. */
export type BackupKind = 'backup' | 'verify' | 'check'

/** The work of one process. Another process takes over when `beats` has not changed for a while. */
export interface BackupRun {
  readonly process: string
  readonly beats: number
  readonly kind: BackupKind
  readonly startedAtMs: number
  /** How much is written. */
  readonly bytes: number
}

export interface BackupState {
  /** Counts the changes. */
  readonly rev: number
  /** In the names of the folders, so that Fresco never removes a folder of another Fresco. Empty before the first run. */
  readonly installation: string
  /** When a schedule was seen first. */
  readonly sinceMs: number | null
  /** Newest first. */
  readonly entries: readonly BackupEntry[]
  readonly run: BackupRun | null
  /** An operator wants a backup now. */
  readonly requestedAtMs: number | null
  /** Of the last try. */
  readonly problem: BackupProblem | null
  /** Of the last verification. */
  readonly verifyProblem: BackupProblem | null
  /** The last verification that found no fault. Its backup may be removed since. */
  readonly verifiedAtMs: number | null
}

export const noBackups: BackupState = {
  rev: 0,
  installation: '',
  sinceMs: null,
  entries: [],
  run: null,
  requestedAtMs: null,
  problem: null,
  verifyProblem: null,
  verifiedAtMs: null,
}

/** After a restore: what the backup says about its own making is over. */
export const afterRestore = (state: BackupState): BackupState => ({ ...state, rev: state.rev + 1, run: null, requestedAtMs: null })

/** A failed backup is tried again after this time, or after the interval if that is shorter. */
export const retryMs = 15 * 60_000
const verifyRetryMs = 24 * 3_600_000
/** A backup is overdue when this many intervals have passed since the last good one. */
const overdueIntervals = 1.5
/** Clocks of several processes may differ by this. A later time is that of a clock that was wrong, and says nothing. */
const toleranceMs = 60_000

const isPast = (atMs: number, nowMs: number) => atMs <= nowMs + toleranceMs

export const isGood = ({ verified }: BackupEntry) => verified?.ok !== false

/** Backups whose time is in the future come last: they were made under a wrong clock. */
export const newestFirst = <Entry extends Pick<BackupEntry, 'atMs'>>(entries: readonly Entry[], nowMs: number): Entry[] =>
  [...entries].sort((a, b) => Number(isPast(b.atMs, nowMs)) - Number(isPast(a.atMs, nowMs)) || b.atMs - a.atMs)

export const newestGood = ({ entries }: BackupState, nowMs: number): BackupEntry | null =>
  newestFirst(entries.filter(isGood), nowMs)[0] ?? null

/** When `waitMs` after a time has passed. A time that cannot be is not waited for. */
const after = (atMs: number | null | undefined, waitMs: number, nowMs: number) =>
  atMs == null || !isPast(atMs, nowMs) ? Number.NEGATIVE_INFINITY : atMs + waitMs

/** A failure under a wrong clock. Only another try ends it, so nothing else may delay that. */
const isFuture = (problem: BackupProblem | null, nowMs: number) => problem !== null && !isPast(problem.atMs, nowMs)

/** When the next backup is due. Minus infinity: at once. */
export const backupDueMs = (state: BackupState, { intervalMs }: BackupSchedule, nowMs: number): number =>
  isFuture(state.problem, nowMs)
    ? Number.NEGATIVE_INFINITY
    : Math.max(after(newestGood(state, nowMs)?.atMs, intervalMs, nowMs), after(state.problem?.atMs, Math.min(retryMs, intervalMs), nowMs))

const isVerifyDue = (state: BackupState, { verifyMs }: BackupSchedule, nowMs: number): boolean => {
  if (verifyMs === 0 || !newestGood(state, nowMs)) return false
  if (isFuture(state.verifyProblem, nowMs)) return true
  const dueMs = Math.max(
    after(state.verifiedAtMs, verifyMs, nowMs),
    after(state.verifyProblem?.atMs, Math.min(verifyRetryMs, verifyMs), nowMs),
  )
  return dueMs <= nowMs
}

/** What is to be done now, when nothing runs. */
export const nextRound = (state: BackupState, schedule: BackupSchedule, nowMs: number): Exclude<BackupKind, 'check'> | null => {
  if (state.requestedAtMs !== null || backupDueMs(state, schedule, nowMs) <= nowMs) return 'backup'
  return isVerifyDue(state, schedule, nowMs) ? 'verify' : null
}

/** The names of the backups to remove: those beyond `keep`, except the newest good one and the last one that was verified. */
export const backupsToRemove = (entries: readonly BackupEntry[], keep: number, nowMs: number): string[] => {
  const sorted = newestFirst(entries, nowMs)
  const kept = new Set([sorted.find(isGood)?.name, sorted.find(({ verified }) => verified?.ok)?.name])
  return sorted.filter(({ name }, index) => index >= keep && !kept.has(name)).map(({ name }) => name)
}

/** What an operator and the metrics need. Ages are null when there is none. */
export interface BackupsOverview {
  readonly isScheduled: boolean
  readonly isOverdue: boolean
  readonly ageMs: number | null
  readonly verifiedAgeMs: number | null
  readonly problem: Omit<BackupProblem, 'atMs'> | null
}

export const noBackupsOverview: BackupsOverview = { isScheduled: false, isOverdue: false, ageMs: null, verifiedAgeMs: null, problem: null }

/** A time that cannot be has no age. */
const ageOf = (atMs: number | null | undefined, nowMs: number) => (atMs == null || !isPast(atMs, nowMs) ? null : Math.max(0, nowMs - atMs))

/** When backups are never verified, no later verification could end an old problem. */
const verifyProblemOf = ({ verifyProblem }: BackupState, schedule: BackupSchedule | null) =>
  schedule?.verifyMs === 0 ? null : verifyProblem

/** `sinceMs`: when this process started, for a store without a time of the first schedule that can be. */
export const backupsOverview = (
  state: BackupState,
  schedule: BackupSchedule | null,
  { nowMs, sinceMs }: { nowMs: number; sinceMs: number },
): BackupsOverview => {
  const ageMs = ageOf(newestGood(state, nowMs)?.atMs, nowMs)
  const withoutMs = ageMs ?? ageOf(state.sinceMs, nowMs) ?? nowMs - sinceMs
  const problem = schedule && (state.problem ?? verifyProblemOf(state, schedule))
  return {
    isScheduled: schedule !== null,
    isOverdue: schedule !== null && state.run?.kind !== 'backup' && withoutMs > overdueIntervals * schedule.intervalMs,
    ageMs,
    verifiedAgeMs: ageOf(state.verifiedAtMs, nowMs),
    problem: problem && { code: problem.code, detail: problem.detail },
  }
}

/** The answer of `GET /api/admin/backups`. Times are ISO 8601 UTC. */
export interface ShownBackups {
  readonly at: string
  readonly state: 'off' | 'never' | 'good' | 'overdue' | 'failed'
  readonly folder: string | null
  readonly intervalHours: number | null
  readonly keep: number | null
  readonly verifyDays: number | null
  readonly nextAt: string | null
  readonly isRequested: boolean
  readonly running: {
    readonly kind: BackupKind
    readonly startedAt: string
    readonly bytes: number
    readonly expectedBytes: number | null
  } | null
  readonly problem: ShownProblem | null
  readonly verifyProblem: ShownProblem | null
  readonly verifiedAt: string | null
  readonly backups: readonly {
    readonly name: string
    readonly at: string
    readonly bytes: number
    readonly verified: { readonly at: string; readonly ok: boolean } | null
  }[]
}

export interface ShownProblem extends Omit<BackupProblem, 'atMs'> {
  readonly at: string
}

const iso = (atMs: number) => new Date(atMs).toISOString()
const shownProblem = (problem: BackupProblem | null): ShownProblem | null =>
  problem && { code: problem.code, detail: problem.detail, at: iso(problem.atMs) }

export const showBackups = (
  state: BackupState,
  schedule: (BackupSchedule & { readonly dir: string }) | null,
  { nowMs, sinceMs }: { nowMs: number; sinceMs: number },
): ShownBackups => {
  const { run, entries } = state
  const overview = backupsOverview(state, schedule, { nowMs, sinceMs })
  const kindOf = () => {
    if (!schedule) return 'off'
    if (overview.problem) return 'failed'
    if (overview.isOverdue) return 'overdue'
    return overview.ageMs === null ? 'never' : 'good'
  }
  const sorted = newestFirst(entries, nowMs)
  return {
    at: iso(nowMs),
    state: kindOf(),
    folder: schedule?.dir ?? null,
    intervalHours: schedule && schedule.intervalMs / 3_600_000,
    keep: schedule?.keep ?? null,
    verifyDays: schedule && schedule.verifyMs / 86_400_000,
    nextAt: schedule && iso(Math.max(nowMs, backupDueMs(state, schedule, nowMs))),
    isRequested: state.requestedAtMs !== null,
    running: run && { kind: run.kind, startedAt: iso(run.startedAtMs), bytes: run.bytes, expectedBytes: sorted[0]?.bytes ?? null },
    problem: shownProblem(state.problem),
    verifyProblem: shownProblem(verifyProblemOf(state, schedule)),
    verifiedAt: ageOf(state.verifiedAtMs, nowMs) === null ? null : iso(state.verifiedAtMs ?? nowMs),
    backups: sorted.map(({ name, atMs, bytes, verified }) => ({
      name,
      at: iso(atMs),
      bytes,
      verified: verified && { at: iso(verified.atMs), ok: verified.ok },
    })),
  }
}
