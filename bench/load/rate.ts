/** The result of a load of requests. */
import { percentile } from '../framework/statistics.ts'

export interface Rate {
  /** Answers of the wanted status in the measured time. */
  readonly answers: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers that took longer than a second. */
  readonly slow: number
  /** The part of its core that this process used. Near 1, the load was the bottleneck. */
  readonly loadBusy: number
}

/** @throws if nothing was answered. */
export const rateOf = (options: { latencies: readonly number[]; ms: number; cpu: NodeJS.CpuUsage }): Rate => {
  const { latencies, ms, cpu } = options
  return {
    answers: latencies.length,
    perSecond: (latencies.length * 1_000) / ms,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    slow: latencies.filter((latency) => latency > 1_000).length,
    loadBusy: (cpu.user + cpu.system) / 1_000 / ms,
  }
}
