import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { createClientAddresses, isLoopback } from './client-address.ts'

const request = (remoteAddress: string | undefined, headers: Record<string, string> = {}) =>
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage

const peerOf = (trustProxy: number, remote: string | undefined, headers?: Record<string, string>) =>
  createClientAddresses({ trustProxy }).peerOf(request(remote, headers))

test.each([
  [0, '9.9.9.9', '1.1.1.1', '9.9.9.9'],
  [1, '9.9.9.9', '1.1.1.1', '1.1.1.1'],
  [1, '9.9.9.9', '6.6.6.6, 1.1.1.1', '1.1.1.1'],
  [2, '9.9.9.9', '6.6.6.6, 1.1.1.1, 8.8.8.8', '1.1.1.1'],
  [2, '9.9.9.9', '8.8.8.8', '8.8.8.8'],
  [1, '9.9.9.9', '::ffff:1.1.1.1', '1.1.1.1'],
  [1, '9.9.9.9', '1.1.1.1:5555', '1.1.1.1'],
  [1, '9.9.9.9', '[2001:db8::1]:5555', '2001:db8::1'],
  [1, '9.9.9.9', '2001:db8::1', '2001:db8::1'],
  [1, '9.9.9.9', 'unknown', '9.9.9.9'],
  [1, '9.9.9.9', '', '9.9.9.9'],
  [1, '9.9.9.9', '<script>', '9.9.9.9'],
])('behind %i proxies, %s with X-Forwarded-For "%s" is %s', (trustProxy, remote, forwarded, address) => {
  expect(peerOf(trustProxy, remote, { 'x-forwarded-for': forwarded })).toMatchObject({ address, direct: false })
})

test('without forwarding headers it is the address of the socket', () => {
  expect(peerOf(1, '::ffff:127.0.0.1')).toEqual({ address: '127.0.0.1', direct: true, protocol: null })
  expect(peerOf(0, undefined)).toEqual({ address: 'unknown', direct: true, protocol: null })
})

test('the protocol is used only from a trusted proxy', () => {
  expect(peerOf(0, '9.9.9.9', { 'x-forwarded-proto': 'https' })).toEqual({ address: '9.9.9.9', direct: false, protocol: null })
  expect(peerOf(1, '9.9.9.9', { 'x-forwarded-proto': 'https' }).protocol).toBe('https')
  expect(peerOf(1, '9.9.9.9', { 'x-forwarded-proto': 'https, http' }).protocol).toBe('http')
  expect(peerOf(1, '9.9.9.9', { 'x-forwarded-proto': 'gopher' }).protocol).toBeNull()
})

test('a request in HTTP/1.0 counts as forwarded, because nginx sends HTTP/1.0 by default', () => {
  const plain = { ...request('127.0.0.1'), httpVersion: '1.0' } as IncomingMessage
  expect(createClientAddresses({ trustProxy: 0 }).peerOf(plain)).toEqual({ address: '127.0.0.1', direct: false, protocol: null })
})

test('loopback addresses are recognized', () => {
  for (const address of ['127.0.0.1', '127.1.2.3', '::1']) expect(isLoopback(address)).toBe(true)
  for (const address of ['unknown', '10.0.0.1', '::2', '1.127.0.0']) expect(isLoopback(address)).toBe(false)
})
