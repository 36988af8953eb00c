/** The part of a board that a picture shows, and how large, from a query: `x&y&w&h` and either `scale` or `fit`. */
import type { Canvas } from '../../lib/canvas.ts'
import type { Refusal } from '../../lib/refusal.ts'
import type { Parsed } from '../parse.ts'
import { fitsPng, maxPngSide } from '../pictures/board-png.ts'
import type { Region } from '../pictures/sampling.ts'
import { badParameter } from '../refusals.ts'
import { fittedPictureLimits } from './fitted-pictures.ts'
import { queryNumber } from './params.ts'

export interface PictureQuery {
  readonly region: Region
  readonly scale: number
  /** The exact size of the picture; null for the region itself, enlarged. */
  readonly fit: { readonly width: number; readonly height: number } | null
}

type Size = Pick<Canvas, 'width' | 'height'>

const refuse = (refusal: Refusal): { ok: false; refusal: Refusal } => ({ ok: false, refusal })

export const readPictureQuery = (query: URLSearchParams, canvas: Size): Parsed<PictureQuery> => {
  const region = readRegion(query, canvas)
  if (!region.ok) return region
  const scale = queryNumber(query, { name: 'scale', min: 1, max: 8, fallback: 1 })
  if (!scale.ok) return scale
  const fit = readFit(query)
  if (!fit.ok) return fit
  if (fit.value && query.has('scale')) return refuse(badParameter('scale', 'and fit cannot be given together'))
  if (!fit.value && !fitsPng(region.value, scale.value))
    return refuse(badParameter('scale', `makes a picture of more than ${maxPngSide} pixels a side`))
  return { ok: true, value: { region: region.value, scale: scale.value, fit: fit.value } }
}

const readRegion = (query: URLSearchParams, { width, height }: Size): Parsed<Region> => {
  const x = queryNumber(query, { name: 'x', min: 0, max: width - 1, fallback: 0 })
  if (!x.ok) return x
  const y = queryNumber(query, { name: 'y', min: 0, max: height - 1, fallback: 0 })
  if (!y.ok) return y
  const w = queryNumber(query, { name: 'w', min: 1, max: width - x.value, fallback: width - x.value })
  if (!w.ok) return w
  const h = queryNumber(query, { name: 'h', min: 1, max: height - y.value, fallback: height - y.value })
  if (!h.ok) return h
  return { ok: true, value: { x: x.value, y: y.value, width: w.value, height: h.value } }
}

const readFit = (query: URLSearchParams): Parsed<PictureQuery['fit']> => {
  const text = query.get('fit')
  if (text === null) return { ok: true, value: null }
  const { minSide, maxSide } = fittedPictureLimits
  const [, width = 0, height = 0] = (/^(\d{1,5})x(\d{1,5})$/.exec(text) ?? []).map(Number)
  const isAllowed = Math.min(width, height) >= minSide && Math.max(width, height) <= maxSide
  return isAllowed
    ? { ok: true, value: { width, height } }
    : refuse(badParameter('fit', `must be a size such as 1200x630, with sides from ${minSide} to ${maxSide}`))
}
