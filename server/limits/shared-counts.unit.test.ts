import { expect, test } from 'vitest'
import { createSharedCounts } from './address-counts.ts'

const limits = { ofAddress: 32, ofProcess: 256 }

test('A6 an address may hold its limit, and more only after a release', () => {
  const counts = createSharedCounts(limits, true)
  expect(counts.take('1.1.1.1', 32)).toBeNull()
  expect(counts.take('1.1.1.1', 1)).toBe('address')
  expect(counts.take('2.2.2.2', 1)).toBeNull()
  counts.release('1.1.1.1', 32)
  expect(counts.take('1.1.1.1', 32)).toBeNull()
})

test('A6 all addresses together may hold the limit of the process, also with RATE_LIMITS=off', () => {
  for (const countsAddresses of [true, false]) {
    const counts = createSharedCounts(limits, countsAddresses)
    for (let i = 0; i < 8; i++) expect(counts.take(`1.1.1.${i}`, 32)).toBeNull()
    expect(counts.take('2.2.2.2', 1)).toBe('process')
    counts.release('1.1.1.0', 32)
    expect(counts.take('2.2.2.2', 1)).toBeNull()
  }
})
