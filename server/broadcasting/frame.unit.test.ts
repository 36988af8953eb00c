import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asPosition, asTile } from '../../lib/brand.ts'
import { guestName, nobody } from '../../lib/painter.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { streamCommit } from '../stream/contract.ts'
import { packFrame, pixelEvents, unpackFrame } from './frame.ts'
import type { TileFrame } from './port.ts'

const cells = 64 * 64
const by = 'p_aaaa' as never
const frameOf = (commits: readonly (readonly [position: number, color: number][])[], tile = 0): TileFrame => ({
  ref: { canvas: testCanvas().id, tile: asTile(tile) },
  from: 1 as never,
  to: commits.length as never,
  commits: commits.map((pixels, index) =>
    streamCommit(index + 1, {
      tile: asTile(tile),
      pixels: pixels.map(([position, color]) => ({ position: asPosition(position), color, previous: 0, by })),
    }),
  ),
})

test('a frame is packed as in the example of the protocol', () => {
  expect(packFrame(frameOf([[[200, 1]], [[3, 5]]]))).toBe('AwIDxQEN')
})

test('A4 a packed frame holds the last color of each pixel, in ascending order', () => {
  const pixel = fc.tuple(fc.integer({ min: 0, max: cells - 1 }), fc.integer({ min: 0, max: 255 }))
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(pixel, { selector: ([position]) => position, maxLength: 20 }), { maxLength: 20 }), (commits) => {
      const { positions, colors } = unpackFrame(packFrame(frameOf(commits)), cells)
      const expected = [...new Map(commits.flat())].sort(([a], [b]) => a - b)
      expect([...positions].map((position, index) => [position, colors[index]])).toEqual(expected)
    }),
  )
})

test('U3: the event of an undo carries the owner below, and nobody where the background shows', () => {
  const undo = streamCommit(1, {
    cause: 'undo',
    pixels: [
      { position: asPosition(0), color: 1, previous: 2, by, undoes: { by, atMs: 5 } },
      { position: asPosition(1), color: 0, previous: 2, by: nobody, undoes: { by, atMs: 6 } },
    ],
  })
  const events = pixelEvents({ ...frameOf([]), commits: [undo] }, testCanvas(), guestName)
  expect(events).toMatchObject([
    { cause: 'undo', color: '#FF0000', by: { id: 'p_aaaa' } },
    { cause: 'undo', color: '#FFFFFF', by: null },
  ])
})

test('a JSON room receives one event per pixel, with coordinates of the canvas and colors as text', () => {
  const canvas = testCanvas()
  const events = pixelEvents(
    frameOf(
      [
        [
          [0, 1],
          [5 * 64 + 35, 3],
        ],
        [],
      ],
      257,
    ),
    canvas,
    guestName,
  )
  const common = { canvas: 'main', tile: 257, cause: 'paint' }
  const painter = { id: 'p_aaaa', name: 'Guest aaaa' }
  expect(events).toEqual([
    {
      ...common,
      seq: 1,
      index: 0,
      count: 2,
      at: new Date(1_001).toISOString(),
      gx: 64,
      gy: 64,
      color: '#FF0000',
      by: painter,
      id: 'commit-257-1.0',
    },
    {
      ...common,
      seq: 1,
      index: 1,
      count: 2,
      at: new Date(1_001).toISOString(),
      gx: 99,
      gy: 69,
      color: '#0000FF',
      by: painter,
      id: 'commit-257-1.1',
    },
    { ...common, seq: 2, index: 0, count: 0, at: new Date(1_002).toISOString(), id: 'commit-257-2' },
  ])
})
