import { expect, test } from 'vitest'
import type { Scene } from '../renderer.ts'
import { visibleAreas } from './protected-areas-layer.ts'

const canvas = { width: 100, height: 50, tileSize: 64, palette: ['#000000', '#FFFFFF'], background: 0 }
const scene = (protectedAreas: object[], origin = 0) =>
  ({
    canvas: { ...canvas, protectedAreas },
    transform: { originX: origin, originY: 0, scale: 4 },
    width: 200,
    height: 120,
  }) as unknown as Scene

test('a protected area is drawn where it is, and only its part in the window', () => {
  const area = { left: 40, top: 80, right: 240, bottom: 160 }
  expect(visibleAreas(scene([{ gx: 10, gy: 20, width: 50, height: 20 }]))).toEqual([
    { area, shown: { left: 40, top: 80, right: 200, bottom: 120 } },
  ])
})

test('areas outside the window are left out, and without areas there is nothing to draw', () => {
  expect(visibleAreas(scene([{ gx: 60, gy: 0, width: 5, height: 5 }]))).toEqual([])
  expect(visibleAreas(scene([{ gx: 0, gy: 0, width: 5, height: 5 }], -40))).toEqual([])
  expect(visibleAreas(scene([]))).toEqual([])
  expect(visibleAreas({ ...scene([]), canvas } as Scene)).toEqual([])
  expect(visibleAreas({ ...scene([]), canvas: null } as Scene)).toEqual([])
})

test('an area that reaches over the edge of the board ends there', () => {
  expect(visibleAreas(scene([{ gx: 90, gy: 20, width: 50, height: 50 }], -300))[0]?.area).toEqual({
    left: 60,
    top: 80,
    right: 100,
    bottom: 200,
  })
})
