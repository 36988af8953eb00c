/** docs/PERFORMANCE.md, written from the results that are kept. What was not measured is said to be not measured. */
import type { Bench } from './bench.ts'
import { showMachine } from './machine.ts'
import type { Result } from './result.ts'
import { showBound, showSpread, showValue } from './table.ts'

const preface = `# Performance

Written by \`npm run bench\` from [bench/results](../bench/results); not to be edited.

Every figure is a ratio or a latency measured in one run: both sides take turns, round after round, each from nothing; the median is judged, and the spread is
from the smallest to the largest round. Server and load have a core each, unless the row says otherwise. Each benchmark verifies its own result (nothing
lost, nothing doubled, boards byte for byte the API's and the fold of the log) and gives no figure when something is wrong. Nothing here is a test: timings
depend on the machine.

\`\`\`
npm run bench -- g1            # one of them
npm run bench -- all           # all of them, half an hour
npm run bench -- all --quick   # five minutes, compared with the figures below, which stay
npm run bench -- growth        # the curves of "Cost and growth", five minutes
npm run bench -- scaling       # docs/SCALING.md from the results, nothing measured
\`\`\`

It needs Linux with two cores that nobody else uses, redis-server, Chromium, and a MongoDB as the tests do (\`MONGODB_TEST_SERVER\` or \`MONGODB_TEST_URI\`).
\`BENCH_PICTURE\` names a PNG of 1000 × 1000 pixels to be painted, \`BENCH_PROFILE\` a folder for CPU profiles of the servers.
`

const showId = (id: string) => id.replace('g', 'G')

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

const rowsOf = ({ id, figures }: Bench, result: Result | null) =>
  figures.map((figure) => {
    const measured = result?.figures.find((each) => each.id === figure.id)
    const bounds = [showBound(figure, figure.pass), showBound(figure, figure.best)]
    const name = [showId(id), figure.what]
    if (!measured) return row([...name, '', '', ...bounds, 'not measured'])
    return row([...name, showValue(measured.median, figure.unit), showSpread(measured), ...bounds, measured.verdict])
  })

const methodOf = ({ id, title, method }: Bench) => `**${showId(id)}.** ${title}. ${method}`

/** One line per machine, with what was measured on it. */
const machinesOf = (results: readonly Result[]) => {
  const byMachine = new Map<string, string[]>()
  for (const { id, at, machine } of results) {
    const key = `${showMachine(machine)}; ${at.slice(0, 10)}`
    byMachine.set(key, [...(byMachine.get(key) ?? []), showId(id)])
  }
  return [...byMachine].map(([machine, ids]) => `Measured on ${machine}: ${ids.join(', ')}.`)
}

/** `growth` is a section of its own, ready to be put in. */
export const reportOf = (options: { benches: readonly Bench[]; resultOf: (id: string) => Result | null; growth: string }): string => {
  const { benches, resultOf, growth } = options
  const results = benches.flatMap(({ id }) => resultOf(id) ?? [])
  return [
    preface,
    '## Figures\n',
    row(['', 'what', 'median', 'spread', 'pass', 'best', 'verdict']),
    row(Array<string>(7).fill('---')),
    ...benches.flatMap((bench) => rowsOf(bench, resultOf(bench.id))),
    '',
    ...machinesOf(results),
    '',
    growth,
    '## How each is measured\n',
    benches.map(methodOf).join('\n\n'),
    '',
  ].join('\n')
}
