/**
 * Whether a webhook may connect to an address. Only public addresses are allowed: not this machine, its networks, or the metadata services of clouds
 * (RFC 6890, and the addresses that carry an IPv4 address inside IPv6).
 */
import { BlockList, isIP } from 'node:net'
import { plainAddress } from '../limits/address-prefixes.ts'

const reserved4 = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  reserved4.addSubnet(network, bits, 'ipv4')
}

/** All addresses of the public Internet so far. */
const global6 = new BlockList()
global6.addSubnet('2000::', 3, 'ipv6')
const reserved6 = new BlockList()
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  reserved6.addSubnet(network, bits, 'ipv6')
}

export const isPublicAddress = (address: string): boolean => {
  const plain = plainAddress(address)
  if (isIP(plain) === 4) return !reserved4.check(plain, 'ipv4')
  return isIP(plain) === 6 && global6.check(plain, 'ipv6') && !reserved6.check(plain, 'ipv6')
}
