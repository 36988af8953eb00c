/**
 * A pinch on a trackpad in Safari, which sends gesture events instead of a wheel event with ctrl. `scale` is relative to the start
 * of the gesture. With pointers down, the fingers are on the screen and `gestures.ts` handles the pinch.
 */
import type { WheelMeaning } from './wheel.ts'

/** One event never zooms by more than this, nor by less than its inverse. */
const maxFactor = 4

export class SafariPinch {
  #scale = 1

  classify(type: 'gesturestart' | 'gesturechange' | 'gestureend', scale: number | undefined, hasPointers: boolean): WheelMeaning | null {
    if (type === 'gesturestart') this.#scale = 1
    if (scale === undefined || !Number.isFinite(scale) || scale <= 0) return null
    const factor = Math.min(maxFactor, Math.max(1 / maxFactor, scale / this.#scale))
    this.#scale = scale
    return hasPointers || factor === 1 ? null : { do: 'zoom', factor, smooth: true }
  }
}
