import { expect, test } from 'vitest'
import { createUnsentBytes, unsentLimits } from './unsent-bytes.ts'

const { bytesOfAddress, bytesOfProcess } = unsentLimits

test('A6 an address may leave so many bytes unread, and then has to read', () => {
  const unsent = createUnsentBytes({ countsAddresses: true })
  expect(unsent.take('1.1.1.1', bytesOfAddress)).toBeNull()
  expect(unsent.take('1.1.1.1', 1)).toBe('address')
  expect(unsent.take('2.2.2.2', 1)).toBeNull()
  unsent.release('1.1.1.1', bytesOfAddress)
  expect(unsent.take('1.1.1.1', bytesOfAddress)).toBeNull()
})

test('A6 all addresses together may leave so many bytes unread, also with RATE_LIMITS=off', () => {
  for (const countsAddresses of [true, false]) {
    const unsent = createUnsentBytes({ countsAddresses })
    for (let i = 0; i < bytesOfProcess / bytesOfAddress; i++) expect(unsent.take(`1.1.1.${i}`, bytesOfAddress)).toBeNull()
    expect(unsent.take('2.2.2.2', 1)).toBe('process')
    unsent.release('1.1.1.0', bytesOfAddress)
    expect(unsent.take('2.2.2.2', 1)).toBeNull()
  }
})
