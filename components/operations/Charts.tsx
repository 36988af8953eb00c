'use client'
/** The last hour: how long a pixel takes, and how many wait. Both carry the same bands. */
import { useMemo } from 'react'
import { bandsOf, lineOf } from '../../lib/hour.ts'
import type { Overview } from '../../lib/overview.ts'
import { showMs, showSeconds } from '../../lib/verdict.ts'
import { operations } from '../../lib/words/en-operations.ts'
import { Chart } from './Chart.tsx'

const words = operations.charts

const showTime = (ms: number) => (ms === 0 ? '0' : ms >= 1_000 ? `${ms / 1_000} s` : `${ms} ms`)
const showCount = (count: number) => count.toLocaleString('en', { notation: 'compact' })
const showWhole = (count: number) => count.toLocaleString('en')

export const Charts = ({ overview: { at, mode, history, outbox } }: { overview: Overview }) => {
  const line = useMemo(() => lineOf(history), [history])
  const atMs = useMemo(() => [...line.atMs, Math.max(Date.parse(at), (line.atMs.at(-1) ?? 0) + 1)], [line, at])
  const bands = useMemo(
    () => bandsOf(history).map(({ kind, fromMs, toMs, ms }) => ({ label: words.faults(mode, kind, showSeconds(ms)), fromMs, toMs })),
    [history, mode],
  )
  // A point tells of ten seconds that are over, and of now only what waits is known.
  const latency = useMemo(() => {
    const { points } = line
    return [
      {
        label: words.p50,
        color: '--ultramarine' as const,
        show: showMs,
        values: [...points.map((point) => point?.emitP50 ?? null), null],
      },
      { label: words.p99, color: '--ochre' as const, show: showMs, values: [...points.map((point) => point?.emitP99 ?? null), null] },
    ]
  }, [line])
  const waiting = useMemo(() => {
    const values = [...line.points.map((point) => point?.pending ?? null), outbox.pending]
    return [{ label: words.commits, color: '--ultramarine' as const, filled: true, show: showWhole, values }]
  }, [line, outbox.pending])

  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Chart title={words.latency} showAxis={showTime} atMs={atMs} series={latency} bands={bands} />
      <Chart title={words.waiting} showAxis={showCount} atMs={atMs} series={waiting} bands={bands} />
    </div>
  )
}
