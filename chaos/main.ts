/**
 * The fault harness: real processes and real clients under injected faults. `npm run chaos -- --help`.
 */
import { parseArgs } from 'node:util'
import { TestMongo } from '../server/store/mongo/test-mongo.fixture.ts'
import { canRun, isStack, numberOf, parseUsage, print, runCommand, UsageError } from './command.ts'
import type { ClusterOptions, ClusterSize, Stack } from './harness/cluster.ts'
import { type Fault, faultsOf } from './harness/faults.ts'
import { Outage } from './harness/outage.ts'
import { type RedisKind, redisKinds } from './harness/redis-deployment.ts'
import { lineOf, tableOf, writeReport } from './harness/report.ts'
import { type RunOptions, type RunResult, run } from './harness/run.ts'
import { killHalf, noFaults, oneFault, randomFaults } from './harness/schedules.ts'
import { classifySoak, Soak, soakTable } from './harness/soak.ts'
import { formerCode, formerRevision, missingHistory, rollingUpgrade } from './harness/upgrade.ts'

const help = `npm run chaos -- [--seed N] [--minutes M] [--stack services|embedded]
npm run chaos -- matrix [--stack services|embedded] [--only TEXT] [--placements N] [--out FILE]
npm run chaos -- crowd [--minutes M] [--kill-half] [--webs N] [--publishers N] [--projectors N]
npm run chaos -- soak [--minutes M] [--stack services|embedded]
npm run chaos -- outage [--minutes M] [--pictures FOLDER]
npm run chaos -- upgrade [--stack services|embedded]

Runs real servers with their own MongoDB and Redis, painters and watchers. Injects faults and waits until the system is at rest. Checks the
recorded history, the audit and the stream for pixels that are lost, doubled, out of order, ghost, torn, overspent, early or differing.
Exit code 0 when all is well, 1 when something is wrong, 2 for bad usage. Needs the pages to be built (npm run build), redis-server and, for the
stack "services", a MongoDB: MONGODB_TEST_SERVER or MONGODB_TEST_URI.

  (none)            random faults for some minutes
  matrix            each fault alone, with a table
  crowd             a large cluster; with --kill-half, half of its processes are killed and restarted repeatedly
  soak              no faults, and clients leave and return: does a process grow?
  outage            Redis is away: how late are pixels shown, before, during and after?
  upgrade           a rolling upgrade from the former schema version, and on MongoDB back; needs the Git history

  --seed N          repeats a schedule (chosen and printed)
  --minutes M       how long (1; crowd: 5; soak: 20; outage: 1 without Redis)
  --stack NAME      services: MongoDB and Redis; embedded: one process with SQLite (services; matrix: both)
  --redis NAME      the Redis of the stack "services": single, sentinel or cluster (single)
  --only TEXT       faults whose name contains this
  --placements N    placements for each fault, at least (10000; for a failpoint a fifth)
  --rate N          pixels a second (600; soak: 300; outage and upgrade: 200)
  --watchers N      clients that only watch (12; crowd: 20; outage: 100)
  --webs, --publishers, --projectors N    processes (2, 2, 2; crowd: 10, 5, 3; soak: 1, 1, 1; outage: 1, 2, 1; upgrade: 2, 1, 1)
  --pictures FOLDER pictures of the operator's page at the end of an outage
  --replica-set     steps down and locks members of the replica set that MONGODB_TEST_URI names
  --direct          no proxies between the servers and MongoDB or Redis
  --keep            keeps the history and the logs of every run, not only of failed runs
  --out FILE        writes FILE.md and FILE.json
  --list            lists the faults`

const readOptions = () => {
  const { values, positionals } = parseUsage(() =>
    parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        list: { type: 'boolean', default: false },
        'replica-set': { type: 'boolean', default: false },
        direct: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        'kill-half': { type: 'boolean', default: false },
        seed: { type: 'string' },
        minutes: { type: 'string' },
        stack: { type: 'string' },
        redis: { type: 'string', default: 'single' },
        only: { type: 'string', default: '' },
        placements: { type: 'string' },
        rate: { type: 'string' },
        watchers: { type: 'string' },
        webs: { type: 'string' },
        publishers: { type: 'string' },
        projectors: { type: 'string' },
        out: { type: 'string' },
        pictures: { type: 'string' },
      },
    }),
  )
  const [command = 'random', ...more] = positionals
  if (more.length > 0) throw new UsageError(`One command is expected, got ${positionals.join(' ')}.`)
  return { ...values, command }
}
type Options = ReturnType<typeof readOptions>

const stacksOf = (options: Options): readonly Stack[] => {
  const { stack, command } = options
  if (isStack(stack)) return [stack]
  if (stack !== undefined) throw new UsageError(`--stack must be services or embedded, got "${stack}".`)
  return command === 'matrix' ? ['services', 'embedded'] : ['services']
}

const redisOf = ({ redis, command }: Options): RedisKind => {
  const kind = redisKinds.find((name) => name === redis)
  if (!kind) throw new UsageError(`--redis must be single, sentinel or cluster, got "${redis}".`)
  if (kind !== 'single' && command === 'outage') throw new UsageError('An outage needs --redis single.')
  return kind
}

const usualSizes = {
  crowd: { webs: 10, publishers: 5, projectors: 3 },
  soak: { webs: 1, publishers: 1, projectors: 1 },
  outage: { webs: 1, publishers: 2, projectors: 1 },
  upgrade: { webs: 2, publishers: 1, projectors: 1 },
}
const usualRates: Readonly<Record<string, number>> = { soak: 300, outage: 200, upgrade: 200 }
const usualWatchers: Readonly<Record<string, number>> = { crowd: 20, outage: 100 }

const applicable = (stack: Stack, options: Options, hasOwnMongo: boolean) =>
  faultsOf(stack, redisOf(options)).filter(
    (fault) =>
      fault.name.includes(options.only) &&
      !(fault.ownMongo && !hasOwnMongo) &&
      !(fault.proxied && options.direct) &&
      !(fault.replicaSet && !options['replica-set']),
  )

type Common = Pick<RunOptions, 'seed' | 'load' | 'keep' | 'print'> & { readonly redis: RedisKind; readonly size: ClusterSize }

const clusterOf = (stack: Stack, { redis, size }: Common, { proxied = false } = {}): ClusterOptions => ({ stack, redis, size, proxied })

const runRandom = async (stack: Stack, faults: readonly Fault[], options: Options, common: Common) => {
  const forMs = numberOf({ name: 'minutes', text: options.minutes, otherwise: 1, most: 10_000 }) * 60_000
  print(`▸ ${stack}: random faults for ${forMs / 1_000} s, --redis ${common.redis} --seed ${common.seed}`)
  // About every fourth fault is one of the replica set, so that a run of two minutes has several.
  const weighted = faults.flatMap((fault) => Array.from({ length: fault.replicaSet ? 6 : 1 }, () => fault))
  const schedule = randomFaults(weighted, forMs)
  const cluster = clusterOf(stack, common, { proxied: stack === 'services' && !options.direct })
  return [await run({ ...common, name: `random, ${stack}`, cluster, plan: { schedule, limitSeconds: 15 } })]
}

const runMatrix = async (
  stack: Stack,
  faults: readonly Fault[],
  options: Options,
  common: Common,
  onResult: (result: RunResult) => void,
) => {
  const wanted = numberOf({ name: 'placements', text: options.placements, otherwise: 10_000, most: 10_000_000 })
  const results: RunResult[] = []
  for (const fault of faults) {
    print(`▸ ${stack}: ${fault.name}`)
    const placements = fault.kind === 'failpoint' ? Math.ceil(wanted / 5) : wanted
    const schedule = oneFault(fault, { placements, times: fault.kind === 'failpoint' ? 3 : 5 })
    const limitSeconds = fault.hangs ? 15 : 5
    const name = `${fault.name} (${stack})`
    const cluster = clusterOf(stack, common, { proxied: fault.proxied === true })
    const result = await run({ ...common, name, cluster, plan: { schedule, limitSeconds } })
    print(lineOf(result))
    onResult(result)
    results.push(result)
  }
  return results
}

const runCrowd = async (stack: Stack, options: Options, common: Common) => {
  const forMs = numberOf({ name: 'minutes', text: options.minutes, otherwise: 5, most: 10_000 }) * 60_000
  const peaceful = !options['kill-half']
  const { webs, publishers, projectors } = common.size
  const name = `${webs} web, ${publishers} publishers, ${projectors} projectors, ${peaceful ? 'no kills' : 'half of them killed repeatedly'}`
  print(`▸ ${name}, for ${forMs / 1_000} s, --seed ${common.seed}`)
  const schedule = peaceful ? noFaults(forMs) : killHalf(forMs)
  return [await run({ ...common, name, cluster: clusterOf(stack, common), plan: { schedule, peaceful, limitSeconds: 5 } })]
}

const runSoak = async (stack: Stack, options: Options, common: Common) => {
  const forMs = numberOf({ name: 'minutes', text: options.minutes, otherwise: 20, most: 10_000 }) * 60_000
  print(`▸ ${stack}: a soak of ${forMs / 60_000} minutes at ${common.load.rate} pixels a second, --seed ${common.seed}`)
  const soak = new Soak({ forMs })
  const plan = { schedule: soak.schedule, peaceful: true, restless: true, limitSeconds: 5 }
  const result = await run({ ...common, name: `soak, ${stack}`, cluster: clusterOf(stack, common), plan })
  const report = soak.report()
  print(soakTable(report))
  return [{ ...result, failures: [...result.failures, ...classifySoak(report)] }]
}

const runOutage = async (options: Options, common: Common) => {
  const forMs = numberOf({ name: 'minutes', text: options.minutes, otherwise: 1, most: 10_000 }) * 60_000
  const name = `Redis away for ${forMs / 1_000} s at ${common.load.rate} pixels a second, ${common.load.watchers} clients`
  print(`▸ ${name}, --seed ${common.seed}`)
  const outage = new Outage({ forMs, pictures: options.pictures ?? null, print })
  const plan = { schedule: outage.schedule, inspect: outage.inspect, restless: false, limitSeconds: 5 }
  return [await run({ ...common, name, cluster: clusterOf('services', common), plan })]
}

const runUpgrade = async (stack: Stack, common: Common) => {
  const former = formerCode(formerRevision, print)
  print(`▸ ${stack}: a rolling upgrade from ${formerRevision} at ${common.load.rate} pixels a second, --seed ${common.seed}`)
  const cluster = { ...clusterOf(stack, common), folder: former }
  return [await run({ ...common, name: `upgrade, ${stack}`, cluster, plan: { schedule: rollingUpgrade(former), limitSeconds: 5 } })]
}

const runOnce = (stack: Stack, faults: readonly Fault[], options: Options, common: Common) => {
  switch (options.command) {
    case 'crowd':
      return runCrowd(stack, options, common)
    case 'soak':
      return runSoak(stack, options, common)
    case 'outage':
      return runOutage(options, common)
    case 'upgrade':
      return runUpgrade(stack, common)
    default:
      return runRandom(stack, faults, options, common)
  }
}

const main = async (): Promise<number> => {
  const options = readOptions()
  if (options.help) {
    print(help)
    return 0
  }
  if (!['random', 'matrix', 'crowd', 'soak', 'outage', 'upgrade'].includes(options.command))
    throw new UsageError(`There is no command "${options.command}".`)
  const stacks = stacksOf(options)
  if (options['replica-set'] && TestMongo.startsItsOwn()) throw new UsageError('--replica-set needs MONGODB_TEST_URI.')
  if (options.list) {
    for (const stack of stacks) for (const { name } of faultsOf(stack, redisOf(options))) print(`${stack}: ${name}`)
    return 0
  }
  if (!canRun(stacks)) return 1
  const missing = options.command === 'upgrade' ? missingHistory(formerRevision) : null
  if (missing) {
    print(missing)
    return 1
  }
  const usual = usualSizes[options.command as keyof typeof usualSizes] ?? { webs: 2, publishers: 2, projectors: 2 }
  const size: ClusterSize = {
    webs: numberOf({ name: 'webs', text: options.webs, otherwise: usual.webs, most: 50 }),
    publishers: numberOf({ name: 'publishers', text: options.publishers, otherwise: usual.publishers, most: 50 }),
    projectors: numberOf({ name: 'projectors', text: options.projectors, otherwise: usual.projectors, most: 50 }),
  }
  const rate = numberOf({ name: 'rate', text: options.rate, otherwise: usualRates[options.command] ?? 600, most: 100_000 })
  const common: Common = {
    redis: redisOf(options),
    seed: numberOf({ name: 'seed', text: options.seed, otherwise: 1 + Math.floor(Math.random() * 1_000_000), most: 2 ** 31 }),
    load: {
      watchers: numberOf({ name: 'watchers', text: options.watchers, otherwise: usualWatchers[options.command] ?? 12, most: 1_000 }),
      workers: Math.min(200, Math.max(16, Math.ceil(rate / 25))),
      rate,
    },
    keep: options.keep,
    size,
    print,
  }
  const results: RunResult[] = []
  const keep = (result: RunResult) => {
    results.push(result)
    if (options.out) writeReport(options.out, 'Fault matrix', results)
  }
  for (const stack of stacks) {
    const faults = applicable(stack, options, TestMongo.startsItsOwn())
    if (faults.length === 0) throw new UsageError(`No fault of the stack ${stack} has "${options.only}" in its name.`)
    if (options.command === 'matrix') await runMatrix(stack, faults, options, common, keep)
    else {
      for (const result of await runOnce(stack, faults, options, common)) {
        print(lineOf(result))
        keep(result)
      }
    }
  }
  if (options.command === 'matrix') print(tableOf(results))
  const failed = results.filter(({ failures }) => failures.length > 0)
  if (failed.length > 0) print(`${failed.length} of ${results.length} runs failed; repeat with --seed ${common.seed}`)
  return failed.length > 0 ? 1 : 0
}

await runCommand('chaos', main)
