/** docs/PERFORMANCE.md, written from the kept results. A figure without a result is shown as not measured. */
import type { Bench, Figure } from './bench.ts'
import { databaseOf, showMachine } from './machine.ts'
import type { Result } from './result.ts'
import { showBound, showSpread, showValue } from './table.ts'

const preface = `# Performance

Written by \`npm run bench\` from [bench/results](../bench/results); do not edit.

A figure is the median of three rounds, with the smallest and the largest. The two sides of a ratio take turns. Server and load have a
core each, and services share both; in G5m, G14 and G15 all share both. A lost or doubled pixel, or a wrong board, voids the figure.

\`\`\`
npm run bench -- g1            # one benchmark
npm run bench -- all           # half an hour
npm run bench -- all --quick   # five minutes; compares with these figures and keeps nothing
npm run bench -- growth        # "Cost and growth": five minutes
npm run bench -- report        # writes this document
npm run bench -- scaling       # writes SCALING.md
\`\`\`

They need Linux with two idle cores, redis-server, Chromium, and a [MongoDB for tests](SETUP_GUIDE.md#testing).
\`BENCH_PICTURE\` names a PNG of 1000 × 1000 pixels, and \`BENCH_PROFILE\` a folder for CPU profiles.
`

const showId = (id: string) => id.replace('g', 'G')

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

/** The name of a figure, with the stand-in's name if its database was a stand-in for MongoDB. */
const nameOf = ({ needs, figures }: Bench, what: string, result: Result | null) => {
  const database = result ? databaseOf(result.machine) : 'MongoDB'
  if (database === 'MongoDB' || !needs?.includes('mongo')) return what
  if (what.includes('MongoDB')) return what.replaceAll('MongoDB', database)
  return figures.some((figure) => figure.what.includes('MongoDB')) ? what : `${what} (${database})`
}

/** One sentence for each stand-in, with the benchmarks that used it. */
const standInsOf = (benches: readonly Bench[], resultOf: (id: string) => Result | null) => {
  const byDatabase = new Map<string, string[]>()
  for (const { id, needs } of benches) {
    const result = resultOf(id)
    const database = result && needs?.includes('mongo') ? databaseOf(result.machine) : 'MongoDB'
    if (database !== 'MongoDB') byDatabase.set(database, [...(byDatabase.get(database) ?? []), showId(id)])
  }
  return [...byDatabase].map(
    ([database, ids]) => `${ids.join(', ')} used ${database}, a stand-in for MongoDB. MongoDB itself was not measured.`,
  )
}

/** `≥ 0.25×, 0.45×`: the bound to pass, and the best. */
const boundsOf = (figure: Figure) =>
  figure.pass === null ? showBound(figure, figure.best) : `${showBound(figure, figure.pass)}, ${showValue(figure.best, figure.unit)}`

const rowsOf = (bench: Bench, result: Result | null) =>
  bench.figures.map((figure) => {
    const measured = result?.figures.find((each) => each.id === figure.id)
    const name = `${showId(bench.id)} ${nameOf(bench, figure.what, result)}`
    if (!measured) return row([name, '', boundsOf(figure), 'not measured'])
    return row([name, `${showValue(measured.median, figure.unit)} (${showSpread(measured)})`, boundsOf(figure), measured.verdict])
  })

/** One line per machine and day. It names the benchmarks only if there are several lines. */
const machinesOf = (results: readonly Result[]) => {
  const byMachine = Map.groupBy(results, ({ at, machine }) => `${showMachine(machine)}; ${at.slice(0, 10)}`)
  if (byMachine.size === 1) return [`Measured on ${[...byMachine.keys()]}.`]
  return [...byMachine].map(([machine, each]) => `Measured on ${machine}: ${each.map(({ id }) => showId(id)).join(', ')}.`)
}

/** `growth` is the text of a section. */
export const reportOf = (options: { benches: readonly Bench[]; resultOf: (id: string) => Result | null; growth: string }): string => {
  const { benches, resultOf, growth } = options
  const results = benches.flatMap(({ id }) => resultOf(id) ?? [])
  return [
    preface,
    '## Figures\n',
    row(['what', 'median (spread)', 'pass, best', 'verdict']),
    row(Array<string>(4).fill('---')),
    ...benches.flatMap((bench) => rowsOf(bench, resultOf(bench.id))),
    '',
    ...machinesOf(results),
    ...standInsOf(benches, resultOf),
    '',
    growth,
    '## How each is measured\n',
    ...benches.filter(({ method }) => method !== '').map(({ id, method }) => `- **${showId(id)}**: ${method}`),
    '',
  ].join('\n')
}
