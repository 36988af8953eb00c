import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contains, defaultTileSize, hasTile, pointOf, positionOf, tileOf, tileOrigin, tilesOf, tilesX, tilesY } from './geometry.ts'

const tileSizes = fc.constantFrom(64, 128, 256, 512, 1_024)
const sizes = fc.record({ width: fc.integer({ min: 1, max: 16_384 }), height: fc.integer({ min: 1, max: 16_384 }), tileSize: tileSizes })
const sizesAndPoints = sizes.chain((size) =>
  fc.record({ size: fc.constant(size), gx: fc.nat(size.width - 1), gy: fc.nat(size.height - 1) }),
)

describe('tiles and positions', () => {
  test('identify each point of the canvas', () => {
    fc.assert(
      fc.property(sizesAndPoints, ({ size, gx, gy }) => {
        const tile = tileOf(size.tileSize, { gx, gy })
        const position = positionOf(size.tileSize, { gx, gy })
        expect(hasTile(size, tile)).toBe(true)
        expect(position).toBeGreaterThanOrEqual(0)
        expect(position).toBeLessThan(size.tileSize ** 2)
        expect(pointOf(size.tileSize, tile, position)).toEqual({ gx, gy })
      }),
    )
  })

  test('identify each cell once, also in a tile that the canvas fills only in part', () => {
    const size = { width: 150, height: 65, tileSize: 64 }
    const cells = new Set<string>()
    for (const tile of tilesOf(size)) {
      for (let position = 0; position < 64 * 64; position++) {
        const point = pointOf(64, tile, position as ReturnType<typeof positionOf>)
        expect(tileOf(64, point)).toBe(tile)
        expect(positionOf(64, point)).toBe(position)
        cells.add(`${point.gx},${point.gy}`)
      }
    }
    expect(cells.size).toBe(6 * 64 * 64)
  })

  test('do not depend on the size of the canvas', () => {
    expect(tileOf(64, { gx: 64, gy: 0 })).toBe(1)
    expect(tileOf(64, { gx: 0, gy: 64 })).toBe(256)
    expect(tileOf(64, { gx: 16_383, gy: 16_383 })).toBe(65_535)
    expect(tileOf(1_024, { gx: 16_383, gy: 16_383 })).toBe(15 * 256 + 15)
    expect(positionOf(64, { gx: 65, gy: 66 })).toBe(2 * 64 + 1)
    expect(tileOrigin(128, tileOf(128, { gx: 300, gy: 200 }))).toEqual({ gx: 256, gy: 128 })
  })

  test('cover the canvas, listed row by row', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const tiles = tilesOf(size)
        expect(tiles).toHaveLength(Math.ceil(size.width / size.tileSize) * Math.ceil(size.height / size.tileSize))
        expect(tiles.every((tile, i) => hasTile(size, tile) && (i === 0 || tile > (tiles[i - 1] as number)))).toBe(true)
      }),
      { numRuns: 30 },
    )
    expect(tilesOf({ width: 150, height: 65, tileSize: 64 })).toEqual([0, 1, 2, 256, 257, 258])
  })

  test.each([
    [64, 1],
    [65, 2],
    [128, 2],
    [1, 1],
  ])('a side of %i has %i tiles of 64', (side, tiles) => {
    expect(tilesX({ width: side, height: 1, tileSize: 64 })).toBe(tiles)
    expect(tilesY({ width: 1, height: side, tileSize: 64 })).toBe(tiles)
  })
})

describe('hasTile', () => {
  const size = { width: 150, height: 65, tileSize: 64 }

  test('is true for exactly the tiles of the canvas', () => {
    const known = Array.from({ length: 66_000 }, (_, tile) => tile).filter((tile) => hasTile(size, tile))
    expect(known).toEqual(tilesOf(size))
  })

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e9, 3, 255, 259, 512])('refuses %d', (tile) => {
    expect(hasTile(size, tile)).toBe(false)
  })
})

describe('contains', () => {
  const size = { width: 150, height: 65, tileSize: 64 }

  test.each([
    [0, 0],
    [149, 64],
    [149, 0],
    [0, 64],
  ])('%d, %d is on the canvas', (gx, gy) => {
    expect(contains(size, { gx, gy })).toBe(true)
  })

  test.each([
    [-1, 0],
    [0, -1],
    [150, 0],
    [0, 65],
    [64, 149],
    [1.5, 0],
    [0, 0.1],
    [Number.NaN, 0],
    [0, Number.NaN],
    [1e9, 0],
    [0, Number.POSITIVE_INFINITY],
  ])('%d, %d is not on the canvas', (gx, gy) => {
    expect(contains(size, { gx, gy })).toBe(false)
  })
})

test.each([
  [1, 1, 64],
  [64, 64, 64],
  [65, 1, 128],
  [1, 129, 256],
  [512, 513, 1_024],
  [1_000, 1_000, 1_024],
  [16_384, 1, 1_024],
])('a canvas of %i × %i gets tiles of %i', (width, height, tileSize) => {
  expect(defaultTileSize(width, height)).toBe(tileSize)
})
