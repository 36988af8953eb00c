import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asCanvasId, asPainterId, asPlacementId, asTile } from '../../../lib/brand.ts'
import { type Charges, unlimited } from '../../../lib/charges.ts'
import { causes } from '../../../lib/commit.ts'
import type { PixelOutcome, PlaceRequest, RequestOutcome } from '../../../lib/plan-group.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import { packGroup, packOutcomes, unpackGroup, unpackOutcomes } from './packed-placing.ts'

const text = fc.string({ unit: 'binary' })
/** Whatever a request may hold: also what is far off every canvas. */
const whole = fc.oneof(fc.integer(), fc.constantFrom(0, 1e21, -1e308, Number.MAX_SAFE_INTEGER))
const time = fc.nat(2 ** 50)
const canvas = fc.string({ minLength: 1 }).map(asCanvasId)

const request: fc.Arbitrary<PlaceRequest> = fc.record(
  {
    painter: fc.record({ id: text.map(asPainterId), createdAtMs: time }),
    canvas,
    cause: fc.constantFrom(...causes),
    pixels: fc.array(fc.record({ gx: whole, gy: whole, color: fc.oneof(text, whole) }), { maxLength: 20 }),
    byOperator: fc.constant(true),
    idempotency: fc.record({ key: text, fingerprint: text }),
  },
  { requiredKeys: ['painter', 'canvas', 'cause', 'pixels'] },
)

const refusal: fc.Arbitrary<Refusal> = fc.record(
  {
    code: fc.constantFrom('cooldown', 'out_of_bounds', 'canvas_paused'),
    detail: text,
    retryAfterMs: fc.nat(),
    errors: fc.array(fc.record({ path: text, message: text })),
  },
  { requiredKeys: ['code', 'detail'] },
)

const charges: fc.Arbitrary<Charges> = fc.oneof(
  fc.constant(unlimited),
  fc.record({
    available: fc.nat(10),
    max: fc.nat(10),
    nextChargeAt: fc.option(text),
    nextChargeInMs: fc.option(fc.nat()),
  }),
)

const pixelOutcome: fc.Arbitrary<PixelOutcome> = fc.oneof(
  refusal.map((why): PixelOutcome => ({ ok: false, refusal: why })),
  fc
    .record({
      id: text.map(asPlacementId),
      canvas,
      gx: fc.nat(),
      gy: fc.nat(),
      color: fc.nat(255),
      tile: fc.nat().map(asTile),
      atMs: time,
      charges,
    })
    .map((placement): PixelOutcome => ({ ok: true, placement })),
)

const outcome: fc.Arbitrary<RequestOutcome> = fc.oneof(
  refusal.map((why): RequestOutcome => ({ kind: 'refused', refusal: why })),
  fc
    .tuple(fc.nat(), fc.array(pixelOutcome, { maxLength: 20 }))
    .map(([placed, results]): RequestOutcome => ({ kind: 'done', placed, results })),
)

test('A1 a group arrives in the other thread as it was', () => {
  fc.assert(
    fc.property(text, time, fc.array(request), (id, nowMs, requests) => {
      expect(unpackGroup(packGroup({ id, nowMs, requests }))).toEqual({ id, nowMs, requests })
    }),
  )
})

test('A1 and its outcomes come back as they were', () => {
  fc.assert(
    fc.property(fc.array(outcome), (outcomes) => {
      expect(unpackOutcomes(packOutcomes(outcomes))).toEqual(outcomes)
    }),
  )
})

test('of a painter, what deciding needs goes along: who it is and since when', () => {
  const painter = { id: asPainterId('p_anna'), name: 'Anna', role: 'guest', createdAtMs: 5 }
  const [unpacked] = unpackGroup(
    packGroup({ id: 'g', nowMs: 1, requests: [{ painter, canvas: asCanvasId('main'), cause: 'paint', pixels: [] }] }),
  ).requests
  expect(unpacked?.painter).toEqual({ id: 'p_anna', createdAtMs: 5 })
})
