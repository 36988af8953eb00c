import { describe, expect, test } from 'vitest'
import { noFailpoints } from '../failpoints.ts'
import { silentLogger } from '../observability/log.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { paint, testCanvas, testPainter } from '../store/store.fixture.ts'
import { clockOf } from '../worker-context.fixture.ts'
import { ChargeClock } from './charge-clock.ts'
import { GroupCommitQueue } from './group-commit-queue.ts'
import { createGroupIds } from './group-id.ts'

test('it starts at the wall clock and follows the monotonic clock', () => {
  const monotonic = { ms: 500.7 }
  const clock = new ChargeClock({ startMs: 1_000_000, monotonicNow: () => monotonic.ms })
  expect(clock.now()).toBe(1_000_000)
  monotonic.ms += 1_234.5
  expect(clock.now()).toBe(1_001_234)
})

test('a later stored time moves it forward, and an earlier one changes nothing', () => {
  const monotonic = { ms: 0 }
  const clock = new ChargeClock({ startMs: 1_000_000, monotonicNow: () => monotonic.ms })
  clock.observe(999_999)
  expect(clock.now()).toBe(1_000_000)
  clock.observe(4_600_000)
  expect(clock.now()).toBe(4_600_000)
  monotonic.ms += 2_000
  expect(clock.now()).toBe(4_602_000)
})

describe('when the clock of the machine is set', () => {
  const hourMs = 3_600_000
  const cooldownMs = 2_000

  const setUp = async () => {
    const time = { wallMs: 10 * hourMs, monotonicMs: 0 }
    const store = new MemoryStore()
    await store.ensureCanvas(testCanvas({ cooldownMs, maxCharges: 2, startCharges: 2 }))
    /** Starts a process. */
    const start = async () => {
      const clock = new ChargeClock({ startMs: time.wallMs, monotonicNow: () => time.monotonicMs })
      clock.observe((await store.latestChargeMs()) ?? 0)
      const now = () => time.wallMs
      const newGroupId = createGroupIds({ now })
      const commitQueue = new GroupCommitQueue({
        store,
        clock: { ...clockOf(now), chargesNow: clock.now },
        newGroupId,
        failpoints: noFailpoints,
        logger: silentLogger,
      })
      return async (name: string) => {
        const painter = { ...testPainter(name), createdAtMs: clock.now() }
        const outcome = await commitQueue.place(paint({ gx: 0, gy: 0, color: 1 }, { painter }))
        const result = outcome.kind === 'done' ? outcome.results[0] : outcome
        return result && 'refusal' in result ? (result.refusal.retryAfterMs ?? null) : 'placed'
      }
    }
    const pass = (ms: number) => {
      time.wallMs += ms
      time.monotonicMs += ms
    }
    return { time, start, pass }
  }

  test.each([-hourMs, hourMs])('a running server whose clock is set by %i ms gives each charge exactly when it is due', async (byMs) => {
    const { time, start, pass } = await setUp()
    const place = await start()
    expect([await place('ann'), await place('ann'), await place('ann')]).toEqual(['placed', 'placed', cooldownMs])
    time.wallMs += byMs
    expect(await place('ann')).toBe(cooldownMs)
    expect(await place('newcomer')).toBe('placed')
    pass(cooldownMs - 1)
    expect(await place('ann')).toBe(1)
    pass(1)
    expect([await place('ann'), await place('ann')]).toEqual(['placed', cooldownMs])
  })

  test('after a start with a clock that was set back, no painter waits for more than a cooldown', async () => {
    const { time, start, pass } = await setUp()
    const earlier = await start()
    expect([await earlier('ann'), await earlier('ann')]).toEqual(['placed', 'placed'])
    time.wallMs -= hourMs
    const place = await start()
    expect(await place('ann')).toBe(cooldownMs)
    expect([await place('new'), await place('new'), await place('new')]).toEqual(['placed', 'placed', cooldownMs])
    pass(cooldownMs)
    expect([await place('ann'), await place('ann')]).toEqual(['placed', cooldownMs])
    expect([await place('new'), await place('new')]).toEqual(['placed', cooldownMs])
  })
})
