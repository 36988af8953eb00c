import type { Overview } from '../../lib/overview.ts'
import type { StageName, Verdict } from '../../lib/verdict.ts'
import type { OperationsWords } from '../../lib/words/operations-words.ts'
import { useOperationsWords } from './use-operations-words.ts'

interface Stage {
  readonly name: StageName
  readonly value: number
  readonly note: string
}

/** At most six characters, so that the stages fit on every width. */
const shortNumber = ({ number, compact }: OperationsWords, value: number) => (value < 100_000 ? number(value) : compact(value))

/** The path of a pixel, and the most important number of each stage. */
const stagesOf = ({ t, duration, bytes, number }: OperationsWords, overview: Overview): Stage[] => {
  const { placements, outbox, stream, gateways, groups, online, latencyMs } = overview
  const lags = groups.flatMap(({ kind, lag }) => (stream.connected && kind === 'broadcast' && lag !== null ? [lag] : []))
  const gaps = gateways.reduce((sum, { healedGaps }) => sum + healedGaps, 0)
  const seen = latencyMs.commitToSeen.p50 === null ? latencyMs.commitToEmit : latencyMs.commitToSeen
  const latency = (ms: number | null) => (ms === null ? t('none') : duration(ms))
  const oldestMs = outbox.oldestPendingAgeMs
  return [
    { name: 'placed', value: Math.round(placements.perSecond * 10) / 10, note: t('notes.total', { total: placements.total }) },
    {
      name: 'outbox',
      value: outbox.pending,
      note: oldestMs === null ? t('notes.nothingWaits') : t('notes.oldest', { age: duration(oldestMs) }),
    },
    { name: 'stream', value: stream.length, note: stream.connected ? bytes(stream.memoryBytes) : t('notes.unavailable') },
    {
      name: 'gateways',
      value: gateways.length,
      note: t('notes.gaps', { lag: lags.length === 0 ? t('none') : number(Math.max(...lags)), gaps }),
    },
    { name: 'screens', value: online, note: t('notes.latency', { p50: latency(seen.p50), p99: latency(seen.p99) }) },
  ]
}

/** The arrow on the line between two stages: the corner of a turned square. */
const arrow =
  'sm:not-last:after:absolute sm:not-last:after:top-1/2 sm:not-last:after:-right-[6.5px] sm:not-last:after:z-10 sm:not-last:after:size-3 sm:not-last:after:-translate-y-1/2 sm:not-last:after:rotate-45 sm:not-last:after:border-line sm:not-last:after:border-t sm:not-last:after:border-r sm:not-last:after:bg-surface'
const lines = 'border-line not-last:border-b odd:not-last:border-r sm:not-last:border-r sm:not-last:border-b-0'

export const PipelineStages = ({ overview, verdict }: { overview: Overview; verdict: Verdict }) => {
  const words = useOperationsWords()
  const { t, number } = words
  return (
    <ol className="panel grid grid-cols-2 sm:grid-cols-5">
      {stagesOf(words, overview).map(({ name, value, note }) => {
        const isHere = verdict.stage === name
        const color = verdict.level === 'wrong' ? 'bg-sinopia' : 'bg-ochre'
        return (
          <li key={name} className={`relative min-w-0 p-4 last:col-span-2 sm:p-5 sm:last:col-span-1 ${lines} ${arrow}`} data-here={isHere}>
            <h2 className="flex items-center gap-2 text-[12.5px] text-muted">
              <span>{t(`stages.${name}`)}</span>
              {isHere ? <i aria-hidden="true" className={`size-2 rounded-full ${color}`} /> : null}
            </h2>
            <p className="mt-0.5 whitespace-nowrap">
              <span
                className="numbers font-medium text-2xl tracking-tight sm:max-lg:text-xl lg:text-[28px] lg:leading-9"
                title={number(value)}
              >
                {shortNumber(words, value)}
              </span>
              <span className="text-[12.5px] text-muted sm:max-lg:block">{` ${t(`units.${name}`)}`}</span>
            </p>
            <p className="mt-1 text-[12.5px] text-muted tabular-nums max-[359px]:min-h-[2.8em]">{note}</p>
          </li>
        )
      })}
    </ol>
  )
}
