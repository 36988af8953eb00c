/**
 * The size of the canvas element in CSS pixels and in exact device pixels. If the backing store is one pixel too small or too large,
 * the browser stretches it and every edge blurs.
 */
import type { Viewport } from './camera.ts'

export interface ElementSize {
  readonly viewport: Viewport
  /** The backing store, in device pixels. */
  readonly deviceWidth: number
  readonly deviceHeight: number
}

/** Reports the size at once and after each change, until the returned function is called. */
export const watchSize = (element: HTMLElement, onSize: (size: ElementSize) => void): (() => void) => {
  const report = (exact: ResizeObserverSize | undefined) => {
    const pixelRatio = window.devicePixelRatio || 1
    const { width, height } = element.getBoundingClientRect()
    // The browser's value, unless it is in CSS pixels, which happens with an emulated pixel ratio.
    const side = (length: number, counted: number | undefined) => {
      const computed = Math.round(length * pixelRatio)
      return Math.max(1, counted !== undefined && Math.abs(counted - computed) <= 1 ? counted : computed)
    }
    onSize({
      viewport: { width, height, pixelRatio },
      deviceWidth: side(width, exact?.inlineSize),
      deviceHeight: side(height, exact?.blockSize),
    })
  }
  report(undefined)
  const observer = new ResizeObserver(([entry]) => report(entry?.devicePixelContentBoxSize?.[0]))
  try {
    observer.observe(element, { box: 'device-pixel-content-box' })
  } catch {
    // Safari does not support this box.
    observer.observe(element)
  }
  return () => observer.disconnect()
}
