import { expect, test } from 'vitest'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { StoreError } from '../store/port.ts'
import { AdminSessions, adminSessionMs } from './admin-sessions.ts'

const setUp = () => {
  const state = { isDown: false, wallMs: 1_000_000_000, monotonicMs: 0, signals: 0, drawn: 0 }
  const store = new MemoryStore({
    pause: async () => {
      if (state.isDown) throw new StoreError('unavailable', 'The store is down.')
    },
  })
  const process = (adminToken = 'the-admin-token') =>
    new AdminSessions({
      store,
      stream: { signal: () => void state.signals++ },
      adminToken,
      now: () => state.wallMs,
      monotonicNow: () => state.monotonicMs,
      randomBytes: (count) => new Uint8Array(count).fill(++state.drawn),
    })
  return { state, process }
}

test('a session that one process ended is ended in another', async () => {
  const { state, process } = setUp()
  const [one, two] = [process(), process()]
  const id = await one.open()
  expect(two.isOpen(id)).toBe(false)
  expect(await two.check(id)).toBe(true)
  await one.end(id)
  expect(one.isOpen(id)).toBe(false)
  expect(await two.check(id)).toBe(false)
  expect(state.signals).toBe(2)
})

test('ending one session leaves the others open, and ending all leaves none', async () => {
  const { process } = setUp()
  const sessions = process()
  const ids = [await sessions.open(), await sessions.open(), await sessions.open()] as const
  await sessions.end(ids[0])
  expect(await Promise.all(ids.map((id) => sessions.check(id)))).toEqual([false, true, true])
  await sessions.endAll()
  expect(await Promise.all(ids.map((id) => sessions.check(id)))).toEqual([false, false, false])
})

test('a session lasts twelve hours, also when the clock of the machine is set back', async () => {
  const { state, process } = setUp()
  const sessions = process()
  const id = await sessions.open()
  state.wallMs -= 7 * 86_400_000
  state.monotonicMs = adminSessionMs - 1
  expect(await sessions.check(id)).toBe(true)
  expect(await process().check(id)).toBe(true)
  state.monotonicMs = adminSessionMs
  expect(await sessions.check(id)).toBe(false)
})

test('a process that starts later counts the rest of the twelve hours', async () => {
  const { state, process } = setUp()
  const id = await process().open()
  state.wallMs += adminSessionMs - 1_000
  const later = process()
  expect(await later.check(id)).toBe(true)
  state.monotonicMs += 1_000
  expect(await later.check(id)).toBe(false)
})

test('another admin token ends every session', async () => {
  const { process } = setUp()
  const id = await process().open()
  expect(await process('another-admin-token').check(id)).toBe(false)
  expect(await process().check(id)).toBe(true)
})

test('while the store is unavailable an operator signs in and out, and the changes are saved later', async () => {
  const { state, process } = setUp()
  const [one, two] = [process(), process()]
  const kept = await one.open()
  await two.refresh()
  state.isDown = true
  const opened = await one.open()
  expect(await one.check(opened)).toBe(true)
  await one.end(kept)
  expect(await one.check(kept)).toBe(false)
  expect(await two.check(kept)).toBe(true)
  state.isDown = false
  await one.refresh()
  expect([await two.check(opened), await two.check(kept)]).toEqual([true, false])
})
