import { expect, test } from 'vitest'
import { writeFaults } from '../write-fault.ts'
import { faultText, problemText, roleText, operationsWords as words } from './operations-words.ts'

test('times are shown in the unit that reads best', () => {
  expect([0, 499, 42_000, 89_999, 120_000].map(words.wholeSeconds)).toEqual(['0 s', '0 s', '42 s', '90 s', '2 min'])
  expect([0, 999, 1_000, 59_949, 60_000].map(words.duration)).toEqual(['0 ms', '999 ms', '1.0 s', '59.9 s', '1 min'])
  expect([0, 940, 1_000].map(words.age)).toEqual(['0.0 s', '0.9 s', '1.0 s'])
  expect([0, 500, 2_000, 2_500].map(words.axisTime)).toEqual(['0', '500 ms', '2 s', '2.5 s'])
})

test('sizes are shown in the unit that reads best', () => {
  expect([0, 1_536, 5_242_880].map(words.bytes)).toEqual(['0.0 KiB', '1.5 KiB', '5.0 MiB'])
  expect(words.freeSpace(63 * 1_048_576 + 1_000_000)).toBe('63 MB')
  expect(words.compact(1_234_567)).toBe('1.2M')
})

test('a refused request has a sentence, with the time to wait when the server gave one', () => {
  const refused = (code: 'overloaded' | 'not_found', seconds: number) =>
    problemText(words, { kind: 'refused', code, detail: 'The server says so.', seconds, fields: [] })
  expect(refused('overloaded', 3)).toBe('The server is too busy. Nothing was changed. Try again in 3 s.')
  expect(refused('overloaded', 0)).toContain('Try again in a moment.')
  expect(refused('not_found', 0)).toBe('The server says so.')
  expect(problemText(words, { kind: 'foreign', status: 502 })).toContain('status 502.')
})

test('a downtime names the service that did not answer', () => {
  const downtime = (mode: Parameters<typeof faultText>[1], kind: 'store' | 'stream') => faultText(words, mode, { kind, time: '4 s' })
  expect(downtime({ store: 'mongo', stream: 'redis' }, 'store')).toBe('MongoDB did not answer for 4 s')
  expect(downtime({ store: 'mongo', stream: 'redis' }, 'stream')).toBe('Redis did not answer for 4 s')
  expect(downtime({ store: 'sqlite', stream: 'embedded' }, 'store')).toBe('The store did not answer for 4 s')
})

test('every cause of a failed write has a title and a remedy', () => {
  for (const fault of writeFaults) {
    expect(words.t(`writeFault.${fault}.title`)).toMatch(/^[A-Z]/)
    expect(words.t(`writeFault.${fault}.remedy`)).toMatch(/^[A-Z].*\.$/)
  }
})

test('a role without a message is shown as it is', () => {
  expect(['web', 'archiver'].map((role) => roleText(words, role))).toEqual(['web', 'archiver'])
})
