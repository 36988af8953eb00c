/**
 * Placing, for HTTP and sockets: from a parsed body to the commit queue, and from the outcome to the answer.
 *
 * Once the commit queue has the request, an error must not look like a refusal, because the pixel may be saved (A1). Such errors reject with
 * `outcome_unknown`, and the caller closes the connection without an answer.
 */
import type { CanvasId } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { WantedPixel } from '../../lib/decide.ts'
import type { Painter } from '../../lib/painter.ts'
import type { PixelOutcome, PlaceRequest } from '../../lib/plan-group.ts'
import type { Refusal } from '../../lib/refusal.ts'
import type { Limits } from '../limits/limits.ts'
import { noCanvas, notSaved } from '../refusals.ts'
import type { CanvasCache } from '../store/canvas-cache.ts'
import { StoreError } from '../store/port.ts'
import type { PixelTracing, RequestTrace } from '../telemetry/pixel-tracing.ts'
import type { AddressBudgets } from './address-budget.ts'
import { batchFingerprint, pixelFingerprint } from './fingerprint.ts'
import type { GroupCommitQueue } from './group-commit-queue.ts'
import { type BatchBody, type PlaceBody, parseIdempotencyKey, parsePlaceBody } from './place-body.ts'
import { type ShownPlacement, showPlacement } from './show-placement.ts'

interface Refused {
  readonly kind: 'refused'
  readonly refusal: Refusal
}
export type Placed = { kind: 'placed'; placement: ShownPlacement } | Refused
export type BatchPlaced = { kind: 'done'; results: readonly Placed[] } | Refused

interface PlacingOf<Body> {
  readonly painter: Painter
  readonly body: Body
  readonly key: string | null
  /** The client's address, if it is known. */
  readonly address?: string | undefined
  readonly trace?: RequestTrace | undefined
}

/** `key` is the idempotency key, null for none. Each call rejects with code `outcome_unknown` only. */
export interface PlacementUseCase {
  place(placing: PlacingOf<PlaceBody>): Promise<Placed>
  placeBatch(placing: PlacingOf<BatchBody>): Promise<BatchPlaced>
  /** For sockets: with the unparsed body and key. Counts as a request of `address`. */
  placePixel(placing: { painter: Painter; body: unknown; key: unknown; address?: string }): Promise<Placed>
}

export interface PlacementUseCaseOptions {
  readonly commitQueue: Pick<GroupCommitQueue, 'place'>
  readonly canvases: Pick<CanvasCache, 'get' | 'forget'>
  readonly limits: Pick<Limits, 'request' | 'painter'>
  /** What all painters of an address may paint. Left out: no bound. */
  readonly budgets?: AddressBudgets
  /** Called once for each pixel, with the code of the refusal, or `placed` and the canvas. */
  readonly onOutcome?: (outcome: string, canvas: CanvasId | null) => void
  readonly tracing?: Pick<PixelTracing, 'begin'> | undefined
}

interface Submission<Answer> {
  readonly painter: Painter
  readonly address: string | undefined
  readonly trace: RequestTrace | undefined
  readonly canvas: string
  readonly pixels: readonly WantedPixel[]
  readonly key: string | null
  readonly fingerprint: (canvas: Canvas) => string
  readonly show: (results: readonly PixelOutcome[], palette: readonly string[]) => Answer
}

const refused = (refusal: Refusal): Refused => ({ kind: 'refused', refusal })

const createSubmit = (options: PlacementUseCaseOptions) => {
  const { commitQueue, canvases, limits } = options

  const count = <Answer extends Placed | BatchPlaced>(answer: Answer): Answer => {
    const all: Placed | BatchPlaced = answer
    for (const one of all.kind === 'done' ? all.results : [all]) {
      if (one.kind === 'refused') options.onOutcome?.(one.refusal.code, null)
      else options.onOutcome?.('placed', one.placement.canvas)
    }
    return answer
  }

  /** A cached canvas may be a second old, and its palette may have grown since. */
  const newPalette = async (canvas: Canvas) => {
    canvases.forget(canvas.id)
    return (await canvases.get(canvas.id))?.palette ?? canvas.palette
  }

  /** One async function, because under load each further one costs half a kilobyte and half a microsecond for each placement. */
  const submit = async <Answer extends Placed | BatchPlaced>(submission: Submission<Answer>): Promise<Answer | Refused> => {
    const { painter, address, pixels, key } = submission
    const limited = await limits.painter(painter.id)
    if (limited) return count(refused(limited))
    let canvas: Canvas | null
    try {
      canvas = await canvases.get(submission.canvas)
    } catch {
      return count(refused(notSaved))
    }
    if (!canvas) return count(refused(noCanvas))
    const request: PlaceRequest = {
      painter,
      canvas: canvas.id,
      pixels,
      cause: 'paint',
      ...(key === null ? {} : { idempotency: { key, fingerprint: submission.fingerprint(canvas) } }),
    }
    const budget = (address === undefined ? null : options.budgets?.of(address, canvas)) ?? null
    try {
      const outcome = await commitQueue.place(request, { budget, trace: submission.trace ?? null })
      if (outcome.kind === 'refused') return count(outcome)
      const isNew = outcome.results.some((result) => result.ok && result.placement.color >= canvas.palette.length)
      return count(submission.show(outcome.results, isNew ? await newPalette(canvas) : canvas.palette))
    } catch (error) {
      throw new StoreError('outcome_unknown', 'The placement may or may not be saved.', { cause: error })
    }
  }

  return { submit, count }
}

export const createPlacementUseCase = (options: PlacementUseCaseOptions): PlacementUseCase => {
  const { limits } = options
  const { submit, count } = createSubmit(options)

  const place: PlacementUseCase['place'] = ({ painter, body, key, address, trace }) =>
    submit({
      painter,
      address,
      trace,
      canvas: body.canvas,
      pixels: [body.pixel],
      key,
      fingerprint: (canvas) => pixelFingerprint(canvas, body.pixel),
      show: showOne,
    })

  const placeBatch: PlacementUseCase['placeBatch'] = ({ painter, body, key, address, trace }) => {
    const pixels = body.pixels.map((pixel) => (pixel.ok ? pixel.value : null))
    return submit({
      painter,
      address,
      trace,
      canvas: body.canvas,
      pixels: pixels.filter((pixel) => pixel !== null),
      key,
      fingerprint: (canvas) => batchFingerprint(canvas, pixels),
      show: (results, palette) => showBatch(body, results, palette),
    })
  }

  return {
    place,
    placeBatch,
    async placePixel({ painter, body, key, address }) {
      const trace = options.tracing?.begin('place', null)
      const limited = address === undefined ? null : await limits.request(address)
      if (limited) return count(refused(limited))
      const parsed = parsePlaceBody(body)
      if (!parsed.ok) return count(refused(parsed.refusal))
      const parsedKey = parseIdempotencyKey(key)
      if (!parsedKey.ok) return count(refused(parsedKey.refusal))
      return place({ painter, body: parsed.value, key: parsedKey.value, address, trace })
    },
  }
}

const showOne = ([result]: readonly PixelOutcome[], palette: readonly string[]): Placed => {
  if (!result) throw new Error('The commit queue returned no result.')
  return shownResult(result, palette)
}

const showBatch = (body: BatchBody, outcomes: readonly PixelOutcome[], palette: readonly string[]): BatchPlaced => {
  const whole = refusalOfAll(outcomes)
  if (whole) return refused(whole)
  const results = outcomes.values()
  return {
    kind: 'done',
    results: body.pixels.map((pixel) => {
      if (!pixel.ok) return refused(pixel.refusal)
      const { value: result } = results.next()
      if (!result) throw new Error('The commit queue returned too few results.')
      return shownResult(result, palette)
    }),
  }
}

const shownResult = (result: PixelOutcome, palette: readonly string[]): Placed =>
  result.ok ? { kind: 'placed', placement: showPlacement(result.placement, palette) } : refused(result.refusal)

const wholeBatch: ReadonlySet<string> = new Set(['canvas_paused', 'canvas_closed', 'stale_epoch'])

/** A paused or closed canvas, or one of another epoch, refuses the whole batch. */
const refusalOfAll = (results: readonly PixelOutcome[]): Refusal | null => {
  const [first] = results
  if (!first || first.ok || !wholeBatch.has(first.refusal.code)) return null
  return results.every((result) => !result.ok && result.refusal.code === first.refusal.code) ? first.refusal : null
}
