/** The section "Cost and growth" of docs/PERFORMANCE.md. */
import { showNumber } from '../framework/table.ts'
import { acceptedPerSecond, type Costs, costsOf } from './costs.ts'
import { growthPlots } from './growth-plots.ts'
import type { Growth } from './growth-result.ts'

const heading = '## Cost and growth\n'

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

const costRows = (costs: Costs): [string, string, string][] => [
  ['memory', 'a client more', `${showNumber(costs.bytesPerClient / 1_024)} kB`],
  ['memory', 'a pixel more of canvas, all of it watched', `${showNumber(costs.residentBytesPerPixel)} bytes`],
  ['CPU', `a placement, at ${showNumber(costs.placementsPerSecond)} px/s`, `${showNumber(costs.microsecondsPerPlacement)} µs`],
  ['CPU', 'a delivered frame more', `${showNumber(costs.microsecondsPerFrame)} µs`],
  ['disk', 'a painted pixel of the r/place picture: row, log and history', `${showNumber(costs.fileBytesPerPixel)} bytes`],
  ['disk', 'a commit of one pixel in the log', `${showNumber(costs.logBytesPerCommitOfOne)} bytes`],
  ['disk', 'a placement in the history', `${showNumber(costs.historyBytesPerPlacement)} bytes`],
  ['network', 'a pixel of a whole board', `${showNumber(costs.wireBytesPerPixel)} bytes`],
]

const commitRows = ({ commits }: Growth): [string, string, string][] =>
  commits
    .filter(({ pixels }) => pixels > 1)
    .map(({ pixels, logBytes }) => [
      'disk',
      `a commit of ${pixels} pixels in the log`,
      `${showNumber(logBytes)} bytes, ${showNumber(logBytes / pixels)} per pixel`,
    ])

const ratesTable = ({ rates }: Growth) => [
  row(['offered', 'accepted', 'refused', 'p50', 'p99', 'load']),
  row(Array<string>(6).fill('---')),
  ...rates.map((rate) =>
    row([
      `${showNumber(rate.offered)}/s`,
      `${showNumber(acceptedPerSecond(rate))}/s`,
      showNumber(rate.refused),
      `${showNumber(rate.p50Ms)} ms`,
      `${showNumber(rate.p99Ms)} ms`,
      `${showNumber(rate.loadBusy * 100)} % of its core`,
    ]),
  ),
]

export const growthSection = (growth: Growth | null): string => {
  if (!growth) return `${heading}\nNot measured: \`npm run bench -- growth\`.\n`
  const { machine, at } = growth
  return [
    heading,
    `What more of everything costs on the embedded stack, one process on one core, load on another; \`npm run bench -- growth\`, one round of it on ${at.slice(0, 10)},`,
    `${machine.cpu}, Node ${machine.node}. Every pixel of it was shown to everybody once, and the boards are the fold of the log, or there is no figure. Cooldown is off.\n`,
    row(['', 'of', 'cost']),
    row(Array<string>(3).fill('---')),
    ...[...costRows(costsOf(growth)), ...commitRows(growth)].map(row),
    '',
    ...ratesTable(growth),
    '',
    ...growthPlots(growth).map(({ name, plot, sentence }) => `![${plot.title}](plots/${name}.svg)\n\n${sentence}\n`),
    `What it comes to for a whole event: [SCALING.md](SCALING.md).`,
    '',
  ].join('\n')
}
