import { expect, test } from 'vitest'
import { linkPath, locationParameters, parseLocation, withoutLocation } from './board-location.ts'

const parse = (text: string) => parseLocation(new URLSearchParams(text))

test('S1: a location is written to an address and read from it', () => {
  expect(locationParameters({ x: 512, y: 233.256, zoom: 12 })).toBe('x=512&y=233.26&z=12')
  expect(parse('x=512&y=233.26&z=12')).toEqual({ x: 512, y: 233.26, zoom: 12 })
  expect(parse('x=-5&y=0')).toEqual({ x: -5, y: 0 })
  expect(linkPath('main', { x: 1, y: 2, zoom: 3 })).toBe('/c/main?x=1&y=2&z=3')
})

test.each(['', 'x=1', 'x=1&y=', 'x=NaN&y=1', 'x=1e9&y=1', 'x=Infinity&y=0', 'y=1&z=2', 'x=1;2&y=3', `x=${'9'.repeat(400)}&y=0`])(
  'S1: %j is not a location',
  (text) => expect(parse(text)).toBeNull(),
)

test('S1: a zoom of zero is ignored, and of repeated parameters the first counts', () => {
  expect(parse('x=1&y=2&z=0')).toEqual({ x: 1, y: 2 })
  expect(parse('x=1&x=9&y=2')).toEqual({ x: 1, y: 2 })
})

test('S1: a query loses its location and keeps all else', () => {
  expect(withoutLocation('?x=1&y=2&z=3')).toBe('')
  expect(withoutLocation('?renderer=2d&x=1&t=abc&y=2')).toBe('?renderer=2d&t=abc')
})
