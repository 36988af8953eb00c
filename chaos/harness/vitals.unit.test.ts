import { expect, test } from 'vitest'
import { courseOf, readVitals, slopePerMinute } from './vitals.ts'

test('a slope is that of the line, also through noise', () => {
  const line = (perMinute: number, noise: readonly number[]) =>
    noise.map((each, index) => ({ atMs: index * 30_000, value: 100 + (perMinute * index) / 2 + each }))
  expect(slopePerMinute(line(3, [0, 0, 0, 0]))).toBeCloseTo(3)
  expect(slopePerMinute(line(0, [5, -5, -5, 5, 5, -5, -5, 5]))).toBeCloseTo(0)
  expect(slopePerMinute(line(-2, [1, -1, -1, 1]))).toBeCloseTo(-2)
  expect(slopePerMinute([{ atMs: 1, value: 1 }])).toBeNaN()
})

test('the course of a process begins after its warming up', () => {
  const samples = [400, 300, 200, 201, 202, 203].map((mib, minute) => ({
    atMs: 1_000 + minute * 60_000,
    residentBytes: mib * 1_048_576,
    handles: minute < 2 ? 90 : 50,
  }))
  expect(courseOf('web 1', samples, 2 * 60_000)).toMatchObject({ firstMib: 200, lastMib: 203, handlesFirst: 50, handlesLast: 50 })
  expect(courseOf('web 1', samples, 2 * 60_000)?.mibPerMinute).toBeCloseTo(1)
  expect(courseOf('web 1', samples, 4 * 60_000), 'two moments are no course').toBeNull()
})

test('the vitals of a process are those of this one', () => {
  const { residentBytes, handles } = readVitals(process.pid, 7)
  expect(residentBytes).toBeGreaterThan(20 * 1_048_576)
  expect(residentBytes).toBeLessThan(4_096 * 1_048_576)
  expect(handles).toBeGreaterThan(2)
})
