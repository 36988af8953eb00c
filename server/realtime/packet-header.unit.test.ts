import { expect, test } from 'vitest'
import { readHeader } from './packet-header.ts'

test.each([
  ['0', 0, '/', null],
  ['0{"token":"x"}', 0, '/', null],
  ['0/admin,', 0, '/admin', null],
  ['0/admin', 0, '/admin', null],
  ['0/admin,{"a":"/b,c"}', 0, '/admin', null],
  ['1', 1, '/', null],
  ['1/admin,', 1, '/admin', null],
  ['2["join",{}]', 2, '/', null],
  ['217["join",{}]', 2, '/', '17'],
  ['2/admin,5["x"]', 2, '/admin', '5'],
  ['30[]', 3, '/', '0'],
  ['51-["x",{"_placeholder":true,"num":0}]', 5, '/', null],
  ['512-/admin,7["x"]', 5, '/admin', '7'],
])('the header of %s is read', (packet, type, namespace, id) => {
  expect(readHeader(packet)).toEqual({ type, namespace, id })
})

test.each(['', '7', 'x', '-1', '5["x"]', '5-["x"]', '5999-["x"]', `0/${'n'.repeat(64)},`, `2/${'n'.repeat(60_000)}`])(
  'a packet that the server does not accept is rejected: %s',
  (packet) => {
    expect(readHeader(packet)).toBeNull()
  },
)
