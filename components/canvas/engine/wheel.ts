/**
 * Distinguishes a mouse wheel, which zooms, from two fingers on a trackpad, which pan, by the values of the event. A series of events
 * is classified once, because a trackpad's momentum could otherwise zoom in the middle of a swipe.
 */
export interface WheelInput {
  readonly deltaX: number
  readonly deltaY: number
  /** 0 pixels, 1 lines, 2 pages. */
  readonly deltaMode: number
  readonly ctrlKey: boolean
  readonly shiftKey: boolean
  /** In Chrome and Safari: multiples of 120 for a wheel's notches, three times the pixels for a trackpad. */
  readonly wheelDeltaY?: number
  readonly timeMs: number
}

export type WheelMeaning =
  | { do: 'pan'; dx: number; dy: number }
  /** `smooth` for a pinch, which the view follows at once; otherwise a notch of a wheel. */
  | { do: 'zoom'; factor: number; smooth: boolean }

const seriesGapMs = 300
/** The smallest notch of a wheel in CSS pixels. Fingers start with much less. */
const notchPixels = 40
const pixelsPerLine = 16
const pixelsPerPage = 400
/** The zoom grows by √2 with a notch of 100 CSS pixels. */
const zoomPerPixel = Math.log(Math.SQRT2) / 100
const pinchPerPixel = 0.01
/** One event never zooms by more than this. */
const maxLogStep = Math.log(4)

export class WheelClassifier {
  #series: 'wheel' | 'trackpad' = 'wheel'
  #lastMs = Number.NEGATIVE_INFINITY

  classify(input: WheelInput): WheelMeaning {
    const unit = input.deltaMode === 0 ? 1 : input.deltaMode === 1 ? pixelsPerLine : pixelsPerPage
    const dx = input.deltaX * unit
    const dy = input.deltaY * unit
    if (input.ctrlKey) return { do: 'zoom', factor: zoomFactor(dy * pinchPerPixel), smooth: true }
    if (input.timeMs - this.#lastMs > seriesGapMs) this.#series = looksLikeWheel(input) ? 'wheel' : 'trackpad'
    this.#lastMs = input.timeMs
    if (this.#series === 'trackpad' || input.shiftKey) return { do: 'pan', dx: -dx, dy: -dy }
    return { do: 'zoom', factor: zoomFactor(dy * zoomPerPixel), smooth: false }
  }
}

const zoomFactor = (logStep: number) => Math.exp(-Math.min(maxLogStep, Math.max(-maxLogStep, logStep)))

const looksLikeWheel = (input: WheelInput) => {
  if (input.deltaMode !== 0) return true
  if (input.deltaX !== 0) return input.shiftKey
  if (
    input.wheelDeltaY !== undefined &&
    input.wheelDeltaY !== 0 &&
    input.wheelDeltaY % 120 === 0 &&
    input.wheelDeltaY !== -3 * input.deltaY
  )
    return true
  return Number.isInteger(input.deltaY) && Math.abs(input.deltaY) >= notchPixels
}
