'use client'
/** A plot over time (uPlot). Colours are read when it draws, so that it follows the theme. */
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { operations as words } from '../../lib/words/en-operations.ts'

export interface Series {
  readonly label: string
  /** The name of a CSS variable. */
  readonly color: '--ultramarine' | '--ochre'
  readonly values: readonly (number | null)[]
  readonly filled?: boolean
}

interface ChartProps {
  readonly title: string
  /** Milliseconds since the Unix epoch. */
  readonly atMs: readonly number[]
  readonly series: readonly Series[]
}

const height = 172
const clock = (_: uPlot, seconds: number[]) => seconds.map((at) => new Date(at * 1_000).toLocaleTimeString('en-GB'))
const cssColor = (name: string, share = 100) => {
  const color = getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  return share === 100 ? color : color.replace(/\)$/, ` / ${share / 100})`)
}

const optionsOf = (series: readonly Series[], width: number): uPlot.Options => {
  const axis = {
    stroke: () => cssColor('--muted'),
    grid: { stroke: () => cssColor('--line'), width: 1 },
    ticks: { show: false },
    font: '11px sans-serif',
  }
  return {
    width,
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.15)] } },
    axes: [
      { ...axis, grid: { show: false }, values: clock, space: 90 },
      { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000] },
    ],
    series: [
      {},
      ...series.map(({ label, color, filled }) => ({
        label,
        stroke: () => cssColor(color),
        width: 1.6,
        points: { show: false },
        ...(filled ? { fill: () => cssColor(color, 12) } : {}),
      })),
    ],
  }
}

export const Chart = ({ title, atMs, series }: ChartProps) => {
  const holder = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const hasPoints = atMs.length > 1
  const latest = useRef({ atMs, series })
  latest.current = { atMs, series }

  useEffect(() => {
    const element = holder.current
    if (!element || !hasPoints) return
    const draw = new uPlot(optionsOf(latest.current.series, element.clientWidth), dataOf(latest.current), element)
    plot.current = draw
    const watcher = new ResizeObserver(() => draw.setSize({ width: element.clientWidth, height }))
    watcher.observe(element)
    return () => {
      watcher.disconnect()
      draw.destroy()
      plot.current = null
    }
  }, [hasPoints])

  useEffect(() => plot.current?.setData(dataOf({ atMs, series })), [atMs, series])

  return (
    <section className="card min-w-0 p-5" aria-label={title}>
      <header className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 className="text-[12.5px] text-muted">{title}</h2>
        <p className="flex gap-4 text-[12.5px] text-muted">
          {series.map(({ label, color }) => (
            <span key={label} className="flex items-center gap-1.5">
              <i aria-hidden="true" className="h-[3px] w-3.5 rounded" style={{ background: `var(${color})` }} />
              {label}
            </span>
          ))}
        </p>
      </header>
      <div ref={holder} className="mt-3 min-h-[172px]">
        {hasPoints ? null : <p className="grid h-[172px] place-items-center text-muted">{words.charts.empty}</p>}
      </div>
    </section>
  )
}

const dataOf = ({ atMs, series }: Pick<ChartProps, 'atMs' | 'series'>): uPlot.AlignedData => [
  atMs.map((ms) => ms / 1_000),
  ...series.map(({ values }) => [...values]),
]
