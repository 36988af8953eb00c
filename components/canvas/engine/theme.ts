/**
 * Reads the colors of the ground from the CSS variables of the page, which are in OKLCH. One pixel of a 2D canvas converts them to
 * the bytes that WebGL needs.
 */
import type { Rgb } from '../../../lib/palette.ts'
import type { Theme } from './renderer.ts'

/** The light theme of the page, for a host without the variables. */
const fallback = { plaster: '#f0ebe2', surface: '#fdfcfa', line: '#ddd8cf', ink: '#241f18', ultramarine: '#2c3fc0' }

export const readTheme = (host: HTMLElement): Theme => {
  const style = getComputedStyle(host)
  const canvas = document.createElement('canvas')
  canvas.width = 1
  canvas.height = 1
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const read = (name: keyof typeof fallback): Rgb => {
    if (!context) return [128, 128, 128]
    context.fillStyle = fallback[name]
    // An unknown or empty value leaves the fallback in place.
    context.fillStyle = style.getPropertyValue(`--${name}`).trim()
    context.fillRect(0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data
    return [red, green, blue]
  }
  const plaster = read('plaster')
  return {
    accent: read('ultramarine'),
    plaster,
    dots: mix(plaster, read('ink'), 0.12),
    edge: mix(read('line'), read('ink'), 0.15),
    empty: mix(plaster, read('surface'), 0.6),
  }
}

const mix = (a: Rgb, b: Rgb, part: number): Rgb => [
  Math.round(a[0] + (b[0] - a[0]) * part),
  Math.round(a[1] + (b[1] - a[1]) * part),
  Math.round(a[2] + (b[2] - a[2]) * part),
]
