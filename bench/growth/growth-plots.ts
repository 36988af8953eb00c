/** The curves of growth, each with a sentence on what bounds it, computed from the same numbers. */
import { flushIntervalMs } from '../../server/broadcasting/flush-interval.ts'
import type { Axis, PlotOptions } from '../framework/plot.ts'
import { showNumber } from '../framework/table.ts'
import { acceptedPerSecond, costsOf, cpuPercentOf } from './costs.ts'
import type { Growth } from './growth-result.ts'

export interface GrowthPlot {
  /** Of the file, without its ending. */
  readonly name: string
  readonly plot: PlotOptions
  readonly sentence: string
}

type Point = { readonly x: number; readonly y: number }

const megabyte = 2 ** 20
const logX = (label: string): Axis => ({ label, scale: 'log' })
const linear = (label: string): Axis => ({ label, scale: 'linear' })
const log = (label: string): Axis => ({ label, scale: 'log' })
const ends = <Item>(items: readonly Item[]) => [items[0], items.at(-1)] as [Item, Item]
const line = (points: readonly Point[], name?: string) => (name === undefined ? { points } : { name, points })

const byClients = (growth: Growth): GrowthPlot[] => {
  const { clients } = growth
  const [few, many] = ends(clients)
  const costs = costsOf(growth)
  const x = logX(`clients, at ${few.offered} px/s`)
  const of = (value: (point: Growth['clients'][number]) => number) => clients.map((point) => ({ x: point.clients, y: value(point) }))
  const perFrame = (point: Growth['clients'][number]) => (point.cpuSeconds * 1e6) / point.frames
  return [
    {
      name: 'memory-by-clients',
      plot: {
        title: 'Resident memory by clients',
        x,
        y: linear('resident memory, MB'),
        lines: [line(of((point) => point.residentBytes / megabyte))],
      },
      sentence: `Memory is bound by connections: from ${showNumber(few.clients)} to ${showNumber(many.clients)} clients the process grew by ${showNumber((many.residentBytes - few.residentBytes) / megabyte)} MB, ${showNumber(costs.bytesPerClient / 1_024)} kB each.`,
    },
    {
      name: 'cpu-by-clients',
      plot: { title: 'CPU by clients', x, y: linear('CPU, % of a core'), lines: [line(of(cpuPercentOf))] },
      sentence: `CPU is bound by frames: ${showNumber(many.clients)} clients were sent ${showNumber(many.frames / many.seconds)} frames a second for ${showNumber(cpuPercentOf(many))} % of a core; each further frame cost ${showNumber(costs.microsecondsPerFrame)} µs.`,
    },
    {
      name: 'cpu-per-frame-by-clients',
      plot: { title: 'CPU per delivered frame by clients', x, y: log('CPU per frame, µs'), lines: [line(of(perFrame))] },
      sentence: `What a frame costs once is shared by all who get it: ${showNumber(perFrame(few))} µs per delivered frame with ${showNumber(few.clients)} clients, ${showNumber(perFrame(many))} µs with ${showNumber(many.clients)}, everything that the process does besides included.`,
    },
    {
      name: 'latency-by-clients',
      plot: {
        title: 'Click to decoded by all, by clients',
        x,
        y: linear('ms'),
        lines: [
          line(
            of((point) => point.p99Ms),
            'p99',
          ),
          line(
            of((point) => point.p50Ms),
            'p50',
          ),
        ],
      },
      sentence: `The last of ${showNumber(many.clients)} clients had a pixel within ${showNumber(many.p99Ms)} ms (p99); frames of a few pixels are gathered for up to ${windowOf(many.clients)} ms then, and for ${windowOf(few.clients)} ms with ${showNumber(few.clients)} clients.`,
    },
  ]
}

const windowOf = (sockets: number) => flushIntervalMs({ sockets, lastPixels: 1 })

/** What the server did not take of a rate, or what else is to be known before its figures are believed. */
const caveatOf = (rate: Growth['rates'][number]) => {
  const offered = showNumber(rate.offered)
  const accepted = acceptedPerSecond(rate)
  if (rate.refused > 0 || accepted < rate.offered * 0.95) {
    return ` Of ${offered} px/s it accepted ${showNumber(accepted)}/s and refused ${showNumber(rate.refused)} pixels in all: that is more than this machine can take.`
  }
  if (rate.loadBusy > 0.9)
    return ` At ${offered} px/s the load used ${showNumber(rate.loadBusy * 100)} % of its core, so latencies there are the load's own.`
  return ` It accepted all of ${offered} px/s.`
}

const byRate = (growth: Growth): GrowthPlot[] => {
  const { rates, idle } = growth
  const [slow, fast] = ends(rates)
  const costs = costsOf(growth)
  const x = logX(`pixels a second offered, ${slow.watchers} watchers`)
  const of = (value: (point: Growth['rates'][number]) => number) => rates.map((point) => ({ x: point.offered, y: value(point) }))
  const perPixel = (point: Growth['rates'][number]) => point.bytes / point.watchers / point.pixels
  const perPlacement = (point: Growth['rates'][number]) => (point.cpuSeconds * 1e6) / point.pixels
  return [
    {
      name: 'cpu-by-rate',
      plot: { title: 'CPU by pixels a second', x, y: log('CPU, % of a core'), lines: [line(of(cpuPercentOf))] },
      sentence: `CPU went from ${showNumber(cpuPercentOf(slow))} % of a core at ${showNumber(slow.offered)} px/s (${showNumber(cpuPercentOf(idle))} % without any) to ${showNumber(cpuPercentOf(fast))} %.${caveatOf(fast)}`,
    },
    {
      name: 'cpu-per-placement-by-rate',
      plot: { title: 'CPU per placement by pixels a second', x, y: log('CPU per placement, µs'), lines: [line(of(perPlacement))] },
      sentence: `A lone pixel pays for its transaction, its round and its frames alone, and for what an idle process does; many share them: ${showNumber(perPlacement(slow))} µs each at ${showNumber(slow.offered)} px/s, ${showNumber(perPlacement(fast))} µs at ${showNumber(fast.offered)} px/s. At ${showNumber(costs.placementsPerSecond)} px/s it is ${showNumber(costs.microsecondsPerPlacement)} µs beyond idling.`,
    },
    {
      name: 'latency-by-rate',
      plot: {
        title: 'Click to decoded by all, by pixels a second',
        x,
        y: linear('ms'),
        lines: [
          line(
            of((point) => point.p99Ms),
            'p99',
          ),
          line(
            of((point) => point.p50Ms),
            'p50',
          ),
        ],
      },
      sentence: `All ${slow.watchers} watchers had half of the pixels within ${showNumber(slow.p50Ms)} ms at ${showNumber(slow.offered)} px/s, ${showNumber(fast.p50Ms)} ms at ${showNumber(fast.offered)} px/s (p99 ${showNumber(fast.p99Ms)} ms).`,
    },
    {
      name: 'bytes-by-rate',
      plot: { title: 'Bytes per pixel to a watcher, by pixels a second', x, y: log('bytes per pixel'), lines: [line(of(perPixel))] },
      sentence: `A frame's head is shared by the pixels in it, and pings and heads by all that is sent: ${showNumber(perPixel(slow))} bytes per pixel at ${showNumber(slow.offered)} px/s, ${showNumber(perPixel(fast))} at ${showNumber(fast.offered)} px/s.`,
    },
  ]
}

const byCanvas = (growth: Growth): GrowthPlot[] => {
  const { canvases } = growth
  const [small, large] = ends(canvases)
  const costs = costsOf(growth)
  const x = logX('pixels of the canvas')
  const of = (value: (point: Growth['canvases'][number]) => number) => canvases.map((point) => ({ x: point.side ** 2, y: value(point) }))
  const nameOf = ({ side }: { side: number }) => `${showNumber(side)} × ${showNumber(side)}`
  return [
    {
      name: 'start-by-canvas',
      plot: {
        title: 'Start of the process to boards served, by canvas',
        x,
        y: linear('seconds'),
        lines: [
          line(
            of((point) => point.allBoardsSeconds),
            'all boards',
          ),
          line(
            of((point) => point.firstBoardSeconds),
            'first board',
          ),
        ],
      },
      sentence: `The first board of ${nameOf(large)} was there after ${showNumber(large.firstBoardSeconds)} s, all ${large.tiles} of them, asked for one after the other, after ${showNumber(large.allBoardsSeconds)} s; ${nameOf(small)} took ${showNumber(small.allBoardsSeconds)} s. A board is bound by its tile and not by the canvas.`,
    },
    {
      name: 'memory-by-canvas',
      plot: {
        title: 'Resident memory with all boards, by canvas',
        x,
        y: linear('resident memory, MB'),
        lines: [line(of((point) => point.residentBytes / megabyte))],
      },
      sentence: `A board in memory takes a byte per pixel; with what goes with it the process grew by ${showNumber(costs.residentBytesPerPixel)} bytes per pixel from ${nameOf(small)} to ${nameOf(large)}.`,
    },
    {
      name: 'bytes-by-canvas',
      plot: {
        title: 'Bytes per pixel, kept and sent, by canvas',
        x,
        y: log('bytes per pixel'),
        lines: [
          line(
            of((point) => point.fileBytes / point.paintedPixels),
            'in the file, per painted pixel',
          ),
          line(
            of((point) => point.wireBytes / point.side ** 2),
            'board on the wire',
          ),
        ],
      },
      sentence: `A painted pixel is a row, a place in the log and one in the history: ${showNumber(costs.fileBytesPerPixel)} bytes in the file. On the wire a board is ${showNumber(costs.wireBytesPerPixel)} bytes per pixel, as compressible as the picture on it.${large.paintedPixels < large.side ** 2 ? ` The canvas of ${nameOf(large)} is painted in its middle only.` : ''}`,
    },
  ]
}

export const growthPlots = (growth: Growth): GrowthPlot[] => [...byClients(growth), ...byRate(growth), ...byCanvas(growth)]
