import { expect, test } from 'vitest'
import { place2022 } from '../palette.ts'
import { problemStatus } from '../refusal.ts'
import { en } from './en.ts'
import { colorText, countdownText, createPageWords, failureText, noticeText, zoomText } from './page-words.ts'

const words = createPageWords('en', en)
const codes = [
  ...(Object.keys(problemStatus) as (keyof typeof problemStatus)[]),
  'queue_full',
  'not_saved',
  'not_loaded',
  'nothing_to_pick',
  'not_shown',
  'waiting',
] as const

test.each(codes)('%s has a sentence that a person understands', (code) => {
  const sentence = noticeText(words, code, {})
  expect(sentence).toMatch(/^[A-Z].*[.]$/)
  expect(sentence).not.toMatch(/undefined|NaN|_/)
})

test('a cooldown says when the next pixel comes', () => {
  expect(noticeText(words, 'cooldown', { retryAfterMs: 2_100 })).toBe('That was your last pixel. The next one comes in 3 s.')
  expect(noticeText(words, 'cooldown', { retryAfterMs: 1 })).toContain('in 1 s')
  expect(noticeText(words, 'cooldown', { retryAfterMs: 180_000 })).toContain('in 3 minutes')
  expect(noticeText(words, 'cooldown', {})).toContain('comes soon')
})

test('a notice about pixels without an answer says how many there are', () => {
  expect(noticeText(words, 'not_saved', { count: 1 })).toContain('for one of your pixels.')
  expect(noticeText(words, 'not_saved', { count: 1_200 })).toContain('for 1,200 pixels.')
})

test('a waiting pixel has the reason of the last refusal', () => {
  expect(noticeText(words, 'waiting', { reason: 'unavailable' })).toMatch(/^The board cannot be saved right now/)
  expect(noticeText(words, 'waiting', { reason: 'overloaded' })).toMatch(/^The board is very busy/)
  expect(noticeText(words, 'waiting', { reason: 'cooldown' })).toMatch(/^No answer yet/)
})

test('a board that could not be loaded has a reason, whatever the server answered', () => {
  expect(failureText(words, null)).toMatch(/^Nothing is lost/)
  expect(failureText(words, 'banned')).toBe('You cannot see this board at the moment.')
  expect(failureText(words, 'not_found')).toContain('(not_found)')
})

test.each([
  [0, '0:00'],
  [1, '0:01'],
  [59_001, '1:00'],
  [605_000, '10:05'],
])('%i ms count down as %s', (ms, shown) => {
  expect(countdownText(words, ms)).toBe(shown)
})

test.each([
  [0.55, '0.6×'],
  [2, '2×'],
  [9.96, '10×'],
  [39.6, '40×'],
])('a zoom of %f is shown as %s', (zoom, shown) => {
  expect(zoomText(words, zoom)).toBe(shown)
})

test('every color of the standard palette has a name in the catalogue, and other texts stay as they are', () => {
  for (const { name } of place2022) expect(colorText(words, name)).toBe(name.charAt(0).toUpperCase() + name.slice(1))
  expect(colorText(words, 'dark red 12')).toBe('Dark red 12')
  expect(colorText(words, '#123456')).toBe('#123456')
  expect(colorText(words, '')).toBe('')
})

test('coordinates have no thousands separator, and the time of day has 24 hours', () => {
  expect(words.t('view.cell', { x: 12_345, y: 0 })).toBe('12345, 0')
  expect(words.t('connection.offline', { since: new Date(2026, 0, 1, 18, 5) })).toBe('Offline since 18:05')
})
