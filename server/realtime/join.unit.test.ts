import { expect, test } from 'vitest'
import { asCanvasId, asSeq } from '../../lib/brand.ts'
import { tilesOf } from '../../lib/geometry.ts'
import { testCanvas } from '../store/store.fixture.ts'
import type { GatewaySocket } from './gateway-socket.ts'
import { createJoinHandler, type JoinOptions } from './join.ts'
import { joinSchema, leaveSchema, maxJoinedTiles } from './schemas.ts'

const main = asCanvasId('main')
/** 1,024 tiles. */
const canvas = testCanvas({ width: 2_048, height: 2_048, tileSize: 64 })
const tilesFrom = (first: number, count: number) =>
  tilesOf(canvas)
    .slice(first, first + count)
    .map((tile) => ({ tile }))

test('a message joins or leaves 64 tiles, and one more is refused', () => {
  expect(maxJoinedTiles).toBe(64)
  const joinOf = (count: number) => joinSchema.safeParse({ canvas: 'main', tiles: tilesFrom(0, count) }).success
  const leaveOf = (count: number) =>
    leaveSchema.safeParse({ canvas: 'main', tiles: Array.from({ length: count }, (_, tile) => tile) }).success
  expect([joinOf(64), joinOf(65), leaveOf(64), leaveOf(65)]).toEqual([true, false, true, false])
})

test('A6 a socket joins 512 tiles, and one more is refused', async () => {
  const live = { epoch: canvas.epoch, head: asSeq(0), catchUp: () => ({ mode: 'live' }) }
  const options = {
    liveTiles: { hold: () => () => undefined, open: async (ref: unknown) => ({ ...live, ref }) },
    canvases: { get: async () => canvas },
    announced: { announce: () => canvas, get: () => canvas, follow: async () => undefined },
    onFirstJoin: () => undefined,
    cutOffIfSlow: () => false,
  } as unknown as JoinOptions
  const join = createJoinHandler(options)
  const socket = { connected: true, data: { joined: new Map() }, join: () => undefined, leave: () => undefined } as unknown as GatewaySocket
  const answers: { ok: boolean }[] = []
  const send = (first: number, count: number) =>
    join(socket, { canvas: 'main', tiles: tilesFrom(first, count) }, (answer: unknown) => answers.push(answer as { ok: boolean }))
  for (let first = 0; first < 512; first += 64) await send(first, 64)
  expect(answers.map(({ ok }) => ok)).toEqual(Array(8).fill(true))
  expect(socket.data.joined.get(main)?.size).toBe(512)
  await send(511, 1)
  await send(512, 1)
  expect(answers.slice(8)).toMatchObject([{ ok: true }, { ok: false, problem: { code: 'invalid_request' } }])
})
