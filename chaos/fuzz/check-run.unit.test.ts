import { expect, test } from 'vitest'
import { differences, grown, leftOpen, missed } from './check-run.ts'
import { badLines } from './processes.ts'

const mib = 1_048_576
const measured = (usedMib: number, residentMib: number) => ({
  name: 'web 1',
  atMs: 0,
  handles: 30,
  usedBytes: usedMib * mib,
  residentBytes: residentMib * mib,
})

test('a process may grow by 40 MiB in use and by 384 MiB resident, and not by more', () => {
  const failuresOf = (used: number, resident: number) =>
    grown({ early: [measured(50, 200)], late: [measured(50 + used, 200)], most: new Map([['web 1', (200 + resident) * mib]]) }).flatMap(
      ({ failures }) => failures,
    )
  expect(failuresOf(40, 384)).toEqual([])
  expect(failuresOf(41, 384)).toEqual(['web 1 uses 41 MiB more after the attack than after its warm-up'])
  expect(failuresOf(40, 385)).toEqual(['web 1 grew by 385 MiB of resident memory at most'])
})

test('a changed or missing board is a difference', () => {
  const before = new Map([['tile 0 at web 1', 'seq 3, abc']])
  expect(differences(before, before)).toEqual([])
  expect(differences(before, new Map([['tile 0 at web 1', 'seq 4, abc']]))).toHaveLength(1)
  expect(differences(before, new Map())).toHaveLength(1)
})

test('errors and lines that are not of the log are unexpected, and warnings are not', () => {
  const output = ['{"level":50}', '{"level":30}', '{"level":40}', 'garbage collected', ''].join('\n')
  expect(badLines(output, 0)).toEqual(['{"level":50}'])
  expect(badLines(output, '{"level":50}\n'.length)).toEqual([])
  expect(badLines('Error: x\n    at y\n', 0)).toEqual(['Error: x', '    at y'])
  expect(badLines('x'.repeat(900_001), 0)).toHaveLength(1)
})

test('twelve more handles may stay open, and no socket', () => {
  const left = (handles: number, sockets: number) =>
    leftOpen(new Map([['web 1', { handles: 30, sockets: 1 }]]), new Map([['web 1', { handles, sockets }]]))
  expect(left(42, 1)).toEqual([])
  expect(left(43, 1)).toEqual(['web 1 has 43 open handles, 30 before the attack'])
  expect(left(30, 2)).toEqual(['web 1 has 2 sockets, 1 before the attack'])
  // A publisher has no sockets.
  expect(left(30, Number.NaN)).toEqual([])
})

test('the normal client may have one disconnect, and two failures in a hundred', () => {
  const service = { url: 'u', answers: 98, p50Ms: 1, p99Ms: 1, mostMs: 1, disconnects: 1, failures: ['a', 'b'] }
  expect(missed(service)).toEqual([])
  expect(missed({ ...service, failures: ['a', 'b', 'c'] })).toHaveLength(1)
  expect(missed({ ...service, disconnects: 2 })).toHaveLength(1)
  expect(missed({ ...service, answers: 0, failures: ['a'] })).toHaveLength(1)
})
