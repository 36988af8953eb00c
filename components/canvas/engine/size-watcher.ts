/**
 * The size of the canvas element in CSS pixels and, exactly, in device pixels: on a fractional pixel ratio a backing store that is one
 * pixel off is stretched, and every edge blurs.
 */
import type { Viewport } from './camera.ts'

export interface ElementSize {
  readonly viewport: Viewport
  /** The backing store, in device pixels. */
  readonly deviceWidth: number
  readonly deviceHeight: number
}

/** Tells the size at once and whenever it changes, until the answered function is called. */
export const watchSize = (element: HTMLElement, onSize: (size: ElementSize) => void): (() => void) => {
  const tell = (exact: ResizeObserverSize | undefined) => {
    const pixelRatio = window.devicePixelRatio || 1
    const { width, height } = element.getBoundingClientRect()
    // The browser's own count, unless it is no count of device pixels at all (an emulated pixel ratio reports CSS pixels).
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
  tell(undefined)
  const observer = new ResizeObserver(([entry]) => tell(entry?.devicePixelContentBoxSize?.[0]))
  try {
    observer.observe(element, { box: 'device-pixel-content-box' })
  } catch {
    // Safari does not know this box.
    observer.observe(element)
  }
  return () => observer.disconnect()
}
