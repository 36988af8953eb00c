import { expect, test, vi } from 'vitest'
import { asCanvasId, asPlacementId, asTile } from '../../lib/brand.ts'
import { unlimited } from '../../lib/charges.ts'
import type { PlaceOutcome, PlaceRequest } from '../../lib/plan-group.ts'
import type { Refusal } from '../../lib/refusal.ts'
import { StoreError } from '../store/port.ts'
import { testCanvas, testPainter } from '../store/store.fixture.ts'
import { createPlacementUseCase, type PlacementUseCaseOptions } from './placement-use-case.ts'

const canvas = testCanvas()
const painter = testPainter()
const body = { gx: 1, gy: 2, color: '#ff0000' }

const placed = (color: number): PlaceOutcome => ({
  kind: 'done',
  placed: 1,
  results: [
    {
      ok: true,
      placement: {
        id: asPlacementId('group-0.0'),
        canvas: asCanvasId('main'),
        gx: 1,
        gy: 2,
        color,
        tile: asTile(0),
        atMs: 0,
        charges: unlimited,
      },
    },
  ],
})

const setUp = (
  options: { place?: (request: PlaceRequest) => Promise<PlaceOutcome>; limits?: Partial<PlacementUseCaseOptions['limits']> } = {},
) => {
  const asked: PlaceRequest[] = []
  const outcomes: string[] = []
  const canvases = { get: vi.fn(async (id: string) => (id === 'main' ? canvas : null)), forget: vi.fn() }
  const placing = createPlacementUseCase({
    commitQueue: {
      place(request) {
        asked.push(request)
        return options.place?.(request) ?? Promise.resolve(placed(1))
      },
    },
    canvases,
    limits: { request: async () => null, painter: async () => null, ...options.limits },
    onOutcome: (outcome) => void outcomes.push(outcome),
  })
  return { ...placing, asked, outcomes, canvases }
}

const limited: Refusal = { code: 'rate_limited', detail: 'Slow down.', retryAfterMs: 100 }

test('a placement over a socket is parsed, placed and answered', async () => {
  const { placePixel, asked, outcomes } = setUp()
  expect(await placePixel({ painter, body, key: 'k', address: '1.2.3.4' })).toEqual({
    kind: 'placed',
    placement: {
      id: 'group-0.0',
      canvas: 'main',
      gx: 1,
      gy: 2,
      color: '#FF0000',
      tile: 0,
      at: '1970-01-01T00:00:00.000Z',
      charges: unlimited,
    },
  })
  expect(asked).toEqual([
    { painter, canvas: 'main', pixels: [body], cause: 'paint', idempotency: { key: 'k', fingerprint: expect.any(String) } },
  ])
  expect(outcomes).toEqual(['placed'])
})

test('an invalid message never reaches the commit queue', async () => {
  const { placePixel, asked, outcomes } = setUp()
  expect(await placePixel({ painter, body: undefined, key: undefined })).toMatchObject({ refusal: { code: 'invalid_request' } })
  expect(await placePixel({ painter, body, key: 7 })).toMatchObject({ refusal: { code: 'invalid_request' } })
  expect(await placePixel({ painter, body: { ...body, canvas: 'nope' }, key: undefined })).toMatchObject({
    refusal: { code: 'canvas_not_found' },
  })
  expect(asked).toEqual([])
  expect(outcomes).toEqual(['invalid_request', 'invalid_request', 'canvas_not_found'])
})

test('the limits of the painter and of the address refuse a placement', async () => {
  const byPainter = setUp({ limits: { painter: async () => limited } })
  expect(await byPainter.placePixel({ painter, body, key: undefined })).toEqual({ kind: 'refused', refusal: limited })
  const byAddress = setUp({ limits: { request: async (address) => (address === '1.2.3.4' ? limited : null) } })
  expect(await byAddress.placePixel({ painter, body, key: undefined, address: '1.2.3.4' })).toEqual({ kind: 'refused', refusal: limited })
  expect(await byAddress.placePixel({ painter, body, key: undefined, address: '1.2.3.5' })).toMatchObject({ kind: 'placed' })
})

test('a store that is unavailable before the commit queue has the request is a refusal', async () => {
  const { placePixel, canvases, asked } = setUp()
  canvases.get.mockRejectedValue(new StoreError('unavailable', 'down'))
  expect(await placePixel({ painter, body, key: undefined })).toMatchObject({ refusal: { code: 'unavailable', retryAfterMs: 1_000 } })
  expect(asked).toEqual([])
})

test('A1 once the commit queue has the request, every error is an unknown outcome', async () => {
  const faults: ((request: PlaceRequest) => Promise<PlaceOutcome>)[] = [
    () => Promise.reject(new StoreError('outcome_unknown', 'lost')),
    () => Promise.reject(new Error('a bug')),
    async () => ({ kind: 'done', placed: 0, results: [] }),
    async () => placed(99),
  ]
  for (const place of faults) {
    await expect(setUp({ place }).placePixel({ painter, body, key: undefined })).rejects.toMatchObject({ code: 'outcome_unknown' })
  }
})

test('a color that the cached palette lacks is read again', async () => {
  const { placePixel, canvases } = setUp({ place: async () => placed(4) })
  canvases.get.mockResolvedValueOnce(canvas).mockResolvedValueOnce({ ...canvas, palette: [...canvas.palette, '#ABCDEF'] })
  expect(await placePixel({ painter, body, key: undefined })).toMatchObject({ placement: { color: '#ABCDEF' } })
  expect(canvases.forget).toHaveBeenCalledWith('main')
})
