import { expect, test } from 'vitest'
import { printable, printableLines } from './printable.ts'

test.each([
  ['plain text, with ümlauts, 漢字 and 🎨', 'plain text, with ümlauts, 漢字 and 🎨'],
  ['a\nb\r\tc', 'a\\u000ab\\u000d\\u0009c'],
  ['\u001b[31mred\u001b]0;title\u0007', '\\u001b[31mred\\u001b]0;title\\u0007'],
  ['\u009b31m and \u0085', '\\u009b31m and \\u0085'],
  ['\u202eabc\u2066def\u2069\u200f', '\\u202eabc\\u2066def\\u2069\\u200f'],
  ['a\u2028b\u2029c\ufeff', 'a\\u2028b\\u2029c\\ufeff'],
  ['\ud800', '\\ud800'],
])('%j is printed as %j', (text, shown) => {
  expect(printable(text)).toBe(shown)
})

test('a long text is cut', () => {
  expect(printable('x'.repeat(1_000))).toBe('x'.repeat(1_000))
  expect(printable('x'.repeat(1_001))).toBe(`${'x'.repeat(1_000)}…`)
})

test('line breaks stay between several lines', () => {
  expect(printableLines('a\nb\u001b[2J')).toBe('a\nb\\u001b[2J')
})
