/** One run: a real Fresco, an attack from outside, a normal client, and the verdict. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Cluster, type Stack } from '../harness/cluster.ts'
import { runAudit } from '../harness/run-audit.ts'
import { Assault, type FoundFault } from './assault.ts'
import { prepareTarget, readBoards } from './board.ts'
import { differences, type Growth, grown, missed } from './check-run.ts'
import { describeAttack } from './choose-attack.ts'
import { findCulprit } from './find-culprit.ts'
import { NormalClient, type Service } from './normal-client.ts'
import { badLines, measure, measuredEnv, Observer, openByProcess, settle } from './processes.ts'

export interface FuzzOptions {
  readonly stack: Stack
  readonly seed: number
  readonly minutes: number
  /** Attacks a second. */
  readonly rate: number
  readonly from: number
  readonly only: string
  readonly print: (line: string) => void
}

export interface FuzzResult {
  readonly attacks: number
  readonly kinds: ReadonlyMap<string, number>
  readonly statuses: ReadonlyMap<string, number>
  readonly service: readonly Service[]
  readonly growth: readonly Growth[]
  readonly faults: readonly FoundFault[]
  /** Failures, as sentences. */
  readonly failures: readonly string[]
  /** The folder with the logs and last attacks of a failed run. */
  readonly folder: string | null
}

const size = { webs: 2, publishers: 1, projectors: 1 }
/** Before the first measurement caches fill and code is compiled: a part of the run, with a maximum. */
const warmUpPart = 0.25
const warmUpMostMs = 120_000
/** The projections have read the pixels. */
const projectedMs = 2_000

export const fuzz = async (options: FuzzOptions): Promise<FuzzResult> => {
  const { stack, print } = options
  const folder = mkdtempSync(join(tmpdir(), 'fresco-fuzz-'))
  const env = { RATE_LIMITS: 'on', ...measuredEnv }
  const cluster = await Cluster.start({ stack, redis: 'single', size, proxied: false, env })
  try {
    const result = await fuzzCluster(cluster, folder, options).catch(unfinished)
    if (result.failures.length === 0) {
      rmSync(folder, { recursive: true })
      return result
    }
    for (const member of cluster.members) writeFileSync(join(folder, `${member.name.replace(' ', '-')}.log`), member.output)
    return { ...result, folder }
  } finally {
    print('        stopping')
    await cluster.dispose()
  }
}

/** The result of a run that threw an error. */
const unfinished = (error: unknown): FuzzResult => ({
  attacks: 0,
  kinds: new Map(),
  statuses: new Map(),
  service: [],
  growth: [],
  faults: [],
  failures: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
  folder: null,
})

const fuzzCluster = async (cluster: Cluster, folder: string, options: FuzzOptions): Promise<FuzzResult> => {
  const { seed, minutes, rate, from, only, print } = options
  const { target, canvas } = await prepareTarget(cluster)
  await wait(projectedMs)
  const boards = await readBoards(cluster, canvas)
  const logsFrom = new Map(cluster.members.map(({ name, output }) => [name, output.length]))
  const crashed = new AbortController()
  const crashWatch = setInterval(() => cluster.crashes.length > 0 && crashed.abort(), 20)
  const [host = '', ...others] = cluster.of('web').map(({ url }) => new URL(url).host)
  const assault = new Assault({ seed, from, target, hosts: [host, ...others], rate, only, signal: crashed.signal })

  const clients = await Promise.all(cluster.urls.map((url) => NormalClient.start(url, () => assault.underWay)))
  const open = await openByProcess(cluster)
  const began = performance.now()

  const forMs = minutes * 60_000
  const warmUpMs = Math.min(forMs * warmUpPart, warmUpMostMs)
  await assault.run(warmUpMs)
  const early = crashed.signal.aborted ? [] : await measure(cluster)
  const observer = new Observer(cluster)
  if (!crashed.signal.aborted) await assault.run(forMs - warmUpMs)
  const afterSeconds = (performance.now() - began) / 1_000
  const most = observer.stop()
  clearInterval(crashWatch)

  const failures = assault.faults.map(({ rule, times, examples }) => `${rule} (${times} times): ${examples[0] ?? ''}`)
  const hasCrashed = cluster.crashes.length > 0
  if (hasCrashed) failures.push(...(await checkCrash({ cluster, assault, afterSeconds, folder, print })))
  else print('        the attack is over; waiting until its connections are gone')
  const left = hasCrashed ? [] : await settle(cluster, open)
  const growth = hasCrashed ? [] : grown({ early, late: await measure(cluster), most })
  const service = await Promise.all(clients.map((client) => client.stop()))
  if (!hasCrashed) {
    failures.push(...left, ...growth.flatMap(({ failures: tooMuch }) => tooMuch), ...service.flatMap(missed))
    failures.push(...differences(boards, await readBoards(cluster, canvas)))
    const audit = await runAudit(cluster, join(folder, 'audit.txt'))
    if (audit !== 'clean') failures.push(`the audit: ${audit}`)
  }
  failures.push(...checkLogs(cluster, logsFrom))
  const { kinds, statuses, faults } = assault
  return { attacks: assault.played, kinds, statuses, service, growth, faults, failures, folder: null }
}

const checkCrash = async (options: {
  cluster: Cluster
  assault: Assault
  afterSeconds: number
  folder: string
  print: (line: string) => void
}): Promise<string[]> => {
  const { cluster, assault, afterSeconds, folder, print } = options
  const { suspects } = assault
  const crashes = cluster.crashes.map((crash) => `${crash}, ${afterSeconds.toFixed(1)} s after the attack began`)
  writeFileSync(join(folder, 'last-attacks.txt'), suspects.map(describeAttack).join('\n'))
  return [...crashes, ...(await findCulprit(cluster, { suspects, print }))]
}

/** The most lines and characters of the log that are printed. */
const shownLines = 3
const shownCharacters = 2_000

const checkLogs = (cluster: Cluster, from: ReadonlyMap<string, number>): string[] =>
  cluster.members.flatMap(({ name, output }) => {
    const lines = badLines(output, from.get(name) ?? 0)
    const shown = lines.slice(0, shownLines).join('\n').slice(0, shownCharacters)
    return lines.length > 0 ? [`${lines.length} unexpected lines in the log of ${name}: ${shown}`] : []
  })
