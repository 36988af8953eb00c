/**
 * Placing one pixel or many, and the receipt of a placement.
 *
 * The order of the checks: credentials, media type, size, JSON, schema, limits, canvas, and the rules inside the transaction. A guest is
 * made only after the schema, so that invalid requests make no guests.
 */
import { asPlacementId } from '../../../lib/brand.ts'
import { parsePlacementId } from '../../../lib/commit.ts'
import { pointOf } from '../../../lib/geometry.ts'
import type { Painter } from '../../../lib/painter.ts'
import { problemOf } from '../../../lib/refusal.ts'
import type { Parsed } from '../../parse.ts'
import { groupTimeMs } from '../../placement/group-id.ts'
import { parseBatchBody, parseIdempotencyKey, parsePlaceBody } from '../../placement/place-body.ts'
import type { BatchPlaced, Placed } from '../../placement/placement-use-case.ts'
import type { RequestTrace } from '../../telemetry/pixel-tracing.ts'
import { type Answer, type ApiRequest, json, withHeaders } from '../exchange.ts'
import { problemAnswer } from '../problem.ts'
import { readJson } from '../read-body.ts'
import type { Route } from '../router.ts'
import type { RouteParts } from './route-parts.ts'

export const placingRoutes = (parts: RouteParts): Route[] => {
  const { callers } = parts.access
  const { placements, tracing } = parts.placing

  /** Both routes read the body, the painter and the key in the same way. */
  const placing = async <Body, Placed>(
    request: ApiRequest,
    parse: (body: unknown) => Parsed<Body>,
    place: (placing: {
      painter: Painter
      body: Body
      key: string | null
      address: string
      trace: RequestTrace | undefined
    }) => Promise<Placed>,
    show: (placed: Placed) => Answer,
  ): Promise<Answer> => {
    const trace = tracing?.begin(`${request.method} ${request.pathname}`, request.header('traceparent'))
    const resolved = callers.resolve(request)
    if (!resolved.ok) return problemAnswer(resolved.refusal)
    const read = await readJson(request)
    if (!read.ok) return problemAnswer(read.refusal)
    const body = parse(read.value)
    if (!body.ok) return problemAnswer(body.refusal)
    const key = parseIdempotencyKey(request.header('idempotency-key'))
    if (!key.ok) return problemAnswer(key.refusal)
    const found = await callers.painter(request, resolved.caller)
    if (!found.ok) return problemAnswer(found.refusal)
    const placed = await place({ painter: found.painter, body: body.value, key: key.value, address: request.peer.address, trace })
    return withHeaders(show(placed), found.headers)
  }

  return [
    {
      method: 'POST',
      path: '/api/pixels',
      handle: ({ request }) => placing(request, parsePlaceBody, placements.place, showPlaced),
    },
    {
      method: 'POST',
      path: '/api/pixels/batch',
      handle: ({ request }) => placing(request, parseBatchBody, placements.placeBatch, showBatch),
    },
    { method: 'GET', path: '/api/placements/:id', open: true, handle: ({ params }) => receipt(parts, params.id ?? '') },
  ]
}

const showPlaced = (placed: Placed): Answer => (placed.kind === 'placed' ? json(201, placed.placement) : problemAnswer(placed.refusal))

const showBatch = (placed: BatchPlaced): Answer =>
  placed.kind === 'refused'
    ? problemAnswer(placed.refusal)
    : json(200, { results: placed.results.map((one) => (one.kind === 'placed' ? one.placement : problemOf(one.refusal))) })

const receipt = async ({ store, placing, outboxRetentionMs, clock }: RouteParts, id: string): Promise<Answer> => {
  const parsed = parsePlacementId(id)
  const found = parsed && (await store.getReceipt(asPlacementId(id)))
  const canvas = found && (await placing.canvases.get(found.canvas))
  if (found && canvas) {
    const { gx, gy } = pointOf(canvas.tileSize, found.tile, found.position)
    const { tile, state, seq } = found
    return json(200, { id, canvas: found.canvas, gx, gy, tile, at: new Date(found.atMs).toISOString(), state, seq })
  }
  if (parsed && groupTimeMs(parsed.commit) <= clock.now() - outboxRetentionMs) {
    return problemAnswer({ code: 'log_trimmed', detail: 'Receipts expire with the log, and this one is older.' })
  }
  return problemAnswer({ code: 'not_found', detail: 'There is no placement with this id.' })
}
