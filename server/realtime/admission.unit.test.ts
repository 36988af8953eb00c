import { expect, test } from 'vitest'
import { maxMessageBytes, mayUseSession, refusalOf } from './admission.ts'
import type { EngineRequest } from './connection.ts'

interface Asked {
  readonly method?: string
  readonly query?: Record<string, string>
  readonly headers?: Record<string, string>
  readonly isUpgrade?: boolean
}

const originAllowed = (origin: string | undefined, host: string | undefined) => origin === 'http://here' && host === 'here'
const options = { originAllowed, hasSession: (cookie: string | undefined) => cookie !== undefined }

const codeOf = ({ method = 'GET', query, headers = {}, isUpgrade = false }: Asked) => {
  const transport = isUpgrade ? 'websocket' : 'polling'
  const request = { method, headers: { host: 'here', ...headers }, _query: { EIO: '4', transport, ...query } } as unknown as EngineRequest
  return refusalOf(request, { ...options, isUpgrade })?.code ?? null
}

test('handshakes, polls, messages and upgrades are admitted', () => {
  expect(codeOf({})).toBeNull()
  expect(codeOf({ query: { sid: 'x' } })).toBeNull()
  expect(codeOf({ method: 'POST', query: { sid: 'x' }, headers: { 'content-length': '3' } })).toBeNull()
  expect(codeOf({ isUpgrade: true })).toBeNull()
  expect(codeOf({ isUpgrade: true, query: { sid: 'x' } })).toBeNull()
})

test.each<[string, Asked, string]>([
  ['JSONP', { query: { j: '0' } }, 'invalid_request'],
  ['JSONP without a number', { query: { j: '' } }, 'invalid_request'],
  ['JSONP with a sid', { query: { j: '0', sid: 'x' } }, 'invalid_request'],
  ['Engine.IO 3', { query: { EIO: '3' } }, 'invalid_request'],
  ['no version', { query: { EIO: '' } }, 'invalid_request'],
  ['an unknown transport', { query: { transport: 'webtransport' } }, 'invalid_request'],
  ['WebSocket without an upgrade', { query: { transport: 'websocket' } }, 'invalid_request'],
  ['an upgrade to polling', { isUpgrade: true, query: { transport: 'polling' } }, 'invalid_request'],
  ['a handshake by POST', { method: 'POST' }, 'method_not_allowed'],
  ['DELETE', { method: 'DELETE', query: { sid: 'x' } }, 'method_not_allowed'],
  ['a long message', { method: 'POST', query: { sid: 'x' }, headers: { 'content-length': `${maxMessageBytes + 1}` } }, 'too_large'],
  ['an image', { headers: { 'sec-fetch-mode': 'no-cors' } }, 'forbidden'],
  ['a frame', { headers: { 'sec-fetch-mode': 'navigate' } }, 'forbidden'],
])('%s is refused', (_what, asked, code) => {
  expect(codeOf(asked)).toBe(code)
})

const cookie = { cookie: 'fresco_session=x' }
const allowed = [
  { origin: 'http://here' },
  { 'sec-fetch-site': 'same-origin' },
  { origin: 'http://here', 'sec-fetch-site': 'same-origin' },
  { referer: 'http://here/c/main' },
]
const foreign: Record<string, string>[] = [
  {},
  { origin: 'http://evil' },
  { origin: 'null' },
  { origin: 'http://evil', 'sec-fetch-site': 'same-origin' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'none' },
  { 'sec-fetch-site': 'same-site', referer: 'http://here/' },
  { referer: 'http://evil/?http://here' },
  { referer: 'nonsense' },
]
const kinds: Asked[] = [{}, { query: { sid: 'x' } }, { method: 'POST', query: { sid: 'x' } }, { isUpgrade: true }]

test('every request with a session cookie must prove its origin', () => {
  for (const kind of kinds) {
    for (const headers of allowed) expect(codeOf({ ...kind, headers: { ...cookie, ...headers } }), JSON.stringify(headers)).toBeNull()
    for (const headers of foreign)
      expect(codeOf({ ...kind, headers: { ...cookie, ...headers } }), JSON.stringify(headers)).toBe('forbidden')
  }
})

test('a request without a cookie may come from any origin', () => {
  for (const kind of kinds) for (const headers of foreign) expect(codeOf({ ...kind, headers }), JSON.stringify(headers)).toBeNull()
})

test('a page of this server at an address that is not allowed is admitted without its cookie', () => {
  const own = [
    { host: 'pi.local:3000', origin: 'http://pi.local:3000' },
    { host: 'pi.local:3000', referer: 'http://pi.local:3000/c/main' },
    { host: 'pi.local', origin: 'https://pi.local' },
    { host: 'pi.local:443', origin: 'https://pi.local' },
  ]
  for (const headers of own) {
    for (const kind of kinds) expect(codeOf({ ...kind, headers: { ...cookie, ...headers } }), JSON.stringify(headers)).toBeNull()
    expect(mayUseSession({ headers: { ...cookie, ...headers } } as unknown as EngineRequest, options)).toBe(false)
  }
  for (const headers of [
    { host: 'pi.local:3000', origin: 'http://pi.local' },
    { host: 'pi.local', origin: 'http://evil', referer: 'http://pi.local/' },
  ])
    for (const kind of kinds) expect(codeOf({ ...kind, headers: { ...cookie, ...headers } }), JSON.stringify(headers)).toBe('forbidden')
  for (const headers of allowed)
    expect(mayUseSession({ headers: { host: 'here', ...cookie, ...headers } } as unknown as EngineRequest, options)).toBe(true)
})
