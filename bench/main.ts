/**
 * The benchmarks of docs/PERFORMANCE.md.
 *
 *     npm run bench -- NAME…|all|growth|scaling [--quick] [--rounds 3] [--busy]
 *
 * `all` are those with bounds; `growth` measures curves (one round, whatever --rounds says); `scaling` measures nothing and writes docs/SCALING.md
 * from the kept results. Prints a table, writes `bench/results/NAME.json`, and exits with 1 if a benchmark could not be measured or its result was
 * wrong. A missed bound is a result, not an error. `--quick` and `--busy` keep no figures: they compare with those in the repository.
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
const tell = (line: string) => process.stderr.write(`${line}\n`)

const scalingTitle = 'docs/SCALING.md from the results: what a large event needs. Measures nothing'

const usage = `npm run bench -- NAME…|all|growth|scaling [--quick] [--rounds 3] [--busy]

${benches.map(({ id, title }) => `  ${id.padEnd(5)} ${title}`).join('\n')}

  growth   ${growthTitle}
  scaling  ${scalingTitle}

  --quick       shorter, one round, keeps nothing: compares with the figures in bench/results
  --rounds N    how often the sides take turns (3)
  --busy        runs although others use the machine, and keeps nothing`

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

const keep = ({ id, title, method }: Bench, { figures, rounds }: RunResult) => {
  writeResult({
    id,
    title,
    method,
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
  const wants = (name: string) => positionals.includes(name)
  const list = chosen(positionals.filter((name) => name !== 'growth' && name !== 'scaling'))
  if (list.length > 0 || wants('growth')) {
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
      const result = await runBench(bench, { quick: values.quick, rounds, tell, onScope, beforeSide: stillFit })
      printTable(bench, result)
      if (!keepsNothing) keep(bench, result)
    })
  }
  if (wants('growth')) {
    await attempt({ id: 'growth', title: growthTitle }, () =>
      runGrowth({ quick: values.quick, tell, print, onScope, beforePart: stillFit, keep: !keepsNothing }),
    )
  }
  if (wants('scaling')) await attempt({ id: 'scaling', title: scalingTitle }, async () => writeScaling(tell))
}

/** A failed benchmark has no figure; the others continue. */
const attempt = async ({ id, title }: Pick<Bench, 'id' | 'title'>, work: () => Promise<void>) => {
  tell(`${id}  ${title}`)
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
  tell(error instanceof BenchFailure ? error.message : error instanceof Error ? String(error.stack) : String(error))
  process.exitCode = 1
}
