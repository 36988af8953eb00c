/** Raises the load on a board step by step, and measures each step. */
import { randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { addCounts, percentilesOf } from '../../../lib/time-counts.ts'
import type { ShownCanvas } from './clicks.ts'
import { deliveryP99, isCarried, maxClicks, nextStep, type Step, type StepResult } from './load-steps.ts'
import { type PaintResult, paint } from './painters.ts'
import type { Click } from './schedule.ts'
import type { UsageSamples } from './usage-samples.ts'
import type { Report } from './watcher-process.ts'
import { sumOf, type Watchers } from './watchers.ts'

export interface LoadRunOptions {
  readonly urls: readonly string[]
  readonly canvas: ShownCanvas
  /** No pixel twice. The steps take them in turn. */
  readonly clicks: readonly Click[]
  readonly tokens: readonly string[]
  readonly watchers: Watchers
  readonly usage: UsageSamples
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
}

/** After this long without an answer a click counts as refused. */
const giveUpAfterMs = 5_000
/** How long the deliveries of a step may take after its last answer. */
const lateMs = 2_000

const shownOf = (reports: readonly Report[]) =>
  sumOf(reports, ({ latency }) => Object.values(latency).reduce((sum, count) => sum + count, 0))

/** Waits until all acknowledged pixels are at the measured watchers. */
const readDeliveries = async (watchers: Watchers, acknowledged: number) => {
  const endMs = performance.now() + lateMs
  for (;;) {
    const reports = await watchers.report({}, {})
    const toShow = acknowledged * sumOf(reports, ({ measured }) => measured)
    const shown = shownOf(reports)
    if (shown >= toShow || performance.now() >= endMs) return { reports, shown: Math.min(shown, toShow), toShow }
    await wait(100)
  }
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

const cpuOf = (reports: readonly Report[]) => sumOf(reports, (report) => report.cpuMs)

const msText = (ms: number | null) => (ms === null ? 'none' : `${ms.toFixed(0)} ms`)

export const runLoad = async (options: LoadRunOptions) => {
  const { urls, canvas, clicks, tokens, watchers, usage, signal, progress } = options
  const runId = randomBytes(6).toString('hex')
  const steps: StepResult[] = []
  const painted: PaintResult = { acknowledged: new Map(), refused: new Map(), setbacks: new Map(), latency: {} }
  let next = 0

  const run = async ({ kind, rate, seconds }: Step): Promise<StepResult> => {
    const firstIndex = next
    next += rate * seconds
    const part = clicks.slice(firstIndex, next)
    const before = { atMs: usage.atMs, cpu: cpuMs() + cpuOf(await watchers.report({}, {})), startedAt: performance.now() }
    const utilizationBefore = performance.eventLoopUtilization()
    const schedule = { clicks: part, startAtMs: Date.now() + 250, clicksPerSecond: rate }
    watchers.schedule(schedule)
    // Without an end, the backlog of a step that is too much would delay all later ones.
    const stepEnds = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1_000 + giveUpAfterMs)])
    // Each open click listens to it.
    setMaxListeners(0, stepEnds)
    const result = await paint({
      urls,
      canvas: canvas.id,
      tokens,
      schedule,
      keys: { runId, first: firstIndex },
      giveUpAfterMs,
      signal: stepEnds,
      onProgress: () => undefined,
    })
    const { utilization } = performance.eventLoopUtilization(utilizationBefore)
    const { reports, shown, toShow } = await readDeliveries(watchers, result.acknowledged.size)
    for (const [index, id] of result.acknowledged) painted.acknowledged.set(firstIndex + index, id)
    return {
      ...{ kind, rate, seconds, clicks: part.length, shown, toShow },
      acknowledged: result.acknowledged.size,
      answer: result.latency,
      delivery: addCounts(reports.map(({ latency }) => latency)),
      setbacks: result.setbacks,
      crowd: {
        busyPart: Math.max(utilization, ...reports.map(({ busyPart }) => busyPart)),
        cores: (cpuMs() + cpuOf(reports) - before.cpu) / (performance.now() - before.startedAt),
      },
      ...usage.between(before.atMs, usage.atMs),
    }
  }

  for (let step = nextStep(steps); step && !signal.aborted; step = nextStep(steps)) {
    if (next + step.rate * step.seconds > Math.min(maxClicks, clicks.length)) break
    const result = await run(step)
    if (signal.aborted) break
    steps.push(result)
    const { rate, answer } = result
    const figures = `answer p99 ${msText(percentilesOf(answer).p99)}, delivery p99 ${msText(deliveryP99(result))}`
    progress(`${String(rate).padStart(6)} pixels/s ${isCarried(result) ? 'carried' : 'not carried'}: ${figures}`)
  }
  return { steps, painted, clicks: clicks.slice(0, next) }
}
