/** docs/SCALING.md: the plans of both events beside each other, what they rest on, and what nobody has measured. */
import { percentile } from '../framework/statistics.ts'
import { showNumber } from '../framework/table.ts'
import { assumedRows, assumptions, publishedRows } from './event.ts'
import { type Part, parts } from './fluid.ts'
import { type Measured, measuredRows } from './measured.ts'
import { type Hop, hops } from './peak.ts'
import type { Plan } from './plan.ts'

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')

const percent = (part: number) => `${showNumber(part * 100)} %`
const gigabits = (bytesPerSecond: number) => `${showNumber((bytesPerSecond * 8) / 1e9)} Gbit/s`
const gigabytes = (bytes: number) => `${showNumber(bytes / 1e9)} GB`
const perSecond = (value: number) => `${showNumber(value)}/s`
const milliseconds = (value: number) => `${showNumber(value)} ms`

const partNames: Readonly<Record<Part, string>> = {
  web: 'web processes that place',
  primaries: 'primaries of MongoDB',
  publishers: 'publishers',
  redis: 'Redis',
  gateways: 'gateways',
  projectors: 'projectors',
}

const needs = (plans: readonly Plan[]) =>
  table(
    ['', ...plans.flatMap(({ event }) => [event.name, 'busiest second'])],
    parts.map((part) => [
      partNames[part],
      ...plans.flatMap(({ sized, day }) => [
        `${showNumber(sized.deployment[part])}${sized.saturated.includes(part) ? ', too busy however many' : ''}`,
        percent(day.busiest[part]),
      ]),
    ]),
  )

const flows = (plans: readonly Plan[]) => {
  const rows: [string, (plan: Plan) => string][] = [
    ['placements', ({ traffic }) => perSecond(traffic.tiles.reduce((sum, rate) => sum + rate, 0))],
    ['transactions of MongoDB that place', ({ flow }) => perSecond(flow.groupsPerSecond)],
    ['placements in each', ({ flow }) => showNumber(flow.groupSize)],
    ['commits', ({ flow }) => perSecond(flow.commitsPerSecond)],
    ['viewers', ({ event }) => showNumber(event.peakViewers)],
    ['frames to a viewer', ({ flow }) => perSecond(flow.framesPerSecond)],
    ['bytes to a viewer', ({ flow }) => `${showNumber(flow.bytesPerSecond / 1e3)} kB/s`],
    ['frames to all', ({ event, flow }) => `${showNumber((flow.framesPerSecond * event.peakViewers) / 1e6)} million/s`],
    ['egress, boards included', ({ egressBytesPerSecond }) => gigabits(egressBytesPerSecond)],
    ['of that, boards for those who come', (plan) => gigabits(plan.boardBytesPerSecond)],
    ['egress of a gateway', ({ egressBytesPerSecond, sized }) => gigabits(egressBytesPerSecond / sized.deployment.gateways)],
    ['egress of a busy day', ({ day }) => `${showNumber(day.egressBytes / 1e12)} TB`],
    ['memory of a gateway', ({ gatewayBytes }) => `${showNumber(gatewayBytes / 1e6)} MB`],
    ['memory of all gateways', ({ gatewayBytes, sized }) => gigabytes(gatewayBytes * sized.deployment.gateways)],
    [
      'cores: web, publishers, gateways, projectors',
      ({ sized: { deployment: d } }) => showNumber(d.web + d.publishers + d.gateways + d.projectors),
    ],
    ['Redis: commands', ({ redis }) => perSecond(redis.commandsPerSecond)],
    ['Redis: egress to gateways and projectors', ({ redis }) => gigabits(redis.bytesPerSecond)],
    ['Redis: memory of the stream, at most', ({ redis }) => `${showNumber(redis.maxBytes / 1e6)} MB`],
    ['snapshots taken', ({ snapshotsPerMinute }) => `${showNumber(snapshotsPerMinute)} a minute`],
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
    ['pixels', ({ kept }) => kept.pixels],
    ['painters', ({ kept }) => kept.painters],
    ['snapshots', ({ kept }) => kept.snapshots],
    ['together', ({ kept }) => kept.log + kept.history + kept.pixels + kept.painters + kept.snapshots],
  ]
  return table(
    ['after the event', ...plans.map(({ event }) => event.name)],
    rows.map(([name, bytes]) => [name, ...plans.map((plan) => gigabytes(bytes(plan)))]),
  )
}

const hopNames: Readonly<Record<Hop, string>> = {
  accepting: 'waiting for the web process and in it',
  saving: 'waiting for the transaction and in it',
  publishing: 'waiting for the publisher and its round',
  gathering: "waiting for the gateway's window",
  sending: 'until the last socket of the tile was sent to',
}

const latencies = (plans: readonly Plan[]) => {
  const cells = (values: readonly number[]) => [milliseconds(percentile(values, 0.5)), milliseconds(percentile(values, 0.99))]
  return table(
    ['', ...plans.flatMap(({ event }) => [`${event.name}, p50`, 'p99'])],
    [
      ...hops.map((hop) => [hopNames[hop], ...plans.flatMap(({ peak }) => cells(peak.byHop[hop]))]),
      ['all of it', ...plans.flatMap(({ peak }) => cells(peak.latencies))],
    ],
  )
}

/** More than this after the last arrival, and queues were growing. */
const maxLagSeconds = 1

/** What a reader must not overlook in the tables. */
const verdictOf = ({ event, sized, day, peak }: Plan): string => {
  const { deployment, saturated } = sized
  const unbuilt = (['primaries', 'redis'] as const)
    .filter((part) => deployment[part] > 1)
    .map((part) => `${deployment[part]} × ${partNames[part]}`)
  const lagging = Object.entries(peak.lagSeconds).filter(([, seconds]) => seconds > maxLagSeconds)
  const above = parts.filter((part) => day.secondsAboveBound[part] > 0)
  return [
    `**${event.name}.**`,
    unbuilt.length > 0
      ? `It needs ${unbuilt.join(' and ')}, and Fresco uses one of each: splitting tiles over several is not built.`
      : 'One primary and one Redis carry it.',
    saturated.length > 0
      ? `Too busy however many there are: ${saturated.map((part) => partNames[part]).join(', ')}. It does not go like this.`
      : '',
    above.length > 0
      ? `In the simulated day these were above ${percent(assumptions.maxUtilisation)}: ${above.map((part) => `${partNames[part]} for ${showNumber(day.secondsAboveBound[part])} s`).join(', ')}.`
      : `In the simulated day no part was above ${percent(assumptions.maxUtilisation)} in any second.`,
    day.longestQueueSeconds > 0 ? `Queues grew to ${showNumber(day.longestQueueSeconds)} s of work.` : '',
    lagging.length > 0
      ? `In the simulated peak queues grew without end (${lagging.map(([name, seconds]) => `${name}: ${showNumber(seconds)} s behind`).join(', ')}): its latencies say only that.`
      : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

export interface DocumentOptions {
  readonly measured: Measured
  readonly plans: readonly Plan[]
  /** How many times the first event one primary and one Redis carry. */
  readonly asBuilt: number
  readonly seed: number
  readonly peakSeconds: number
  /** On which machine and when. */
  readonly machine: string
}

export const scalingDocument = ({ measured, plans, asBuilt, seed, peakSeconds, machine }: DocumentOptions): string => {
  const [first] = plans
  return `# Scaling

Written by \`npm run bench -- scaling\` from [bench/results](../bench/results); not to be edited. What an event as large as r/place 2022 would need, and one ten times
as large: arithmetic on measured costs, and a simulation that can be run again. No such event was ever run on Fresco.

Every number here is measured ([which benchmark](#measured)), published ([by whom](#published)), assumed ([why](#assumed)), or follows from those.

## What it takes

The fewest of each at which none is busier than ${percent(assumptions.maxUtilisation)} in the busiest minute; a gateway holds at most ${showNumber(measured.maxClients)} clients, the most that were measured.

${needs(plans)}

Busy means: the core of a web process, of a gateway and of Redis; for a primary and for a publisher the time that it would need if everything went in the largest groups that were
measured (under less load groups are smaller, and a part that is never idle is not full); for projectors the time that history and stats take.

${plans.map(verdictOf).join('\n\n')}

${asBuilt >= 10 ? 'With one primary and one Redis, as it is built, Fresco goes to ten times' : `With one primary and one Redis, as it is built, Fresco goes to ${showNumber(asBuilt)} times`} ${first?.event.name ?? ''} by this arithmetic, viewers and placements alike.

${flows(plans)}

${disk(plans)}

Disk is BSON and keys of indexes before compression, of one member of a replica set; the log is kept for seven days, so all of the event is in it. MongoDB's journal is not in it.

## How late a pixel is

From when a click reaches a web process to when the last socket of a gateway was sent to, in the busiest minute. Networks are not in it: add the way of the click and the way of the frame.

${latencies(plans)}

## The simulation

\`bench/scaling/\`, seed ${seed}: the same numbers each time. \`day.ts\` goes through a day second by second: Poisson arrivals at each tile, through a model of flows (\`fluid.ts\`); what a part cannot
take in a second waits. \`peak.ts\` takes ${peakSeconds} seconds of the busiest minute apart into single placements: one transaction at a time in each web process, with everything that arrived during the one
before; publishers' rounds of up to 256 commits, tiles shared by the hashing that publishers use (\`lib/rendezvous.ts\`); gateways with the server's own window (\`server/broadcasting/flush-interval.ts\`). Transactions and
rounds take lognormal times with the measured median and p99. Frames are counted with the server's encoder (\`lib/codec.ts\`). Tests give it cases with known answers (\`model.unit.test.ts\`).

## Measured

On ${machine}.

${table(
  ['what', '', 'from'],
  measuredRows(measured).map(({ what, value, unit, from }) => [what, `${showNumber(value)}${unit === '' ? '' : ` ${unit}`}`, from]),
)}

## Published

${table(['what', '', 'by'], publishedRows)}

## Assumed

${table(['what', 'assumed', 'why'], assumedRows)}

## Not measured

Many machines, and real networks between them and to viewers. A replica set of several members: every commit waits for one disk here, and there for a majority. MongoDB on a machine of its own. Sharded
MongoDB, several Redis, Redis Cluster: Fresco does not use them, and the tables say where it would have to. Load balancers, TLS, the cost of boards that are downloaded, of people who come all at once, of bots. What a gateway
does with a commit besides reading and sending it is not in its CPU. Garbage collection and the tails that come from it are in the latencies only as far as they were in the measured steps.
`
}
