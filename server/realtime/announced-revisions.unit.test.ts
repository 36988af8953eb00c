import { beforeEach, expect, test } from 'vitest'
import { asPosition, asSeq, asTile } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { TileFrame } from '../broadcasting/port.ts'
import { silentLogger } from '../observability/log.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { streamCommit } from '../stream/contract.ts'
import { AnnouncedRevisions } from './announced-revisions.ts'
import type { GatewayServer } from './gateway-socket.ts'

const first = testCanvas()
const second = testCanvas({ rev: 2, palette: [...first.palette, '#123456'] })
const third = testCanvas({ rev: 3, palette: [...second.palette, '#654321'] })

let order: string[]
/** Answers to the readings of the canvas, in the order asked. */
let readings: { resolve(canvas: Canvas | null): void; reject(error: Error): void }[]
let told: AnnouncedRevisions

beforeEach(() => {
  order = []
  readings = []
  told = new AnnouncedRevisions({
    io: { to: () => ({ emit: (event: string, canvas: Canvas) => order.push(`${event} ${canvas.rev}`) }) } as unknown as GatewayServer,
    canvases: {
      get: () => new Promise((resolve, reject) => readings.push({ resolve, reject })),
      forget: () => undefined,
      show: (canvas) => canvas,
    },
    send: (frame, canvas) => order.push(`frame ${frame.from} rev ${canvas.rev}`),
    resync: ({ tile }) => order.push(`resync ${tile}`),
    logger: silentLogger,
  })
})

const frame = (seq: number, color: number, tile = 0): TileFrame => {
  const pixels = [{ position: asPosition(0), color, previous: 0, by: 'p_a' as never }]
  return { ref: { canvas: first.id, tile: asTile(tile) }, from: asSeq(seq), to: asSeq(seq), commits: [streamCommit(seq, { pixels })] }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a frame of a canvas that nobody joined goes nowhere', () => {
  told.frame(frame(1, 0))
  expect(order).toEqual([])
})

test('a canvas is told before the first frame that needs it, and the frames keep their order', async () => {
  told.learn(first)
  told.frame(frame(1, 3))
  told.frame(frame(2, 4))
  told.frame(frame(3, 0))
  expect(order).toEqual(['frame 1 rev 1'])
  readings[0]?.resolve(second)
  await settled()
  told.frame(frame(4, 4))
  expect(order).toEqual(['frame 1 rev 1', 'canvas 2', 'frame 2 rev 2', 'frame 3 rev 2', 'frame 4 rev 2'])
  expect(readings).toHaveLength(1)
})

test('an older reading that comes last changes nothing', async () => {
  told.learn(first)
  const both = [told.refresh(first.id), told.refresh(first.id)]
  readings[1]?.resolve(third)
  await settled()
  readings[0]?.resolve(second)
  await Promise.all(both)
  expect([order, told.get(first.id)?.rev]).toEqual([['canvas 3'], 3])
  expect(told.learn(first)).toBe(third)
})

test('what is learned from somebody who joins is told to the room', () => {
  told.learn(first)
  expect(told.learn(second)).toBe(second)
  expect(order).toEqual(['canvas 2'])
})

test('when the canvas cannot be read, the tiles of the frames that wait are fetched', async () => {
  told.learn(first)
  told.frame(frame(1, 4))
  told.frame(frame(1, 0, 1))
  told.frame(frame(2, 0, 1))
  readings[0]?.reject(new Error('away'))
  await settled()
  expect(order).toEqual(['resync 0', 'resync 1'])
})

test('A3 frames of a board that is thrown away are not sent later', async () => {
  told.learn(first)
  told.frame(frame(1, 4))
  told.frame(frame(1, 0, 1))
  told.dropHeld({ canvas: first.id, tile: asTile(0) })
  readings[0]?.resolve(second)
  await settled()
  expect(order).toEqual(['canvas 2', 'frame 1 rev 2'])
})

test('A6 frames do not wait without bound', () => {
  told.learn(first)
  for (let seq = 1; seq <= 501; seq++) told.frame(frame(seq, 4))
  expect(order).toEqual(['resync 0'])
})
