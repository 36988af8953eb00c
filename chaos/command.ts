/** What the programs of this folder share: usage errors, exit codes, and an interrupt that stops what was started. */
import { hasTestMongo } from '../server/store/mongo/test-mongo.fixture.ts'
import { hasRedisServer } from '../server/stream/redis/test-redis.fixture.ts'
import { Cluster, type Stack } from './harness/cluster.ts'

export class UsageError extends Error {}

/** The result of `parse`. @throws {UsageError} if it throws, as `parseArgs` does for an unknown option. */
export const parseUsage = <Parsed>(parse: () => Parsed): Parsed => {
  try {
    return parse()
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

interface NumberOption {
  readonly name: string
  readonly text: string | undefined
  readonly otherwise: number
  readonly least?: number
  readonly most: number
}

/** @throws {UsageError} */
export const numberOf = ({ name, text, otherwise, least = Number.MIN_VALUE, most }: NumberOption): number => {
  const value = text === undefined ? otherwise : Number(text)
  if (value >= least && value <= most) return value
  const from = least === Number.MIN_VALUE ? 'above 0' : `from ${least}`
  throw new UsageError(`--${name} must be a number ${from} and up to ${most}, got "${text}".`)
}

export const isStack = (name: string | undefined): name is Stack => name === 'services' || name === 'embedded'

export const print = (line: string) => void process.stdout.write(`${line}\n`)

/** Whether the stacks can run here. Prints what is missing. */
export const canRun = (stacks: readonly Stack[]): boolean => {
  if (!stacks.includes('services') || (hasTestMongo() && hasRedisServer())) return true
  print('The stack "services" needs redis-server, and a MongoDB: MONGODB_TEST_SERVER (a binary) or MONGODB_TEST_URI.')
  return false
}

/** Exits explicitly: a socket whose peer was killed can stay open and would keep the process running. */
const exit = (code: number) => process.stdout.write('', () => process.exit(code))

/** Exits with what `main` returns, or with 2 after a usage error. */
export const runCommand = async (name: string, main: () => Promise<number>) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(
      signal,
      () => void Promise.allSettled([...Cluster.running].map((cluster) => cluster.dispose())).then(() => process.exit(130)),
    )
  }
  try {
    exit(await main())
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`${error.message}\nnpm run ${name} -- --help shows the usage.\n`)
    exit(2)
  }
}
