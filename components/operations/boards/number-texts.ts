/** Numbers as a host types them. */

/** A whole number from `min` to `max`, or null. */
export const countOf = (text: string, min: number, max: number): number | null => {
  const count = /^\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN
  return count >= min && count <= max ? count : null
}

/** Seconds with at most three decimals, as milliseconds from 0 to `maxMs`, or null. */
export const msOf = (text: string, maxMs: number): number | null => {
  const trimmed = text.trim()
  const ms = /^\d+(?:[.,]\d{1,3})?$/.test(trimmed) ? Math.round(Number(trimmed.replace(',', '.')) * 1_000) : Number.NaN
  return ms <= maxMs ? ms : null
}

export const secondsText = (ms: number) => String(ms / 1_000)

/** The next number above or below what is typed, within the bounds. A text that is no number becomes the lower bound. */
export const stepped = (text: string, by: number, min: number, max: number): string => {
  const value = Number(text.trim().replace(',', '.'))
  if (!Number.isFinite(value)) return String(min)
  const next = by > 0 ? Math.floor(value) + by : Math.ceil(value) + by
  return String(Math.min(max, Math.max(min, next)))
}
