/**
 * A costly read of each canvas, shared by concurrent requests and kept for a while. A failure is kept, too: else each request would repeat a
 * read that the store cannot finish. There are few canvases, so their values stay; those of removed ones are dropped.
 */
import { LRUCache } from 'lru-cache'
import type { CanvasId } from '../../lib/brand.ts'
import { canvasLimits } from '../../lib/canvas.ts'

/** How long a failure is kept, in times of how long the read took. */
const failedFactor = 50
const minFailedMs = 1_000
const maxFailedMs = 10 * 60_000

interface Kept<Value> {
  readonly read: Promise<Value>
  untilMs: number
}

export const createKeptReads = <Value>(options: {
  readonly now: () => number
  readonly read: (canvas: CanvasId) => Promise<Value>
  readonly keepMs: (tookMs: number) => number
}): ((canvas: CanvasId) => Promise<Value>) => {
  const { now, read, keepMs } = options
  const kept = new LRUCache<CanvasId, Kept<Value>>({ max: canvasLimits.maxCanvases })
  const begin = (canvas: CanvasId, before: Kept<Value> | undefined): Promise<Value> => {
    const startedAtMs = now()
    // After a failure the last value is better than none.
    const current = read(canvas).catch((error: unknown) => {
      entry.untilMs = now() + Math.min(maxFailedMs, Math.max(minFailedMs, (now() - startedAtMs) * failedFactor))
      if (before) return before.read
      throw error
    })
    const entry: Kept<Value> = { read: current, untilMs: Number.POSITIVE_INFINITY }
    kept.set(canvas, entry)
    current.then(
      () => {
        if (entry.untilMs === Number.POSITIVE_INFINITY) entry.untilMs = startedAtMs + keepMs(now() - startedAtMs)
      },
      () => undefined,
    )
    return current
  }
  return (canvas) => {
    const known = kept.get(canvas)
    return known && now() < known.untilMs ? known.read : begin(canvas, known)
  }
}
