import { expect, test } from 'vitest'
import { lostAfterMs, Members } from './members.ts'

const heartbeat = (id: string, beats: number, atMs = 0) => ({ id, roles: [], beats, startedAtMs: 0, atMs })
const ids = (heartbeats: readonly { id: string }[]) => heartbeats.map(({ id }) => id)

test('a process is lost after five seconds without a beat, and alive again with the next', () => {
  const members = new Members()
  for (let nowMs = 0; nowMs < lostAfterMs; nowMs += 1_000) {
    members.observe([heartbeat('still', 7), heartbeat('moving', nowMs)], nowMs)
    expect(ids(members.alive())).toEqual(['still', 'moving'])
  }
  members.observe([heartbeat('still', 7), heartbeat('moving', 9)], lostAfterMs)
  expect([ids(members.alive()), ids(members.lost())]).toEqual([['moving'], ['still']])
  members.observe([heartbeat('still', 8), heartbeat('moving', 10)], lostAfterMs + 1_000)
  expect(ids(members.lost())).toEqual([])
})

test('time without readings does not count, and a clock that jumps back removes nothing', () => {
  const members = new Members()
  members.observe([heartbeat('a', 1)], 100_000)
  members.observe([heartbeat('a', 1)], 200_000)
  expect(ids(members.alive())).toEqual(['a'])
  members.observe([heartbeat('a', 1)], 0)
  for (const nowMs of [1_500, 3_000]) members.observe([heartbeat('a', 1)], nowMs)
  expect(ids(members.alive())).toEqual(['a'])
  members.observe([heartbeat('a', 1)], 4_500)
  expect(ids(members.lost())).toEqual(['a'])
})

test('A6 a new process does not count the lost processes of the last hour as alive, and trusts a wrong clock once', () => {
  const members = new Members()
  members.observe(
    [heartbeat('dead', 7, 60_000), heartbeat('slow clock', 1, 0), heartbeat('late', 3, 95_001), heartbeat('new', 1, 100_000)],
    0,
  )
  expect([ids(members.alive()), ids(members.lost())]).toEqual([
    ['late', 'new'],
    ['dead', 'slow clock'],
  ])
  members.observe(
    [heartbeat('dead', 7, 60_000), heartbeat('slow clock', 2, 1_000), heartbeat('late', 4, 101_000), heartbeat('new', 2, 101_000)],
    1_000,
  )
  expect(ids(members.alive())).toEqual(['slow clock', 'late', 'new'])
})

test('a heartbeat that never changed is distinguished from one that stopped', () => {
  const members = new Members()
  members.observe([heartbeat('dead', 7), heartbeat('a', 1)], 0)
  members.observe([heartbeat('dead', 7), heartbeat('a', 2)], 1_000)
  members.observe([heartbeat('dead', 7), heartbeat('a', 2)], 2_000)
  expect([ids(members.unchanged()), ids(members.lost())]).toEqual([['dead'], []])
})

test('a removed heartbeat is forgotten', () => {
  const members = new Members()
  members.observe([heartbeat('a', 1)], 0)
  members.observe([], 1_000)
  expect([members.alive(), members.lost()]).toEqual([[], []])
})
