/**
 * Confirms on a real MongoDB what the tests show on a stand-in only. It was written from MongoDB's documentation and tried on a simulated replica
 * set: no real election, fsync lock, privilege check, TLS or mongodb+srv address has been tried. `script/real-mongodb --help`.
 */
import { parseArgs } from 'node:util'
import { hasRedisServer } from '../../server/stream/redis/test-redis.fixture.ts'
import { numberOf, parseUsage, print, UsageError } from '../command.ts'
import { checkSet } from './check-set.ts'
import { cleanUp } from './clean-up.ts'
import { partsOf, runParts } from './parts.ts'
import { Refusal } from './set-connection.ts'

const help = `script/real-mongodb URI [--only PART] [--minutes M] [--check]

Tests Fresco on a replica set of three members or more, in about ten minutes. Use a set without other users: its primary steps down, and its
members are locked for seconds. The run makes databases that begin with "fresco-check-", and removes them. It needs redis-server on the PATH.
If the run is killed with SIGKILL, run db.fsyncUnlock() on each member.

  contract   the contract of the store, and the plan of each query
  race       six processes place and sequence on the same pixels
  failover   the primary steps down under load
  partition  the other members stop replicating under load, and the primary steps down
  chaos      random faults for --minutes (2)

  --only PART   one of these parts
  --check       only checks the replica set

Exit code 0 when all parts pass, 1 when one fails, 2 when the run cannot start.`

const readOptions = () => {
  const options = {
    help: { type: 'boolean', short: 'h', default: false },
    check: { type: 'boolean', default: false },
    only: { type: 'string' },
    minutes: { type: 'string' },
  } as const
  const { values, positionals } = parseUsage(() => parseArgs({ allowPositionals: true, options }))
  if (positionals.length > 1) throw new UsageError('One URI is expected. Put it in quotes.')
  const minutes = numberOf({ name: 'minutes', text: values.minutes, otherwise: 2, most: 1_000 })
  const all = partsOf({ minutes: String(minutes) })
  const parts = values.only === undefined ? all : all.filter(({ name }) => name === values.only)
  if (parts.length === 0) throw new UsageError(`--only must be one of ${all.map(({ name }) => name).join(', ')}, got "${values.only}".`)
  return { ...values, uri: positionals[0], parts }
}

const interrupted = new AbortController()

const main = async (): Promise<number> => {
  const options = readOptions()
  if (options.help) {
    print(help)
    return 0
  }
  if (!hasRedisServer()) throw new Refusal('redis-server is not on the PATH. Install it with your package manager.')
  const set = await checkSet(options.uri)
  if (options.check) {
    for (const [name, value] of Object.entries(set.facts)) print(`${name}: ${value}`)
    return 0
  }
  try {
    return (await runParts(options.parts, { uri: set.uri, signal: interrupted.signal, print })) ? 0 : 1
  } finally {
    await cleanUp(set)
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort())
try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof Refusal || error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
