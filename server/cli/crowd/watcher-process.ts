/**
 * A process full of watchers, so that reading what a thousand clients get does not slow down the clicks. It is told what to watch,
 * measures from when a click was due to when each watcher was shown it, and reports when it is asked.
 */
import { positionOf, tileOf } from '../../../lib/geometry.ts'
import { Histogram } from './histogram.ts'
import { type Click, dueAtMs } from './schedule.ts'
import { type WatchedCanvas, Watcher } from './watcher.ts'

export interface WatchOrder {
  readonly kind: 'watch'
  readonly urls: readonly string[]
  readonly canvas: WatchedCanvas
  readonly watchers: number
}

export interface ScheduleOrder {
  readonly kind: 'schedule'
  readonly clicks: readonly Click[]
  readonly startAtMs: number
  readonly clicksPerSecond: number
}

export type Order =
  | WatchOrder
  | ScheduleOrder
  | { kind: 'report'; heads: Record<number, number>; hashes: Record<number, string> }
  | { kind: 'end' }

export interface Report {
  readonly kind: 'report'
  /** Watchers whose every tile stands at the head with the API's own bytes. */
  readonly exact: number
  readonly ready: number
  readonly watchers: number
  readonly doubled: number
  readonly outOfOrder: number
  readonly reconnects: number
  readonly latency: [number, number][]
}

/** FNV-1a, 32 bit: enough to tell two boards apart, without sending them between processes. */
export const hashOf = (bytes: Uint8Array) => {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(16)
}

const watchers: Watcher[] = []
const latency = new Histogram()
let tileSize = 1_024
/** For each place that will be painted: its colour and when the click is due. */
const expected = new Map<number, { color: number; dueMs: number; shown: Uint8Array }>()
const placeOf = (tile: number, position: number) => tile * 1_048_576 + position

const shownTo = (watcher: number) => (tile: number, position: number, color: number) => {
  const click = expected.get(placeOf(tile, position))
  if (!click || click.color !== color || click.shown[watcher] === 1) return
  const ms = Date.now() - click.dueMs
  if (ms < 0) return
  click.shown[watcher] = 1
  latency.add(ms)
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
    watchers: watchers.length,
    doubled: sum(({ violations }) => violations.doubled),
    outOfOrder: sum(({ violations }) => violations.outOfOrder),
    reconnects: sum(({ reconnects }) => Math.max(0, reconnects)),
    latency: latency.serialize(),
  }
}

process.on('message', (order: Order) => {
  switch (order.kind) {
    case 'watch': {
      tileSize = order.canvas.tileSize
      for (let i = 0; i < order.watchers; i++) {
        const url = order.urls[i % order.urls.length] ?? ''
        watchers.push(new Watcher({ url, canvas: order.canvas, onPixel: shownTo(i) }))
      }
      return
    }
    case 'schedule':
      for (const [index, { gx, gy, color }] of order.clicks.entries()) {
        const place = placeOf(tileOf(tileSize, { gx, gy }), positionOf(tileSize, { gx, gy }))
        expected.set(place, { color, dueMs: dueAtMs(order, index), shown: new Uint8Array(watchers.length) })
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
