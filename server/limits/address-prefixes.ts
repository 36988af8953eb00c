/**
 * Addresses as the limits count them. Every spelling of an address is one address, and an IPv4 address counts alone.
 *
 * An IPv6 customer has at least a /64, often a /56 or a /48. So a /64 counts as one address, and the /56 and the /48 around it have
 * separate, larger budgets.
 */
import { isIP } from 'node:net'

/** A budget that an address uses: `factor` times that of one address. */
export interface LimitPrefix {
  readonly key: string
  readonly factor: number
}

const wider = [
  { bits: 56, factor: 4 },
  { bits: 48, factor: 16 },
] as const

/** The eight groups of an IPv6 address; null for anything else. The zone after a `%` is dropped, because a client can choose it. */
const groupsOf = (address: string): number[] | null => {
  const bare = address.split('%', 1)[0] ?? ''
  if (isIP(bare) !== 6) return null
  const hex = bare.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...bytes: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number)
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
  })
  const [front = [], back = []] = hex.split('::').map((side) => (side === '' ? [] : side.split(':')))
  const zeros = Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0')
  return [...front, ...zeros, ...back].map((group) => Number.parseInt(group, 16))
}

const isMapped = (groups: readonly number[]) => groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff

const writeGroups = (groups: readonly number[]) => groups.map((group) => group.toString(16)).join(':')

/** One spelling for each address. An IPv4 address inside IPv6 (`::ffff:0:0/96`) becomes the IPv4 address. Other texts are unchanged. */
export const plainAddress = (address: string): string => {
  const groups = groupsOf(address)
  if (!groups) return address
  const [high = 0, low = 0] = groups.slice(6)
  if (isMapped(groups)) return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  return address.includes('%') || address !== address.toLowerCase() ? writeGroups(groups) : address
}

/** The first `bits` of the groups, a whole number of bytes. */
const prefixOf = (groups: readonly number[], bits: number) => {
  const kept = groups.slice(0, Math.ceil(bits / 16))
  if (bits % 16 !== 0) kept.push((kept.pop() ?? 0) & 0xff00)
  return writeGroups(kept)
}

/** The unit that counts as one address: an IPv4 address, or the /64 of an IPv6 address. */
export const limitKey = (address: string): string => {
  const plain = plainAddress(address)
  const groups = groupsOf(plain)
  return groups ? prefixOf(groups, 64) : plain
}

/** Every budget that the address uses, the narrowest first. */
export const limitPrefixes = (address: string): readonly LimitPrefix[] => {
  const plain = plainAddress(address)
  const groups = groupsOf(plain)
  if (!groups) return [{ key: plain, factor: 1 }]
  const own = { key: prefixOf(groups, 64), factor: 1 }
  return [own, ...wider.map(({ bits, factor }) => ({ key: `${prefixOf(groups, bits)}/${bits}`, factor }))]
}
