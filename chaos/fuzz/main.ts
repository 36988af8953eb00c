/** The fuzzer: attacks a whole Fresco from outside. `npm run fuzz -- --help`. */
import { parseArgs } from 'node:util'
import { canRun, isStack, numberOf, parseUsage, print, runCommand, UsageError } from '../command.ts'
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

const attackNames = () => kinds.flatMap(([, [kind, makers]]) => Object.keys(makers).map((name) => `${kind}: ${name}`))

const readOptions = () => {
  const { values } = parseOptions()
  const { stack = 'embedded' } = values
  if (!isStack(stack)) throw new UsageError(`--stack must be embedded or services, got "${stack}".`)
  if (!attackNames().some((name) => name.includes(values.only ?? ''))) throw new UsageError(`No attack has "${values.only}" in its name.`)
  return {
    help: values.help,
    stack,
    minutes: numberOf({ name: 'minutes', text: values.minutes, otherwise: 1.5, least: 0.05, most: 10_000 }),
    seed: Math.floor(
      numberOf({ name: 'seed', text: values.seed, otherwise: 1 + Math.floor(Math.random() * 1_000_000), least: 0, most: 2 ** 31 }),
    ),
    rate: numberOf({ name: 'rate', text: values.rate, otherwise: 50, least: 0.1, most: 2_000 }),
    only: values.only ?? '',
    from: Math.floor(numberOf({ name: 'from', text: values.from, otherwise: 0, least: 0, most: 2 ** 31 })),
  }
}

const parseOptions = () => {
  const text = { type: 'string' } as const
  const help = { type: 'boolean', short: 'h', default: false } as const
  return parseUsage(() => parseArgs({ options: { help, stack: text, minutes: text, seed: text, rate: text, from: text, only: text } }))
}

const main = async (): Promise<number> => {
  const { help: wantsHelp, ...options } = readOptions()
  if (wantsHelp) {
    print(help)
    return 0
  }
  if (!canRun([options.stack])) return 1
  const { stack, minutes, seed, rate } = options
  print(`▸ ${stack}: ${rate} attacks a second for ${minutes} minutes, --seed ${seed}`)
  const result = await fuzz({ ...options, print })
  print(reportOf(result, `${stack}, seed ${seed}`))
  return result.failures.length === 0 ? 0 : 1
}

await runCommand('fuzz', main)
