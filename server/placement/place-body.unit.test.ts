import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseBatchBody, parseIdempotencyKey, parsePlaceBody } from './place-body.ts'

test('the canvas defaults to main', () => {
  expect(parsePlaceBody({ gx: 1, gy: 2, color: '#ff0000' })).toEqual({
    ok: true,
    value: { canvas: 'main', pixel: { gx: 1, gy: 2, color: '#ff0000' } },
  })
  expect(parsePlaceBody({ gx: 1, gy: 2, color: 0, canvas: 'other' })).toMatchObject({ ok: true, value: { canvas: 'other' } })
})

test('any whole number is a valid coordinate here, and −0 is 0', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (gx, gy) => {
      expect(parsePlaceBody({ gx, gy, color: 0 })).toEqual({
        ok: true,
        value: { canvas: 'main', pixel: { gx: gx + 0, gy: gy + 0, color: 0 } },
      })
    }),
  )
  const parsed = parsePlaceBody(JSON.parse('{"gx":-0,"gy":0,"color":-0}'))
  expect(parsed.ok && Object.is(parsed.value.pixel.gx, 0) && Object.is(parsed.value.pixel.color, 0)).toBe(true)
})

test('any body is parsed as a pixel or refused with a path', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true }), (body) => {
      const parsed = parsePlaceBody(body)
      if (parsed.ok) return
      expect(parsed.refusal.code).toBe('invalid_request')
      expect(parsed.refusal.errors?.length).toBeGreaterThan(0)
    }),
  )
})

test('a circular body is refused', () => {
  const body: Record<string, unknown> = {}
  body['gx'] = body
  expect(parsePlaceBody(body)).toMatchObject({ ok: false, refusal: { code: 'invalid_request' } })
})

test('errors name the field, and in a batch the index of the pixel', () => {
  const parsed = parsePlaceBody({ gx: '7', gy: 1.5, color: 'red' })
  expect(parsed).toMatchObject({ ok: false, refusal: { errors: [{ path: 'gx' }, { path: 'gy' }, { path: 'color' }] } })
  const batch = parseBatchBody({ pixels: [{ gx: 0, gy: 0, color: 0 }, { gx: null }, 7] })
  expect(batch).toMatchObject({ ok: true, value: { pixels: [{ ok: true }, { ok: false }, { ok: false }] } })
  expect(batch.ok && batch.value.pixels[1]).toMatchObject({
    refusal: { errors: [{ path: 'pixels.1.gx' }, { path: 'pixels.1.gy' }, { path: 'pixels.1.color' }] },
  })
  expect(batch.ok && batch.value.pixels[2]).toMatchObject({ refusal: { errors: [{ path: 'pixels.2' }] } })
})

test('an idempotency key is absent or 1 to 64 visible ASCII characters', () => {
  expect(parseIdempotencyKey(null)).toEqual({ ok: true, value: null })
  expect(parseIdempotencyKey(undefined)).toEqual({ ok: true, value: null })
  expect(parseIdempotencyKey('!~'.repeat(32))).toMatchObject({ ok: true })
  for (const key of ['', 'a b', 'é', 'x'.repeat(65), '\u007f', 7, {}, []]) expect(parseIdempotencyKey(key).ok).toBe(false)
})
