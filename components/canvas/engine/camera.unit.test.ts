import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Camera,
  cellAt,
  clampCamera,
  deviceTransform,
  fitCamera,
  fitZoom,
  maxZoom,
  panBy,
  planePoint,
  restingZoom,
  reveal,
  screenPoint,
  toPlane,
  toScreen,
  type Viewport,
  visibleArea,
  zoomAbout,
  zoomLimits,
} from './camera.ts'

const viewports = fc.record({
  width: fc.integer({ min: 320, max: 2_560 }),
  height: fc.integer({ min: 320, max: 1_600 }),
  pixelRatio: fc.constantFrom(1, 1.25, 1.5, 2, 3),
})
const canvases = fc.record({ width: fc.integer({ min: 1, max: 16_384 }), height: fc.integer({ min: 1, max: 16_384 }) })
const scenes = fc
  .record({
    viewport: viewports,
    canvas: canvases,
    x: fc.double({ min: 0, max: 1, noNaN: true }),
    y: fc.double({ min: 0, max: 1, noNaN: true }),
    zoom: fc.double({ min: 0.05, max: maxZoom, noNaN: true }),
  })
  .map(({ viewport, canvas, x, y, zoom }) => ({
    viewport,
    canvas,
    camera: { center: planePoint(x * canvas.width, y * canvas.height), zoom } satisfies Camera,
  }))
const inWindow = (viewport: Viewport, x: number, y: number) => screenPoint(x * viewport.width, y * viewport.height)
const share = fc.double({ min: 0, max: 1, noNaN: true })

test('converting a point to the board and back gives the same point', () => {
  fc.assert(
    fc.property(scenes, share, share, ({ viewport, camera }, x, y) => {
      const at = inWindow(viewport, x, y)
      const back = toScreen(camera, viewport, toPlane(camera, viewport, at))
      expect(back.x).toBeCloseTo(at.x, 4)
      expect(back.y).toBeCloseTo(at.y, 4)
    }),
  )
})

test('zooming about a point keeps the point in place', () => {
  fc.assert(
    fc.property(scenes, share, share, fc.double({ min: 0.05, max: maxZoom, noNaN: true }), ({ viewport, camera }, x, y, zoom) => {
      const at = inWindow(viewport, x, y)
      const under = toPlane(camera, viewport, at)
      const zoomed = zoomAbout({ camera, viewport, at, zoom })
      const after = toPlane(zoomed, viewport, at)
      expect(after.x).toBeCloseTo(under.x, 4)
      expect(after.y).toBeCloseTo(under.y, 4)
      expect(zoomed.zoom).toBe(zoom)
    }),
  )
})

test('a pan moves the board by exactly the distance of the pointer', () => {
  const viewport = { width: 800, height: 600, pixelRatio: 1 }
  const camera = { center: planePoint(100, 50), zoom: 4 }
  const under = toPlane(camera, viewport, screenPoint(10, 20))
  expect(toScreen(panBy(camera, 30, -8), viewport, under)).toEqual({ x: 40, y: 12 })
})

test('after any pan and zoom the middle of the window is on the board, and the zoom is within its limits', () => {
  fc.assert(
    fc.property(
      scenes,
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      (scene, dx, dy) => {
        const { viewport, canvas, camera } = scene
        const { center, zoom } = clampCamera(panBy(camera, dx, dy), canvas, viewport)
        const { min, max } = zoomLimits(canvas, viewport)
        expect(center.x).toBeGreaterThanOrEqual(0)
        expect(center.x).toBeLessThanOrEqual(canvas.width)
        expect(center.y).toBeGreaterThanOrEqual(0)
        expect(center.y).toBeLessThanOrEqual(canvas.height)
        expect(zoom).toBeGreaterThanOrEqual(min)
        expect(zoom).toBeLessThanOrEqual(max)
      },
    ),
  )
})

test('a board is fitted into the part that a sheet leaves free, unless that part is too small', () => {
  const canvas = { width: 1_000, height: 600 }
  const viewport = { width: 320, height: 568, pixelRatio: 2 }
  const covered = { top: 44, bottom: 268 }
  const camera = fitCamera(canvas, viewport, covered)
  const [first, last] = [planePoint(0, 0), planePoint(1_000, 600)].map((corner) => toScreen(camera, viewport, corner))
  expect(first?.y).toBeGreaterThanOrEqual(44)
  expect(last?.y).toBeLessThanOrEqual(300)
  expect((first?.y ?? 0) + (last?.y ?? 0)).toBeCloseTo(44 + 300)
  expect(fitCamera(canvas, viewport, { top: 44, bottom: 520 }).zoom).toBe(zoomLimits(canvas, viewport).min)
})

test('a fitted board is wholly in the window, also at the smallest zoom', () => {
  fc.assert(
    fc.property(canvases, viewports, (canvas, viewport) => {
      const area = visibleArea(fitCamera(canvas, viewport), viewport)
      expect(area.left).toBeLessThanOrEqual(0.001)
      expect(area.top).toBeLessThanOrEqual(0.001)
      expect(area.right).toBeGreaterThanOrEqual(canvas.width - 0.001)
      expect(area.bottom).toBeGreaterThanOrEqual(canvas.height - 0.001)
      expect(zoomLimits(canvas, viewport).min).toBeLessThanOrEqual(fitZoom(canvas, viewport))
    }),
  )
})

test('a click hits the cell that is drawn there, at every edge of a board that is not square', () => {
  const canvas = { width: 7, height: 3 }
  const viewport = { width: 400, height: 300, pixelRatio: 2 }
  const camera = { center: planePoint(3.3, 1.7), zoom: 10 }
  const { originX, originY, scale } = deviceTransform(camera, viewport)
  const at = (deviceX: number, deviceY: number) => cellAt({ camera, viewport, canvas, at: screenPoint(deviceX / 2, deviceY / 2) })
  expect(at(originX, originY)).toEqual({ gx: 0, gy: 0 })
  expect(at(originX - 1, originY)).toBeNull()
  expect(at(originX, originY - 1)).toBeNull()
  expect(at(originX + 7 * scale - 1, originY + 3 * scale - 1)).toEqual({ gx: 6, gy: 2 })
  expect(at(originX + 7 * scale, originY)).toBeNull()
  expect(at(originX, originY + 3 * scale)).toBeNull()
})

test('the origin is a whole device pixel, so a pan shifts the picture without changing it', () => {
  fc.assert(
    fc.property(scenes, ({ viewport, camera }) => {
      const { originX, originY } = deviceTransform(camera, viewport)
      expect(Number.isInteger(originX) && Number.isInteger(originY)).toBe(true)
    }),
  )
})

test('a zoom at rest uses whole device pixels from two device pixels per cell on', () => {
  expect(restingZoom(2.83, 1)).toBe(3)
  expect(restingZoom(2.83, 2)).toBe(3)
  expect(restingZoom(2.6, 2)).toBe(2.5)
  expect(restingZoom(1.41, 1)).toBe(1.41)
  expect(restingZoom(0.25, 1)).toBe(0.25)
})

test('the smallest pan moves the cell of the keyboard into view, and a visible cell causes no pan', () => {
  const viewport = { width: 800, height: 600, pixelRatio: 1 }
  const camera = { center: planePoint(500, 500), zoom: 10 }
  expect(reveal({ camera, viewport, cell: { gx: 500, gy: 500 }, inset: 100 })).toBe(camera)
  const revealed = reveal({ camera, viewport, cell: { gx: 535, gy: 500 }, inset: 100 })
  expect(toScreen(revealed, viewport, planePoint(535, 500))).toEqual({ x: 690, y: 300 })
  // A window that is too small for the inset shows the cell in the middle.
  const tiny = { width: 100, height: 100, pixelRatio: 1 }
  const middle = reveal({ camera, viewport: tiny, cell: { gx: 600, gy: 600 }, inset: 100 })
  expect(toScreen(middle, tiny, planePoint(600.5, 600.5))).toEqual({ x: 50, y: 50 })
})
