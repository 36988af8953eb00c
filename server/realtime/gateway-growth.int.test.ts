/** Boards whose palette and size grow while clients follow them (C3). */

import type { Socket } from 'socket.io-client'
import { afterEach, expect, test, vi } from 'vitest'
import { unpackFrame } from '../broadcasting/frame.ts'
import { StoreError } from '../store/port.ts'
import { testCanvas, updateCanvas } from '../store/store.fixture.ts'
import type { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import type { AppendAnswer } from '../stream/port.ts'
import { closeAll, connect, join, main, received, start } from './gateway.fixture.ts'

afterEach(closeAll)

const { epoch } = testCanvas()
const palette = [...testCanvas().palette, '#123456']
const formats = ['packed', 'json'] as const
type Format = (typeof formats)[number]

/** What a client received, in order: revisions, and the tile, seq and newest color of each frame. */
const record = (socket: Socket) => {
  const order: unknown[] = []
  socket.on('canvas', (canvas: { rev: number }, ...seq) => order.push(['canvas', canvas.rev, ...seq]))
  socket.on('pixels', (_canvas, tile, _from, to, data) => order.push([tile, to, unpackFrame(data, 64 * 64).colors.at(-1)]))
  socket.on('pixel_placed', ({ tile, seq, color }) => order.push([tile, seq, palette.indexOf(color)]))
  return order
}

/** The stream loses the entries of control logs. */
const loseChanges = (stream: EmbeddedStream) => {
  const append = stream.append.bind(stream)
  stream.append = async (commits) => {
    const answers = await append(commits.filter(({ content }) => !content))
    return commits.map(({ content }) => (content ? { kind: 'duplicate' } : (answers.shift() as AppendAnswer)))
  }
}

const joinTiles = (socket: Socket, tiles: readonly { tile: number; seq: number | null }[], more: object) =>
  socket.timeout(5_000).emitWithAck('join', { canvas: 'main', epoch, tiles, ...more })

test.each(formats)('C3 a larger palette is announced before the first frame that needs it (%s)', async (format) => {
  const { store, url, place } = await start()
  const socket = await connect(url)
  const order = record(socket)
  await join(socket, 0, { format })
  await place(0, 1)
  await vi.waitFor(() => expect(order).toEqual([[0, 1, 1]]))
  await updateCanvas(store, { palette })
  await place(0, 4)
  await vi.waitFor(() => expect(order).toHaveLength(3))
  expect(order.slice(1)).toEqual([
    ['canvas', 2, 1],
    [0, 2, 4],
  ])
})

test.each(formats)(
  'C3 a larger size is announced before the first frame that needs it, and its new tiles can be joined at once (%s)',
  async (format) => {
    const { store, url, place } = await start({ canvas: { width: 32, height: 64 } })
    const socket = await connect(url)
    const order = record(socket)
    await join(socket, 0, { format })
    expect(await joinTiles(socket, [{ tile: 1, seq: null }], { format })).toMatchObject({ problem: { code: 'tile_not_found' } })
    await updateCanvas(store, { width: 128, height: 128 })
    await place(63, 1)
    await vi.waitFor(() => expect(order).toHaveLength(2))
    const joined = await joinTiles(
      socket,
      [1, 256, 257].map((tile) => ({ tile, seq: 0 })),
      { format },
    )
    expect(joined).toMatchObject({ ok: true, rev: 2, tiles: [{ mode: 'live' }, { mode: 'live' }, { mode: 'live' }] })
    await place(127, 2, { gy: 127 })
    await vi.waitFor(() =>
      expect(order).toEqual([
        ['canvas', 2, 1],
        [0, 1, 1],
        [257, 1, 2],
      ]),
    )
  },
)

test('C3 frames wait for a larger size also when the change is not delivered', async () => {
  const { store, stream, broadcaster, url, place } = await start()
  const socket = await connect(url)
  const order = record(socket)
  await joinTiles(socket, [{ tile: 1, seq: 0 }], {})
  loseChanges(stream)
  await updateCanvas(store, { width: 128 })
  await place(127, 1)
  await vi.waitFor(async () => {
    await broadcaster.checkHeads()
    expect(order.length).toBeGreaterThan(1)
  })
  expect(order[0]).toEqual(expect.arrayContaining(['canvas', 2]))
})

/** A client that was away while the board grew and was painted. */
const comesBack = async (format: Format, more: object) => {
  const { store, url, place } = await start()
  for (const change of [{ title: 'Grows' }, { palette, width: 128 }]) await updateCanvas(store, change)
  await place(127, 4)
  await vi.waitFor(async () => expect((await store.readHeads(main)).get(1 as never)).toBe(1))
  const socket = await connect(url)
  const order = record(socket)
  expect(await joinTiles(socket, [{ tile: 1, seq: 0 }], { format, ...more })).toMatchObject({ rev: 3, tiles: [{ mode: 'replay' }] })
  await vi.waitFor(() => expect(order.at(-1)).toEqual([1, 1, 4]))
  expect(await joinTiles(socket, [{ tile: 0, seq: 0 }], { format })).toMatchObject({ ok: true })
  return order.slice(0, -1)
}

test.each(formats)('C3 a client that returns gets the larger canvas before the frames that it missed (%s)', async (format) => {
  expect(await comesBack(format, {})).toEqual([['canvas', 3]])
  expect(await comesBack(format, { control: 0 })).toEqual([
    ['canvas', 2, 1],
    ['canvas', 3, 2],
  ])
  expect(await comesBack(format, { control: null })).toEqual([['canvas', 3]])
  expect(await comesBack(format, { rev: 1 })).toEqual([['canvas', 3]])
  expect(await comesBack(format, { rev: 1, control: 1 })).toEqual([['canvas', 3, 2]])
  expect(await comesBack(format, { rev: 3 })).toEqual([])
  expect(await comesBack(format, { rev: 3, control: 2 })).toEqual([])
})

test('a client of another epoch gets the canvas, whatever rev it has', async () => {
  const { url } = await start()
  const socket = await connect(url)
  const canvases = received(socket, 'canvas')
  await joinTiles(socket, [{ tile: 0, seq: 0 }], { rev: 9, epoch: 'gone0000' })
  await vi.waitFor(() => expect(canvases).toEqual([[{ id: 'main', rev: 1 }]]))
})

test('C3 a client that would need a canvas that cannot be read is refused for now', async () => {
  const { store, url, place, stream } = await start()
  const [first, second] = [await connect(url), await connect(url)]
  await join(first, 0)
  loseChanges(stream)
  const getCanvas = vi.spyOn(store, 'getCanvas')
  await updateCanvas(store, { palette })
  const old = testCanvas()
  getCanvas.mockImplementation(async () => old)
  await place(0, 4)
  const rejoin = () => join(second, 0, { epoch })
  await vi.waitFor(async () => expect(await rejoin()).toMatchObject({ ok: false, problem: { code: 'unavailable' } }))
  getCanvas.mockRejectedValue(new StoreError('unavailable', 'away'))
  expect(await rejoin()).toMatchObject({ ok: false, problem: { code: 'unavailable' } })
  getCanvas.mockRestore()
  expect(await rejoin()).toMatchObject({ ok: true, rev: 2, tiles: [{ mode: 'replay' }] })
})
