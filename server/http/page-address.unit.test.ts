import { expect, test } from 'vitest'
import { type AskedAddress, addressHeaders } from './page-address.ts'

const headersOf = (more: Partial<AskedAddress>) =>
  addressHeaders({ url: '/c/main', host: 'board.example', https: true, publicUrls: [], ...more })

test.each([
  ['/c/main?x=5&y=6&z=7', 'x=5&y=6&z=7'],
  ['/c/main?t=abc&x=5&y=6', 'x=5&y=6'],
  ['/c/main', ''],
  ['/c/main?', ''],
  ['/c/main?x=%3Cscript%3E&y=1', ''],
  ['/c/main?x=1e999&y=1', ''],
  ['/c/main?x=1%0d%0aset-cookie:a&y=1', ''],
  [`/c/main?x=1&y=2&a=${'a'.repeat(1_000)}`, ''],
])('S1: of the address %j a page gets the location %j, as numbers only', (url, location) => {
  expect(headersOf({ url })['x-location']).toBe(location)
})

test('S1: the origin is the one of PUBLIC_URL that was asked for, else its first one', () => {
  const publicUrls = ['https://first.example', 'https://board.example']
  expect(headersOf({ publicUrls })['x-origin']).toBe('https://board.example')
  expect(headersOf({ publicUrls, host: 'evil.example' })['x-origin']).toBe('https://first.example')
})

test.each([
  ['localhost:23000', false, 'http://localhost:23000'],
  ['192.168.0.7:80', false, 'http://192.168.0.7'],
  ['[::1]:5000', false, 'http://[::1]:5000'],
  ['board.example', true, 'https://board.example'],
  ['evil.example/path', true, ''],
  ['user@evil.example', true, ''],
  ['"><script>', true, ''],
  [undefined, true, ''],
])('S1: without PUBLIC_URL the origin of the host %j is what was asked for', (host, https, origin) => {
  expect(headersOf({ host, https })['x-origin']).toBe(origin)
})
