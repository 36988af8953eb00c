import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asPosition } from '../../../lib/brand.ts'
import { TileSurface } from './tile-surface.ts'

const tileSize = 64
const board = (color: number) => new Uint8Array(tileSize * tileSize).fill(color)
const draw = (surface: TileSurface, position: number, color: number) => surface.draw(Uint32Array.of(position), Uint8Array.of(color))

test('an optimistic pixel lies on top, and the color under it follows the board', () => {
  const surface = new TileSurface(tileSize)
  surface.set(board(1))
  surface.paintOptimistic(asPosition(5), 9)
  draw(surface, 5, 3)
  expect(surface.colorAt(asPosition(5))).toBe(9)
  surface.paintOptimistic(asPosition(5), null)
  expect(surface.colorAt(asPosition(5))).toBe(3)
  expect(surface.shown?.[5]).toBe(3)
})

test('an optimistic pixel that is painted before the board arrives lies on top of the board when it arrives', () => {
  const surface = new TileSurface(tileSize)
  surface.paintOptimistic(asPosition(0), 7)
  expect(surface.colorAt(asPosition(0))).toBe(7)
  expect(surface.shown).toBeNull()
  surface.set(board(2))
  expect(surface.shown?.[0]).toBe(7)
  surface.paintOptimistic(asPosition(0), null)
  expect(surface.shown?.[0]).toBe(2)
})

test('only what changes is dirty', () => {
  const surface = new TileSurface(tileSize)
  surface.set(board(1))
  surface.dirty.take({ left: 0, top: 0, right: tileSize, bottom: tileSize })
  draw(surface, 10, 1)
  expect(surface.dirty.clean).toBe(true)
  draw(surface, 10, 2)
  expect(surface.dirty.clean).toBe(false)
})

test('a tile of another size is refused', () => {
  expect(() => new TileSurface(tileSize).set(new Uint8Array(10))).toThrow(RangeError)
})

test('after any sequence of changes, a tile shows the board with the optimistic pixels on top', () => {
  const positions = fc.nat({ max: 5 })
  const colors = fc.nat({ max: 7 })
  const steps = fc.oneof(
    fc.record({ do: fc.constant('board' as const), color: colors }),
    fc.record({ do: fc.constant('draw' as const), position: positions, color: colors }),
    fc.record({ do: fc.constant('optimistic' as const), position: positions, color: fc.option(colors) }),
    fc.record({ do: fc.constant('drop' as const) }),
  )
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 40 }), (played) => {
      const surface = new TileSurface(tileSize)
      let confirmed: Uint8Array | null = null
      const optimistic = new Map<number, number>()
      for (const step of played) {
        if (step.do === 'board') {
          confirmed = board(step.color)
          surface.set(confirmed.slice())
        } else if (step.do === 'draw') {
          if (confirmed) confirmed[step.position] = step.color
          draw(surface, step.position, step.color)
        } else if (step.do === 'optimistic') {
          if (step.color === null) optimistic.delete(step.position)
          else optimistic.set(step.position, step.color)
          surface.paintOptimistic(asPosition(step.position), step.color)
        } else {
          confirmed = null
          surface.drop()
        }
        for (let position = 0; position <= 5; position++) {
          const expected: number | null = optimistic.get(position) ?? confirmed?.[position] ?? null
          expect(surface.colorAt(asPosition(position))).toBe(expected)
          if (confirmed) expect(surface.shown?.[position]).toBe(expected)
        }
      }
    }),
  )
})
