/** The bounds with which bodies are read. `node-adapter.ts` enforces them. */
import { expect, test } from 'vitest'
import type { ApiRequest, Body } from './exchange.ts'
import { readJson, readPictureBytes } from './read-body.ts'

const requestOf = (why: 'too_large' | 'too_slow') => {
  const limits: Parameters<ApiRequest['body']>[0][] = []
  const request: ApiRequest = {
    method: 'POST',
    pathname: '/',
    search: '',
    peer: { address: '1.2.3.4', direct: true, protocol: null },
    signal: new AbortController().signal,
    header: () => null,
    body: async (limit): Promise<Body> => {
      limits.push(limit)
      return { ok: false, why }
    },
  }
  return { request, limits }
}

test.each([
  ['JSON', readJson, { maxBytes: 16_384, maxMs: 10_000 }],
  ['a picture', readPictureBytes, { maxBytes: 33_554_432, maxMs: 120_000 }],
] as const)('A6 a body of %s has a bound in bytes and in time', async (_what, read, limit) => {
  const large = requestOf('too_large')
  expect(await read(large.request)).toMatchObject({ ok: false, refusal: { code: 'too_large' } })
  expect(large.limits).toEqual([limit])
  expect(await read(requestOf('too_slow').request)).toMatchObject({ ok: false, refusal: { code: 'invalid_request' } })
})

test.each([
  ['UTF-8', Buffer.from('{"title":"é"}'), { ok: true, value: { title: 'é' } }],
  ['other bytes', Buffer.from('{"title":"é"}', 'latin1'), { ok: false, refusal: { code: 'invalid_request' } }],
])('a body of %s is read as it is, or refused', async (_what, bytes, expected) => {
  const request: ApiRequest = { ...requestOf('too_slow').request, body: async () => ({ ok: true, bytes }) }
  expect(await readJson(request)).toMatchObject(expected)
})
