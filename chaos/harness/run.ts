/**
 * One run: a cluster, painters and watchers, faults by a schedule, rest, and then the verdicts of the checker, the audit and the stream. A run
 * fails if nothing was injected or placed, or if a process ended without being stopped.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkHistory, type Verdict } from '../history-checker/check-history.ts'
import { type History, HistoryWriter, historyIn } from '../history-checker/history.ts'
import { Random } from '../random.ts'
import { Cluster, type ClusterOptions } from './cluster.ts'
import { Crowd, type Load } from './crowd.ts'
import { countStreamDuplicates, readCanvas, recordFinalState } from './final-state.ts'
import { HungDatabaseWatch, hungAfterMs } from './hung-database.ts'
import { projected, rest } from './rest.ts'
import { type AuditVerdict, runAudit } from './run-audit.ts'
import { classify } from './verdict.ts'
import { WebhookReceiver } from './webhook-receiver.ts'

/** The state during the run: which faults were injected, and when to stop. */
export interface Stage {
  readonly cluster: Cluster
  readonly random: Random
  /** Runs one fault to its end and counts it. */
  inject(name: string, act: () => Promise<void>): Promise<void>
  readonly injected: number
  readonly placed: number
  readonly elapsedMs: number
}

export interface RunOptions {
  readonly name: string
  readonly seed: number
  readonly cluster: ClusterOptions
  readonly load: Load
  readonly plan: RunPlan
  /** Keeps the history and the logs of a successful run, too. */
  readonly keep: boolean
  readonly print: (line: string) => void
}

export interface RunPlan {
  /** Resolves when the run is over, with every fault taken back. */
  readonly schedule: (stage: Stage) => Promise<void>
  /** Whether the schedule may have no fault: for measurements of throughput. */
  readonly peaceful?: boolean
  /** Whether clients disconnect and reconnect by themselves. */
  readonly restless?: boolean
  /** Seconds until every client must be exact again. */
  readonly limitSeconds: number
  /** An extra check of the history and the cluster at rest. Returns violations. */
  readonly inspect?: (history: History, cluster: Cluster) => Promise<readonly string[]>
}

export interface RunResult {
  readonly name: string
  readonly seed: number
  readonly injected: number
  readonly placements: number
  readonly perSecond: number
  readonly reconnects: number
  /** Null if the run did not finish. */
  readonly verdict: Verdict | null
  /** From the end of the last fault until every client showed the head; null if they never did. */
  readonly exactSeconds: number | null
  readonly audit: AuditVerdict
  readonly streamDuplicates: number | null
  readonly failures: readonly string[]
  /** The folder with the history and the logs of a failed run, or of any run with `keep`. */
  readonly folder: string | null
}

/** A request can still be saved for this long after its painter stopped waiting. */
const lateCommitsMs = 3_000

export const run = async (options: RunOptions): Promise<RunResult> => {
  const folder = mkdtempSync(join(tmpdir(), 'fresco-chaos-'))
  let cluster: Cluster | null = null
  try {
    cluster = await Cluster.start(options.cluster)
    const result = await runOn(cluster, folder, options)
    if (result.failures.length === 0 && !options.keep) return result
    keepLogs(cluster, folder)
    return { ...result, folder }
  } catch (error) {
    if (cluster) keepLogs(cluster, folder)
    return { ...broken(options, error), folder }
  } finally {
    await cluster?.dispose()
    if (!existsSync(join(folder, logsFolder))) rmSync(folder, { recursive: true, force: true })
  }
}

const logsFolder = 'logs'

const keepLogs = (cluster: Cluster, folder: string) => {
  mkdirSync(join(folder, logsFolder))
  for (const member of cluster.members) writeFileSync(join(folder, logsFolder, `${member.name.replace(' ', '-')}.log`), member.output)
}

/** The result of a run that did not finish. */
const broken = ({ name, seed }: RunOptions, error: unknown): RunResult => ({
  name,
  seed,
  injected: 0,
  placements: 0,
  perSecond: 0,
  reconnects: 0,
  verdict: null,
  exactSeconds: null,
  audit: 'failed',
  streamDuplicates: null,
  failures: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
  folder: null,
})

const runOn = async (cluster: Cluster, folder: string, options: RunOptions): Promise<RunResult> => {
  const { name, seed, print, load, plan } = options
  const { limitSeconds, peaceful = false, restless = !peaceful } = plan
  const history = new HistoryWriter(join(folder, 'history.jsonl'))
  const canvas = await readCanvas(cluster.urls[0] ?? '')
  // The code of an upgrade's former version has no webhooks.
  const receiver = options.cluster.folder === undefined ? await WebhookReceiver.start(cluster) : null
  const watch = cluster.services ? new HungDatabaseWatch({ services: cluster.services, print }) : null
  const crowd = new Crowd({ webs: cluster.of('web'), canvas, history, seed, load, restless })
  try {
    const { stage, failures } = createStage(cluster, crowd, options)
    await plan.schedule(stage)
    const perSecond = (crowd.placed * 1_000) / stage.elapsedMs
    const healedAt = performance.now()
    crowd.stopPainting()
    const isExact = await rest({ cluster, watchers: crowd.watchers, print, quietMs: 0 })
    const exactSeconds = isExact ? (performance.now() - healedAt) / 1_000 : null
    await crowd.answered()
    failures.push(...crowd.violations)
    const stillExact = await rest({ cluster, watchers: crowd.watchers, print, quietMs: lateCommitsMs })
    if (isExact && !stillExact) failures.push('not exact after the last answers')
    const grown = await readCanvas(cluster.urls[0] ?? '')
    failures.push(...(await projected({ cluster, canvas: grown })))
    const reconnects = crowd.close()
    await recordFinalState(cluster, grown, history)
    history.close()

    const recorded = historyIn(history.file)
    const verdict = checkHistory(recorded)
    const audit = await runAudit(cluster, join(folder, 'audit.txt'))
    const streamDuplicates = await countStreamDuplicates(cluster)
    const { injected } = stage
    const allowed = watch?.restarts ? limitSeconds + (2 * hungAfterMs) / 1_000 : limitSeconds
    const facts = { verdict, injected, peaceful, exactSeconds, limitSeconds: allowed, audit, streamDuplicates }
    failures.push(...cluster.crashes, ...classify(facts))
    failures.push(...((await plan.inspect?.(recorded, cluster)) ?? []))
    print(`        refused: ${crowd.refusals() || 'nothing'}`)
    if (receiver) print(`        ${receiver.received} webhooks received`)
    const placements = verdict.acknowledged
    return {
      name,
      seed,
      injected,
      placements,
      perSecond,
      reconnects,
      verdict,
      exactSeconds,
      audit,
      streamDuplicates,
      failures,
      folder: null,
    }
  } finally {
    await watch?.stop()
    crowd.close()
    receiver?.close()
  }
}

const createStage = (cluster: Cluster, crowd: Crowd, { seed, print }: RunOptions): { stage: Stage; failures: string[] } => {
  const failures: string[] = []
  const began = performance.now()
  let injected = 0
  const stage: Stage = {
    cluster,
    random: new Random(seed),
    async inject(name, act) {
      print(`${(stage.elapsedMs / 1_000).toFixed(1).padStart(6)} s  ${name}`)
      try {
        await act()
        injected++
      } catch (error) {
        failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
      }
    },
    get injected() {
      return injected
    },
    get placed() {
      return crowd.placed
    },
    get elapsedMs() {
      return performance.now() - began
    },
  }
  return { stage, failures }
}
