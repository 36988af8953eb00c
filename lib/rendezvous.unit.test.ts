import { expect, test } from 'vitest'
import { ownersOf, partitionOf } from './rendezvous.ts'

const things = Array.from({ length: 1_000 }, (_, index) => `main/${index}`)
const members = ['a-1', 'a-2', 'a-3', 'a-4', 'a-5']

test('without members or without things there is no owner', () => {
  expect(ownersOf(['main/0'], []).size).toBe(0)
  expect(ownersOf([], members).size).toBe(0)
})

test('the owners do not depend on the order of things and members', () => {
  expect(ownersOf([...things].reverse(), [...members].reverse())).toEqual(ownersOf(things, members))
})

test('a member or a thing that is given twice counts once', () => {
  expect(ownersOf([...things, 'main/7'], [...members, 'a-1'])).toEqual(ownersOf(things, members))
})

test.each([
  [1_000, 200],
  [16, 4],
  [5, 1],
  [1, 1],
])('of %i things each member has at most %i', (count, most) => {
  const owners = [...ownersOf(things.slice(0, count), members).values()]
  expect(owners).toHaveLength(count)
  const loads = members.map((member) => owners.filter((owner) => owner === member).length)
  expect(Math.max(...loads)).toBe(most)
})

test('when a member leaves, few other things than its own change their owner', () => {
  const before = ownersOf(things, members)
  const after = ownersOf(things, members.slice(1))
  const moved = things.filter((thing) => before.get(thing) !== members[0] && before.get(thing) !== after.get(thing))
  expect(moved.length).toBeLessThan(100)
})

test('a tile has the same partition in every version of the program', () => {
  const partitionsOf = (count: number) => things.slice(0, 16).map((key) => partitionOf(key, count))
  expect(partitionsOf(1)).toEqual(Array(16).fill(0))
  expect(partitionsOf(2)).toEqual([1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0])
  expect(partitionsOf(4)).toEqual([2, 1, 3, 2, 3, 3, 2, 1, 0, 1, 3, 3, 0, 1, 1, 0])
})

test('partitions have about the same number of tiles, and one more partition moves only its own', () => {
  const counts = [0, 1, 2, 3].map((partition) => things.filter((key) => partitionOf(key, 4) === partition).length)
  for (const count of counts) expect(Math.abs(count - 250)).toBeLessThan(50)
  const moved = things.filter((key) => partitionOf(key, 4) !== partitionOf(key, 5))
  expect(moved.every((key) => partitionOf(key, 5) === 4)).toBe(true)
  expect(Math.abs(moved.length - 200)).toBeLessThan(50)
})
