/** Packets of Engine.IO and Socket.IO, also those that a Socket.IO client cannot send. */
import type { Random } from '../random.ts'
import type { Target } from './attack.ts'
import { between, oneOf, times, weighted } from './choices.ts'
import { refusedPlacement } from './refused-placements.ts'
import { strangeJson, strangeSegment } from './strange-values.ts'

const namespaceOf = (random: Random) =>
  weighted(random, [
    [6, ''],
    [1, '/,'],
    [3, '/admin,'],
    [1, '/admin'],
    [1, `/${strangeSegment(random).slice(0, 100)},`],
    [1, '/admin?token=x,'],
  ])

const idOf = (random: Random) =>
  weighted(random, [
    [3, ''],
    [3, String(random.below(10))],
    [1, oneOf(random, ['9'.repeat(30), '-1', '007', '1e3', '99999999999'])],
  ])

/** The payload of a client's CONNECT. */
const authOf = (random: Random, { tokens, adminToken }: Target) =>
  weighted(random, [
    [6, ''],
    [2, JSON.stringify({ token: random.pick(tokens) })],
    [2, JSON.stringify({ token: adminToken })],
    [1, JSON.stringify({ token: 'x'.repeat(between(random, 1, 500)) })],
    [2, strangeJson(random)],
  ])

const canvasIds = ['"main"', '"main"', '"main"', '"nowhere"', 'null', '""', '"__proto__"'] as const
const tilesOf = (random: Random) =>
  `[${times(between(random, 0, random.chance(0.1) ? 80 : 4), () => {
    const tile = oneOf(random, ['0', '1', '256', '257', '2', '-1', '1.5', '9e15', 'null'])
    return `{"tile":${tile},"seq":${oneOf(random, ['null', '0', '1', '3', '-1', '1e15', '"1"'])}}`
  }).join(',')}]`

const joinPayload = (random: Random) =>
  `{"canvas":${oneOf(random, canvasIds)},"tiles":${random.chance(0.85) ? tilesOf(random) : strangeJson(random)},` +
  `"format":${oneOf(random, ['"packed"', '"json"', '"json"', 'null', '"xml"'])}}`

const eventOf = (random: Random, target: Target) => {
  switch (random.below(9)) {
    case 0:
    case 1:
    case 2:
      return `["join",${joinPayload(random)}]`
    case 3:
      return `["place",${refusedPlacement(random, target)}]`
    case 4:
      return `["leave",{"canvas":"main","tiles":[${oneOf(random, ['0', '256', '-1', '[]', ''])}]}]`
    case 5:
      return `["seen",{"canvas":"main","tile":0,"seq":1,"ms":${oneOf(random, ['1', '-1', '1e400', '600000', '"x"', 'null'])}}]`
    case 6:
      return `[${oneOf(random, ['"connect"', '"disconnect"', '"error"', '"newListener"', '"__proto__"', '"constructor"', '0', 'null'])},1]`
    case 7:
      return `["${oneOf(random, ['join', 'place', 'leave', 'seen', 'overview'])}"${`,${strangeJson(random)}`.repeat(random.below(4))}]`
    default:
      return strangeJson(random)
  }
}

/** The part of a packet that Socket.IO parses, after Engine.IO's `4`. */
const socketPacket = (random: Random, target: Target): string => {
  const type = weighted(random, [
    [8, '0'],
    [4, '1'],
    [8, '2'],
    [1, '3'],
    [1, '4'],
    [1, '5'],
    [1, '6'],
    [1, oneOf(random, ['7', '9', '', 'x', '-'])],
  ])
  const namespace = namespaceOf(random)
  if (type === '0') return `0${namespace}${authOf(random, target)}`
  if (type === '1') return `1${namespace}${random.chance(0.1) ? strangeJson(random) : ''}`
  const attachments = type === '5' || type === '6' ? oneOf(random, ['1-', '2-', '0-', '-1-', '999999999-', '1', '']) : ''
  return `${type}${attachments}${namespace}${idOf(random)}${eventOf(random, target)}`
}

/** OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP, and an unknown type. */
const enginePacket = (random: Random, target: Target): string =>
  weighted(random, [
    [30, () => `4${socketPacket(random, target)}`],
    [1, () => `0${strangeJson(random)}`],
    [1, () => '1'],
    [2, () => `2${oneOf(random, ['', 'probe', 'x'])}`],
    [2, () => `3${oneOf(random, ['', 'probe'])}`],
    [1, () => '5'],
    [1, () => '6'],
    [1, () => `b${oneOf(random, ['', 'AAEC', '====', 'A', '!!'])}`],
    [1, () => oneOf(random, ['', '7', '9', 'x', '\u0000', '44', '\u{1F4A9}'])],
  ])()

/** Sequences in which clients connect and disconnect, shortest first. */
const usualBeginnings: readonly [readonly string[], ...(readonly string[])[]] = [
  ['40'],
  ['40', '40/admin,'],
  ['40', '41'],
  ['40', '41', '40'],
  ['40', '40/admin,', '41', '40'],
  ['40', '40'],
  [],
] as const

/** The packets of one session, in order: a valid beginning, and then any packets. */
export const packetSequence = (random: Random, target: Target): string[] => [
  ...oneOf(random, usualBeginnings),
  ...times(random.below(8), () => enginePacket(random, target)),
]
