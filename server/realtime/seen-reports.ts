/**
 * Decides which of the clients' reports of drawn frames count. A report cannot be verified, so a false one must have little effect: a
 * value is at most the age of its commit, and each painter, or all anonymous watchers of an address, count once in ten seconds.
 */
import type { CanvasId, Seq, TileNumber } from '../../lib/brand.ts'
import { painterOf } from '../accounts/caller.ts'
import type { JoinableTiles } from '../broadcasting/port.ts'
import { limitKey } from '../limits/address-prefixes.ts'
import { createThrottle } from '../observability/throttle.ts'
import type { GatewaySocket } from './gateway-socket.ts'

export const seenBounds = {
  everyMs: 10_000,
  /** In memory. With more, the oldest may report again too soon (A6). */
  maxReporters: 20_000,
  /** For an older commit, the delay is more likely the client's than the delivery's. */
  maxAgeMs: 60_000,
  /** The error of a client's clock after its correction. */
  toleranceMs: 1_000,
} as const

interface Seen {
  readonly canvas: CanvasId
  readonly tile: TileNumber
  readonly seq: Seq
  readonly ms: number
}

export interface SeenReportsOptions {
  readonly liveTiles: Pick<JoinableTiles, 'commitAtMs'>
  /** False when the address is over its rate. */
  readonly mayReport: (address: string) => boolean
  readonly now: () => number
  readonly monotonicNow: () => number
}

export class SeenReports {
  readonly #options: SeenReportsOptions
  readonly #throttle

  constructor(options: SeenReportsOptions) {
    this.#options = options
    this.#throttle = createThrottle({ now: options.monotonicNow, everyMs: seenBounds.everyMs, maxKeys: seenBounds.maxReporters })
  }

  /** The value that counts, or null for none. */
  accept({ data }: Pick<GatewaySocket, 'data'>, { canvas, tile, seq, ms }: Seen): number | null {
    const { liveTiles, mayReport, now } = this.#options
    if (!data.joined.get(canvas)?.has(tile)) return null
    const atMs = liveTiles.commitAtMs({ canvas, tile }, seq)
    const ageMs = atMs === null ? Number.POSITIVE_INFINITY : Math.max(0, now() - atMs)
    if (ageMs > seenBounds.maxAgeMs || ms > ageMs + seenBounds.toleranceMs) return null
    const painter = painterOf(data.caller)
    const reporter = painter ? `painter ${painter.id}` : `address ${limitKey(data.address)}`
    if (this.#throttle.pass(reporter) === null || !mayReport(data.address)) return null
    return Math.min(ms, ageMs)
  }
}
