import { expect, test } from 'vitest'
import { createOrigins } from './origins.ts'

test.each([
  [null, 'anything', true],
  [undefined, undefined, true],
  ['http://localhost:3000', 'localhost:3000', true],
  ['http://127.0.0.1:3000', '127.0.0.1:3000', true],
  ['https://192.168.1.5', '192.168.1.5', true],
  ['http://192.168.1.5', '192.168.1.5:80', true],
  ['https://192.168.1.5', '192.168.1.5:80', false],
  ['http://[::1]:3000', '[::1]:3000', true],
  ['http://localhost:3000', 'localhost:3001', false],
  ['http://localhost:3000', '127.0.0.1:3000', false],
  ['http://localhost:3000', null, false],
  ['http://fresco.example', 'fresco.example', false],
  ['http://localhost.evil.example', 'localhost.evil.example', false],
  ['http://1.2.3.4.evil.example', '1.2.3.4.evil.example', false],
  ['null', 'localhost', false],
  ['', 'localhost', false],
  ['localhost:3000', 'localhost:3000', false],
  ['http://localhost:3000/', 'localhost:3000', false],
  ['http://user@localhost:3000', 'localhost:3000', false],
  ['file://localhost', 'localhost', false],
  ['chrome-extension://localhost', 'localhost', false],
])('without PUBLIC_URL, Origin %s at Host %s: %s', (origin, host, allowed) => {
  expect(createOrigins({ publicUrls: [] }).allowed(origin, host)).toBe(allowed)
})

test('with PUBLIC_URL only its list counts', () => {
  const { allowed } = createOrigins({ publicUrls: ['https://fresco.example', 'http://10.0.0.1:3000'] })
  expect(allowed('https://fresco.example', 'whatever')).toBe(true)
  expect(allowed('http://10.0.0.1:3000', null)).toBe(true)
  expect(allowed(null, null)).toBe(true)
  for (const origin of [
    'http://fresco.example',
    'https://fresco.example:8443',
    'https://www.fresco.example',
    'http://localhost',
    'null',
    '',
  ]) {
    expect(allowed(origin, 'localhost')).toBe(false)
  }
})
