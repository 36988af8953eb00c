import { describe, expect, test } from 'vitest'
import {
  type BackupEntry,
  type BackupSchedule,
  type BackupState,
  backupDueMs,
  backupsOverview,
  backupsToRemove,
  nextRound,
  noBackups,
  retryMs,
  showBackups,
} from './backups.ts'

const dayMs = 24 * 3_600_000
const nowMs = 1_000 * dayMs
const schedule: BackupSchedule = { intervalMs: dayMs, keep: 2, verifyMs: 7 * dayMs }
const entry = (agoMs: number, ok?: boolean): BackupEntry => ({
  name: `made ${agoMs / dayMs} days ago`,
  atMs: nowMs - agoMs,
  bytes: 1,
  verified: ok === undefined ? null : { atMs: nowMs, ok },
})
const stateOf = (change: Partial<BackupState>): BackupState => ({ ...noBackups, verifiedAtMs: nowMs, ...change })
const problem = (agoMs: number) => ({ code: 'disk_full' as const, detail: 'Full.', atMs: nowMs - agoMs })

describe('the next round', () => {
  test.each<[string, Partial<BackupState>, ReturnType<typeof nextRound>]>([
    ['is a backup when there is none', {}, 'backup'],
    ['is nothing before the interval is over', { entries: [entry(dayMs - 1)] }, null],
    ['is a backup when the interval is over', { entries: [entry(dayMs)] }, 'backup'],
    ['is one backup for several missed times', { entries: [entry(5 * dayMs)] }, 'backup'],
    ['waits after a failure', { entries: [entry(dayMs)], problem: problem(retryMs - 1) }, null],
    ['tries again after a failure', { entries: [entry(dayMs)], problem: problem(retryMs) }, 'backup'],
    ['is a backup when an operator wants one', { entries: [entry(1)], requestedAtMs: nowMs }, 'backup'],
    ['is a backup when the newest one is damaged', { entries: [entry(1, false), entry(dayMs)] }, 'backup'],
    ['is a backup when the last one has a time of the future', { entries: [entry(-400 * dayMs)] }, 'backup'],
    ['does not wait for a failure of the future', { problem: problem(-dayMs) }, 'backup'],
    ['tries again after a failure of the future, although a backup is new', { entries: [entry(1)], problem: problem(-dayMs) }, 'backup'],
    ['verifies again after a failed verification of the future', { entries: [entry(1)], verifyProblem: problem(-dayMs) }, 'verify'],
    ['is a verification when the last one is too old', { entries: [entry(1)], verifiedAtMs: nowMs - 7 * dayMs }, 'verify'],
    ['is a verification when there was none', { entries: [entry(1)], verifiedAtMs: null }, 'verify'],
    ['waits a day after a failed verification', { entries: [entry(1)], verifiedAtMs: null, verifyProblem: problem(dayMs - 1) }, null],
  ])('%s', (_, change, expected) => {
    expect(nextRound(stateOf(change), schedule, nowMs)).toBe(expected)
  })

  test('is never a verification when verifying is off', () => {
    const state = stateOf({ entries: [entry(1)], verifiedAtMs: null })
    expect(nextRound(state, { ...schedule, verifyMs: 0 }, nowMs)).toBeNull()
  })

  test('after a clock that went back is due at most one interval later', () => {
    const state = stateOf({ entries: [entry(-400 * dayMs), entry(1)] })
    expect(backupDueMs(state, schedule, nowMs)).toBe(nowMs - 1 + dayMs)
  })
})

describe('retention', () => {
  test('removes the oldest beyond the number that is kept', () => {
    expect(backupsToRemove([entry(3), entry(1), entry(2), entry(4)], 2, nowMs)).toEqual([entry(3).name, entry(4).name])
  })

  test('keeps the newest good backup and the last one that was verified', () => {
    const entries = [entry(1, false), entry(2, false), entry(3), entry(4), entry(5, true), entry(6, true)]
    expect(backupsToRemove(entries, 2, nowMs)).toEqual([entry(4).name, entry(6).name])
  })

  test('counts a backup with a time of the future as the oldest', () => {
    expect(backupsToRemove([entry(-dayMs), entry(1), entry(2)], 2, nowMs)).toEqual([entry(-dayMs).name])
  })
})

describe('the overview', () => {
  const overviewOf = (change: Partial<BackupState>, of: BackupSchedule | null = schedule) =>
    backupsOverview(stateOf(change), of, { nowMs, sinceMs: nowMs })

  test('a backup is overdue after one and a half intervals', () => {
    expect(overviewOf({ entries: [entry(1.5 * dayMs)] })).toMatchObject({ isOverdue: false, ageMs: 1.5 * dayMs })
    expect(overviewOf({ entries: [entry(1.5 * dayMs + 1)] }).isOverdue).toBe(true)
  })

  test('without any backup the time counts from the first schedule, or from the start of the process', () => {
    expect(overviewOf({ sinceMs: nowMs - 2 * dayMs })).toMatchObject({ isOverdue: true, ageMs: null })
    expect(overviewOf({}).isOverdue).toBe(false)
  })

  test('nothing is overdue or failed without a schedule', () => {
    expect(overviewOf({ entries: [entry(9 * dayMs)], problem: problem(1) }, null)).toMatchObject({ isOverdue: false, problem: null })
  })

  test('a damaged backup has no age', () => {
    expect(overviewOf({ entries: [entry(1, false), entry(2)] }).ageMs).toBe(2)
  })

  test('a backup or a verification with a time of the future has no age', () => {
    const change = { entries: [entry(-400 * dayMs)], verifiedAtMs: nowMs + dayMs, sinceMs: nowMs - 2 * dayMs }
    expect(overviewOf(change)).toMatchObject({ isOverdue: true, ageMs: null, verifiedAgeMs: null })
    expect(overviewOf({ entries: [entry(-400 * dayMs), entry(2 * dayMs)] })).toMatchObject({ isOverdue: true, ageMs: 2 * dayMs })
  })

  test('the clocks of processes may differ by a minute', () => {
    expect(overviewOf({ entries: [entry(-60_000)], verifiedAtMs: nowMs + 60_000 })).toMatchObject({ ageMs: 0, verifiedAgeMs: 0 })
    expect(overviewOf({ entries: [entry(-60_001)], verifiedAtMs: nowMs + 60_001 })).toMatchObject({ ageMs: null, verifiedAgeMs: null })
  })

  test('a first schedule of the future counts from the start of the process', () => {
    const state = stateOf({ sinceMs: nowMs + 400 * dayMs })
    expect(backupsOverview(state, schedule, { nowMs, sinceMs: nowMs - 2 * dayMs }).isOverdue).toBe(true)
    expect(backupsOverview(state, schedule, { nowMs, sinceMs: nowMs - dayMs }).isOverdue).toBe(false)
  })

  test('an old problem of a verification is ignored when verifying is off', () => {
    const change = { entries: [entry(1)], verifyProblem: problem(dayMs) }
    expect(overviewOf(change).problem).toMatchObject({ code: 'disk_full' })
    expect(overviewOf(change, { ...schedule, verifyMs: 0 }).problem).toBeNull()
    const shown = showBackups(stateOf(change), { ...schedule, verifyMs: 0, dir: '/b' }, { nowMs, sinceMs: nowMs })
    expect(shown).toMatchObject({ state: 'good', verifyProblem: null })
  })
})
