import { expect, test } from 'vitest'
import { courseOf, readVitals, slopePerMinute } from './vitals.ts'

test('slope is that of the line, also with noise', () => {
  const line = (perMinute: number, noise: readonly number[]) =>
    noise.map((each, index) => ({ atMs: index * 30_000, value: 100 + (perMinute * index) / 2 + each }))
  expect(slopePerMinute(line(3, [0, 0, 0, 0]))).toBeCloseTo(3)
  expect(slopePerMinute(line(0, [5, -5, -5, 5, 5, -5, -5, 5]))).toBeCloseTo(0)
  expect(slopePerMinute(line(-2, [1, -1, -1, 1]))).toBeCloseTo(-2)
  expect(slopePerMinute([{ atMs: 1, value: 1 }])).toBeNaN()
})

const minuteMs = 60_000
const samplesOf = (mibs: readonly number[]) =>
  mibs.map((mib, index) => ({ atMs: 1_000 + (index * minuteMs) / 2, residentBytes: mib * 1_048_576, handles: index < 4 ? 90 : 50 }))
const options = { warmUpMs: 2 * minuteMs, stretchMs: minuteMs }

test('growth is measured after the warm-up, from the lowest values', () => {
  const samples = samplesOf([400, 390, 300, 290, 200, 280, 290, 201, 202, 300, 203, 250])
  const course = courseOf('web 1', samples, options)
  expect(course).toMatchObject({ firstMib: 200, lastMib: 203, mostMib: 300, handlesFirst: 50, handlesLast: 50 })
  expect(course?.mibPerMinute).toBeGreaterThan(0.8)
  expect(course?.mibPerMinute).toBeLessThan(1.2)
  expect(courseOf('web 1', samples.slice(0, 7), options), 'two stretches are no course').toBeNull()
})

test('a heap that oscillates does not grow, and a heap with a rising minimum does', () => {
  const sawtooth = (rise: number) => samplesOf(Array.from({ length: 40 }, (_, i) => 200 + (i % 2) * 100 + (i / 2) * rise))
  expect(courseOf('web 1', sawtooth(0), options)?.mibPerMinute).toBeCloseTo(0)
  expect(courseOf('web 1', sawtooth(3), options)?.mibPerMinute).toBeCloseTo(3)
})

test('the vitals of this process are those of this process', () => {
  const { residentBytes, handles } = readVitals(process.pid, 7)
  expect(residentBytes).toBeGreaterThan(20 * 1_048_576)
  expect(residentBytes).toBeLessThan(4_096 * 1_048_576)
  expect(handles).toBeGreaterThan(2)
})
