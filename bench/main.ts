/**
 * The benchmarks of docs/PERFORMANCE.md.
 *
 * It prints a table, writes `bench/results/NAME.json`, and exits with 1 if a benchmark could not be measured or its result was wrong. A missed bound
 * is a result, not an error.
 */
import { parseArgs } from 'node:util'
import { benches } from './benches.ts'
import { type Bench, BenchFailure } from './framework/bench.ts'
import { comparedWith } from './framework/compare.ts'
import { checkMachine, describeMachine } from './framework/machine.ts'
import { readResult, writeResult } from './framework/result.ts'
import { type RunResult, runBench } from './framework/run-bench.ts'
import type { Scope } from './framework/scope.ts'
import { alignRows, showBound, showNumber, showSpread, showValue } from './framework/table.ts'
import { growthTitle, runGrowth } from './growth/run-growth.ts'
import { writeScaling } from './scaling/write-scaling.ts'
import { stayOnLoadCore } from './setup/cores.ts'
import { profileFolder } from './setup/fresco.ts'
import { checkNeeds } from './setup/needs.ts'
import { writeReport } from './write-report.ts'

const print = (line: string) => process.stdout.write(`${line}\n`)
const log = (line: string) => process.stderr.write(`${line}\n`)

/** The commands that measure nothing. */
const documents = {
  report: { title: 'writes docs/PERFORMANCE.md from the results', write: writeReport },
  scaling: { title: 'writes docs/SCALING.md from the results: what a large event needs', write: () => writeScaling(log) },
} as const
const documentNames = ['report', 'scaling'] as const

const usage = `npm run bench -- NAME…|all|growth|report|scaling [--quick] [--rounds 3] [--busy]

${benches.map(({ id, title }) => `  ${id.padEnd(5)} ${title}`).join('\n')}

  growth   ${growthTitle}
${documentNames.map((name) => `  ${name.padEnd(8)} ${documents[name].title}`).join('\n')}

  --quick       shorter, one round; compares with the figures in bench/results, and keeps nothing
  --rounds N    how often the sides take turns (3); growth has one round
  --busy        runs on a busy machine, and keeps nothing`

const chosen = (names: readonly string[]): readonly Bench[] => {
  if (names.includes('all')) return benches
  return names.map((name) => {
    const bench = benches.find(({ id }) => id === name.toLowerCase().replace(/^g0/, 'g'))
    if (!bench) throw new BenchFailure(`There is no benchmark "${name}".\n\n${usage}`)
    return bench
  })
}

const printTable = (bench: Bench, { figures }: RunResult) => {
  const before = readResult(bench.id)
  const rows = figures.map((figure) => {
    const ratio = comparedWith(before, figure)
    return [
      figure.what,
      showValue(figure.median, figure.unit),
      showSpread(figure),
      showBound(figure, figure.pass),
      showBound(figure, figure.best),
      figure.verdict,
      ratio === null ? '' : `${showNumber(ratio)}×`,
    ]
  })
  const kept = before ? `than ${before.at.slice(0, 10)}` : ''
  for (const line of alignRows([[bench.id, 'median', 'spread', 'pass', 'best', 'verdict', kept && `better ${kept}`], ...rows])) print(line)
  print('')
}

const keep = ({ id }: Bench, { figures, rounds }: RunResult) => {
  writeResult({
    id,
    at: new Date().toISOString(),
    quick: false,
    machine: describeMachine(),
    figures: figures.map((figure) => ({ ...figure, values: [...figure.values] })),
    rounds: [...rounds],
  })
  writeReport()
}

let open: Scope | null = null
const run = async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, rounds: { type: 'string' }, busy: { type: 'boolean', default: false } },
  })
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3))
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) throw new BenchFailure('--rounds must be a whole number from 1 to 100.')
  if (positionals.length === 0) throw new BenchFailure(usage)
  const isNamed = (name: string) => positionals.includes(name)
  const list = chosen(positionals.filter((name) => name !== 'growth' && !(name in documents)))
  if (list.length > 0 || isNamed('growth')) {
    await checkMachine({ allowBusy: values.busy })
    stayOnLoadCore()
  }
  const keepsNothing = values.busy || values.quick || profileFolder !== undefined
  const onScope = (scope: Scope) => {
    open = scope
  }
  const stillFit = async () => {
    if (!keepsNothing) await checkMachine({ allowBusy: false })
  }
  for (const bench of list) {
    await attempt(bench, async () => {
      await checkNeeds(bench.needs ?? [])
      const result = await runBench(bench, { quick: values.quick, rounds, log, onScope, beforeSide: stillFit })
      printTable(bench, result)
      if (!keepsNothing) keep(bench, result)
    })
  }
  if (isNamed('growth')) {
    await attempt({ id: 'growth', title: growthTitle }, () =>
      runGrowth({ quick: values.quick, log, print, onScope, beforePart: stillFit, keep: !keepsNothing }),
    )
  }
  for (const name of documentNames.filter(isNamed))
    await attempt({ id: name, title: documents[name].title }, async () => documents[name].write())
}

/** After a benchmark fails, the others still run. */
const attempt = async ({ id, title }: Pick<Bench, 'id' | 'title'>, work: () => Promise<void>) => {
  log(`${id}  ${title}`)
  try {
    await work()
  } catch (error) {
    process.exitCode = 1
    print(`${id}: no figure. ${error instanceof BenchFailure ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void (open?.close() ?? Promise.resolve()).finally(() => process.exit(1)))
}
try {
  await run()
} catch (error) {
  log(error instanceof BenchFailure ? error.message : error instanceof Error ? String(error.stack) : String(error))
  process.exitCode = 1
}
