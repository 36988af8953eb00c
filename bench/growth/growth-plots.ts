/** The curves of growth. */
import type { Axis, PlotOptions } from '../framework/plot.ts'
import { cpuPercentOf } from './costs.ts'
import type { Growth } from './growth-result.ts'

export interface GrowthPlot {
  /** Of the file, without its ending. */
  readonly name: string
  readonly plot: PlotOptions
}

const megabyte = 2 ** 20
const log = (label: string): Axis => ({ label, scale: 'log' })
const linear = (label: string): Axis => ({ label, scale: 'linear' })

type Values<Point> = Readonly<Record<string, (point: Point) => number>>

/** Draws values of the same points. A single line needs no name, so its name is ''. */
const plotter =
  <Point>(points: readonly Point[], x: Axis, xOf: (point: Point) => number) =>
  (name: string, title: string, y: Axis, values: Values<Point>): GrowthPlot => {
    const lines = Object.entries(values).map(([line, yOf]) => ({
      ...(line !== '' && { name: line }),
      points: points.map((point) => ({ x: xOf(point), y: yOf(point) })),
    }))
    return { name, plot: { title, x, y, lines } }
  }

const latencies: Values<{ p50Ms: number; p99Ms: number }> = { p99: (point) => point.p99Ms, p50: (point) => point.p50Ms }

const byClients = ({ clients }: Growth): GrowthPlot[] => {
  const plot = plotter(clients, log(`clients, at ${clients[0]?.offered} px/s`), (point) => point.clients)
  return [
    plot('memory-by-clients', 'Resident memory by clients', linear('resident memory, MB'), {
      '': (point) => point.residentBytes / megabyte,
    }),
    plot('cpu-by-clients', 'CPU by clients', linear('CPU, % of a core'), { '': cpuPercentOf }),
    plot('cpu-per-frame-by-clients', 'CPU per delivered frame by clients', log('CPU per frame, µs'), {
      '': (point) => (point.cpuSeconds * 1e6) / point.frames,
    }),
    plot('latency-by-clients', 'Click to decoded by all, by clients', linear('ms'), latencies),
  ]
}

const byRate = ({ rates }: Growth): GrowthPlot[] => {
  const plot = plotter(rates, log(`pixels a second offered, ${rates[0]?.watchers} watchers`), (point) => point.offered)
  return [
    plot('cpu-by-rate', 'CPU by rate', log('CPU, % of a core'), { '': cpuPercentOf }),
    plot('cpu-per-placement-by-rate', 'CPU per placement by rate', log('CPU per placement, µs'), {
      '': (point) => (point.cpuSeconds * 1e6) / point.pixels,
    }),
    plot('latency-by-rate', 'Click to decoded by all, by rate', linear('ms'), latencies),
    plot('bytes-by-rate', 'Bytes per pixel to a watcher, by rate', log('bytes per pixel'), {
      '': (point) => point.bytes / point.watchers / point.pixels,
    }),
  ]
}

const byCanvas = ({ canvases }: Growth): GrowthPlot[] => {
  const plot = plotter(canvases, log('pixels of the canvas'), (point) => point.side ** 2)
  return [
    plot('start-by-canvas', 'Start to boards served, by canvas', linear('seconds'), {
      'all boards': (point) => point.allBoardsSeconds,
      'first board': (point) => point.firstBoardSeconds,
    }),
    plot('memory-by-canvas', 'Resident memory with all boards, by canvas', linear('resident memory, MB'), {
      '': (point) => point.residentBytes / megabyte,
    }),
    plot('bytes-by-canvas', 'Bytes per pixel, kept and sent, by canvas', log('bytes per pixel'), {
      'in the file, per painted pixel': (point) => point.fileBytes / point.paintedPixels,
      'board on the wire': (point) => point.wireBytes / point.side ** 2,
    }),
  ]
}

export const growthPlots = (growth: Growth): GrowthPlot[] => [...byClients(growth), ...byRate(growth), ...byCanvas(growth)]
