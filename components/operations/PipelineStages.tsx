import type { Overview } from '../../lib/overview.ts'
import { type StationName, showMs, type Verdict } from '../../lib/verdict.ts'
import { operations as words } from '../../lib/words/en-operations.ts'

interface Station {
  readonly name: StationName
  readonly value: number
  readonly unit: string
  readonly note: string
}

const showTime = (ms: number | null) => (ms === null ? '–' : showMs(ms))
const showBytes = (bytes: number) => (bytes < 1_048_576 ? `${(bytes / 1_024).toFixed(1)} KiB` : `${(bytes / 1_048_576).toFixed(1)} MiB`)

/** Six characters at most: that many fit beside each other on every width. */
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const showNumber = (value: number) => (value < 100_000 ? value.toLocaleString('en') : compact.format(value))

/** The way of a pixel, and the number that matters at each stop. */
const stationsOf = ({ placements, outbox, stream, gateways, groups, online, latencyMs }: Overview): Station[] => {
  const lags = groups.flatMap(({ kind, lag }) => (stream.connected && kind === 'broadcast' && lag !== null ? [lag] : []))
  const healed = gateways.reduce((sum, { healedGaps }) => sum + healedGaps, 0)
  const seen = latencyMs.commitToSeen.p50 === null ? latencyMs.commitToEmit : latencyMs.commitToSeen
  const { units, notes } = words
  return [
    { name: 'placed', value: Math.round(placements.perSecond * 10) / 10, unit: units.perSecond, note: notes.total(placements.total) },
    {
      name: 'outbox',
      value: outbox.pending,
      unit: units.waiting,
      note: notes.oldest(outbox.oldestPendingAgeMs === null ? null : showMs(outbox.oldestPendingAgeMs)),
    },
    { name: 'stream', value: stream.length, unit: units.entries, note: notes.memory(showBytes(stream.memoryBytes), stream.connected) },
    {
      name: 'gateways',
      value: gateways.length,
      unit: units.live,
      note: notes.gaps(lags.length === 0 ? null : Math.max(...lags), healed),
    },
    { name: 'screens', value: online, unit: units.open, note: notes.latency(showTime(seen.p50), showTime(seen.p99)) },
  ]
}

/** The arrow on the line between two stations: the corner of a square that is turned. */
const arrow =
  'sm:not-last:after:absolute sm:not-last:after:top-1/2 sm:not-last:after:-right-[6.5px] sm:not-last:after:z-10 sm:not-last:after:size-3 sm:not-last:after:-translate-y-1/2 sm:not-last:after:rotate-45 sm:not-last:after:border-line sm:not-last:after:border-t sm:not-last:after:border-r sm:not-last:after:bg-surface'
const lines = 'border-line not-last:border-b odd:not-last:border-r sm:not-last:border-r sm:not-last:border-b-0'

export const PipelineStages = ({ overview, verdict }: { overview: Overview; verdict: Verdict }) => (
  <ol className="panel grid grid-cols-2 sm:grid-cols-5">
    {stationsOf(overview).map(({ name, value, unit, note }) => {
      const isHere = verdict.station === name
      const color = verdict.level === 'wrong' ? 'bg-sinopia' : 'bg-ochre'
      return (
        <li key={name} className={`relative min-w-0 p-4 last:col-span-2 sm:p-5 sm:last:col-span-1 ${lines} ${arrow}`} data-here={isHere}>
          <h2 className="flex items-center gap-2 text-[12.5px] text-muted">
            <span>{words.stations[name]}</span>
            {isHere ? <i aria-hidden="true" className={`size-2 rounded-full ${color}`} /> : null}
          </h2>
          <p className="mt-0.5 whitespace-nowrap">
            <span
              className="numbers font-medium text-2xl tracking-tight sm:max-lg:text-xl lg:text-[28px] lg:leading-9"
              title={value.toLocaleString('en')}
            >
              {showNumber(value)}
            </span>
            <span className="text-[12.5px] text-muted sm:max-lg:block">{` ${unit}`}</span>
          </p>
          <p className="mt-1 text-[12.5px] text-muted tabular-nums max-[359px]:min-h-[2.8em]">{note}</p>
        </li>
      )
    })}
  </ol>
)
