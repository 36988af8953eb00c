/** The section "Cost and growth" of docs/PERFORMANCE.md. */
import { showNumber } from '../framework/table.ts'
import { acceptedPerSecond, type Costs, costsOf, cpuPercentOf } from './costs.ts'
import { growthPlots } from './growth-plots.ts'
import type { Growth } from './growth-result.ts'

const heading = '## Cost and growth\n'

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

const costRows = (costs: Costs): [string, string][] => [
  ['memory: a client', `${showNumber(costs.bytesPerClient / 1_024)} kB`],
  ['memory: a pixel of a watched canvas', `${showNumber(costs.residentBytesPerPixel)} bytes`],
  [`CPU: a placement, at ${showNumber(costs.placementsPerSecond)} px/s`, `${showNumber(costs.microsecondsPerPlacement)} µs`],
  ['CPU: a delivered frame', `${showNumber(costs.microsecondsPerFrame)} µs`],
  ['disk: a painted pixel (row, log and history)', `${showNumber(costs.fileBytesPerPixel)} bytes`],
  ['disk: a commit of one pixel in the log', `${showNumber(costs.logBytesPerCommitOfOne)} bytes`],
  ['disk: a placement in the history', `${showNumber(costs.historyBytesPerPlacement)} bytes`],
  ['network: a pixel of a whole board', `${showNumber(costs.wireBytesPerPixel)} bytes`],
]

const commitRows = ({ commits }: Growth): [string, string][] =>
  commits
    .filter(({ pixels }) => pixels > 1)
    .map(({ pixels, logBytes }) => [`disk: a commit of ${pixels} pixels in the log`, `${showNumber(logBytes)} bytes`])

const ratesTable = ({ rates }: Growth) => [
  row(['offered', 'accepted', 'refused', 'p50', 'p99', 'CPU', 'CPU of the load']),
  row(Array<string>(7).fill('---')),
  ...rates.map((rate) =>
    row([
      `${showNumber(rate.offered)}/s`,
      `${showNumber(acceptedPerSecond(rate))}/s`,
      showNumber(rate.refused),
      `${showNumber(rate.p50Ms)} ms`,
      `${showNumber(rate.p99Ms)} ms`,
      `${showNumber(cpuPercentOf(rate))} %`,
      `${showNumber(rate.loadBusy * 100)} %`,
    ]),
  ),
]

/** What the largest sizes show beyond the tables. */
const sentences = ({ clients, canvases, idle }: Growth) => {
  const [many, large] = [clients.at(-1), canvases.at(-1)]
  if (!many || !large) throw new Error('the growth has no points')
  return [
    `Without placements the process uses ${showNumber(cpuPercentOf(idle))} % of its core. With ${showNumber(many.clients)} clients at ${many.offered} px/s it uses`,
    `${showNumber(cpuPercentOf(many))} %, and the p99 is ${showNumber(many.p99Ms)} ms. A canvas of ${showNumber(large.side)} × ${showNumber(large.side)} pixels`,
    `serves its first board ${showNumber(large.firstBoardSeconds)} s after the start, and all ${large.tiles} boards after ${showNumber(large.allBoardsSeconds)} s.`,
  ].join('\n')
}

export const growthSection = (growth: Growth | null): string => {
  if (!growth) return `${heading}\nNot measured: \`npm run bench -- growth\`.\n`
  const { machine, at } = growth
  return [
    heading,
    `One process with SQLite on one core, the load on another; one round on ${at.slice(0, 10)}, ${machine.cpu}, Node ${machine.node}.\n`,
    row(['one more', 'costs']),
    row(Array<string>(2).fill('---')),
    ...[...costRows(costsOf(growth)), ...commitRows(growth)].map(row),
    '',
    ...ratesTable(growth),
    '',
    sentences(growth),
    '',
    ...growthPlots(growth).map(({ name, plot }) => `![${plot.title}](plots/${name}.svg)`),
    '',
  ].join('\n')
}
