'use client'
/** A plot over time (uPlot), with bands where something failed. Colors are read while it draws, so that they follow the theme. */
import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { watchColors } from '../watch-colors.ts'
import { useOperationsWords } from './use-operations-words.ts'

type ColorName = '--ultramarine' | '--ochre' | '--sinopia'

export interface Series {
  readonly label: string
  readonly color: ColorName
  readonly values: readonly (number | null)[]
  readonly show: (value: number) => string
  readonly filled?: boolean
}

export interface Band {
  readonly label: string
  readonly fromMs: number
  readonly toMs: number
}

interface ChartProps {
  readonly title: string
  /** Milliseconds since the Unix epoch; the last one is now. */
  readonly atMs: readonly number[]
  readonly series: readonly Series[]
  readonly bands: readonly Band[]
  /** The label of a line of the grid. */
  readonly showAxis: (value: number) => string
}

const height = 180
/** 1, 2, 5, 10, 20 … up to ten million: whole numbers between the lines of the grid. */
const steps = Array.from({ length: 8 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat()
/** A new chart shows at least this much time, so that its first points do not fill it. */
const leastSeconds = 300
const hourSeconds = 3_600

const cssColor = (name: string, share = 100) => {
  const color = getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  return share === 100 ? color : `color-mix(in srgb, ${color} ${share}%, transparent)`
}

const drawBands = (plot: uPlot, bands: readonly Band[]) => {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.fillStyle = cssColor('--sinopia', 13)
  for (const { fromMs, toMs } of bands) {
    const left = Math.max(bbox.left, plot.valToPos(fromMs / 1_000, 'x', true))
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(toMs / 1_000, 'x', true))
    // A fault of one second is still visible.
    if (right > bbox.left) ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height)
  }
  ctx.restore()
}

/** Points without neighbors, which no line connects. */
const isolatedPoints = (values: ArrayLike<number | null | undefined>) =>
  Array.from(values, (value, index) => (value != null && values[index - 1] == null && values[index + 1] == null ? index : -1)).filter(
    (index) => index >= 0,
  )

interface PlotOptions {
  readonly series: readonly Series[]
  readonly width: number
  readonly bands: () => readonly Band[]
  readonly showAxis: (value: number) => string
  readonly showClock: (atMs: number) => string
  readonly onCursor: (index: number | null) => void
}

const optionsOf = ({ series, width, bands, showAxis, showClock, onCursor }: PlotOptions): uPlot.Options => {
  const axis = {
    stroke: () => cssColor('--muted'),
    ticks: { show: false },
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
  }
  return {
    width,
    height,
    // The label at the right edge needs half of its width.
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { range: (_, min, max) => [Math.max(max - hourSeconds, Math.min(min, max - leastSeconds)), max] },
      y: { range: (_, __, max) => [0, Math.max(4, max * 1.15)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_, times) => times.map((at) => showClock(at * 1_000)),
        space: 80,
        size: 26,
        incrs: [60, 120, 300, 600, 900],
      },
      {
        ...axis,
        size: 52,
        gap: 8,
        grid: { stroke: () => cssColor('--line'), width: 1 },
        incrs: steps,
        values: (_, values) => values.map(showAxis),
      },
    ],
    series: [
      {},
      ...series.map(({ label, color, filled }) => ({
        label,
        stroke: () => cssColor(color),
        width: 1.6,
        points: {
          show: true,
          size: 6,
          fill: () => cssColor(color),
          filter: (plot: uPlot, index: number) => isolatedPoints(plot.data[index] ?? []),
        },
        ...(filled ? { fill: () => cssColor(color, 12) } : {}),
      })),
    ],
    hooks: {
      drawClear: [(plot) => drawBands(plot, bands())],
      setCursor: [({ cursor }) => onCursor(cursor.idx ?? null)],
    },
  }
}

export const Chart = ({ title, atMs, series, bands, showAxis }: ChartProps) => {
  const { t, clock } = useOperationsWords()
  const holder = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const [pointed, setPointed] = useState<number | null>(null)
  const hasPoints = atMs.length > 1
  const latest = useRef({ atMs, series, bands })
  latest.current = { atMs, series, bands }

  useEffect(() => {
    const element = holder.current
    if (!element || !hasPoints) return
    const options = {
      series: latest.current.series,
      width: element.clientWidth,
      bands: () => latest.current.bands,
      showAxis,
      showClock: clock,
      onCursor: setPointed,
    }
    const draw = new uPlot(optionsOf(options), dataOf(latest.current), element)
    plot.current = draw
    const watcher = new ResizeObserver(() => draw.setSize({ width: element.clientWidth, height }))
    watcher.observe(element)
    const stopWatching = watchColors(() => draw.redraw())
    return () => {
      stopWatching()
      watcher.disconnect()
      draw.destroy()
      plot.current = null
    }
  }, [hasPoints, showAxis, clock])

  useEffect(() => plot.current?.setData(dataOf({ atMs, series })), [atMs, series])

  return (
    <section className="panel min-w-0 p-4 sm:p-5" aria-label={title}>
      <header className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 text-[12.5px] text-muted">
        <h2>{title}</h2>
        <p className="flex flex-wrap gap-x-4 gap-y-1">
          {bands.slice(-2).map(({ label, fromMs }) => (
            <Key key={`${label} ${fromMs}`} color="--sinopia" label={label} />
          ))}
          {series.map(({ label, color, values, show }) => (
            <Key key={label} color={color} label={label} value={valueAt(values, pointed, show) ?? t('none')} />
          ))}
        </p>
      </header>
      <div ref={holder} className="mt-3 h-[180px]">
        {hasPoints ? null : <p className="grid h-full place-items-center text-muted">{t('charts.empty')}</p>}
      </div>
    </section>
  )
}

const Key = ({ color, label, value }: { color: ColorName; label: string; value?: string }) => (
  <span className="flex items-center gap-1.5 whitespace-nowrap">
    <i aria-hidden="true" className="h-[3px] w-3.5 rounded-full" style={{ background: `var(${color})` }} />
    <span>{label}</span>
    {value === undefined ? null : <span className="numbers min-w-[4ch] text-ink">{value}</span>}
  </span>
)

/** The newest point may have no value yet. */
const recentPoints = 3

/** The value under the pointer; without a pointer, the newest of the last half a minute. */
const valueAt = (values: Series['values'], index: number | null, show: Series['show']) => {
  const value = index === null ? values.slice(-recentPoints).findLast((each) => each !== null) : values[index]
  return value == null ? null : show(value)
}

const dataOf = ({ atMs, series }: Pick<ChartProps, 'atMs' | 'series'>): uPlot.AlignedData => [
  atMs.map((ms) => ms / 1_000),
  ...series.map(({ values }) => [...values]),
]
