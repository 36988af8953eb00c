/**
 * Placements that must be refused: at least one field of each is invalid on every canvas. The board must be unchanged after the run, so no
 * placement here may paint.
 */
import type { Random } from '../random.ts'
import type { Target } from './attack.ts'
import { between, oneOf, times } from './choices.ts'
import { strangeJson } from './strange-values.ts'

type Fields = Record<string, string>

const wrongNumbers = [
  'null',
  '"7"',
  '1.5',
  'true',
  '[]',
  '{}',
  '1e400',
  '-1',
  '1e9',
  '-9007199254740992',
  '1e308',
  '9'.repeat(400),
] as const
const wrongColors = [
  '-1',
  '256',
  '1e9',
  '1.5',
  'null',
  '[]',
  '{}',
  '""',
  '"#FFF"',
  '"#GGGGGG"',
  '"#010203"',
  '"white"',
  '"\\ud800"',
] as const
const wrongCanvases = ['null', '0', '""', '"nowhere"', '"MAIN"', '"__proto__"', '"main "', '[]', `"${'a'.repeat(33)}"`] as const

/** Invalid values, by field. */
const mistakes: readonly [(random: Random, target: Target) => Fields, ...((random: Random, target: Target) => Fields)[]] = [
  (random) => ({ [oneOf(random, ['gx', 'gy'])]: oneOf(random, wrongNumbers) }),
  (_random, { canvas }) => ({ gx: String(canvas.width) }),
  (_random, { canvas }) => ({ gy: String(canvas.height) }),
  (random) => ({ color: oneOf(random, wrongColors) }),
  (_random, { canvas }) => ({ color: String(canvas.palette.length) }),
]

const rightFields = (random: Random, { canvas }: Target): Fields => ({
  gx: String(random.below(canvas.width)),
  gy: String(random.below(canvas.height)),
  color: random.chance(0.5) ? String(random.below(canvas.palette.length)) : JSON.stringify(random.pick(canvas.palette)),
})

const objectOf = (fields: Fields, extra = '') =>
  `{${Object.entries(fields)
    .map(([name, value]) => `"${name}":${value}`)
    .join(',')}${extra}}`

/** Additional fields change nothing. */
const extraField = (random: Random) => (random.chance(0.2) ? `,"__proto__":${strangeValid(random)}` : '')

/** Broken JSON would be refused for that reason alone. */
const strangeValid = (random: Random) => {
  const text = strangeJson(random)
  try {
    JSON.parse(text)
    return text
  } catch {
    return '0'
  }
}

const refusedPixel = (random: Random, target: Target): string => {
  const fields = { ...rightFields(random, target), ...oneOf(random, mistakes)(random, target) }
  return objectOf(fields, extraField(random))
}

/** The body of `POST /api/pixels`, or the payload of `place`. */
export const refusedPlacement = (random: Random, target: Target): string => {
  if (random.chance(0.2)) return objectOf({ ...rightFields(random, target), canvas: oneOf(random, wrongCanvases) }, extraField(random))
  if (random.chance(0.1)) return `[${strangeValid(random)}]`
  return refusedPixel(random, target)
}

/** The body of `POST /api/pixels/batch`: every pixel is invalid, or there are too many. */
export const refusedBatch = (random: Random, target: Target): string => {
  if (random.chance(0.1)) return `{"pixels":${oneOf(random, ['null', '[]', '{}', '"x"', `[${'0,'.repeat(300)}0]`])}}`
  return `{"pixels":[${times(between(random, 1, 30), () => refusedPixel(random, target)).join(',')}]}`
}
