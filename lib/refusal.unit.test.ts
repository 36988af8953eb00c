import { describe, expect, test } from 'vitest'
import { type ProblemCode, problemOf, problemStatus, retryAfterSeconds } from './refusal.ts'

const codes = Object.keys(problemStatus) as ProblemCode[]

describe('problemOf', () => {
  test.each(codes)('%s has all fields of a problem', (code) => {
    const problem = problemOf({ code, detail: 'Because.' })
    expect(problem).toEqual({
      type: `urn:fresco:problem:${code}`,
      title: expect.stringMatching(/^[A-Z]/),
      status: problemStatus[code],
      code,
      detail: 'Because.',
    })
  })

  test('keeps the other fields of the refusal', () => {
    const errors = [{ path: 'gx', message: 'must be a number' }]
    expect(problemOf({ code: 'cooldown', detail: 'Wait.', retryAfterMs: 600 })).toMatchObject({ retryAfterMs: 600 })
    expect(problemOf({ code: 'invalid_request', detail: 'No.', errors })).toMatchObject({ errors })
  })
})

test.each([
  [0, 1],
  [1, 1],
  [1_000, 1],
  [1_001, 2],
  [59_999, 60],
])('%i ms are %i whole seconds', (ms, seconds) => {
  expect(retryAfterSeconds(ms)).toBe(seconds)
})
