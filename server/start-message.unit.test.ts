import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { networkUrls, startMessage } from './start-message.ts'

const info = (address: string, family: 'IPv4' | 'IPv6', internal = false) =>
  ({ address, family, internal, netmask: '', mac: '', cidr: null, ...(family === 'IPv6' ? { scopeid: 0 } : {}) }) as NetworkInterfaceInfo
const interfaces = {
  lo: [info('127.0.0.1', 'IPv4', true), info('::1', 'IPv6', true)],
  eth0: [info('fe80::1', 'IPv6'), info('2001:db8::7', 'IPv6'), info('192.168.1.20', 'IPv4')],
  wlan0: [info('169.254.3.4', 'IPv4'), info('10.0.0.5', 'IPv4')],
  docker0: [info('172.17.0.1', 'IPv4')],
}

test.each([
  ['0.0.0.0', ['http://192.168.1.20:3000', 'http://10.0.0.5:3000']],
  ['::', ['http://192.168.1.20:3000', 'http://10.0.0.5:3000', 'http://[2001:db8::7]:3000']],
  ['127.0.0.1', []],
  ['localhost', []],
  ['::1', []],
  ['192.168.1.20', ['http://192.168.1.20:3000']],
  ['2001:db8::7', ['http://[2001:db8::7]:3000']],
])('a server on %s is reached from the network at %j', (host, urls) => {
  expect(networkUrls({ host, port: 3_000, interfaces })).toEqual(urls)
})

test('a start prints the addresses, what to set for a name, and how to sign in', () => {
  const signIn = { url: 'http://localhost:3000/admin#sign-in=x', tokenFile: 'data/admin-token' }
  const message = startMessage({ url: 'http://localhost:3000', networkUrls: ['http://10.0.0.5:3000'], signIn })
  expect(message).toBe(`
Fresco is at http://localhost:3000
On your network: http://10.0.0.5:3000
For an address with a name, such as http://fresco.local:3000, set PUBLIC_URL to that address.
Sign in as the operator (once, within an hour): http://localhost:3000/admin#sign-in=x
After that, sign in with the token in data/admin-token

`)
})

test('with PUBLIC_URL and after the first sign-in, the message is one line', () => {
  expect(startMessage({ url: 'https://fresco.example', networkUrls: [], signIn: null })).toBe('\nFresco is at https://fresco.example\n\n')
})
