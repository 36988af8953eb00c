import { expect, test } from 'vitest'
import { Lru } from './lru.ts'

test('A6 it keeps what was asked for, and no more than it may', () => {
  const lru = new Lru<number>(2)
  lru.set('a', 1)
  lru.set('b', 2)
  expect(lru.get('a')).toBe(1)
  lru.set('c', 3)
  expect(lru.get('b')).toBeUndefined()
  expect(lru.get('a')).toBe(1)
  lru.set('a', 4)
  lru.set('d', 5)
  expect([lru.get('a'), lru.get('c'), lru.get('d')]).toEqual([4, undefined, 5])
})

test('A6 when everything was asked for, the one whose turn it is goes, and the newcomer stays', () => {
  const lru = new Lru<number>(3)
  for (const [index, key] of ['a', 'b', 'c'].entries()) lru.set(key, index)
  for (const key of ['c', 'b', 'a']) lru.get(key)
  lru.set('d', 3)
  expect(['a', 'b', 'c', 'd'].map((key) => lru.get(key))).toEqual([undefined, 1, 2, 3])
})
