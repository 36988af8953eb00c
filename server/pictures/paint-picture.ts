/**
 * Paints a picture through the commit queue, so that it arrives in open browsers like other placements.
 *
 * Each request has pixels of one tile and fits into a commit. Two requests run at a time, so that painters' placements are saved between them. A
 * request is repeated with its idempotency key after a refusal or an unknown outcome, and so is painted once.
 */
import { randomUUID } from 'node:crypto'
import type { Canvas } from '../../lib/canvas.ts'
import { maxCommitPixels } from '../../lib/commit.ts'
import type { WantedPixel } from '../../lib/decide.ts'
import type { Painter } from '../../lib/painter.ts'
import type { RequestOutcome } from '../../lib/plan-group.ts'
import type { Refusal } from '../../lib/refusal.ts'
import { backoffMs, sleep } from '../lifecycle.ts'
import type { GroupCommitQueue } from '../placement/group-commit-queue.ts'
import { type Picture, paintsNothing } from './picture.ts'

const concurrentRequests = 2

export interface PaintPictureOptions {
  readonly commitQueue: Pick<GroupCommitQueue, 'place' | 'closing'>
  readonly canvas: Canvas
  readonly painter: Painter
  readonly picture: Picture
  /** The position of the picture's top left pixel. */
  readonly at: { readonly gx: number; readonly gy: number }
  /** Aborted when the client has disconnected. Then, and when the commit queue closes, no more requests start. */
  readonly signal: AbortSignal
  readonly retries?: Retries
}

export interface Retries {
  readonly random: () => number
  readonly wait: (waitMs: number, signal: AbortSignal) => Promise<void>
}

const usualRetries: Retries = { random: Math.random, wait: sleep }
/** A request is repeated for so long while the store is unavailable or overloaded. */
export const maxWaitMs = 30_000

/** `placed` counts the pixels that are painted, also if others were refused. */
export type PaintResult = { ok: true; placed: number } | { ok: false; placed: number; refusal: Refusal }

export const paintPicture = async (options: PaintPictureOptions): Promise<PaintResult> => {
  const { canvas, painter, picture, commitQueue } = options
  const signal = AbortSignal.any([options.signal, commitQueue.closing])
  const pictureId = randomUUID()
  const parts = partsOf(options)
  let placed = 0
  let partCount = 0
  let refusal: Refusal | null = null

  const paintParts = async () => {
    for (const pixels of parts) {
      const key = `${pictureId}-${partCount++}`
      const request = {
        painter,
        canvas: canvas.id,
        pixels,
        cause: 'picture',
        byOperator: true,
        idempotency: { key, fingerprint: key },
      } as const
      const outcome = await untilSettled(() => commitQueue.place(request), { ...options, signal })
      if (outcome.kind === 'done') placed += outcome.placed
      refusal ??= refusalOf(outcome)
      if (refusal || signal.aborted) return
    }
  }

  await Promise.all(Array.from({ length: concurrentRequests }, paintParts))
  if (signal.aborted) refusal ??= { code: 'unavailable', detail: 'Painting was interrupted.', retryAfterMs: 1_000 }
  if (!refusal) return { ok: true, placed }
  const { detail, ...rest } = refusal as Refusal
  return { ok: false, placed, refusal: { ...rest, detail: `${placed} of ${picture.opaque} pixels were painted and stay. ${detail}` } }
}

/** The opaque pixels, tile by tile, in parts that fit into a commit. */
function* partsOf({ canvas: { tileSize }, picture, at: { gx, gy } }: PaintPictureOptions): Generator<WantedPixel[]> {
  const { width, height, colors } = picture
  let part: WantedPixel[] = []
  for (let top = gy; top < gy + height; top += tileSize - (top % tileSize)) {
    const bottom = Math.min(gy + height, top + tileSize - (top % tileSize))
    for (let left = gx; left < gx + width; left += tileSize - (left % tileSize)) {
      const right = Math.min(gx + width, left + tileSize - (left % tileSize))
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          const color = colors[(y - gy) * width + (x - gx)] as number
          if (color === paintsNothing) continue
          part.push({ gx: x, gy: y, color })
          if (part.length < maxCommitPixels) continue
          yield part
          part = []
        }
      }
      if (part.length > 0) yield part
      part = []
    }
  }
}

/** The outcome of an operator's request has refused pixels only, such as those outside a canvas that has changed. */
const refusalOf = (outcome: RequestOutcome): Refusal | null => {
  if (outcome.kind === 'refused') return outcome.refusal
  const first = outcome.results[0]
  return first && !first.ok ? first.refusal : null
}

/** Repeats with backoff while the store is unavailable, the queue is full or the outcome is unknown. */
const untilSettled = async (place: () => Promise<RequestOutcome>, options: PaintPictureOptions): Promise<RequestOutcome> => {
  const { signal, retries: { random, wait } = usualRetries } = options
  let waitedMs = 0
  for (let attempt = 1; ; attempt++) {
    const outcome = await place().catch(outcomeOfUnknown)
    const passing = outcome.kind === 'refused' && (outcome.refusal.code === 'unavailable' || outcome.refusal.code === 'overloaded')
    if (!passing || signal.aborted || waitedMs >= maxWaitMs) return outcome
    const waitMs = backoffMs(attempt, random)
    waitedMs += waitMs
    await wait(waitMs, signal)
  }
}

const outcomeOfUnknown = (error: unknown): RequestOutcome => {
  if ((error as { code?: unknown }).code !== 'outcome_unknown') throw error
  const detail = 'Whether the last part was saved is unknown.'
  return { kind: 'refused', refusal: { code: 'unavailable', detail, retryAfterMs: 1_000 } }
}
