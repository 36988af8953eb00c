import { expect, test } from 'vitest'
import { NextTrail } from './next-trail.ts'

const at = (gx: number) => ({ gx, gy: 0 })
const always = () => true

test('T12: a step back leads to the last cell that is still left', () => {
  const trail = new NextTrail()
  for (const gx of [1, 2, 3]) trail.add(at(gx))
  expect(trail.back((cell) => cell.gx !== 2)).toEqual(at(1))
  expect(trail.has(at(3))).toBe(false)
  expect(trail.back(always)).toBeNull()
  expect(trail.isEmpty).toBe(true)
})

test('T12: the trail begins again when the painter is elsewhere', () => {
  const trail = new NextTrail()
  trail.add(at(1))
  trail.from(at(1))
  expect(trail.has(at(1))).toBe(true)
  trail.from(at(5))
  expect(trail.isEmpty).toBe(true)
})
