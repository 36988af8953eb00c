/** Parses parameters of paths and queries. */
import { z } from 'zod'
import type { Parsed } from '../parse.ts'
import { badParameter } from '../refusals.ts'

/** A whole number in decimal digits, rounded to a double if it is very large; null for anything else. */
export const wholeNumber = (text: string | undefined): number | null =>
  text !== undefined && /^-?\d{1,100}$/.test(text) ? Number(text) + 0 : null

/** A whole number of the query, between bounds; `fallback` when it is missing. */
export const queryNumber = (
  query: URLSearchParams,
  options: { name: string; min: number; max: number; fallback: number },
): Parsed<number> => {
  const { name, min, max, fallback } = options
  const text = query.get(name)
  if (text === null) return { ok: true, value: fallback }
  const value = wholeNumber(text)
  if (value !== null && value >= min && value <= max) return { ok: true, value }
  return { ok: false, refusal: badParameter(name, `must be a whole number from ${min} to ${max}`) }
}

/** `Date.parse` accepts the 30th of February as the 2nd of March. */
const isoTime = z.iso.datetime({ offset: true }).max(40)

/** A time of the query, ISO 8601 with its zone, in milliseconds since the Unix epoch; the latest time when it is missing. */
export const queryTime = (query: URLSearchParams, name: string): Parsed<number> => {
  const text = query.get(name)
  if (text === null) return { ok: true, value: Number.MAX_SAFE_INTEGER }
  const ms = isoTime.safeParse(text).success ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) return { ok: false, refusal: badParameter(name, 'must be an ISO 8601 time, such as 2026-01-31T12:00:00Z') }
  return { ok: true, value: ms }
}

/** A switch of the query. Without a value it is on. */
export const querySwitch = (query: URLSearchParams, name: string): Parsed<boolean> => {
  switch (query.get(name)) {
    case null:
    case '0':
    case 'false':
      return { ok: true, value: false }
    case '':
    case '1':
    case 'true':
      return { ok: true, value: true }
    default:
      return { ok: false, refusal: badParameter(name, 'must be 1 or 0') }
  }
}
