/**
 * A process of watchers, so that their reading does not delay the clicks. It follows the orders of its parent, and measures the time from
 * a click's schedule until each watcher shows it.
 */
import { performance } from 'node:perf_hooks'
import { positionOf, tileOf } from '../../../lib/geometry.ts'
import { countTime, type TimeCounts } from '../../../lib/time-counts.ts'
import { dueAtMs, type Schedule } from './schedule.ts'
import { type WatchedCanvas, Watcher } from './watcher.ts'

export type Order =
  | { kind: 'watch'; urls: readonly string[]; canvas: WatchedCanvas; watchers: number }
  | ({ kind: 'schedule' } & Schedule)
  | { kind: 'report'; heads: Record<number, number>; hashes: Record<number, string> }
  | { kind: 'end' }

export interface Report {
  readonly kind: 'report'
  /** Watchers whose tiles are all at the head and have the API's bytes. */
  readonly exact: number
  readonly ready: number
  readonly doubled: number
  readonly outOfOrder: number
  readonly reconnects: number
  /** Of the clicks of the newest schedule, at `measured` of the watchers. */
  readonly latency: TimeCounts
  readonly measured: number
  /** Since the last report: the part of the time for which this process was busy. */
  readonly busyPart: number
  /** Since its start. */
  readonly cpuMs: number
}

/** FNV-1a, 32 bit: compares boards of two processes without sending them. */
export const hashOf = (bytes: Uint8Array) => {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(16)
}

const watchers: Watcher[] = []
/** Measuring each delivery to each watcher would cost more than receiving it. */
const maxMeasured = 100
let latency: Record<number, number> = {}
let utilization = performance.eventLoopUtilization()
let tileSize = 1_024
/** The clicks, by the pixel that they paint. */
const expected = new Map<number, { color: number; dueMs: number; shown: Uint8Array }>()
const keyOf = (tile: number, position: number) => tile * 1_048_576 + position

const shownTo = (watcher: number) => (tile: number, position: number, color: number) => {
  const click = expected.get(keyOf(tile, position))
  if (!click || click.color !== color || click.shown[watcher] === 1) return
  const ms = Date.now() - click.dueMs
  if (ms < 0) return
  click.shown[watcher] = 1
  countTime(latency, ms)
}

const report = (heads: Record<number, number>, hashes: Record<number, string>): Report => {
  const tiles = Object.keys(heads).map(Number)
  const isExact = (watcher: Watcher) =>
    tiles.every((tile) => {
      const board = watcher.board(tile)
      return board !== null && watcher.seqs()[tile] === heads[tile] && hashOf(board) === hashes[tile]
    })
  const sum = (value: (watcher: Watcher) => number) => watchers.reduce((total, watcher) => total + value(watcher), 0)
  return {
    kind: 'report',
    exact: watchers.filter(isExact).length,
    ready: watchers.filter((watcher) => Object.values(watcher.seqs()).every((seq) => seq !== null)).length,
    doubled: sum(({ violations }) => violations.doubled),
    outOfOrder: sum(({ violations }) => violations.outOfOrder),
    reconnects: sum(({ reconnects }) => Math.max(0, reconnects)),
    latency,
    measured: Math.min(watchers.length, maxMeasured),
    ...usage(),
  }
}

const usage = () => {
  const { utilization: busyPart } = performance.eventLoopUtilization(utilization)
  utilization = performance.eventLoopUtilization()
  const { user, system } = process.cpuUsage()
  return { busyPart, cpuMs: (user + system) / 1_000 }
}

process.on('message', (order: Order) => {
  switch (order.kind) {
    case 'watch': {
      tileSize = order.canvas.tileSize
      for (let i = 0; i < order.watchers; i++) {
        const url = order.urls[i % order.urls.length] ?? ''
        watchers.push(new Watcher({ url, canvas: order.canvas, onPixel: i < maxMeasured ? shownTo(i) : () => undefined }))
      }
      return
    }
    case 'schedule':
      expected.clear()
      latency = {}
      for (const [index, { gx, gy, color }] of order.clicks.entries()) {
        const key = keyOf(tileOf(tileSize, { gx, gy }), positionOf(tileSize, { gx, gy }))
        expected.set(key, { color, dueMs: dueAtMs(order, index), shown: new Uint8Array(Math.min(watchers.length, maxMeasured)) })
      }
      return
    case 'report':
      process.send?.(report(order.heads, order.hashes))
      return
    case 'end':
      for (const watcher of watchers) watcher.close()
      process.disconnect?.()
  }
})
