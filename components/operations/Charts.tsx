'use client'
/** The last hour: how long a pixel takes, and how many commits wait. Both charts have the same bands. */
import { useMemo } from 'react'
import { bandsOf, lineOf } from '../../lib/hour.ts'
import type { Overview } from '../../lib/overview.ts'
import { faultText } from '../../lib/words/operations-words.ts'
import { Chart } from './Chart.tsx'
import { useOperationsWords } from './use-operations-words.ts'

export const Charts = ({ overview: { at, mode, history, outbox } }: { overview: Overview }) => {
  const words = useOperationsWords()
  const { t, duration, number } = words
  const line = useMemo(() => lineOf(history), [history])
  const atMs = useMemo(() => [...line.atMs, Math.max(Date.parse(at), (line.atMs.at(-1) ?? 0) + 1)], [line, at])
  const bands = useMemo(
    () =>
      bandsOf(history).map(({ kind, fromMs, toMs, ms }) => ({
        label: faultText(words, mode, { kind, time: words.wholeSeconds(ms) }),
        fromMs,
        toMs,
      })),
    [history, mode, words],
  )
  // A point covers ten seconds of the past. At this moment only the number of waiting commits is known.
  const latency = useMemo(() => {
    const valuesOf = (name: 'emitP50' | 'emitP99') => [...line.points.map((point) => point?.[name] ?? null), null]
    return [
      { label: t('charts.p50'), color: '--ultramarine' as const, show: duration, values: valuesOf('emitP50') },
      { label: t('charts.p99'), color: '--ochre' as const, show: duration, values: valuesOf('emitP99') },
    ]
  }, [line, t, duration])
  const waiting = useMemo(() => {
    const values = [...line.points.map((point) => point?.pending ?? null), outbox.pending]
    return [{ label: t('charts.commits'), color: '--ultramarine' as const, filled: true, show: number, values }]
  }, [line, outbox.pending, t, number])

  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Chart title={t('charts.latency')} showAxis={words.axisTime} atMs={atMs} series={latency} bands={bands} />
      <Chart title={t('charts.waiting')} showAxis={words.compact} atMs={atMs} series={waiting} bands={bands} />
    </div>
  )
}
