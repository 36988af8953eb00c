/**
 * Placing one pixel or a batch, as HTTP and sockets share it: parse, limit, save, show.
 *
 * The fingerprint of a request stands for its body as parsed, so spaces, the order of keys and the letter case of a
 * colour make no difference to an `Idempotency-Key`.
 */
import type { CanvasId } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { WantedPixel } from '../../lib/decide.ts'
import type { Painter } from '../../lib/painter.ts'
import { colorIndex } from '../../lib/palette.ts'
import type { Placement, PlaceRequest, RequestOutcome } from '../../lib/plan-group.ts'
import { problemOf, type Refusal } from '../../lib/refusal.ts'
import type { CanvasCache } from '../http/canvas-cache.ts'
import type { Limits } from '../http/limits.ts'
import { batchSchema, invalidRequest, keyPattern, parseBody, placeSchema } from '../http/place-body.ts'
import type { Placer } from './port.ts'

export interface Placing {
  readonly painter: Painter
  /** Whatever the client sent. */
  readonly body: unknown
  readonly key: unknown
}

export type PlacingResult<Shown> = { kind: 'placed'; placement: Shown } | { kind: 'refused'; refusal: Refusal }

export const createPlacePixels = (options: {
  placer: Placer
  canvases: Pick<CanvasCache, 'get'>
  limits: Pick<Limits, 'painter'>
  onOutcome?: (outcome: string, count: number) => void
}) => {
  const { placer, canvases, limits, onOutcome } = options

  const refused = (refusal: Refusal) => {
    onOutcome?.(refusal.code, 1)
    return { kind: 'refused' as const, refusal }
  }

  const save = async (placing: Placing, wanted: { canvas: CanvasId; pixels: WantedPixel[]; batch: boolean }) => {
    const { painter, key } = placing
    if (key !== undefined && (typeof key !== 'string' || !keyPattern.test(key))) {
      return refused(invalidRequest([{ path: 'Idempotency-Key', message: 'must be 1 to 64 visible ASCII characters' }]))
    }
    const tooFast = await limits.painter(painter.id)
    if (tooFast) return refused(tooFast)
    const canvas = await canvases.get(wanted.canvas)
    if (!canvas) return refused({ code: 'canvas_not_found', detail: `There is no canvas "${wanted.canvas}".` })
    const request: PlaceRequest = {
      painter,
      canvas: wanted.canvas,
      pixels: wanted.pixels,
      cause: 'paint',
      ...(key === undefined ? {} : { idempotency: { key, fingerprint: fingerprintOf(canvas, wanted) } }),
    }
    const outcome = await placer.place(request)
    return outcome.kind === 'refused' ? refused(outcome.refusal) : { kind: 'done' as const, outcome, canvas }
  }

  const count = (outcome: Extract<RequestOutcome, { kind: 'done' }>) => {
    if (outcome.placed > 0) onOutcome?.('placed', outcome.placed)
    for (const result of outcome.results) if (!result.ok) onOutcome?.(result.refusal.code, 1)
  }

  /** Reading the canvas can fail like the store itself; the refusal is the same as the placer's. */
  const guarded = async <Result>(run: () => Promise<Result>): Promise<Result | { kind: 'refused'; refusal: Refusal }> => {
    try {
      return await run()
    } catch (error) {
      if ((error as { code?: unknown }).code === 'outcome_unknown') throw error
      return refused({ code: 'unavailable', detail: 'The board cannot be saved right now. Nothing was changed; try again in a moment.', retryAfterMs: 1_000 })
    }
  }

  return {
    /** @throws an error with code `outcome_unknown`: then there must be no answer. */
    placeOne: (placing: Placing): Promise<PlacingResult<ShownPlacement>> =>
      guarded(async () => {
        const parsed = parseBody(placeSchema, placing.body)
        if (!parsed.ok) return refused(parsed.refusal)
        const { canvas: id, gx, gy, color } = parsed.value
        const saved = await save(placing, { canvas: id, pixels: [{ gx, gy, color }], batch: false })
        if (saved.kind === 'refused') return saved
        count(saved.outcome)
        const [result] = saved.outcome.results
        if (!result?.ok) return { kind: 'refused' as const, refusal: result?.refusal ?? { code: 'unavailable', detail: 'Nothing was placed.' } }
        return { kind: 'placed' as const, placement: showPlacement(saved.canvas, result.placement) }
      }),

    /** @throws an error with code `outcome_unknown`: then there must be no answer. */
    placeBatch: (placing: Placing) =>
      guarded(async () => {
        const parsed = parseBody(batchSchema, placing.body)
        if (!parsed.ok) return refused(parsed.refusal)
        const { canvas: id, pixels } = parsed.value
        const saved = await save(placing, { canvas: id, pixels, batch: true })
        if (saved.kind === 'refused') return saved
        count(saved.outcome)
        const results = saved.outcome.results.map((result) =>
          result.ok ? showPlacement(saved.canvas, result.placement) : problemOf(result.refusal),
        )
        return { kind: 'placed' as const, placement: { results } }
      }),
  }
}

export type PlacePixels = ReturnType<typeof createPlacePixels>

/** A placement as the 201 tells it. */
export const showPlacement = (canvas: Canvas, { id, gx, gy, color, tile, atMs, charges }: Placement) => ({
  id,
  canvas: canvas.id,
  gx,
  gy,
  color: canvas.palette[color] ?? '#000000',
  tile,
  at: new Date(atMs).toISOString(),
  charges,
})

export type ShownPlacement = ReturnType<typeof showPlacement>

const fingerprintOf = (canvas: Canvas, wanted: { pixels: readonly WantedPixel[]; batch: boolean }) =>
  JSON.stringify([
    wanted.batch,
    canvas.id,
    wanted.pixels.map(({ gx, gy, color }) => [gx, gy, colorIndex(canvas.palette, color) ?? String(color).toUpperCase()]),
  ])
