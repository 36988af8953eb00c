import { expect, test } from 'vitest'
import { en } from './en.ts'
import { createPageWords } from './page-words.ts'
import { agoText, durationText, momentText, timeLeftText } from './times.ts'

const words = createPageWords('en', en)
/** A Wednesday, in whichever time zone the test runs. */
const local = (day: number, hour = 12, minute = 0, month = 2) => new Date(2026, month, day, hour, minute).getTime()
const now = local(4)

test.each([
  ['today at 18:00', local(4, 18)],
  ['today at 23:59', local(4, 23, 59)],
  ['tomorrow at 00:00', local(5, 0)],
  ['Friday at 18:30', local(6, 18, 30)],
  ['Tuesday at 09:00', local(10, 9)],
  ['Wed, March 11 at 09:00', local(11, 9)],
  ['January 2, 2027 at 08:05', new Date(2027, 0, 2, 8, 5).getTime()],
  ['Tue, March 3 at 18:00', local(3, 18)],
])('a time is shown as “%s”', (text, atMs) => {
  expect(momentText(words, atMs, now)).toBe(text)
})

test('the next day begins at midnight, also when less than an hour is left', () => {
  expect(momentText(words, local(5, 0, 10), local(4, 23, 50))).toBe('tomorrow at 00:10')
})

test.each([
  ['0:00', -5_000],
  ['0:01', 1],
  ['12:08', 728_000],
  ['59:59', 3_599_000],
  ['1:00:00', 3_599_001],
  ['23:59:59', 86_399_000],
  ['1 d 0 h', 86_400_000],
  ['2 d 4 h', 187_200_000],
])('the time that is left is shown as %s', (text, leftMs) => {
  expect(timeLeftText(words, leftMs)).toBe(text)
})

test.each([
  ['0.5 s', 500],
  ['30 s', 30_000],
  ['90 s', 90_000],
  ['5 minutes', 300_000],
  ['1 hour', 3_600_000],
  ['24 hours', 86_400_000],
])('a duration is shown as %s', (text, ms) => {
  expect(durationText(words, ms)).toBe(text)
})

test('I1: a time in the past is "just now", then how long ago, and after a week a date', () => {
  const ago = (ms: number, style: 'long' | 'short' = 'long') => agoText(words, now - ms, { nowMs: now, style })
  expect(ago(0)).toBe('just now')
  expect(ago(-3_000)).toBe('just now')
  expect(ago(4 * 60_000)).toBe('4 minutes ago')
  expect(ago(4 * 60_000, 'short')).toBe('4 min. ago')
  expect(ago(26 * 3_600_000)).toBe('1 day ago')
  expect(ago(8 * 86_400_000)).toBe('Feb 24')
  expect(ago(400 * 86_400_000)).toBe('January 28, 2025')
})
