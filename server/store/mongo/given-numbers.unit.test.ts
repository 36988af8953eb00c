import mongoose, { type ClientSession } from 'mongoose'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { GivenNumbers } from './given-numbers.ts'

const tile = (number: number) => ({ canvas: 'main', tile: number })
const at = (seconds: number) => new mongoose.mongo.Timestamp({ t: seconds, i: 1 })
const sessionAt = (operationTime?: mongoose.mongo.Timestamp) =>
  ({ operationTime, advanceOperationTime: vi.fn() }) as unknown as ClientSession & { advanceOperationTime: ReturnType<typeof vi.fn> }

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('A3 numbers hold for a second from when the tail was read, however often they go on', () => {
  const given = new GivenNumbers()
  expect(given.hold).toBe(false)
  given.gave(new Map([['main/0', 7]]), sessionAt(), performance.now())
  vi.advanceTimersByTime(600)
  given.gave(new Map([['main/0', 9]]), sessionAt(), null)
  vi.advanceTimersByTime(399)
  expect(given.hold).toBe(true)
  expect(given.tailsOf([tile(0)])).toEqual(new Map([['main/0', 9]]))
  vi.advanceTimersByTime(1)
  expect(given.tailsOf([tile(0)])).toBeNull()
  expect(given.hold).toBe(false)
})

test('A3 numbers of a tile whose tail was never read do not hold', () => {
  const given = new GivenNumbers()
  given.gave(new Map([['main/0', 7]]), sessionAt(), performance.now())
  given.gave(new Map([['main/1', 3]]), sessionAt(), null)
  expect(given.tailsOf([tile(0)])).toEqual(new Map([['main/0', 7]]))
  expect(given.tailsOf([tile(0), tile(1)])).toBeNull()
})

test('what is read next waits for the last numbers', () => {
  const given = new GivenNumbers()
  const before = sessionAt()
  given.follow(before)
  expect(before.advanceOperationTime).not.toHaveBeenCalled()
  given.gave(new Map([['main/0', 7]]), sessionAt(at(5)), performance.now())
  // Two calls at once: the one that was acknowledged first may be told of last.
  given.gave(new Map([['main/1', 3]]), sessionAt(at(4)), performance.now())
  const after = sessionAt()
  given.follow(after)
  expect(after.advanceOperationTime).toHaveBeenCalledExactlyOnceWith(at(5))
})

test('nothing holds after it was forgotten', () => {
  const given = new GivenNumbers()
  given.gave(new Map([['main/0', 7]]), sessionAt(), performance.now())
  given.forget()
  expect(given.hold).toBe(false)
  expect(given.tailsOf([tile(0)])).toBeNull()
})
