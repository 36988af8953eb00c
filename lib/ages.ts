/**
 * How long ago the pixels of a tile were painted, one byte for each position. The steps grow with the age, so that a byte holds seconds as well as weeks.
 */

/** Nobody has painted the pixel. */
export const untouched = 0
/** Painted longer ago than any other code says, which is a month. */
export const longAgo = 255

const growth = 1.06

/** The code of an age, within 3 % or a second. A clock that went back makes no age below 0. */
export const ageCode = (ageMs: number): number =>
  Math.min(longAgo, 1 + Math.round(Math.log1p(Math.max(0, ageMs) / 1_000) / Math.log(growth)))

/** The age in milliseconds of a code above 0. */
export const ageOf = (code: number): number => Math.round((growth ** (code - 1) - 1) * 1_000)

/** Computing a logarithm for each of a million pixels takes longer than looking it up. Ages in whole seconds. */
export const createAgeCodes = (): ((ageSeconds: number) => number) => {
  const small = Uint8Array.from({ length: 4_096 }, (_, seconds) => ageCode(seconds * 1_000))
  return (seconds) => (seconds < small.length ? (small[Math.max(0, seconds)] ?? untouched) : ageCode(seconds * 1_000))
}
