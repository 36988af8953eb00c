/** docs/SCALING.md: the plans of both events beside each other, and the measurements and assumptions behind them. */
import { databaseOf, type Machine, showMachine } from '../framework/machine.ts'
import { showNumber } from '../framework/table.ts'
import { assumedRows, assumptions, publishedRows } from './event.ts'
import { type Part, parts } from './flow.ts'
import { type Measured, measuredRows } from './measured.ts'
import type { Limits, Plan } from './plan.ts'

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')

const percent = (part: number) => `${showNumber(part * 100)} %`
const gigabits = (bytesPerSecond: number) => `${showNumber((bytesPerSecond * 8) / 1e9)} Gbit/s`
const gigabytes = (bytes: number) => `${showNumber(bytes / 1e9)} GB`
const perSecond = (value: number) => `${showNumber(value)}/s`

const partNames: Readonly<Record<Part, string>> = {
  web: 'web processes',
  primaries: 'database primaries',
  publishers: 'publishers',
  redis: 'Redis',
  gateways: 'gateways',
  projectors: 'projectors',
}

/** A part with the reason why more of it does not help. */
const saturatedNames: Partial<Record<Part, string>> = { redis: 'the Redis of the busiest tile' }

const needs = (plans: readonly Plan[]) =>
  table(
    ['', ...plans.flatMap(({ event }) => [event.name, 'busiest second'])],
    parts.map((part) => [
      partNames[part],
      ...plans.flatMap(({ sized, busiest }) => [
        `${showNumber(sized.deployment[part])}${sized.saturated.includes(part) ? ', saturated' : ''}`,
        percent(busiest[part]),
      ]),
    ]),
  )

const flows = (plans: readonly Plan[]) => {
  const rows: [string, (plan: Plan) => string][] = [
    ['placements', ({ traffic }) => perSecond(traffic.tiles.reduce((sum, rate) => sum + rate, 0))],
    ['commits', ({ flow }) => perSecond(flow.commitsPerSecond)],
    ['viewers', ({ event }) => showNumber(event.peakViewers)],
    ['bytes to a viewer', ({ flow }) => `${showNumber(flow.bytesPerSecond / 1e3)} kB/s`],
    ['egress, boards included', ({ egressBytesPerSecond }) => gigabits(egressBytesPerSecond)],
    ['egress of a gateway', ({ egressBytesPerSecond, sized }) => gigabits(egressBytesPerSecond / sized.deployment.gateways)],
    ['memory of a gateway', ({ gatewayBytes }) => `${showNumber(gatewayBytes / 1e6)} MB`],
    ['Redis commands, at most', ({ redis }) => perSecond(redis.commandsPerSecond)],
    ['Redis egress', ({ redis }) => gigabits(redis.bytesPerSecond)],
    ['memory of the Redis stream, at most', ({ redis }) => `${showNumber(redis.maxBytes / 1e6)} MB`],
  ]
  return table(
    ['in the busiest minute', ...plans.map(({ event }) => event.name)],
    rows.map(([name, value]) => [name, ...plans.map(value)]),
  )
}

const disk = (plans: readonly Plan[]) => {
  const rows: [string, (plan: Plan) => number][] = [
    ['log', ({ kept }) => kept.log],
    ['history', ({ kept }) => kept.history],
    ['pixels, painters, snapshots', ({ kept }) => kept.pixels + kept.painters + kept.snapshots],
  ]
  return table(
    ['disk after the event', ...plans.map(({ event }) => event.name)],
    rows.map(([name, bytes]) => [name, ...plans.map((plan) => gigabytes(bytes(plan)))]),
  )
}

/** The sentences that state what the tables mean for an event. */
const verdictOf = ({ event, sized }: Plan): string => {
  const { deployment, saturated } = sized
  const { primaries, redis } = deployment
  const carried =
    primaries > 1
      ? `needs ${primaries} × ${partNames.primaries}, and Fresco uses one.`
      : `fits on one primary and ${redis === 1 ? 'one Redis' : `${redis} Redis servers`}.`
  const limit =
    saturated.length > 0
      ? ` More processes do not relieve ${saturated.map((part) => saturatedNames[part] ?? partNames[part]).join(', ')}.`
      : ''
  return `**${event.name}** ${carried}${limit}`
}

export interface DocumentOptions {
  readonly measured: Measured
  readonly plans: readonly Plan[]
  /** Of the first event. */
  readonly limits: Limits
  readonly machine: Machine
  readonly date: string
}

export const scalingDocument = ({ measured, plans, limits, machine, date }: DocumentOptions): string => {
  const [first] = plans
  const database = databaseOf(machine)
  return `# Scaling

Written by \`npm run bench -- scaling\`; do not edit. These figures are computed from measured costs. Nobody has run an event of this size on
Fresco.${database === 'MongoDB' ? '' : ` The database figures are of ${database}, a stand-in for MongoDB.`}

## Processes

These are the fewest processes of each part at which none is busier than ${percent(assumptions.maxUtilisation)}. A gateway holds at most ${showNumber(measured.maxClients)} clients.

${needs(plans)}

${plans.map(verdictOf).join('\n\n')}

One primary suffices for ${showNumber(limits.onePrimary)} times the placements and viewers of ${first?.event.name ?? ''}, one Redis for ${showNumber(limits.oneRedis)} times, and several for ${showNumber(limits.manyRedis)} times.

## Traffic and disk

${flows(plans)}

${disk(plans)}

Disk is BSON and index keys before compression, on one member, without the journal. The log has seven days.

## Measured

On ${showMachine(machine)}; ${date}. By growth (${database}), unless a row names another benchmark.

${table(['what', 'value'], measuredRows(measured, database))}

## Published

By Reddit in "r/Place: The Recap (Part 1)", 7 April 2022.

${table(['what', 'value'], publishedRows)}

## Assumed

${table(['what', 'assumption'], assumedRows)}

## Not measured

Networks, load balancers and TLS; several machines; a replica set of several members; many visitors at once.
`
}
