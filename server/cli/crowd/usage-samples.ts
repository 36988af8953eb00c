/** Reads once a second what the processes of Fresco and this machine use. */
import { availableParallelism, cpus } from 'node:os'
import { z } from 'zod'
import { CommandFailure } from '../command.ts'
import { requestJson } from '../running-server.ts'
import type { ProcessLoad } from './load-steps.ts'
import type { AdminServer } from './scratch-board.ts'

const processSchema = z.object({
  id: z.string(),
  roles: z.array(z.string()),
  cpuMs: z.number(),
  upMs: z.number(),
  rssBytes: z.number(),
  loopDelayMs: z.number(),
})
const overviewSchema = z.object({
  version: z.string(),
  mode: z.object({ store: z.string(), stream: z.string() }),
  processes: z.array(processSchema),
})
export type SampledOverview = z.infer<typeof overviewSchema>
type Reading = z.infer<typeof processSchema>

export interface Sample {
  /** Since the start of the samples. */
  readonly atMs: number
  readonly processes: readonly ProcessLoad[]
  /** The part of all cores of this machine. */
  readonly machineBusy: number
}

const sampleEveryMs = 1_000

export const readOverview = ({ url, headers }: AdminServer): Promise<SampledOverview> =>
  requestJson(overviewSchema, { url: new URL('/api/admin/overview', url), method: 'GET', headers })

/** Between two readings of one process; null when there was no time between them, such as after a restart. */
export const loadBetween = (before: Reading, now: Reading): ProcessLoad | null => {
  const passedMs = now.upMs - before.upMs
  if (passedMs <= 0) return null
  const { id, roles, rssBytes, loopDelayMs } = now
  return { id, roles, rssBytes, loopDelayMs, cpu: (now.cpuMs - before.cpuMs) / passedMs }
}

const readCores = () => {
  const times = cpus().map((core) => core.times)
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0)
  return { all, idle: times.reduce((sum, { idle }) => sum + idle, 0) }
}

export class UsageSamples {
  readonly samples: Sample[] = []
  readonly cores = availableParallelism()
  readonly #server: AdminServer
  readonly #startedAt = performance.now()
  readonly #timer: NodeJS.Timeout
  #before = new Map<string, Reading>()
  #cores = readCores()
  #isReading = false

  constructor(server: AdminServer) {
    this.#server = server
    this.#timer = setInterval(() => void this.#sample(), sampleEveryMs)
  }

  get atMs() {
    return performance.now() - this.#startedAt
  }

  end() {
    clearInterval(this.#timer)
  }

  /** The mean of the samples of a time; the largest delay. */
  between(fromMs: number, toMs: number): { processes: ProcessLoad[]; machineBusy: number } {
    const samples = this.samples.filter(({ atMs }) => atMs > fromMs && atMs <= toMs)
    const byId = Map.groupBy(
      samples.flatMap(({ processes }) => processes),
      ({ id }) => id,
    )
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
    const processes = [...byId.values()].flatMap((loads) => {
      const last = loads.at(-1)
      if (!last) return []
      const loopDelayMs = Math.max(...loads.map((load) => load.loopDelayMs))
      return { ...last, cpu: mean(loads.map(({ cpu }) => cpu)), loopDelayMs }
    })
    return { processes, machineBusy: mean(samples.map(({ machineBusy }) => machineBusy)) }
  }

  /** A server that is too busy to answer leaves a gap. */
  async #sample() {
    if (this.#isReading) return
    this.#isReading = true
    try {
      const { processes } = await readOverview(this.#server)
      const loads = processes.flatMap((now) => {
        const before = this.#before.get(now.id)
        return (before && loadBetween(before, now)) ?? []
      })
      this.#before = new Map(processes.map((reading) => [reading.id, reading]))
      const before = this.#cores
      this.#cores = readCores()
      const passed = this.#cores.all - before.all
      const machineBusy = passed === 0 ? 0 : 1 - (this.#cores.idle - before.idle) / passed
      this.samples.push({ atMs: this.atMs, processes: loads, machineBusy })
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error
    } finally {
      this.#isReading = false
    }
  }
}
