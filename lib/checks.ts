/** The report of `fresco doctor`, `GET /api/admin/checks` and `/admin/settings`. The sentences are in `words/en-checks.ts`. */
import type { enChecks } from './words/en-checks.ts'

export type CheckCode = keyof typeof enChecks.titles
export type FindingCode = keyof typeof enChecks.says
/** `unknown`: the check could not be made. */
export type FindingStatus = 'problem' | 'warning' | 'unknown' | 'ok'

/** The figures and names in a finding's sentence. */
export type FindingParams = Readonly<Record<string, string | number>>

export interface Finding {
  readonly status: FindingStatus
  readonly finding: FindingCode
  readonly params: FindingParams
}

export interface CheckResult extends Finding {
  readonly check: CheckCode
  /** The address that was checked, for a check of a PUBLIC_URL. */
  readonly subject: string | null
}

export interface ChecksReport {
  readonly at: string
  readonly tookMs: number
  /** The most severe first. */
  readonly results: readonly CheckResult[]
}

const severity: Readonly<Record<FindingStatus, number>> = { problem: 0, warning: 1, unknown: 2, ok: 3 }

/** Keeps the order of equal ones. */
export const bySeverity = (results: readonly CheckResult[]): CheckResult[] =>
  [...results].sort((one, other) => severity[one.status] - severity[other.status])

export const countStatuses = (results: readonly Pick<Finding, 'status'>[]): Record<FindingStatus, number> => {
  const counts = { problem: 0, warning: 0, unknown: 0, ok: 0 }
  for (const { status } of results) counts[status]++
  return counts
}
