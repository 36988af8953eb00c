import { setImmediate } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import type { PlaceRequest, RequestOutcome } from '../../lib/plan-group.ts'
import { noFailpoints } from '../failpoints.ts'
import { silentLogger } from '../observability/log.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { type PlacementGroup, StoreError } from '../store/port.ts'
import { paint, testCanvas, testPainter } from '../store/store.fixture.ts'
import { clockOf } from '../worker-context.fixture.ts'
import { createAddressBudgets } from './address-budget.ts'
import { GroupCommitQueue, type GroupCommitQueueOptions } from './group-commit-queue.ts'
import { createGroupIds } from './group-id.ts'

/** A store whose transactions end when the test calls `release`. */
class HeldStore extends MemoryStore {
  readonly groups: PlacementGroup[] = []
  readonly #held: (() => void)[] = []
  failure: StoreError | null = null

  override async place(group: PlacementGroup) {
    this.groups.push(group)
    await new Promise<void>((resolve) => this.#held.push(resolve))
    if (this.failure) throw this.failure
    return super.place(group)
  }

  async release() {
    await vi.waitFor(() => expect(this.#held.length).toBeGreaterThan(0), { interval: 1 })
    this.#held.shift()?.()
  }
}

const setUp = async (options: Partial<GroupCommitQueueOptions> = {}) => {
  const store = new HeldStore()
  await store.ensureCanvas(testCanvas())
  const commitQueue = new GroupCommitQueue({
    store,
    clock: clockOf(() => 1_000),
    newGroupId: createGroupIds({ now: () => 1_000 }),
    failpoints: noFailpoints,
    logger: silentLogger,
    ...options,
  })
  const place = (gx: number, color = 1) => commitQueue.place(paint({ gx, gy: 0, color }))
  return { store, commitQueue, place }
}

const codeOf = (outcome: RequestOutcome) => (outcome.kind === 'refused' ? outcome.refusal.code : outcome.results.map((result) => result.ok))

test('all placements that arrive during a transaction share the next one', async () => {
  const { store, place } = await setUp()
  const first = place(0)
  await vi.waitFor(() => expect(store.groups).toHaveLength(1), { interval: 1 })
  const others = [place(1), place(2), place(3)]
  await store.release()
  await first
  await store.release()
  expect((await Promise.all(others)).map(codeOf)).toEqual([[true], [true], [true]])
  expect(store.groups.map((group) => group.requests.length)).toEqual([1, 3])
  expect(new Set(store.groups.map((group) => group.id)).size).toBe(2)
})

test('with a commit delay, placements wait for others, and not after the queue is closed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    const { store, commitQueue, place } = await setUp({ clock: clockOf(() => performance.now()), commitDelayMs: 20 })
    const shared = [place(0)]
    await vi.advanceTimersByTimeAsync(19)
    shared.push(place(1))
    expect(store.groups).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(store.groups.map((group) => group.requests.length)).toEqual([2])
    const duringTransaction = place(2)
    await vi.advanceTimersByTimeAsync(15)
    await store.release()
    await Promise.all(shared)
    await setImmediate()
    await vi.advanceTimersByTimeAsync(5)
    expect(store.groups).toHaveLength(2)
    await store.release()
    await duringTransaction
    const last = place(3)
    const closed = commitQueue.close()
    await setImmediate()
    await vi.advanceTimersByTimeAsync(0)
    expect(store.groups).toHaveLength(3)
    await store.release()
    await closed
    expect(codeOf(await last)).toEqual([true])
  } finally {
    vi.useRealTimers()
  }
})

test('placements that painters send right after their answers share one transaction', async () => {
  const { store, place } = await setUp()
  const first = place(0)
  await store.release()
  await first
  const others = [place(1), setImmediate().then(() => place(2))]
  await store.release()
  await Promise.all(others)
  expect(store.groups.map((group) => group.requests.length)).toEqual([1, 2])
})

test('a group ends before the pixel that would make it too large', async () => {
  const { store, place } = await setUp({ bounds: { maxGroupPixels: 2 } })
  const all = [place(0), place(1), place(2)]
  await store.release()
  await store.release()
  await Promise.all(all)
  expect(store.groups.map((group) => group.requests.length)).toEqual([2, 1])
})

test('A6 a full queue refuses a pixel, and accepts pixels again afterwards', async () => {
  const { store, commitQueue, place } = await setUp({ bounds: { maxQueuedPixels: 2 } })
  const accepted = [place(0), place(1)]
  const refusal = await place(2)
  expect(refusal).toMatchObject({ kind: 'refused', refusal: { code: 'overloaded', retryAfterMs: 1_000 } })
  await store.release()
  await Promise.all(accepted)
  expect(commitQueue.queued()).toBe(0)
  const later = place(2)
  await store.release()
  expect(codeOf(await later)).toEqual([true])
})

test('A6 requests without valid pixels also fill the queue', async () => {
  const { store, commitQueue } = await setUp({ bounds: { maxQueuedPixels: 2 } })
  const empty = () => commitQueue.place({ ...paint({ gx: 0, gy: 0, color: 1 }), pixels: [] })
  const accepted = [empty(), empty()]
  expect(codeOf(await empty())).toBe('overloaded')
  await store.release()
  await Promise.all(accepted)
  expect(commitQueue.queued()).toBe(0)
})

test('A6 a placement that waits too long for a slow transaction is refused, and later ones are saved', async () => {
  const clock = { nowMs: 0 }
  const { store, commitQueue, place } = await setUp({ clock: { now: () => 1_000, monotonicNow: () => clock.nowMs } })
  const first = place(0)
  await vi.waitFor(() => expect(store.groups).toHaveLength(1), { interval: 1 })
  const overdue = place(1)
  clock.nowMs = 1
  const inTime = place(2)
  clock.nowMs = 3_000
  await store.release()
  await store.release()
  expect((await Promise.all([first, overdue, inTime])).map(codeOf)).toEqual([[true], 'overloaded', [true]])
  expect(commitQueue.queued()).toBe(0)
})

test('a refused placement does not affect the others of its group', async () => {
  const { store, place } = await setUp()
  const all = [place(0), place(100), place(1)]
  await store.release()
  expect((await Promise.all(all)).map(codeOf)).toEqual([[true], [false], [true]])
})

test('A1 an unavailable store refuses the whole group, and the next group is saved', async () => {
  const { store, place } = await setUp()
  store.failure = new StoreError('unavailable', 'down')
  const all = [place(0), place(1)]
  await store.release()
  expect((await Promise.all(all)).map(codeOf)).toEqual(['unavailable', 'unavailable'])
  store.failure = null
  const later = place(0)
  await store.release()
  expect(codeOf(await later)).toEqual([true])
})

test('A1 an unknown outcome rejects', async () => {
  const { store, place } = await setUp()
  store.failure = new StoreError('outcome_unknown', 'lost')
  const answer = expect(place(0)).rejects.toMatchObject({ code: 'outcome_unknown' })
  await store.release()
  await answer
})

test('A7 closing finishes accepted placements and refuses later ones', async () => {
  const onCommitted = vi.fn()
  const { store, commitQueue, place } = await setUp({ onCommitted })
  const accepted = [place(0), place(1)]
  const onClosed = vi.fn()
  const closed = commitQueue.close().then(onClosed)
  expect(codeOf(await place(2))).toBe('unavailable')
  await vi.waitFor(() => expect(store.groups).toHaveLength(1), { interval: 1 })
  expect(onClosed, 'the transaction is not over').not.toHaveBeenCalled()
  await store.release()
  await closed
  expect((await Promise.all(accepted)).map(codeOf)).toEqual([[true], [true]])
  expect(onCommitted).toHaveBeenCalledOnce()
})

test('the budget of an address pays once for each saved pixel, and for nothing else', async () => {
  const clock = { nowMs: 0 }
  const canvas = testCanvas({ cooldownMs: 1_000, startCharges: 5 })
  const store = new MemoryStore()
  await store.ensureCanvas(canvas)
  const newGroupId = createGroupIds({ now: () => clock.nowMs })
  const commitQueue = new GroupCommitQueue({
    store,
    clock: clockOf(() => clock.nowMs),
    newGroupId,
    failpoints: noFailpoints,
    logger: silentLogger,
  })
  const budget = createAddressBudgets({ painters: 2, monotonicNow: () => clock.nowMs }).of('1.2.3.4', canvas)
  const left = () => budget?.allowance().pixels
  const pixels = (count: number, gx = 0) => Array.from({ length: count }, (_, index) => ({ gx: gx + index, gy: 0, color: 1 }))
  const place = (name: string, request: Partial<PlaceRequest>) =>
    commitQueue.place({ ...paint({ gx: 0, gy: 0, color: 1 }), painter: { ...testPainter(name), createdAtMs: 0 }, ...request }, { budget })

  expect(left()).toBe(10)
  const idempotency = { key: 'k', fingerprint: 'f' }
  const twice = await Promise.all([
    place('a', { pixels: pixels(3), idempotency }),
    place('a', { pixels: pixels(3), idempotency }),
    place('b', { pixels: pixels(1, 9_999) }),
  ])
  expect(twice[0]).toEqual(twice[1])
  expect(left()).toBe(7)
  await place('a', { pixels: pixels(3), idempotency })
  expect(left()).toBe(7)
  expect(codeOf(await place('b', { pixels: pixels(9) }))).toEqual([true, true, true, true, true, false, false, false, false])
  expect(left()).toBe(2)
  const last = await place('c', { pixels: pixels(5) })
  expect(codeOf(last)).toEqual([true, true, false, false, false])
  expect(last.kind === 'done' && last.results[2]).toMatchObject({ refusal: { code: 'rate_limited', retryAfterMs: 500 } })
  clock.nowMs = 500
  expect(left()).toBe(1)
})

const withPixels = (count: number) => ({
  ...paint({ gx: 0, gy: 0, color: 1 }),
  pixels: Array.from({ length: count }, () => ({ gx: 0, gy: 0, color: 1 })),
})

test('A6 20,000 pixels may wait, and one more is refused', async () => {
  const { commitQueue } = await setUp()
  void commitQueue.place(withPixels(19_999))
  void commitQueue.place(withPixels(1))
  expect(commitQueue.queued()).toBe(20_000)
  expect(codeOf(await commitQueue.place(withPixels(1)))).toBe('overloaded')
  expect(commitQueue.queued()).toBe(20_000)
})

test('a transaction takes 4,096 pixels, and the next one follows in the next transaction', async () => {
  const { store, commitQueue } = await setUp()
  const all = [withPixels(4_095), withPixels(1), withPixels(1)].map((request) => commitQueue.place(request))
  await store.release()
  await store.release()
  await Promise.all(all)
  expect(store.groups.map(({ requests }) => requests.length)).toEqual([2, 1])
})

test.each([
  [2_999, [true]],
  [3_000, 'overloaded'],
])('a placement that has waited for %d ms is saved or refused', async (waitedMs, expected) => {
  const clock = { nowMs: 1_000 }
  const { store, place } = await setUp({ clock: clockOf(() => clock.nowMs) })
  const first = place(0)
  await vi.waitFor(() => expect(store.groups).toHaveLength(1), { interval: 1 })
  const second = place(1)
  clock.nowMs += waitedMs
  await store.release()
  await first
  if (expected !== 'overloaded') await store.release()
  expect(codeOf(await second)).toEqual(expected)
})
