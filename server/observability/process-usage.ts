/** CPU, memory and event loop of this process, for the overview. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { ProcessUsage } from '../../lib/overview.ts'

/** Milliseconds between two readings of the event loop's delay, which each reading includes. */
const resolution = 20
const windowMs = 1_000

export const createProcessUsage = (monotonicNow: () => number): (() => ProcessUsage) => {
  const delay = monitorEventLoopDelay({ resolution })
  delay.enable()
  let window = { atMs: monotonicNow(), loopDelayMs: 0 }
  return () => {
    const atMs = monotonicNow()
    if (atMs - window.atMs >= windowMs) {
      window = { atMs, loopDelayMs: Math.max(0, Math.round(delay.percentile(99) / 1e6 - resolution)) }
      delay.reset()
    }
    const { user, system } = process.cpuUsage()
    const { loopDelayMs } = window
    return { cpuMs: Math.round((user + system) / 1_000), upMs: Math.round(atMs), rssBytes: process.memoryUsage.rss(), loopDelayMs }
  }
}
