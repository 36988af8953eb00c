import { expect, test } from 'vitest'
import { problemStatus } from '../../lib/refusal.ts'
import { en } from '../../lib/words/en.ts'

const codes = [
  ...(Object.keys(problemStatus) as (keyof typeof problemStatus)[]),
  'queue_full',
  'not_saved',
  'not_loaded',
  'not_shown',
  'waiting',
] as const

test.each(codes)('%s has a sentence that a person understands', (code) => {
  const sentence = en.notice(code, {})
  expect(sentence).toMatch(/^[A-Z].*[.]$/)
  expect(sentence).not.toMatch(/undefined|NaN|_/)
})

test('a cooldown says when the next pixel comes', () => {
  expect(en.notice('cooldown', { retryAfterMs: 2_100 })).toBe('That was your last pixel. The next one comes in 3 s.')
  expect(en.notice('cooldown', { retryAfterMs: 1 })).toContain('in 1 s')
})

test.each([
  [0, '0:00'],
  [1, '0:01'],
  [59_001, '1:00'],
  [605_000, '10:05'],
])('%i ms count down as %s', (ms, shown) => {
  expect(en.countdown(ms)).toBe(shown)
})
