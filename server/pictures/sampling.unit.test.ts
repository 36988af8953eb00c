import { decode } from 'fast-png'
import { expect, test } from 'vitest'
import { boardPng } from './board-png.ts'
import { enlarged, fitted, ground, wholeOf } from './sampling.ts'

const list = (array: Int32Array) => Array.from(array)

test('L3: a region is enlarged by a whole factor', () => {
  const { columns, rows } = enlarged({ x: 5, y: 9, width: 3, height: 1 }, 2)
  expect([list(columns), list(rows)]).toEqual([
    [5, 5, 6, 6, 7, 7],
    [9, 9],
  ])
})

test('L3: a fitted region is in the middle, with the board around it and ground outside the board', () => {
  const region = { x: 1, y: 0, width: 2, height: 2 }
  const { columns, rows } = fitted({ region, size: { width: 12, height: 4 }, board: { width: 4, height: 2 } })
  expect(list(columns)).toEqual([ground, ground, 0, 0, 1, 1, 2, 2, 3, 3, ground, ground])
  expect(list(rows)).toEqual([0, 0, 1, 1])
})

test('L3: a region that is larger than the picture is reduced to every nth pixel', () => {
  const board = { width: 40, height: 20 }
  const { columns, rows } = fitted({ region: wholeOf(board), size: { width: 16, height: 16 }, board })
  expect(columns).toHaveLength(16)
  expect(list(columns).filter((x) => x !== ground)).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39])
  expect(list(rows).filter((y) => y !== ground)).toEqual([0, 3, 6, 9, 12, 15, 18])
})

test('L3: a fitted picture shows the pixels of its region, and a color of its own around the board', async () => {
  const canvas = { width: 70, height: 3, tileSize: 64, background: 0, palette: ['#000000', '#FFFFFF'] }
  const boardOf = async (tile: number) => Uint8Array.from({ length: 64 * 64 }, (_, i) => (tile === 1 && i === 64 + 2 ? 1 : 0))
  const sampling = fitted({ region: { x: 64, y: 0, width: 4, height: 3 }, size: { width: 16, height: 16 }, board: canvas })
  const stream = boardPng({ canvas, boardOf, sampling }) as ReadableStream<Uint8Array<ArrayBuffer>>
  const png = decode(new Uint8Array(await new Response(stream).arrayBuffer()), { checkCrc: true })
  const indexAt = (x: number, y: number) => ((png.data[y * 4 + (x >> 2)] ?? 0) >> (6 - 2 * (x & 3))) & 3
  expect([png.width, png.height, png.depth, png.palette?.length]).toEqual([16, 16, 2, 3])
  expect(png.palette?.[2]).toEqual([0xf0, 0xec, 0xe4])
  expect([indexAt(8, 7), indexAt(11, 7), indexAt(7, 7), indexAt(0, 0)]).toEqual([1, 1, 0, 2])
})
