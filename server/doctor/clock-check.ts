/** Compares the clock with the database's and with those of the servers that answer at the public addresses. */
import type { Finding } from '../../lib/checks.ts'
import type { ProbeResult } from './address-probe.ts'
import { ok, problem, warning } from './check.ts'

/** Charges grow by the monotonic clock, so small differences harm nothing. Certificates and sessions need the time. */
const differs = { warningMs: 2_000, problemMs: 60_000 }

interface Difference {
  readonly ms: number
  readonly from: string
}

/** A `Date` has whole seconds, so up to one second is no difference. */
export const dateDifference = (date: string | undefined, nowMs: number): number | null => {
  const ms = Date.parse(date ?? '')
  if (Number.isNaN(ms)) return null
  const difference = nowMs - ms
  return difference < 0 ? -difference : Math.max(0, difference - 1_000)
}

export interface ClockCheckOptions {
  /** Null without a database on another machine. */
  readonly databaseTime: (() => Promise<number>) | null
  readonly probes: readonly { readonly url: string; readonly probe: () => Promise<ProbeResult & { readonly atMs: number }> }[]
  readonly now: () => number
}

export const checkClock = async ({ databaseTime, probes, now }: ClockCheckOptions): Promise<Finding> => {
  const fromDatabase = async (): Promise<Difference[]> => {
    if (!databaseTime) return []
    const startedMs = now()
    const time = await databaseTime().catch(() => null)
    return time === null ? [] : [{ ms: Math.abs((startedMs + now()) / 2 - time), from: 'MongoDB' }]
  }
  const fromProbe = async ({ url, probe }: ClockCheckOptions['probes'][number]): Promise<Difference[]> => {
    const { answer, atMs } = await probe()
    const ms = answer.kind === 'answered' ? dateDifference(answer.headers.date, atMs) : null
    return ms === null ? [] : [{ ms, from: url }]
  }
  const differences = (await Promise.all([fromDatabase(), ...probes.map(fromProbe)])).flat()
  const [largest] = differences.sort((one, other) => other.ms - one.ms)
  if (!largest) return ok('clock_alone')
  const { ms, from: compared } = largest
  if (ms < differs.warningMs) return ok('clock', { ms: Math.round(ms), compared })
  const make = ms < differs.problemMs ? warning : problem
  return make('clock_differs', { seconds: Math.round(ms / 1_000), compared })
}
