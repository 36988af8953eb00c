import { beforeEach, expect, test } from 'vitest'
import { asPosition, asSeq, asTile } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { controlKind, controlTile } from '../../lib/control-log.ts'
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
/** Resolves the reads of the canvas, in their order. */
let readings: { resolve(canvas: Canvas | null): void; reject(error: Error): void }[]
let announced: AnnouncedRevisions

beforeEach(() => {
  order = []
  readings = []
  announced = new AnnouncedRevisions({
    io: {
      to: () => ({
        emit: (event: string, canvas: Canvas, ...seq: number[]) =>
          order.push([event, canvas.rev, ...seq.flatMap((one) => ['seq', one])].join(' ')),
      }),
    } as unknown as GatewayServer,
    canvases: {
      get: () => new Promise((resolve, reject) => readings.push({ resolve, reject })),
      forget: () => undefined,
      renew: () => undefined,
      show: (canvas) => canvas,
    },
    send: (frame, canvas) => order.push(`frame ${frame.from} rev ${canvas.rev}`),
    resync: ({ tile }) => order.push(`resync ${tile}`),
    logger: silentLogger,
  })
})

const frame = (seq: number, color: number, tile = 0, position = 0): TileFrame => {
  const pixels = [{ position: asPosition(position), color, previous: 0, by: 'p_a' as never }]
  return { ref: { canvas: first.id, tile: asTile(tile) }, from: asSeq(seq), to: asSeq(seq), commits: [streamCommit(seq, { pixels })] }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a frame of a canvas without sockets is not sent', () => {
  announced.frame(frame(1, 0))
  expect(order).toEqual([])
})

test('C3 a changed canvas is announced before the first frame that needs its palette, and the frames keep their order', async () => {
  announced.announce(first)
  announced.frame(frame(1, 3))
  announced.frame(frame(2, 4))
  announced.frame(frame(3, 0))
  expect(order).toEqual(['frame 1 rev 1'])
  readings[0]?.resolve(second)
  await settled()
  announced.frame(frame(4, 4))
  expect(order).toEqual(['frame 1 rev 1', 'canvas 2', 'frame 2 rev 2', 'frame 3 rev 2', 'frame 4 rev 2'])
  expect(readings).toHaveLength(1)
})

test('an older read that finishes last changes nothing', async () => {
  announced.announce(first)
  const both = [announced.refresh(first.id), announced.refresh(first.id)]
  readings[1]?.resolve(third)
  await settled()
  readings[0]?.resolve(second)
  await Promise.all(both)
  expect([order, announced.get(first.id)?.rev]).toEqual([['canvas 3'], 3])
  expect(announced.announce(first)).toBe(third)
})

test('a newer canvas that is read for a join is announced to the room', () => {
  announced.announce(first)
  expect(announced.announce(second)).toBe(second)
  expect(order).toEqual(['canvas 2'])
})

/** Tile 1 has 36 columns and 64 rows of the first canvas. */
const outside = { right: frame(1, 0, 1, 36), below: frame(1, 0, 256, 6 * 64), newTile: frame(1, 0, 2) }

test.each(Object.entries(outside))(
  'C3 a frame with a pixel %s of the announced size waits until the larger canvas is announced',
  async (_, held) => {
    announced.announce(first)
    announced.frame(frame(1, 0, 1, 35))
    announced.frame(frame(1, 0, 256, 6 * 64 - 1))
    announced.frame(held)
    announced.frame(frame(2, 0))
    expect(order).toEqual(['frame 1 rev 1', 'frame 1 rev 1'])
    readings[0]?.resolve(testCanvas({ rev: 2, width: 200, height: 200 }))
    await settled()
    expect(order.slice(2)).toEqual(['canvas 2', 'frame 1 rev 2', 'frame 2 rev 2'])
  },
)

test('C3 while the canvas cannot be read, the frames that need it wait, and they are sent after a later read', async () => {
  announced.announce(first)
  announced.frame(frame(1, 4))
  announced.frame(frame(1, 0, 1))
  readings[0]?.reject(new Error('away'))
  await settled()
  const later = announced.retryHeld()
  readings[1]?.resolve(first)
  await later
  expect(order).toEqual([])
  void announced.retryHeld()
  readings[2]?.resolve(second)
  await settled()
  expect(order).toEqual(['canvas 2', 'frame 1 rev 2', 'frame 1 rev 2'])
  await announced.retryHeld()
  expect(readings).toHaveLength(3)
})

test('C3 a read that began before the change releases no frame that needs the change', async () => {
  announced.announce(first)
  const early = announced.refresh(first.id)
  announced.frame(frame(1, 5))
  readings[0]?.resolve(second)
  await early
  expect(order).toEqual(['canvas 2'])
  readings[1]?.resolve(third)
  await settled()
  expect(order).toEqual(['canvas 2', 'canvas 3', 'frame 1 rev 3'])
})

test('A3 waiting frames of a tile that is loaded again are not sent', async () => {
  announced.announce(first)
  announced.frame(frame(1, 4))
  announced.frame(frame(1, 0, 1))
  announced.dropHeld({ canvas: first.id, tile: asTile(0) })
  readings[0]?.resolve(second)
  await settled()
  expect(order).toEqual(['canvas 2', 'frame 1 rev 2'])
})

test('A6 at most 500 frames wait', () => {
  announced.announce(first)
  for (let seq = 1; seq <= 501; seq++) announced.frame(frame(seq, 4))
  expect(order).toEqual(['resync 0'])
})

test('A6 500 frames wait for a canvas, and with one more the clients fetch the board', () => {
  announced.announce(first)
  for (let seq = 1; seq <= 500; seq++) announced.frame(frame(seq, 4))
  expect(order).toEqual([])
  announced.frame(frame(501, 4))
  expect(order).toEqual(['resync 0'])
})

const change = (seq: number, canvas: Canvas): TileFrame => {
  const content = { kind: controlKind, bytes: new TextEncoder().encode(JSON.stringify({ type: 'canvas', canvas })) }
  const ref = { canvas: first.id, tile: controlTile }
  return { ref, from: asSeq(seq), to: asSeq(seq), commits: [{ ...streamCommit(seq, { pixels: [] }), epoch: canvas.epoch, content }] }
}

test('A3 the room gets each change of the control log once and in order, and then the frames that wait for it', () => {
  announced.announce(first)
  announced.frame(frame(1, 5))
  announced.frame(change(1, second))
  expect(order).toEqual(['canvas 2 seq 1'])
  announced.frame(change(1, second))
  announced.frame(change(2, third))
  expect(order).toEqual(['canvas 2 seq 1', 'canvas 3 seq 2', 'frame 1 rev 3'])
})

test('A2 a change that arrives after its canvas was read is sent with its seq, and does not replace the newer canvas', async () => {
  announced.announce(first)
  const reading = announced.refresh(first.id)
  readings[0]?.resolve(third)
  await reading
  announced.frame(change(1, second))
  announced.frame(change(2, third))
  expect([order, announced.get(first.id)]).toEqual([['canvas 3', 'canvas 2 seq 1', 'canvas 3 seq 2'], third])
})

test('A2 a change that is a dead letter is read from the store', async () => {
  announced.announce(first)
  announced.frame({ ...change(1, second), commits: [streamCommit(1, { cause: 'skipped', pixels: [] })] })
  readings[0]?.resolve(second)
  await settled()
  expect(order).toEqual(['canvas 2'])
})

test('A2 the canvas is read again when an entry arrives before its control log is followed, and joins share the read', async () => {
  const control = { head: asSeq(1) }
  const both = [announced.follow(first.id, control), announced.follow(first.id, control)]
  control.head = asSeq(2)
  readings[0]?.resolve(first)
  await settled()
  expect([readings.length, announced.get(first.id)]).toEqual([2, undefined])
  readings[1]?.resolve(second)
  await Promise.all(both)
  expect(announced.get(first.id)).toEqual(second)
})
