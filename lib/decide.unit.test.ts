import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asEpoch } from './brand.ts'
import { canvasOf } from './canvas.fixture.ts'
import { type DecideInput, decide } from './decide.ts'

const canvas = canvasOf()

const ask = (input: Partial<DecideInput> = {}) =>
  decide({ canvas, painter: { createdAtMs: 0 }, charges: { count: 2, sinceMs: 0 }, pixel: { gx: 0, gy: 0, color: 1 }, nowMs: 0, ...input })

const codeOf = (input: Partial<DecideInput>) => {
  const decision = ask(input)
  return decision.ok ? 'accepted' : decision.refusal.code
}

describe('a placement', () => {
  test('is accepted and takes one charge', () => {
    expect(ask()).toEqual({ ok: true, color: 1, charges: { count: 1, sinceMs: 0 } })
  })

  test('of a new painter takes one of the start charges', () => {
    expect(ask({ charges: null })).toEqual({ ok: true, color: 1, charges: { count: 2, sinceMs: 0 } })
  })

  test('takes no charge on a canvas without a cooldown', () => {
    const free = canvasOf({ cooldownMs: 0 })
    expect(ask({ canvas: free, charges: { count: 0, sinceMs: 0 } })).toEqual({ ok: true, color: 1, charges: null })
  })

  test.each([
    [0, 0],
    [99, 69],
    [99, 0],
    [0, 69],
  ])('at the edge %d, %d is accepted', (gx, gy) => {
    expect(codeOf({ pixel: { gx, gy, color: 1 } })).toBe('accepted')
  })

  test.each([
    [-1, 0],
    [0, -1],
    [100, 0],
    [0, 70],
    [69, 99],
    [1.5, 0],
    [0, 1.5],
    [1e9, 0],
    [0, 1e9],
    [Number.NaN, 0],
    [0, Number.NaN],
    [Number.POSITIVE_INFINITY, 0],
  ])('at %d, %d is out of bounds', (gx, gy) => {
    expect(codeOf({ pixel: { gx, gy, color: 1 } })).toBe('out_of_bounds')
  })

  test.each<[string | number, number]>([
    [0, 0],
    [3, 3],
    ['#FFFFFF', 0],
    ['#0000ff', 3],
  ])('of color %j is accepted', (color, index) => {
    expect(ask({ pixel: { gx: 0, gy: 0, color } })).toMatchObject({ ok: true, color: index })
  })

  test.each([-1, 4, 0.5, 1e9, Number.NaN, '#000000', '', 'red', '3'])('of color %j is not in the palette', (color) => {
    expect(codeOf({ pixel: { gx: 0, gy: 0, color } })).toBe('color_not_in_palette')
  })

  test('without a charge is refused, with the time until the next one', () => {
    expect(ask({ charges: { count: 0, sinceMs: 0 }, nowMs: 400 })).toEqual({
      ok: false,
      refusal: { code: 'cooldown', detail: 'No charge is left. The next one comes in 0.6 s.', retryAfterMs: 600 },
    })
  })

  test.each([
    ['paused', 'canvas_paused'],
    ['closed', 'canvas_closed'],
  ] as const)('on a canvas that is %s is refused', (state, code) => {
    expect(codeOf({ canvas: canvasOf({ state }) })).toBe(code)
  })
})

describe('an action of an operator', () => {
  test.each(['open', 'paused', 'closed'] as const)('needs no charge on a canvas that is %s', (state) => {
    const act = { canvas: canvasOf({ state }), charges: { count: 0, sinceMs: 0 }, byOperator: true }
    expect(ask(act)).toEqual({ ok: true, color: 1, charges: null })
  })

  test('is refused outside the canvas or the palette, and in an archive', () => {
    expect(codeOf({ pixel: { gx: 100, gy: 0, color: 1 }, byOperator: true })).toBe('out_of_bounds')
    const archive = canvasOf({ state: 'closed', archivedAtMs: 1_000 })
    expect(codeOf({ canvas: archive, byOperator: true })).toBe('canvas_closed')
    expect(codeOf({ pixel: { gx: 0, gy: 0, color: 4 }, byOperator: true })).toBe('color_not_in_palette')
  })
})

describe('a placement with several faults is refused for the first one in this order', () => {
  const allWrong = { canvas: canvasOf({ state: 'paused' }), pixel: { gx: -1, gy: 0, color: 9 }, charges: { count: 0, sinceMs: 0 } }

  test.each([
    ['canvas_paused', {}],
    ['out_of_bounds', { canvas }],
    ['color_not_in_palette', { canvas, pixel: { gx: 0, gy: 0, color: 9 } }],
    ['cooldown', { canvas, pixel: { gx: 0, gy: 0, color: 1 } }],
  ])('%s', (code, mended) => {
    expect(codeOf({ ...allWrong, ...mended })).toBe(code)
  })

  test('with a sentence for each', () => {
    const coordinates = fc.oneof(fc.integer(), fc.double())
    const wanted = fc.record({ gx: coordinates, gy: coordinates, color: fc.oneof(fc.integer(), fc.string({ maxLength: 10 })) })
    fc.assert(
      fc.property(wanted, fc.constantFrom('open', 'paused', 'closed'), fc.nat(5), (pixel, state, count) => {
        const decision = ask({ canvas: canvasOf({ state }), pixel, charges: { count, sinceMs: 0 } })
        if (!decision.ok) expect(decision.refusal.detail).toMatch(/\.$/)
      }),
    )
  })
})

describe('of an epoch', () => {
  const restarted = canvasOf({ epoch: asEpoch('epoch002') })
  const pixel = { gx: 0, gy: 0, color: 1 }

  test('a pixel for the present epoch, or for none, is accepted', () => {
    expect(codeOf({ canvas: restarted, pixel: { ...pixel, epoch: 'epoch002' } })).toBe('accepted')
    expect(codeOf({ canvas: restarted, pixel })).toBe('accepted')
  })

  test('a pixel for a former epoch is refused as such, also while the canvas is paused, and takes no charge', () => {
    expect(codeOf({ canvas: restarted, pixel: { ...pixel, epoch: 'epoch001' } })).toBe('stale_epoch')
    expect(codeOf({ canvas: { ...restarted, state: 'paused' }, pixel: { ...pixel, epoch: 'epoch001' } })).toBe('stale_epoch')
  })
})

describe('on a board with protected areas', () => {
  const guarded = canvasOf({ protectedAreas: [{ gx: 10, gy: 20, width: 2, height: 3 }] })

  test.each([
    [10, 20],
    [11, 22],
  ])('the corner %d, %d of an area is refused', (gx, gy) => {
    expect(codeOf({ canvas: guarded, pixel: { gx, gy, color: 1 } })).toBe('area_protected')
  })

  test.each([
    [9, 20],
    [10, 19],
    [12, 20],
    [10, 23],
  ])('the neighbour %d, %d of an area is accepted', (gx, gy) => {
    expect(codeOf({ canvas: guarded, pixel: { gx, gy, color: 1 } })).toBe('accepted')
  })

  test('an operator may paint in an area', () => {
    expect(codeOf({ canvas: guarded, pixel: { gx: 10, gy: 20, color: 1 }, byOperator: true })).toBe('accepted')
  })
})

describe('in a finale', () => {
  const finale = canvasOf({ onlyColor: 0 })

  test('only its color is accepted, also when it is the first of the palette', () => {
    expect(codeOf({ canvas: finale, pixel: { gx: 0, gy: 0, color: 1 } })).toBe('color_not_allowed')
    expect(codeOf({ canvas: finale, pixel: { gx: 0, gy: 0, color: 0 } })).toBe('accepted')
  })

  test('a refused color takes no charge', () => {
    expect(codeOf({ canvas: finale, charges: { count: 0, sinceMs: 0 }, pixel: { gx: 0, gy: 0, color: 1 } })).toBe('color_not_allowed')
  })

  test('an operator may use each color', () => {
    expect(codeOf({ canvas: finale, pixel: { gx: 0, gy: 0, color: 1 }, byOperator: true })).toBe('accepted')
  })
})
