import { expect, test } from 'vitest'
import { SafariPinch } from './safari-pinch.ts'

test('the factors of a pinch multiply to its scale, and the next pinch starts at 1', () => {
  const pinch = new SafariPinch()
  for (const scales of [
    [1.2, 1.5, 2],
    [0.9, 0.5],
  ]) {
    expect(pinch.classify('gesturestart', 1, false)).toBeNull()
    let zoom = 1
    for (const scale of scales) {
      const meaning = pinch.classify('gesturechange', scale, false)
      if (meaning?.do === 'zoom') zoom *= meaning.factor
    }
    expect(zoom).toBeCloseTo(scales.at(-1) as number)
    expect(pinch.classify('gestureend', scales.at(-1), false)).toBeNull()
  }
})

test('fingers on the screen zoom by pointer events and not a second time by gesture events', () => {
  const pinch = new SafariPinch()
  pinch.classify('gesturestart', 1, true)
  expect(pinch.classify('gesturechange', 2, true)).toBeNull()
  expect(pinch.classify('gesturechange', 2.2, false)).toMatchObject({ factor: expect.closeTo(1.1) })
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, 0, -1, undefined])('a scale of %s is ignored', (scale) => {
  const pinch = new SafariPinch()
  pinch.classify('gesturestart', 1, false)
  expect(pinch.classify('gesturechange', scale, false)).toBeNull()
})

test('one event never zooms by more than four times', () => {
  const pinch = new SafariPinch()
  pinch.classify('gesturestart', 1, false)
  expect(pinch.classify('gesturechange', 1_000, false)).toMatchObject({ factor: 4 })
})
