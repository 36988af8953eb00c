import { expect, test } from 'vitest'
import { ageCode, ageOf, createAgeCodes, longAgo } from './ages.ts'

test('H1 a code is within 3 % or a second of its age, up to a month', () => {
  for (let seconds = 0; seconds < 30 * 86_400; seconds = Math.ceil(seconds * 1.01) + 1) {
    const code = ageCode(seconds * 1_000)
    expect(code).toBeGreaterThanOrEqual(1)
    expect(code).toBeLessThan(longAgo)
    expect(Math.abs(ageOf(code) / 1_000 - seconds), `${seconds} s`).toBeLessThanOrEqual(Math.max(1, seconds * 0.0301))
  }
  expect([ageCode(0), ageCode(-5_000), ageCode(86_400_000 * 400)]).toEqual([1, 1, longAgo])
})

test('H1 codes that are looked up are those that are computed', () => {
  const codeOf = createAgeCodes()
  for (const seconds of [0, 1, 59, 600, 4_095, 4_096, 86_400, 3_000_000]) expect(codeOf(seconds)).toBe(ageCode(seconds * 1_000))
  expect(codeOf(-1)).toBe(1)
})
