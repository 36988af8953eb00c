/** Pictures that must be refused although the operator sends them. Each also has a color outside of the palette, so that none can paint. */
import { deflateSync } from 'node:zlib'
import { endChunk, headerChunk, pngOf } from '../../lib/png/png.fixture.ts'
import { type Chunk, pngSignature } from '../../lib/png/png-chunks.ts'
import type { Random } from '../random.ts'
import type { AttackMakers, Step, Target } from './attack.ts'
import { between, oneOf, randomBytes, times } from './choices.ts'
import { requestBytes } from './http-request.ts'

const foreignColor = [101, 2, 99] as const

const rows = (width: number, height: number) => {
  const row = Buffer.from([0, ...times(width, () => foreignColor).flat()])
  return Buffer.alloc(row.length * height, row)
}

const header = (width: number, height: number) => headerChunk({ width, height, kind: 'rgb', depth: 8 })
const pixels = (data: Uint8Array): Chunk => ({ type: 'IDAT', data: deflateSync(data, { level: 1 }) })
const sound = () => pngOf([header(4, 4), pixels(rows(4, 4)), endChunk])

const send = (random: Random, { host, adminToken }: Target, png: Buffer, query = ''): Step[] => {
  const headers = [
    ['Authorization', `Bearer ${adminToken}`],
    ['Content-Type', random.chance(0.9) ? 'image/png' : 'image/gif'],
  ] as const
  const path = `/api/admin/canvases/main/picture${query}`
  return [
    {
      do: 'send',
      on: 0,
      bytes: requestBytes({ host, method: 'POST', path, headers, body: png.toString('latin1') }),
      pieces: between(random, 1, 3),
    },
    { do: 'read', on: 0, withinMs: 3_000 },
  ]
}

const outside = (random: Random, { canvas }: Target) =>
  oneOf(random, [`?gx=${canvas.width}`, '?gy=-1', '?gx=1e9', '?gx=x', `?gx=${canvas.width - 3}&nearest=true`, '?nearest=maybe', '?gy=1.5'])

export const pictureAttacks: AttackMakers = {
  'foreign colour': (random, target) => send(random, target, sound()),
  'outside the canvas': (random, target) => send(random, target, sound(), outside(random, target)),
  'changed bytes': (random, target) => {
    const png = sound()
    for (let count = between(random, 1, 6); count > 0; count--) png[random.below(png.length)] = random.below(256)
    return send(random, target, png)
  },
  truncated: (random, target) => {
    const png = sound()
    return send(random, target, png.subarray(0, random.below(png.length)))
  },
  'absurd size': (random, target) => {
    const [width, height] = oneOf(random, [
      [0, 4],
      [4, 0],
      [2 ** 31 - 1, 2 ** 31 - 1],
      [2 ** 32 - 1, 1],
      [16_384, 16_384],
    ])
    return send(random, target, pngOf([header(width, height), pixels(rows(4, 4)), endChunk]))
  },
  'too much inside': (random, target) =>
    send(random, target, pngOf([header(4, 4), pixels(rows(4, between(random, 1, 5) * 80_000)), endChunk])),
  'too little inside': (random, target) => send(random, target, pngOf([header(64, 64), pixels(rows(4, 4)), endChunk])),
  'no deflate': (random, target) =>
    send(random, target, pngOf([header(4, 4), { type: 'IDAT', data: Buffer.from(randomBytes(random, 60), 'latin1') }, endChunk])),
  'chunks in disorder': (random, target) => {
    const chunks = [
      header(4, 4),
      pixels(rows(4, 4)),
      { type: oneOf(random, ['PLTE', 'tRNS', 'iCCP', 'zTXt', 'XXXX']), data: Buffer.alloc(7) },
      endChunk,
    ]
    const shuffled = times(between(random, 1, 6), () => random.pick(chunks) ?? endChunk)
    return send(random, target, pngOf(shuffled))
  },
  'many chunks': (random, target) =>
    send(
      random,
      target,
      pngOf([header(4, 4), ...times(between(random, 500, 3_000), () => ({ type: 'tEXt', data: new Uint8Array(0) })), endChunk]),
    ),
  'odd kind': (random, target) => {
    const odd = header(4, 4)
    odd.data.set([oneOf(random, [0, 3, 5, 17, 255]), oneOf(random, [1, 5, 7, 255]), random.below(3), random.below(3), random.below(4)], 8)
    return send(random, target, pngOf([odd, pixels(rows(4, 4)), endChunk]))
  },
  'no picture': (random, target) =>
    send(
      random,
      target,
      Buffer.concat([
        random.chance(0.5) ? pngSignature : Buffer.of(),
        Buffer.from(randomBytes(random, between(random, 0, 2_000)), 'latin1'),
      ]),
    ),
}
