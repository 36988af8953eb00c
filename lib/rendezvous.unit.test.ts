import { expect, test } from 'vitest'
import { ownerOf } from './rendezvous.ts'

const things = Array.from({ length: 1_000 }, (_, index) => `main/${index}`)
const members = ['a-1', 'a-2', 'a-3', 'a-4', 'a-5']

test('nobody owns anything when there is nobody', () => {
  expect(ownerOf('main/0', [])).toBeNull()
})

test('everybody finds the same owner, in whatever order the members are known', () => {
  for (const thing of things) expect(ownerOf(thing, [...members].reverse())).toBe(ownerOf(thing, members))
})

test('the things are shared about evenly', () => {
  for (const member of members) {
    const share = things.filter((thing) => ownerOf(thing, members) === member).length
    expect(share).toBeGreaterThan(140)
    expect(share).toBeLessThan(260)
  }
})

test('only what a member had changes hands when it goes', () => {
  const others = members.slice(1)
  for (const thing of things) {
    const before = ownerOf(thing, members)
    if (before !== members[0]) expect(ownerOf(thing, others)).toBe(before)
  }
})
