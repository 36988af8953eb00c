/** Expectations that the tests of the API share. */
import { expect, onTestFinished } from 'vitest'
import { type ProblemCode, problemStatus } from '../../lib/refusal.ts'
import { adminToken, type FixtureOptions, startApi } from './api.fixture.ts'

/** A server for one test, closed when the test is over. */
export const start = async (options?: FixtureOptions) => {
  const fixture = await startApi(options)
  onTestFinished(() => fixture.close())
  return fixture
}

// biome-ignore lint/suspicious/noExplicitAny: the tests check the shape of the answers themselves.
export const bodyOf = async (response: Response): Promise<any> => response.json()

/** Every refusal is a documented problem, and shows no internals. */
export const expectProblem = async (response: Response, code: ProblemCode) => {
  const problem = await bodyOf(response)
  expect(problem).toMatchObject({ code, status: response.status, type: `urn:fresco:problem:${code}` })
  expect(response.status).toBe(problemStatus[code])
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(typeof problem.title).toBe('string')
  expect(problem.detail).not.toMatch(/at .*\.ts|node:internal/)
  return problem
}

/** The cookie that an answer sets, as a browser sends it back. */
export const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? ''

export const asAdmin = { authorization: `Bearer ${adminToken}` }
