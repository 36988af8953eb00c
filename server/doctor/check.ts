/** What each check is, and how its finding is made. */
import type { CheckCode, Finding, FindingCode, FindingParams, FindingStatus } from '../../lib/checks.ts'
import { printable } from '../../lib/printable.ts'

export interface Check {
  readonly code: CheckCode
  /** The address that is checked, for a check of a PUBLIC_URL. */
  readonly subject?: string
  /** Changes nothing. The signal is aborted at the deadline. */
  check(signal: AbortSignal): Promise<Finding>
}

/** Texts from other servers are cut. */
const maxTextLength = 200

const make =
  (status: FindingStatus) =>
  (finding: FindingCode, params: FindingParams = {}): Finding => ({
    status,
    finding,
    params: Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? printable(value, maxTextLength) : value]),
    ),
  })

export const ok = make('ok')
export const warning = make('warning')
export const problem = make('problem')
export const unknown = make('unknown')

export const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException
  return message || code || 'unknown'
}

export const bytesText = (bytes: number): string => {
  const gigabytes = bytes / 2 ** 30
  return gigabytes >= 1 ? `${gigabytes.toFixed(gigabytes < 10 ? 1 : 0)} GB` : `${Math.floor(bytes / 2 ** 20)} MB`
}

/** Runs at most once, at the first call. */
export const once = <Value>(run: () => Promise<Value>): (() => Promise<Value>) => {
  let running: Promise<Value> | undefined
  return () => {
    running ??= run()
    return running
  }
}
