/** Finds what kept a crowd from reaching its rate. */
import { percentilesOf } from '../../../lib/time-counts.ts'
import type { PaintResult } from './painters.ts'

/** From this part of the time on, clicks waited for this process and not for the server. */
const busyFrom = 0.85
/** From this part of the rate on, the rate counts as reached. */
const reachedPart = 0.95

/** A sentence, or null when the rate was reached. */
export const limitOf = (options: {
  painted: PaintResult
  clicks: number
  rate: number
  paintedMs: number
  /** The part of the time for which this process was busy. */
  busyPart: number
}): string | null => {
  const { painted, clicks, rate, paintedMs, busyPart } = options
  const isReached = painted.acknowledged.size >= clicks * reachedPart && paintedMs <= (clicks * 1_000) / rate / reachedPart + 1_000
  if (isReached) return null
  const [code, count] = [...painted.setbacks].sort(([, a], [, b]) => b - a)[0] ?? ['', 0]
  if (count > clicks * (1 - reachedPart)) return setbackSentences[code]?.(count) ?? `the server answered ${code} ${count} times`
  const busy = `${Math.round(busyPart * 100)} %`
  if (busyPart >= busyFrom) return `this command, which was busy for ${busy} of the time: start several, or lower the rate`
  return `the server, which took ${percentilesOf(painted.latency).p50?.toFixed(0)} ms or more for half of the clicks`
}

const setbackSentences: Readonly<Record<string, (count: number) => string>> = {
  rate_limited: (count) => `the server's rate limits (${count} answers): start it with RATE_LIMITS=off`,
  cooldown: (count) => `the painters' charges (${count} answers): create the board with COOLDOWN_MS=0, or use more painters`,
  overloaded: (count) => `the server, which was overloaded (${count} answers)`,
  unavailable: (count) => `the server's database, which was unavailable (${count} answers)`,
  no_answer: (count) => `the connection: ${count} requests got no answer`,
}
