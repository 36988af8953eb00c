import type { Overview } from '../../lib/overview.ts'
import { showMs } from '../../lib/verdict.ts'
import { operations as words } from '../../lib/words/en-operations.ts'

interface Station {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly note: string
}

const showTime = (ms: number | null) => (ms === null ? '–' : showMs(ms))
const showBytes = (bytes: number) => (bytes < 1_048_576 ? `${(bytes / 1_024).toFixed(1)} KiB` : `${(bytes / 1_048_576).toFixed(1)} MiB`)

/** The way of a pixel, and the number that matters at each stop. */
const stationsOf = ({ placements, outbox, stream, gateways, groups, online, latencyMs }: Overview): Station[] => {
  const lags = groups.flatMap(({ kind, lag }) => (kind === 'broadcast' && lag !== null ? [lag] : []))
  const healed = gateways.reduce((sum, { healedGaps }) => sum + healedGaps, 0)
  const seen = latencyMs.commitToSeen.p50 === null ? latencyMs.commitToEmit : latencyMs.commitToSeen
  const { names, units, notes } = { names: words.stations, ...words }
  return [
    { name: names.placed, value: Math.round(placements.perSecond * 10) / 10, unit: units.perSecond, note: notes.total(placements.total) },
    {
      name: names.outbox,
      value: outbox.pending,
      unit: units.waiting,
      note: notes.oldest(outbox.oldestPendingAgeMs === null ? null : showMs(outbox.oldestPendingAgeMs)),
    },
    { name: names.stream, value: stream.length, unit: units.entries, note: notes.memory(showBytes(stream.memoryBytes), stream.connected) },
    {
      name: names.gateways,
      value: groups.filter(({ kind }) => kind === 'broadcast').length,
      unit: units.live,
      note: notes.gaps(lags.length === 0 ? null : Math.max(...lags), healed),
    },
    { name: names.screens, value: online, unit: units.open, note: notes.latency(showTime(seen.p50), showTime(seen.p99)) },
  ]
}

export const Stations = ({ overview }: { overview: Overview }) => (
  <ol className="card grid grid-cols-2 overflow-hidden sm:grid-cols-5">
    {stationsOf(overview).map(({ name, value, unit, note }) => (
      <li key={name} className="border-line border-b p-5 last:col-span-2 last:border-0 sm:border-r sm:border-b-0 sm:last:col-span-1">
        <h2 className="text-[12.5px] text-muted">{name}</h2>
        <p className="mt-0.5 whitespace-nowrap">
          <span className="font-medium font-mono text-2xl tabular-nums tracking-tight">{value.toLocaleString('en')}</span>{' '}
          <span className="text-[12.5px] text-muted">{unit}</span>
        </p>
        <p className="mt-1 text-[12.5px] text-muted tabular-nums">{note}</p>
      </li>
    ))}
  </ol>
)
