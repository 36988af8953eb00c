import { expect, test } from 'vitest'
import { MonotonicClock } from './monotonic-clock.ts'

const start = () => {
  const machine = { ticks: 100, wall: 1_700_000_000_000 }
  const clock = new MonotonicClock({ ticks: () => machine.ticks, wallClock: () => machine.wall })
  const pass = (ms: number) => {
    machine.ticks += ms
    machine.wall += ms
  }
  return { clock, machine, pass }
}

test('a wall clock that is set, forwards or backwards, changes no duration', () => {
  const { clock, machine, pass } = start()
  pass(1_000)
  expect(clock.jumped()).toBe(false)
  for (const byMs of [3_600_000, -7_200_000]) {
    const before = clock.now()
    machine.wall += byMs
    pass(500)
    expect(clock.now() - before).toBe(500)
    expect(clock.jumped()).toBe(true)
    expect(clock.jumped()).toBe(false)
  }
})

test('sleep that the server confirms counts as time', () => {
  const { clock, machine, pass } = start()
  const before = clock.now()
  machine.wall += 600_000
  pass(200)
  expect(clock.jumped()).toBe(true)
  expect(clock.serverAdvanced(598_700)).toBe(598_700)
  expect(clock.now() - before).toBe(598_900)
  expect(clock.serverAdvanced(598_700)).toBe(0)
})

test('a server whose own clock was set adds nothing', () => {
  const { clock, machine, pass } = start()
  pass(1_000)
  expect(clock.serverAdvanced(3_600_000)).toBe(0)
  machine.wall -= 600_000
  expect(clock.serverAdvanced(-600_000)).toBe(0)
  expect(clock.now()).toBe(1_100)
})
