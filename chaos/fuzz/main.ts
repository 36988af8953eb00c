/** The fuzzer: attacks a whole Fresco from outside. `npm run fuzz -- --help`. */
import { parseArgs } from 'node:util'
import { hasTestMongo } from '../../server/store/mongo/test-mongo.fixture.ts'
import { hasRedisServer } from '../../server/stream/redis/test-redis.fixture.ts'
import { Cluster, type Stack } from '../harness/cluster.ts'
import { kinds } from './choose-attack.ts'
import { reportOf } from './report.ts'
import { fuzz } from './run.ts'

const help = `npm run fuzz -- [--stack embedded|services] [--minutes N] [--seed S] [--rate N] [--from N] [--only TEXT]

Starts a real Fresco and attacks it from outside: malformed HTTP, Engine.IO and Socket.IO packets in any order over both transports, every route of
the API with wrong input, hostile pictures, odd requests for pages. A normal client must be served as usual meanwhile. No attack may paint.
At the end every process must still run, memory and handles must be within their limits, the log must have no errors, the board must be unchanged,
and the audit must be clean.
Exit code: 0 passed, 1 failed, 2 bad usage. Needs the pages to be built (npm run build), and for the stack "services"
redis-server and a MongoDB: MONGODB_TEST_SERVER or MONGODB_TEST_URI.

  --stack NAME   embedded: one process with SQLite; services: MongoDB, Redis and four processes (embedded)
  --minutes N    how long (1.5)
  --seed S       repeats the attacks of a run (chosen and printed)
  --rate N       attacks a second (50)
  --from N       starts with this attack number, to repeat a part of a run (0)
  --only TEXT    plays only attacks whose kind or name contains this, such as "pictures" or "many CONNECTs"`

class UsageError extends Error {}

const numberOf = (name: string, text: string | undefined, otherwise: number, range: { least: number; most: number }): number => {
  const value = text === undefined ? otherwise : Number(text)
  if (!(value >= range.least && value <= range.most))
    throw new UsageError(`--${name} must be a number from ${range.least} to ${range.most}, got "${text}".`)
  return value
}

const attackNames = () => kinds.flatMap(([, [kind, makers]]) => Object.keys(makers).map((name) => `${kind}: ${name}`))

const readOptions = () => {
  const { values } = parseOptions()
  const { stack = 'embedded' } = values
  if (stack !== 'embedded' && stack !== 'services') throw new UsageError(`--stack must be embedded or services, got "${stack}".`)
  if (!attackNames().some((name) => name.includes(values.only ?? ''))) throw new UsageError(`No attack has "${values.only}" in its name.`)
  return {
    help: values.help,
    stack: stack as Stack,
    minutes: numberOf('minutes', values.minutes, 1.5, { least: 0.05, most: 10_000 }),
    seed: Math.floor(numberOf('seed', values.seed, 1 + Math.floor(Math.random() * 1_000_000), { least: 0, most: 2 ** 31 })),
    rate: numberOf('rate', values.rate, 50, { least: 0.1, most: 2_000 }),
    only: values.only ?? '',
    from: Math.floor(numberOf('from', values.from, 0, { least: 0, most: 2 ** 31 })),
  }
}

const parseOptions = () => {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        stack: text,
        minutes: text,
        seed: text,
        rate: text,
        from: text,
        only: text,
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

const print = (line: string) => void process.stdout.write(`${line}\n`)

const main = async (): Promise<number> => {
  const { help: wantsHelp, ...options } = readOptions()
  if (wantsHelp) {
    print(help)
    return 0
  }
  if (options.stack === 'services' && !(hasTestMongo() && hasRedisServer())) {
    print('The stack "services" needs redis-server, and a MongoDB: MONGODB_TEST_SERVER (a binary) or MONGODB_TEST_URI.')
    return 1
  }
  const { stack, minutes, seed, rate } = options
  print(`▸ ${stack}: ${rate} attacks a second for ${minutes} minutes, --seed ${seed}`)
  const result = await fuzz({ ...options, print })
  print(reportOf(result, `${stack}, seed ${seed}`))
  return result.failures.length === 0 ? 0 : 1
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(
    signal,
    () => void Promise.allSettled([...Cluster.running].map((cluster) => cluster.dispose())).then(() => process.exit(130)),
  )
}

/** Exits explicitly: a socket whose peer has ended can stay open and would keep the process running. */
const exit = (code: number) => process.stdout.write('', () => process.exit(code))

try {
  exit(await main())
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\nnpm run fuzz -- --help says how it is used.\n`)
  exit(2)
}
