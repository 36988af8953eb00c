/** The reasons why a run has failed, as sentences. */
import type { Verdict } from '../history-checker/check-history.ts'
import type { AuditVerdict } from './run-audit.ts'

export interface RunFacts {
  readonly verdict: Pick<Verdict, 'acknowledged' | 'changes' | 'steps' | 'frames' | 'findings'>
  readonly injected: number
  /** The schedule has no fault. */
  readonly peaceful: boolean
  readonly exactSeconds: number | null
  readonly limitSeconds: number
  readonly audit: AuditVerdict
  readonly streamDuplicates: number | null
}

export const classify = ({ verdict, injected, peaceful, exactSeconds, limitSeconds, audit, streamDuplicates }: RunFacts): string[] => {
  const failures = verdict.findings.examples.map(({ wrong, detail }) => `${wrong}: ${detail}`)
  if (!peaceful && injected === 0) failures.push('nothing was injected')
  if (verdict.acknowledged === 0) failures.push('nothing was placed')
  if (verdict.changes === 0) failures.push('the canvas was not changed')
  if (verdict.steps === 0) failures.push('nothing was scheduled')
  if (verdict.frames === 0) failures.push('no client got a frame')
  if (exactSeconds === null) failures.push('the clients were never exact')
  else if (exactSeconds > limitSeconds) failures.push(`exact only after ${exactSeconds.toFixed(1)} s, and ${limitSeconds} are allowed`)
  if (audit !== 'clean') failures.push(`the audit: ${audit}`)
  if (streamDuplicates) failures.push(`${streamDuplicates} duplicates in the stream`)
  return failures
}
