import { expect, test } from 'vitest'
import type { Heartbeat } from '../store/membership-port.ts'
import { lostMembers, replacedMembers } from './replaced-members.ts'

const sign = (id: string, startedAtMs: number, atMs: number, roles = ['publisher']): Heartbeat => ({
  id,
  roles,
  beats: 1,
  startedAtMs,
  atMs,
})
const missing = (living: Heartbeat[], lost: Heartbeat[]) => lostMembers({ living, lost }).map(({ id }) => id)

test('a lost process is missing until one with the same roles has started after its last heartbeat', () => {
  const lost = [sign('a', 0, 100)]
  expect(missing([], lost)).toEqual(['a'])
  expect(missing([sign('old', 50, 300)], lost)).toEqual(['a'])
  expect(missing([sign('web', 200, 300, ['web'])], lost)).toEqual(['a'])
  expect(missing([sign('new', 200, 300)], lost)).toEqual([])
  expect(missing([sign('new', 200, 300, ['web', 'publisher'])], [sign('a', 0, 100, ['publisher', 'web'])])).toEqual([])
})

test('one new process replaces one lost process', () => {
  const lost = [sign('a', 0, 100), sign('b', 0, 110)]
  expect(missing([sign('new', 200, 300)], lost)).toEqual(['b'])
  expect(missing([sign('new', 200, 300), sign('newer', 210, 300)], lost)).toEqual([])
})

test('A6 a process that crashes and restarts repeatedly leaves at most one row', () => {
  const lives = Array.from({ length: 50 }, (_, life) => sign(`life ${life}`, life * 100, life * 100 + 50))
  const last = sign('last', 5_000, 5_100)
  expect(missing([last], lives)).toEqual([])
  expect(missing([], [...lives, last])).toEqual(['last'])
})

test('a stopped process takes only the processes that it replaced with it', () => {
  const lost = [sign('a', 0, 100), sign('other', 0, 105), sign('b', 200, 300)]
  const signs = { living: [sign('c', 400, 900), sign('d', 410, 900)], lost }
  expect(replacedMembers('c', signs)).toEqual(['other'])
  expect(replacedMembers('d', signs)).toEqual(['b', 'a'])
  expect(replacedMembers('nobody', signs)).toEqual([])
})
