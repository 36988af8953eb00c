import { expect, test } from 'vitest'
import { median, percentile, summarize } from './statistics.ts'
import { classifyFigure } from './verdict.ts'

test('the median is the middle one, or the mean of the two in the middle, and leaves the values as they are', () => {
  const values = [10, 9, 1]
  expect(median(values)).toBe(9)
  expect(values).toEqual([10, 9, 1])
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([7])).toBe(7)
})

test('a percentile is a value that was measured: the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1)
  expect(percentile(hundred, 0.99)).toBe(99)
  expect(percentile(hundred, 0.5)).toBe(50)
  expect(percentile(hundred, 1)).toBe(100)
  expect(percentile(hundred, 0)).toBe(1)
  expect(percentile([5, 1], 0.99)).toBe(5)
})

test('the spread is from the smallest to the largest', () => {
  expect(summarize([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 })
})

test.each([[[]], [[1, Number.NaN]], [[Number.POSITIVE_INFINITY]]])('there is no figure of %j', (values) => {
  expect(() => median(values)).toThrow('not measured')
  expect(() => percentile(values, 0.5)).toThrow('not measured')
  expect(() => summarize(values)).toThrow('not measured')
})

const ratio = { id: 'ratio', what: '', unit: '×', better: 'more', pass: 2, best: 4 } as const
const latency = { id: 'latency', what: '', unit: 'ms', better: 'less', pass: 100, best: 60 } as const

test.each([
  [ratio, 4, 'best'],
  [ratio, 3.99, 'pass'],
  [ratio, 2, 'pass'],
  [ratio, 1.99, 'fail'],
  [latency, 60, 'best'],
  [latency, 60.1, 'pass'],
  [latency, 100, 'pass'],
  [latency, 100.1, 'fail'],
] as const)('%o at %d is %s', (figure, value, verdict) => {
  expect(classifyFigure(figure, [value]).verdict).toBe(verdict)
})

test('without a bound to pass, every figure below the best passes', () => {
  expect(classifyFigure({ ...latency, pass: null }, [1_000]).verdict).toBe('pass')
  expect(classifyFigure({ ...latency, pass: null }, [60]).verdict).toBe('best')
})

test('the median decides, not the best round', () => {
  expect(classifyFigure(ratio, [1, 1, 9]).verdict).toBe('fail')
})
