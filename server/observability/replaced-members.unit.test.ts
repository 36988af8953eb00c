import { expect, test } from 'vitest'
import type { Heartbeat } from '../store/membership-port.ts'
import { lostMembers, replacedMembers } from './replaced-members.ts'

const heartbeat = (id: string, startedAtMs: number, atMs: number, roles = ['publisher']): Heartbeat => ({
  id,
  roles,
  beats: 1,
  startedAtMs,
  atMs,
})
const missing = (alive: Heartbeat[], lost: Heartbeat[]) => lostMembers({ alive, lost }).map(({ id }) => id)

test('a lost process is missing until one with the same roles has started after its last heartbeat', () => {
  const lost = [heartbeat('a', 0, 100)]
  expect(missing([], lost)).toEqual(['a'])
  expect(missing([heartbeat('old', 50, 300)], lost)).toEqual(['a'])
  expect(missing([heartbeat('web', 200, 300, ['web'])], lost)).toEqual(['a'])
  expect(missing([heartbeat('new', 200, 300)], lost)).toEqual([])
  expect(missing([heartbeat('new', 200, 300, ['web', 'publisher'])], [heartbeat('a', 0, 100, ['publisher', 'web'])])).toEqual([])
})

test('one new process replaces one lost process', () => {
  const lost = [heartbeat('a', 0, 100), heartbeat('b', 0, 110)]
  expect(missing([heartbeat('new', 200, 300)], lost)).toEqual(['b'])
  expect(missing([heartbeat('new', 200, 300), heartbeat('newer', 210, 300)], lost)).toEqual([])
})

test('A6 a process that crashes and restarts repeatedly leaves at most one row', () => {
  const lives = Array.from({ length: 50 }, (_, life) => heartbeat(`life ${life}`, life * 100, life * 100 + 50))
  const last = heartbeat('last', 5_000, 5_100)
  expect(missing([last], lives)).toEqual([])
  expect(missing([], [...lives, last])).toEqual(['last'])
})

test('a stopped process takes only the processes that it replaced with it', () => {
  const lost = [heartbeat('a', 0, 100), heartbeat('other', 0, 105), heartbeat('b', 200, 300)]
  const heartbeats = { alive: [heartbeat('c', 400, 900), heartbeat('d', 410, 900)], lost }
  expect(replacedMembers('c', heartbeats)).toEqual(['other'])
  expect(replacedMembers('d', heartbeats)).toEqual(['b', 'a'])
  expect(replacedMembers('nobody', heartbeats)).toEqual([])
})
