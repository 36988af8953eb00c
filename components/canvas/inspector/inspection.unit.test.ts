import { expect, test } from 'vitest'
import { ManualClock } from '../session/testing/manual-clock.ts'
import { gapMs, Inspection } from './inspection.ts'
import type { PixelAnswer, PixelEntry } from './read-pixel.ts'

const entryAt = (second: number): PixelEntry => ({
  color: '#FF4500',
  by: { id: 'p_a', name: 'Guest a' },
  at: new Date(second * 1_000).toISOString(),
  cause: 'paint',
  retracted: null,
})

/** A cell that was painted in each of the seconds from 1 to `count`, on a server that gives `page` entries at a time. */
const cellOf = ({ count, page = 50 }: { count: number; page?: number }) => {
  const cell = { count, requests: [] as (string | undefined)[], failure: null as PixelAnswer | null }
  const read = async ({ before }: { before?: string | undefined }): Promise<PixelAnswer> => {
    cell.requests.push(before)
    if (cell.failure) return cell.failure
    const all = Array.from({ length: cell.count }, (_, i) => entryAt(cell.count - i))
    const from = before === undefined ? 0 : all.findIndex(({ at }) => at < before)
    const history = from < 0 ? [] : all.slice(from, from + page)
    const newest = all[0]
    return {
      ok: true,
      facts: { color: '#FF4500', by: newest?.by ?? null, at: newest?.at ?? null, history, more: from >= 0 && from + page < all.length },
    }
  }
  return { cell, read }
}

const open = (options: Parameters<typeof cellOf>[0]) => {
  const clock = new ManualClock()
  const { cell, read } = cellOf(options)
  const inspection = new Inspection({ read, timers: clock.timers, now: clock.now, serverNow: clock.now })
  const stop = inspection.start()
  const seconds = () => inspection.store.getState().facts?.history.map(({ at }) => Date.parse(at) / 1_000) ?? []
  return { clock, cell, inspection, stop, seconds, state: () => inspection.store.getState() }
}

test('I1: the history is read at once and again after changes, at most once in a while', async () => {
  const { clock, cell, inspection, seconds } = open({ count: 2 })
  await clock.advance(0)
  expect(seconds()).toEqual([2, 1])
  for (let i = 0; i < 40; i++) {
    cell.count++
    inspection.refresh()
  }
  await clock.advance(gapMs - 1)
  expect(cell.requests).toHaveLength(1)
  await clock.advance(1)
  expect(cell.requests).toHaveLength(2)
  expect(seconds()[0]).toBe(42)
})

test('I1: a change during a request is read afterwards', async () => {
  const clock = new ManualClock()
  const answers: ((answer: PixelAnswer) => void)[] = []
  const read = () => new Promise<PixelAnswer>((resolve) => answers.push(resolve))
  const inspection = new Inspection({ read, timers: clock.timers, now: clock.now, serverNow: clock.now })
  inspection.start()
  inspection.refresh()
  inspection.refresh()
  expect(answers).toHaveLength(1)
  answers[0]?.({ ok: false, code: 'overloaded', retryAfterMs: null })
  await clock.advance(gapMs)
  expect(answers).toHaveLength(2)
  expect(inspection.store.getState().failure).toBe('overloaded')
})

test('I1: older entries come 50 at a time on request, and stay when the newest are read again', async () => {
  const { clock, cell, inspection, seconds, state } = open({ count: 120 })
  await clock.advance(0)
  expect(seconds()).toHaveLength(50)
  await inspection.readOlder()
  expect(seconds()).toHaveLength(100)
  expect(cell.requests.at(-1)).toBe(entryAt(71).at)
  cell.count += 3
  await clock.advance(gapMs)
  inspection.refresh()
  await clock.advance(0)
  expect(seconds()).toEqual(Array.from({ length: 103 }, (_, i) => 123 - i))
  await inspection.readOlder()
  expect(seconds()).toHaveLength(123)
  expect(state().facts?.more).toBe(false)
  await inspection.readOlder()
  expect(cell.requests).toHaveLength(4)
})

test('I1: older entries that do not join the newest any more are dropped', async () => {
  const { clock, cell, inspection, seconds, state } = open({ count: 120 })
  await clock.advance(0)
  await inspection.readOlder()
  cell.count += 60
  await clock.advance(gapMs)
  inspection.refresh()
  await clock.advance(0)
  expect(seconds()).toHaveLength(50)
  expect(state().facts?.more).toBe(true)
})

test('I1: a failure keeps what was known and can be tried again, also for older entries', async () => {
  const { clock, cell, inspection, seconds, state } = open({ count: 60 })
  await clock.advance(gapMs)
  cell.failure = { ok: false, code: null, retryAfterMs: null }
  inspection.refresh()
  await clock.advance(0)
  expect(state().failure).toBe('no_answer')
  expect(seconds()).toHaveLength(50)
  await inspection.readOlder()
  expect(state().older).toBe('failed')
  cell.failure = null
  await inspection.readOlder()
  expect([seconds().length, state().older]).toEqual([60, 'idle'])
  await clock.advance(gapMs)
  inspection.refresh()
  await clock.advance(0)
  expect(state().failure).toBeNull()
})

test('I1: a closed inspector asks no more, and a late answer changes nothing', async () => {
  const clock = new ManualClock()
  const answers: ((answer: PixelAnswer) => void)[] = []
  const read = () => new Promise<PixelAnswer>((resolve) => answers.push(resolve))
  const inspection = new Inspection({ read, timers: clock.timers, now: clock.now, serverNow: clock.now })
  const stop = inspection.start()
  inspection.refresh()
  stop()
  answers[0]?.({ ok: false, code: 'overloaded', retryAfterMs: null })
  inspection.refresh()
  await clock.advance(10 * gapMs)
  expect(answers).toHaveLength(1)
  expect(inspection.store.getState().failure).toBeNull()
  inspection.start()
  await clock.advance(gapMs)
  expect(answers).toHaveLength(2)
})
