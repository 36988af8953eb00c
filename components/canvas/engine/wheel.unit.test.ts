import { expect, test } from 'vitest'
import { WheelClassifier, type WheelInput } from './wheel.ts'

const wheel = (change: Partial<WheelInput>): WheelInput => ({
  deltaX: 0,
  deltaY: 0,
  deltaMode: 0,
  ctrlKey: false,
  shiftKey: false,
  timeMs: 0,
  ...change,
})

test('a notch of a wheel zooms in or out, and the two cancel out', () => {
  const classify = new WheelClassifier()
  const closer = classify.classify(wheel({ deltaY: -100, wheelDeltaY: 120 }))
  const further = classify.classify(wheel({ deltaY: 100, wheelDeltaY: -120, timeMs: 20 }))
  if (closer.do !== 'zoom' || further.do !== 'zoom') throw new Error('both should zoom')
  expect(closer.factor).toBeCloseTo(Math.SQRT2)
  expect(closer.factor * further.factor).toBeCloseTo(1)
  expect(closer.smooth).toBe(false)
})

test('events in lines or pages come from a wheel', () => {
  expect(new WheelClassifier().classify(wheel({ deltaY: 3, deltaMode: 1 })).do).toBe('zoom')
  expect(new WheelClassifier().classify(wheel({ deltaY: 1, deltaMode: 2 })).do).toBe('zoom')
})

test('two fingers on a trackpad pan, even when their momentum is as large as a notch', () => {
  const classify = new WheelClassifier()
  expect(classify.classify(wheel({ deltaY: 2, deltaX: 1, wheelDeltaY: -6 }))).toEqual({ do: 'pan', dx: -1, dy: -2 })
  expect(classify.classify(wheel({ deltaY: 120, wheelDeltaY: -360, timeMs: 100 }))).toEqual({ do: 'pan', dx: -0, dy: -120 })
  expect(classify.classify(wheel({ deltaY: 100, wheelDeltaY: -120, timeMs: 1_000 })).do).toBe('zoom')
})

test('a pinch arrives with ctrl and zooms at once', () => {
  const pinch = new WheelClassifier().classify(wheel({ deltaY: -10, ctrlKey: true }))
  expect(pinch).toEqual({ do: 'zoom', factor: Math.exp(0.1), smooth: true })
})

test('shift turns a wheel into a pan', () => {
  expect(new WheelClassifier().classify(wheel({ deltaX: 100, shiftKey: true }))).toEqual({ do: 'pan', dx: -100, dy: -0 })
})

test('no single event zooms by more than four', () => {
  const huge = new WheelClassifier().classify(wheel({ deltaY: -1e6 }))
  expect(huge).toMatchObject({ do: 'zoom' })
  if (huge.do === 'zoom') expect(huge.factor).toBeCloseTo(4)
})
