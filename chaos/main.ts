/**
 * The fault harness: real processes and real clients under injected faults. `npm run chaos -- --help`.
 */
import { parseArgs } from 'node:util'
import { hasTestMongo, TestMongo } from '../server/store/mongo/test-mongo.fixture.ts'
import { hasRedisServer } from '../server/stream/redis/test-redis.fixture.ts'
import { Cluster, type ClusterSize, type Stack } from './harness/cluster.ts'
import { type Fault, faultsOf } from './harness/faults.ts'
import { Outage } from './harness/outage.ts'
import { lineOf, tableOf, writeReport } from './harness/report.ts'
import { type RunOptions, type RunResult, run } from './harness/run.ts'
import { killHalf, oneFault, peace, randomFaults } from './harness/schedules.ts'
import { classifySoak, Soak, soakTable } from './harness/soak.ts'

const help = `npm run chaos -- [--seed N] [--minutes M] [--stack services|embedded]
npm run chaos -- matrix [--stack services|embedded] [--only TEXT] [--placements N] [--out FILE]
npm run chaos -- crowd [--minutes M] [--kill-half] [--webs N] [--publishers N] [--projectors N]
npm run chaos -- soak [--minutes M] [--stack services|embedded]
npm run chaos -- outage [--minutes M] [--pictures FOLDER]

Runs real servers (and MongoDB and Redis of its own) with painters and watchers, injects faults, waits until everything is at rest, and
decides by the recorded history, the audit and the stream whether anything was lost, doubled, out of order, ghost, torn, overspent or different.
Exit code 0 when all is well, 1 when something is wrong, 2 for bad usage. Needs the pages to be built (npm run build), redis-server and, for the
stack "services", a MongoDB: MONGODB_TEST_SERVER or MONGODB_TEST_URI.

  (none)            random faults for some minutes
  matrix            each fault for itself, with a table
  crowd             a large cluster; with --kill-half, half of its processes are killed and restarted, again and again
  soak              nothing is broken, people come and go: does any process grow?
  outage            Redis is away: how late are pixels seen, before, meanwhile and after?

  --seed N          repeats a schedule (chosen and printed)
  --minutes M       how long (1; crowd: 5; soak: 20; outage: 1 without Redis)
  --stack NAME      services: MongoDB and Redis; embedded: one process with SQLite (services; matrix: both)
  --only TEXT       faults whose name contains this
  --placements N    at least so many for each fault from outside (10000; a failpoint gets a fifth)
  --rate N          pixels a second (600; soak: 300; outage: 200)
  --watchers N      clients that watch (12; crowd: 20; outage: 100)
  --webs, --publishers, --projectors N    processes (2, 2, 2; crowd: 10, 5, 3; soak: 1, 1, 1; outage: 1, 2, 1)
  --pictures FOLDER pictures of the operator's page at the end of an outage
  --direct          no proxies between the servers and what they use
  --keep            leaves the history and the logs of every run, not only of those that fail
  --out FILE        writes FILE.md and FILE.json
  --list            lists the faults`

class UsageError extends Error {}

const readOptions = () => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        list: { type: 'boolean', default: false },
        direct: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        'kill-half': { type: 'boolean', default: false },
        seed: { type: 'string' },
        minutes: { type: 'string' },
        stack: { type: 'string' },
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
    })
    const [command = 'random', ...more] = positionals
    if (more.length > 0) throw new UsageError(`One command is expected, got ${positionals.join(' ')}.`)
    return { ...values, command }
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(error instanceof Error ? error.message : String(error))
  }
}
type Options = ReturnType<typeof readOptions>

const numberOf = (name: keyof Options, text: string | undefined, otherwise: number, most: number) => {
  const value = text === undefined ? otherwise : Number(text)
  if (!(value > 0 && value <= most)) throw new UsageError(`--${name} must be a number up to ${most}, got "${text}".`)
  return value
}

const stacksOf = (options: Options): readonly Stack[] => {
  const { stack, command } = options
  if (stack === 'services' || stack === 'embedded') return [stack]
  if (stack !== undefined) throw new UsageError(`--stack must be services or embedded, got "${stack}".`)
  return command === 'matrix' ? ['services', 'embedded'] : ['services']
}

const usualSizes = {
  crowd: { webs: 10, publishers: 5, projectors: 3 },
  soak: { webs: 1, publishers: 1, projectors: 1 },
  outage: { webs: 1, publishers: 2, projectors: 1 },
}
const usualRates: Readonly<Record<string, number>> = { soak: 300, outage: 200 }
const usualWatchers: Readonly<Record<string, number>> = { crowd: 20, outage: 100 }

const tell = (line: string) => void process.stdout.write(`${line}\n`)

const applicable = (stack: Stack, options: Options, hasOwnMongo: boolean) =>
  faultsOf(stack).filter(
    (fault) => fault.name.includes(options.only) && !(fault.ownMongo && !hasOwnMongo) && !(fault.proxied && options.direct),
  )

type Common = Pick<RunOptions, 'seed' | 'watchers' | 'workers' | 'rate' | 'keep' | 'tell' | 'size'>

const runRandom = async (stack: Stack, faults: readonly Fault[], options: Options, common: Common) => {
  const forMs = numberOf('minutes', options.minutes, 1, 10_000) * 60_000
  tell(`▸ ${stack}: random faults for ${forMs / 1_000} s, --seed ${common.seed}`)
  const schedule = randomFaults(faults, forMs)
  return [
    await run({ ...common, name: `random, ${stack}`, stack, proxied: stack === 'services' && !options.direct, limitSeconds: 15, schedule }),
  ]
}

const runMatrix = async (
  stack: Stack,
  faults: readonly Fault[],
  options: Options,
  common: Common,
  onResult: (result: RunResult) => void,
) => {
  const wanted = numberOf('placements', options.placements, 10_000, 10_000_000)
  const results: RunResult[] = []
  for (const fault of faults) {
    tell(`▸ ${stack}: ${fault.name}`)
    const placements = fault.kind === 'failpoint' ? Math.ceil(wanted / 5) : wanted
    const schedule = oneFault(fault, { placements, times: fault.kind === 'failpoint' ? 3 : 5 })
    const limitSeconds = fault.hangs ? 15 : 5
    const name = `${fault.name} (${stack})`
    const result = await run({ ...common, name, stack, proxied: fault.proxied === true, limitSeconds, schedule })
    tell(lineOf(result))
    onResult(result)
    results.push(result)
  }
  return results
}

const runCrowd = async (stack: Stack, options: Options, common: Common) => {
  const forMs = numberOf('minutes', options.minutes, 5, 10_000) * 60_000
  const peaceful = !options['kill-half']
  const { webs, publishers, projectors } = common.size
  const name = `${webs} web, ${publishers} publishers, ${projectors} projectors, ${peaceful ? 'no kills' : 'half of them killed again and again'}`
  tell(`▸ ${name}, for ${forMs / 1_000} s, --seed ${common.seed}`)
  const schedule = peaceful ? peace(forMs) : killHalf(forMs)
  return [await run({ ...common, name, stack, proxied: false, peaceful, limitSeconds: 5, schedule })]
}

const runSoak = async (stack: Stack, options: Options, common: Common) => {
  const forMs = numberOf('minutes', options.minutes, 20, 10_000) * 60_000
  tell(`▸ ${stack}: a soak of ${forMs / 60_000} minutes at ${common.rate} pixels a second, --seed ${common.seed}`)
  const soak = new Soak({ forMs })
  const rules = { proxied: false, peaceful: true, restless: true, limitSeconds: 5 }
  const result = await run({ ...common, ...rules, name: `soak, ${stack}`, stack, schedule: soak.schedule })
  const report = soak.report()
  tell(soakTable(report))
  return [{ ...result, failures: [...result.failures, ...classifySoak(report)] }]
}

const runOutage = async (options: Options, common: Common) => {
  const forMs = numberOf('minutes', options.minutes, 1, 10_000) * 60_000
  const name = `Redis away for ${forMs / 1_000} s at ${common.rate} pixels a second, ${common.watchers} clients`
  tell(`▸ ${name}, --seed ${common.seed}`)
  const outage = new Outage({ forMs, pictures: options.pictures ?? null, tell })
  const rules = { stack: 'services' as const, proxied: false, restless: false, limitSeconds: 5 }
  return [await run({ ...common, ...rules, name, schedule: outage.schedule, inspect: outage.inspect })]
}

const runOnce = (stack: Stack, faults: readonly Fault[], options: Options, common: Common) => {
  switch (options.command) {
    case 'crowd':
      return runCrowd(stack, options, common)
    case 'soak':
      return runSoak(stack, options, common)
    case 'outage':
      return runOutage(options, common)
    default:
      return runRandom(stack, faults, options, common)
  }
}

const main = async (): Promise<number> => {
  const options = readOptions()
  if (options.help) {
    tell(help)
    return 0
  }
  if (!['random', 'matrix', 'crowd', 'soak', 'outage'].includes(options.command))
    throw new UsageError(`There is no command "${options.command}".`)
  const stacks = stacksOf(options)
  if (options.list) {
    for (const stack of stacks) for (const { name } of faultsOf(stack)) tell(`${stack}: ${name}`)
    return 0
  }
  if (stacks.includes('services') && !(hasTestMongo() && hasRedisServer())) {
    tell('The stack "services" needs redis-server, and a MongoDB: MONGODB_TEST_SERVER (a binary) or MONGODB_TEST_URI.')
    return 1
  }
  const usual = usualSizes[options.command as keyof typeof usualSizes] ?? { webs: 2, publishers: 2, projectors: 2 }
  const size: ClusterSize = {
    webs: numberOf('webs', options.webs, usual.webs, 50),
    publishers: numberOf('publishers', options.publishers, usual.publishers, 50),
    projectors: numberOf('projectors', options.projectors, usual.projectors, 50),
  }
  const rate = numberOf('rate', options.rate, usualRates[options.command] ?? 600, 100_000)
  const common: Common = {
    seed: numberOf('seed', options.seed, 1 + Math.floor(Math.random() * 1_000_000), 2 ** 31),
    watchers: numberOf('watchers', options.watchers, usualWatchers[options.command] ?? 12, 1_000),
    workers: Math.min(200, Math.max(16, Math.ceil(rate / 25))),
    rate,
    keep: options.keep,
    size,
    tell,
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
        tell(lineOf(result))
        keep(result)
      }
    }
  }
  if (options.command === 'matrix') tell(tableOf(results))
  const failed = results.filter(({ failures }) => failures.length > 0)
  if (failed.length > 0) tell(`${failed.length} of ${results.length} runs failed; repeat with --seed ${common.seed}`)
  return failed.length > 0 ? 1 : 0
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(
    signal,
    () => void Promise.allSettled([...Cluster.running].map((cluster) => cluster.dispose())).then(() => process.exit(130)),
  )
}

/** Exits explicitly: a socket whose peer was killed can stay open and would keep the process running. */
const exit = (code: number) => process.stdout.write('', () => process.exit(code))

try {
  exit(await main())
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\nnpm run chaos -- --help says how it is used.\n`)
  exit(2)
}
