import { expect, test } from 'vitest'
import { unlimited as withoutLimit } from '../../../lib/charges.ts'
import type { KnownCharges } from '../session/types.ts'
import { chargeEvents } from './charge-event.ts'

const cooldownMs = 10_000
const charges = (available: number, nextChargeInMs: number | null, receivedAtMs: number): KnownCharges => ({
  ...{ available, max: 3, nextChargeAt: null, nextChargeInMs, receivedAtMs },
})
const unlimited: KnownCharges = { ...withoutLimit, receivedAtMs: 5_000 }

test('S2: the first charge after none, and the last one, are events at the time when they were due', () => {
  expect(chargeEvents(charges(0, 4_000, 0), charges(1, 10_000, 4_000), cooldownMs)).toEqual([{ kind: 'next', dueAtMs: 4_000 }])
  expect(chargeEvents(charges(1, 10_000, 4_000), charges(2, 10_000, 14_000), cooldownMs)).toEqual([])
  expect(chargeEvents(charges(2, 10_000, 14_000), charges(3, null, 24_000), cooldownMs)).toEqual([{ kind: 'full', dueAtMs: 24_000 }])
})

test('S2: after a sleep both are events, at the times when they were due', () => {
  expect(chargeEvents(charges(0, 4_000, 0), charges(3, null, 900_000), cooldownMs)).toEqual([
    { kind: 'next', dueAtMs: 4_000 },
    { kind: 'full', dueAtMs: 24_000 },
  ])
})

test('S2: a refund, a first answer and a board without limit are no events', () => {
  expect(chargeEvents(charges(0, 9_000, 0), charges(1, 8_000, 1_000), cooldownMs)).toEqual([])
  expect(chargeEvents(charges(2, 9_000, 0), charges(3, null, 1_000), cooldownMs)).toEqual([])
  expect(chargeEvents(null, charges(3, null, 0), cooldownMs)).toEqual([])
  expect(chargeEvents(charges(0, 1, 0), unlimited, cooldownMs)).toEqual([])
  expect(chargeEvents(charges(3, null, 0), charges(3, null, 5_000), cooldownMs)).toEqual([])
})
