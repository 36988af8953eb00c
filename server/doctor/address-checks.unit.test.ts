import { expect, test } from 'vitest'
import { countProxies } from './address-checks.ts'
import { reachability } from './address-probe.ts'
import type { Answered, Failed } from './bounded-request.ts'
import { dateDifference } from './clock-check.ts'

const url = 'https://fresco.example'
const answered = (status: number, headers: Answered['headers'] = {}, body = ''): Answered => ({
  kind: 'answered',
  status,
  headers,
  body,
  certificateEndsMs: null,
  tookMs: 1,
})
const findingOf = (answer: Answered | Failed, { isServing = true, isCopy = false } = {}) =>
  reachability(url, { answer, probe: null, isCopy }, isServing).finding

const problemType = { 'content-type': 'application/problem+json' }

test.each([
  [answered(301, { location: 'https://elsewhere.example/' }), 'redirected'],
  [answered(502), 'bad_gateway'],
  [answered(404, problemType, '{"code":"not_found"}'), 'other_installation'],
  [answered(401), 'not_fresco'],
  [answered(200, {}, '<html>'), 'not_fresco'],
  [{ kind: 'dns', detail: 'ENOTFOUND' } as const, 'dns'],
  [{ kind: 'refused', detail: 'ECONNREFUSED' } as const, 'refused'],
  [{ kind: 'tls', detail: 'CERT_HAS_EXPIRED' } as const, 'tls'],
  [{ kind: 'silent', detail: '' } as const, 'silent'],
  [{ kind: 'not_http', detail: 'HPE_INVALID_CONSTANT' } as const, 'not_fresco'],
])('%j is %s', (answer, finding) => expect(findingOf(answer)).toBe(finding))

test('without a running server, only the name and the certificate can be wrong', () => {
  const without = { isServing: false }
  expect(findingOf({ kind: 'dns', detail: '' }, without)).toBe('dns')
  expect(findingOf({ kind: 'tls', detail: '' }, without)).toBe('tls')
  expect(findingOf({ kind: 'refused', detail: '' }, without)).toBe('no_server')
  expect(findingOf(answered(502), without)).toBe('no_server')
})

test.each([
  [null, 0],
  ['192.0.2.1', 0],
  ['192.0.2.1, 10.0.0.1', 1],
  ['192.0.2.1, 10.0.0.1,10.0.0.2', 2],
  // Proxies that replace the header.
  ['10.0.0.1', 1],
  ['10.0.0.1, 10.0.0.2', 2],
])('X-Forwarded-For: %s comes from %i proxies', (forwardedFor, proxies) => expect(countProxies(forwardedFor)).toBe(proxies))

test('a Date has whole seconds, so it differs by less than a second from the same clock', () => {
  const date = 'Thu, 01 Jan 2026 00:00:10 GMT'
  const at = (ms: number) => dateDifference(date, Date.parse(date) + ms)
  expect([at(0), at(999), at(5_000), at(-5_000)]).toEqual([0, 0, 4_000, 5_000])
  expect(dateDifference(undefined, 0)).toBeNull()
  expect(dateDifference('yesterday', 0)).toBeNull()
})
