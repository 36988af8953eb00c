/** Values that parsers and handlers often handle wrongly: as text, as JSON, and in addresses. */
import { strangeSegments } from '../../server/testing/strange-segments.ts'
import type { Random } from '../random.ts'
import { between, oneOf, randomBytes, times } from './choices.ts'

const numbers = ['0', '-0', '-1', '1.5', '1e400', '-1e400', '1e308', '9007199254740993', '9'.repeat(400), '4294967296', '1e-320'] as const
const texts = [
  '""',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u0000"',
  '"__proto__"',
  '"constructor"',
  '"#FFFFFF"',
  '"main"',
  '"\\u202e"',
] as const
const keys = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'length',
  'toJSON',
  'then',
  'canvas',
  'tiles',
  'token',
  '',
  '\\u0000',
] as const
const broken = [
  '{',
  '[',
  '"',
  '{"a":',
  '[1,',
  '{"a":1,}',
  'NaN',
  'undefined',
  '01',
  "{'a':1}",
  '\u0000',
  '{"a":1}{"b":2}',
  '\uFEFF{}',
] as const

const nested = (open: string, close: string, depth: number, inside: string) => open.repeat(depth) + inside + close.repeat(depth)

/** Mostly valid JSON of a few hundred bytes; rarely 50 KB. */
export const strangeJson = (random: Random, depth = 3): string => {
  switch (random.below(depth > 0 ? 14 : 4)) {
    case 0:
      return oneOf(random, numbers)
    case 1:
      return oneOf(random, texts)
    case 2:
      return oneOf(random, ['null', 'true', 'false'])
    case 3:
      return String(between(random, -1_000, 1_000))
    case 4:
      return nested('[', ']', between(random, 5, 400), '')
    case 5:
      return nested('{"a":', '}', between(random, 5, 400), '1')
    case 6:
      return `{"_placeholder":true,"num":${oneOf(random, numbers)}}`
    case 7:
      return JSON.stringify('x'.repeat(random.chance(0.1) ? 50_000 : between(random, 0, 300)))
    case 8:
      return random.chance(0.1) ? nested('[', ']', 20_000, '') : `[${'0,'.repeat(between(random, 0, 200))}0]`
    case 9:
      return oneOf(random, broken)
    case 10:
      return `[${times(random.below(5), () => strangeJson(random, depth - 1)).join(',')}]`
    default:
      return `{${times(random.below(5), () => `"${oneOf(random, keys)}":${strangeJson(random, depth - 1)}`).join(',')}}`
  }
}

/** A part of a path: a valid id, a nearly valid one, or nonsense. */
export const strangeSegment = (random: Random): string =>
  random.chance(0.1) ? encodeURI(randomBytes(random, 6)) : oneOf(random, strangeSegments)

/** Bytes that are allowed in a header, and some that are not. */
export const strangeHeaderValue = (random: Random): string =>
  oneOf(random, [
    '',
    ' ',
    '\t',
    'x',
    '*',
    ',,,,',
    ';;=;=',
    '"',
    'a=b; c',
    '\u0000',
    '\u007f',
    '\u00ff\u00fe',
    'a\rb',
    'a\nb',
    'x'.repeat(between(random, 100, 5_000)),
    '1, 2, 3',
    '-1',
    '99999999999999999999',
    '127.0.0.1',
    'null',
    'undefined',
    '__proto__',
    '{{7*7}}',
    '%n%s%x',
    '() { :; }',
    randomBytes(random, between(random, 1, 20)).replaceAll(/[\r\n]/g, '?'),
  ])

const parameters = [
  'after',
  'limit',
  'scale',
  'canvas',
  'gx',
  'gy',
  'nearest',
  'seq',
  'at',
  'x',
  '__proto__',
  'after[]',
  'EIO',
  '_rsc',
] as const

export const strangeQuery = (random: Random): string => {
  const pairs = times(
    random.below(4),
    () => `${oneOf(random, parameters)}=${random.chance(0.5) ? oneOf(random, numbers) : strangeSegment(random)}`,
  )
  return pairs.length === 0 ? '' : `?${pairs.join(oneOf(random, ['&', '&&', ';', '&=&']))}`
}
