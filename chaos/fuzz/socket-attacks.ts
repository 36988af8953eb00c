/** Engine.IO and Socket.IO packets over both transports, each alone and both at once. */
import type { Random } from '../random.ts'
import { type AttackMakers, latin1, type Step, type Target } from './attack.ts'
import { between, oneOf, randomBytes, times, weighted } from './choices.ts'
import { exchange, requestBytes } from './http-request.ts'
import { packetSequence } from './packets.ts'
import { frameBytes, opcodes, strangeFrame, textFrame } from './websocket-frames.ts'

const socketPath = '/socket.io/?EIO=4'
const recordSeparator = '\u001e'
const ofSession = '&transport=polling&sid={SID}'

const credentials = (random: Random, { tokens, adminToken, guestCookie }: Target) =>
  weighted<readonly (readonly [string, string])[]>(random, [
    [4, []],
    [2, [['Authorization', `Bearer ${random.pick(tokens)}`]]],
    [1, [['Authorization', `Bearer ${adminToken}`]]],
    [1, [['Cookie', guestCookie]]],
    [1, [['Authorization', 'Bearer wrong']]],
  ])

const openPolling = (random: Random, target: Target): Step[] =>
  exchange({ host: target.host, path: `${socketPath}&transport=polling`, headers: credentials(random, target) })

const post = (random: Random, host: string, body: string, session = ofSession): Step[] =>
  exchange({
    host,
    method: 'POST',
    path: socketPath + session,
    headers: [['Content-Type', random.chance(0.9) ? 'text/plain;charset=UTF-8' : 'application/octet-stream']],
    body: latin1(body),
  })

/** Does not wait for the whole answer: a poll without messages stays open for ten seconds. */
const poll = (host: string, on = 1, session = ofSession): Step[] => [
  { do: 'send', on, bytes: requestBytes({ host, path: socketPath + session }) },
  { do: 'read', on, withinMs: 200 },
]

const openWebSocket = (random: Random, target: Target, options: { on?: number; session?: string } = {}): Step[] => {
  const { on = 0, session = '' } = options
  const headers = [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', '13'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ...(random.chance(0.1) ? [['Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits'] as const] : []),
    ...credentials(random, target),
  ] as const
  return [
    { do: 'send', on, bytes: requestBytes({ host: target.host, path: `${socketPath}&transport=websocket${session}`, headers }) },
    { do: 'read', on, withinMs: 1_000 },
  ]
}

const frames = (on: number, all: readonly string[]): Step => ({ do: 'send', on, bytes: all.join('') })

/** All in one write, or each in its own. */
const sendPackets = (random: Random, on: number, packets: readonly string[]): Step[] =>
  random.chance(0.4)
    ? [frames(on, packets.map(textFrame))]
    : packets.flatMap((packet): Step[] => [frames(on, [textFrame(packet)]), { do: 'read', on, withinMs: 60 }])

const webSocketAttacks: AttackMakers = {
  'WebSocket packets': (random, target) => [
    ...openWebSocket(random, target),
    ...sendPackets(random, 0, packetSequence(random, target)),
    { do: 'read', on: 0, withinMs: 150 },
    { do: oneOf(random, ['end', 'reset']), on: 0 },
  ],
  'WebSocket frames': (random, target) => [
    ...openWebSocket(random, target),
    ...packetSequence(random, target).flatMap((packet): Step[] => [
      frames(0, [random.chance(0.5) ? textFrame(packet) : strangeFrame(random, packet)]),
      { do: 'read', on: 0, withinMs: 60 },
    ]),
  ],
  'many CONNECTs at once': (random, target) => {
    const packet = oneOf(random, ['40', '40/admin,', '40/x,', '40', `40${JSON.stringify({ token: target.adminToken })}`])
    return [
      ...openWebSocket(random, target),
      frames(
        0,
        times(between(random, 10, 400), () => textFrame(packet)),
      ),
      { do: 'read', on: 0, withinMs: 800 },
      { do: 'reset', on: 0 },
    ]
  },
  'open and away': (random, target) => [...openWebSocket(random, target), { do: oneOf(random, ['end', 'reset']), on: 0 }],
}

const pollingAttacks: AttackMakers = {
  'polling packets': (random, target) => [
    ...openPolling(random, target),
    ...packetSequence(random, target).flatMap((packet) => [
      ...post(random, target.host, packet),
      ...(random.chance(0.4) ? poll(target.host) : []),
    ]),
    ...poll(target.host),
  ],
  'many packets in a body': (random, target) => {
    const packets = times(between(random, 1, 6), () => packetSequence(random, target)).flat()
    const body = packets.join(random.chance(0.8) ? recordSeparator : oneOf(random, ['', '\n', recordSeparator + recordSeparator, '\u001f']))
    return [...openPolling(random, target), ...post(random, target.host, body), ...poll(target.host)]
  },
  'many CONNECTs in a body': (random, target) => [
    ...openPolling(random, target),
    ...post(random, target.host, times(between(random, 10, 400), () => oneOf(random, ['40', '40/admin,'])).join(recordSeparator)),
    ...poll(target.host),
  ],
  'strange handshake': (random, target) => {
    const query = oneOf(random, ['', '?', '?EIO=3', '?EIO=4', '?EIO=4&transport=x', '?transport=polling', '?EIO=4&EIO=3&transport=polling'])
    const more = oneOf(random, [
      '',
      '&j=0',
      '&b64=1',
      '&t=x',
      '&sid=',
      '&sid=__proto__',
      `&sid=${'x'.repeat(5_000)}`,
      '&sid[]=1',
      '&transport=polling',
    ])
    return exchange({ host: target.host, method: oneOf(random, ['GET', 'POST', 'PUT', 'OPTIONS']), path: `/socket.io/${query}${more}` })
  },
  'wrong session': (random, target) => {
    const session = oneOf(random, [
      '&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA',
      '&transport=websocket&sid={SID}',
      '&transport=polling&sid={SID}x',
    ])
    return [...openPolling(random, target), ...post(random, target.host, '40', session), ...poll(target.host, 1, session)]
  },
  'two sessions': (random, target) => [
    ...openPolling(random, target),
    ...openPolling(random, target),
    ...packetSequence(random, target).flatMap((packet) =>
      post(random, target.host, packet, random.chance(0.5) ? ofSession : '&transport=polling&sid={FIRST_SID}'),
    ),
    ...poll(target.host),
  ],
  'two polls at once': (random, target) => [
    ...openPolling(random, target),
    ...post(random, target.host, '40'),
    ...poll(target.host, 1),
    ...poll(target.host, 2),
    ...poll(target.host, 3),
    ...post(random, target.host, oneOf(random, ['41', '1', '40', '2'])),
  ],
  'strange body': (random, target) => [
    ...openPolling(random, target),
    ...post(
      random,
      target.host,
      oneOf(random, [
        randomBytes(random, 200),
        '4'.repeat(70_000),
        '',
        recordSeparator.repeat(2_000),
        'b'.repeat(500),
        `40${recordSeparator}`,
      ]),
    ),
    ...poll(target.host),
  ],
}

const bothTransports: AttackMakers = {
  'upgrade in any order': (random, target) => {
    const { host } = target
    const acts: Step[][] = [
      [frames(2, [textFrame('2probe')]), { do: 'read', on: 2, withinMs: 100 }],
      [frames(2, [textFrame('5')]), { do: 'read', on: 2, withinMs: 100 }],
      [frames(2, [textFrame('40')])],
      [frames(2, [textFrame('41'), textFrame('40')])],
      poll(host),
      post(random, host, '40'),
      post(random, host, '41'),
      [{ do: 'reset', on: 2 }],
      openWebSocket(random, target, { on: 3, session: '&sid={SID}' }),
      [frames(3, [textFrame('2probe'), textFrame('5'), textFrame('40')])],
    ]
    return [
      ...openPolling(random, target),
      ...(random.chance(0.7) ? post(random, host, '40') : []),
      ...openWebSocket(random, target, { on: 2, session: '&sid={SID}' }),
      ...times(between(random, 1, 8), () => random.pick(acts) ?? []).flat(),
    ]
  },
  'both transports at once': (random, target) => [
    ...openPolling(random, target),
    ...openWebSocket(random, target, { on: 2, session: '&sid={SID}' }),
    frames(2, [textFrame('2probe')]),
    { do: 'read', on: 2, withinMs: 200 },
    ...packetSequence(random, target).flatMap((packet): Step[] =>
      random.chance(0.5) ? post(random, target.host, packet) : [frames(2, [textFrame(packet)]), { do: 'read', on: 2, withinMs: 60 }],
    ),
  ],
}

/** Before CONNECT, in `/`, after leaving it, and in `/admin`: the limits must also count clients without a namespace. */
const beginnings = (adminToken: string) => [[], ['40'], ['40', '41'], [`40/admin,${JSON.stringify({ token: adminToken })}`]] as const

/** Attacks that use a client's share many times over. They are rare. */
export const floodAttacks: AttackMakers = {
  'answers never read': (random, target) => {
    const packets = oneOf(random, [...beginnings(target.adminToken)] as [readonly string[], ...(readonly string[])[]])
    const ping = frameBytes({ opcode: opcodes.ping, payload: 'x'.repeat(125) })
    return [
      ...openWebSocket(random, target),
      ...packets.flatMap((packet): Step[] => [frames(0, [textFrame(packet)]), { do: 'read', on: 0, withinMs: 300 }]),
      { do: 'flood', on: 0, bytes: ping.repeat(100), totalBytes: 24_000_000, bytesPerSecond: 4_000_000, allowedBytes: 16_000_000 },
      { do: 'reset', on: 0 },
    ]
  },
  'acknowledgements without end': (random, target) => [
    ...openWebSocket(random, target),
    frames(0, [textFrame('40')]),
    { do: 'read', on: 0, withinMs: 300 },
    {
      do: 'flood',
      on: 0,
      bytes: textFrame(`43${random.below(9)}[]`).repeat(1_000),
      totalBytes: 2_000_000,
      bytesPerSecond: 400_000,
      allowedBytes: 1_000_000,
    },
    { do: 'reset', on: 0 },
  ],
}

export const socketAttacks: AttackMakers = { ...webSocketAttacks, ...pollingAttacks, ...bothTransports }
