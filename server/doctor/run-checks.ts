/** Runs all checks at once, each within a deadline. */
import { bySeverity, type CheckResult, type ChecksReport, type Finding } from '../../lib/checks.ts'
import { type Clock, within } from '../clock.ts'
import { type Check, reasonOf, unknown } from './check.ts'

/** Longer than a request to a PUBLIC_URL may take. */
export const checkMs = 6_000

const runCheck = async ({ check, code, subject }: Check, deadlineMs: number): Promise<CheckResult> => {
  const controller = new AbortController()
  const late = unknown('late', { seconds: deadlineMs / 1_000 })
  const running = (async () => check(controller.signal))().catch(
    (error: unknown): Finding => (controller.signal.aborted ? late : unknown('failed', { reason: reasonOf(error) })),
  )
  const finding = await within(deadlineMs, running, () => new Error('late')).catch(() => late)
  controller.abort()
  return { check: code, subject: subject ?? null, ...finding }
}

export const runChecks = async (checks: readonly Check[], { now, monotonicNow }: Clock, deadlineMs = checkMs): Promise<ChecksReport> => {
  const startedAt = monotonicNow()
  const at = new Date(now()).toISOString()
  const results = await Promise.all(checks.map((check) => runCheck(check, deadlineMs)))
  return { at, tookMs: Math.round(monotonicNow() - startedAt), results: bySeverity(results) }
}

/** A report is kept for this long, so that several operators cost as much as one. */
export const reportKeptMs = 5_000

export interface Doctor {
  /** A report that is at most five seconds old. Never rejects. */
  check(): Promise<ChecksReport>
  /** The last report of this process. */
  last(): ChecksReport | null
}

/** `run` makes one report. There is one run at a time. */
export const createDoctor = (run: () => Promise<ChecksReport>, monotonicNow: () => number): Doctor => {
  let running: Promise<ChecksReport> | null = null
  let kept: { report: ChecksReport; atMs: number } | null = null
  return {
    last: () => kept?.report ?? null,
    async check() {
      if (kept && monotonicNow() - kept.atMs < reportKeptMs) return kept.report
      running ??= run()
        .then((report) => {
          kept = { report, atMs: monotonicNow() }
          return report
        })
        .finally(() => {
          running = null
        })
      return running
    },
  }
}
