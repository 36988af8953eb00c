import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ChargeRules, type ChargeState, newPainterCharges, refill, showCharges, spend, unlimited } from './charges.ts'

const rules: ChargeRules = { cooldownMs: 5_000, maxCharges: 10, startCharges: 3 }

const anyRules = fc
  .record({ cooldownMs: fc.integer({ min: 1, max: 10_000 }), maxCharges: fc.integer({ min: 1, max: 12 }), startCharges: fc.nat(12) })
  .map((each) => ({ ...each, startCharges: Math.min(each.startCharges, each.maxCharges) }))
const times = fc.nat(100_000)

/** A state that a store may have: up to the maximum. */
const rulesAndState = anyRules.chain((each) =>
  fc.record({ rules: fc.constant(each), state: fc.record({ count: fc.nat(each.maxCharges), sinceMs: times }) }),
)

describe('refill', () => {
  test('gives the same result in one step as in two', () => {
    fc.assert(
      fc.property(rulesAndState, times, times, ({ rules, state }, a, b) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)]
        expect(refill(rules, refill(rules, state, early), late)).toEqual(refill(rules, state, late))
        expect(refill(rules, refill(rules, state, late), late)).toEqual(refill(rules, state, late))
      }),
    )
  })

  test('never removes a charge and never exceeds the maximum', () => {
    fc.assert(
      fc.property(rulesAndState, times, ({ rules, state }, nowMs) => {
        const { count } = refill(rules, state, nowMs)
        expect(count).toBeGreaterThanOrEqual(state.count)
        expect(count).toBeLessThanOrEqual(rules.maxCharges)
      }),
    )
  })

  test('adds nothing when the clock is set back, and nothing twice when it catches up', () => {
    fc.assert(
      fc.property(rulesAndState, times, times, ({ rules, state }, a, b) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)]
        const then = refill(rules, state, late)
        expect(refill(rules, then, early)).toEqual(then)
        expect(refill(rules, refill(rules, then, early), late)).toEqual(then)
      }),
    )
  })

  test.each([
    [4_999, 0],
    [5_000, 1],
    [9_999, 1],
    [49_999, 9],
    [50_000, 10],
    [1e9, 10],
  ])('after %i ms gives %i charges', (ms, count) => {
    expect(refill(rules, { count: 0, sinceMs: 1_000 }, 1_000 + ms).count).toBe(count)
  })

  test('keeps the progress of the next charge', () => {
    expect(refill(rules, { count: 0, sinceMs: 0 }, 7_000)).toEqual({ count: 1, sinceMs: 5_000 })
  })

  test('adds nothing at the maximum', () => {
    const full = refill(rules, { count: 10, sinceMs: 0 }, 100_000)
    expect(spend(rules, full, 100_000)).toEqual({ ok: true, state: { count: 9, sinceMs: 100_000 } })
  })

  test('follows new rules: a lower maximum removes charges, and a shorter cooldown adds them sooner', () => {
    expect(refill({ ...rules, maxCharges: 4 }, { count: 9, sinceMs: 0 }, 1).count).toBe(4)
    expect(refill({ ...rules, cooldownMs: 100 }, { count: 0, sinceMs: 0 }, 250)).toEqual({ count: 2, sinceMs: 200 })
    expect(refill({ ...rules, cooldownMs: 0 }, { count: 0, sinceMs: 0 }, 1).count).toBe(10)
  })
})

describe('spend', () => {
  test('A5 never accepts more pixels than there were charges and have grown since, whatever the clock does', () => {
    let spent = 0
    fc.assert(
      fc.property(rulesAndState, fc.array(fc.integer({ min: -3_000, max: 6_000 }), { maxLength: 60 }), ({ rules, state }, steps) => {
        let now = state.sinceMs
        let latest = now
        let left: ChargeState = state
        let through = 0
        for (const step of steps) {
          now += step
          latest = Math.max(latest, now)
          const result = spend(rules, left, now)
          if (!result.ok) continue
          left = result.state
          through++
        }
        const grown = Math.floor((latest - state.sinceMs) / rules.cooldownMs)
        expect(through).toBeLessThanOrEqual(state.count + grown)
        spent += through
      }),
    )
    expect(spent).toBeGreaterThan(0)
  })

  test('A5 accepts exactly as many pixels at one time as there are charges', () => {
    fc.assert(
      fc.property(rulesAndState, times, ({ rules, state }, nowMs) => {
        const { count } = refill(rules, state, nowMs)
        let left: ChargeState = state
        for (let i = 0; i < count; i++) {
          const result = spend(rules, left, nowMs)
          expect(result.ok).toBe(true)
          if (result.ok) left = result.state
        }
        expect(spend(rules, left, nowMs).ok).toBe(false)
      }),
    )
  })

  test('never returns a longer time than a cooldown, even if the stored time is in the future', () => {
    expect(spend(rules, { count: 0, sinceMs: 3_600_000 }, 0)).toEqual({ ok: false, retryAfterMs: 5_000 })
    expect(showCharges(rules, { count: 0, sinceMs: 3_600_000 }, 0, 100)).toMatchObject({
      nextChargeAt: '1970-01-01T00:00:05.100Z',
      nextChargeInMs: 5_000,
    })
  })

  test('returns exactly the time until the next charge', () => {
    const none = fc.record({ rules: anyRules, sinceMs: times, waited: fc.nat() })
    fc.assert(
      fc.property(none, ({ rules, sinceMs, waited }) => {
        const nowMs = sinceMs + (waited % rules.cooldownMs)
        const refused = spend(rules, { count: 0, sinceMs }, nowMs)
        if (refused.ok) throw new Error('there was no charge')
        expect(spend(rules, { count: 0, sinceMs }, nowMs + refused.retryAfterMs - 1).ok).toBe(false)
        expect(spend(rules, { count: 0, sinceMs }, nowMs + refused.retryAfterMs).ok).toBe(true)
      }),
    )
  })
})

describe('a painter who has not painted yet', () => {
  test('never has more than the start charges, however long ago the painter was created', () => {
    fc.assert(
      fc.property(anyRules, times, fc.nat(1e9), ({ startCharges, ...others }, createdAtMs, waitedMs) => {
        const each = { ...others, startCharges }
        const nowMs = createdAtMs + waitedMs
        const newcomer = refill(each, newPainterCharges(each, createdAtMs, nowMs), nowMs)
        expect(newcomer.count).toBeLessThanOrEqual(Math.max(1, startCharges))
        if (startCharges > 0) expect(newcomer.count).toBe(startCharges)
      }),
    )
  })

  test('gains no charge before the first pixel, and gains charges like others after it', () => {
    const newcomer = newPainterCharges(rules, 0, 60_000)
    expect(showCharges(rules, newcomer, 60_000)).toEqual({ available: 3, max: 10, nextChargeAt: null, nextChargeInMs: null })
    const spent = spend(rules, newcomer, 60_000)
    expect(spent).toEqual({ ok: true, state: { count: 2, sinceMs: 60_000 } })
    if (spent.ok) expect(refill(rules, spent.state, 70_000).count).toBe(4)
  })

  test('has at most the maximum', () => {
    expect(newPainterCharges({ ...rules, startCharges: 20 }, 0, 0).count).toBe(10)
  })

  test('waits for a charge, too, if the painter was created a little later than now', () => {
    const poor = { ...rules, startCharges: 0 }
    expect(spend(poor, newPainterCharges(poor, 1_001, 1_000), 1_000)).toEqual({ ok: false, retryAfterMs: 5_000 })
    expect(spend(poor, newPainterCharges(poor, 1_001, 6_001), 6_001).ok).toBe(true)
  })

  test('gains exactly one charge after a cooldown if there are no start charges', () => {
    const poor = { ...rules, startCharges: 0 }
    expect(spend(poor, newPainterCharges(poor, 0, 1_000), 1_000)).toEqual({ ok: false, retryAfterMs: 4_000 })
    expect(newPainterCharges(poor, 0, 5_000).count).toBe(1)
    expect(refill(poor, newPainterCharges(poor, 0, 1e9), 1e9).count).toBe(1)
    // The painter was created before the clock was set back.
    expect(newPainterCharges(poor, 10_000, 1_000).count).toBe(1)
  })
})

describe('showCharges', () => {
  test('has the time of the next charge', () => {
    expect(showCharges(rules, { count: 2, sinceMs: 10_000 }, 11_900)).toEqual({
      available: 2,
      max: 10,
      nextChargeAt: '1970-01-01T00:00:15.000Z',
      nextChargeInMs: 3_100,
    })
  })

  test('has no next charge at the maximum', () => {
    expect(showCharges(rules, { count: 9, sinceMs: 0 }, 5_000)).toEqual({
      available: 10,
      max: 10,
      nextChargeAt: null,
      nextChargeInMs: null,
    })
  })

  test('has only null fields without a cooldown', () => {
    expect(showCharges({ ...rules, cooldownMs: 0 }, { count: 2, sinceMs: 0 }, 0)).toEqual(unlimited)
    expect(Object.values(unlimited)).toEqual([null, null, null, null])
  })

  test('agrees with spend', () => {
    fc.assert(
      fc.property(rulesAndState, times, ({ rules, state }, nowMs) => {
        const { available, nextChargeInMs } = showCharges(rules, state, nowMs)
        const result = spend(rules, state, nowMs)
        expect(result.ok).toBe((available ?? 0) > 0)
        if (!result.ok) expect(nextChargeInMs).toBe(result.retryAfterMs)
      }),
    )
  })
})
