import { expect, test } from 'vitest'
import { isSampled, parseTraceparent, traceIdsOf } from './trace-ids.ts'

test('every process derives the same ids from a commit', () => {
  expect(traceIdsOf('abc-0')).toEqual(traceIdsOf('abc-0'))
  expect(traceIdsOf('abc-0')).not.toEqual(traceIdsOf('abc-1'))
  expect(traceIdsOf('abc-0')).toEqual({ traceId: expect.stringMatching(/^[\da-f]{32}$/), spanId: expect.stringMatching(/^[\da-f]{16}$/) })
})

test('the ratio is the part of the commits that are traced, and a higher ratio traces the same ones and more', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => traceIdsOf(`group-${index}`).traceId)
  const sampled = (ratio: number) => ids.filter((id) => isSampled(id, ratio))
  expect(sampled(0)).toEqual([])
  expect(sampled(1)).toEqual(ids)
  expect(sampled(0.1).length).toBeGreaterThan(850)
  expect(sampled(0.1).length).toBeLessThan(1_150)
  expect(sampled(0.2)).toEqual(expect.arrayContaining(sampled(0.1)))
})

const [trace, span] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331']

test('a traceparent of this version or a later one is read', () => {
  expect(parseTraceparent(`00-${trace}-${span}-01`)).toEqual({ traceId: trace, spanId: span, isSampled: true })
  expect(parseTraceparent(`00-${trace}-${span}-00`)?.isSampled).toBe(false)
  expect(parseTraceparent(`cc-${trace}-${span}-01-more`)).toMatchObject({ traceId: trace, spanId: span })
})

test.each([
  null,
  '',
  `ff-${trace}-${span}-01`,
  `00-${trace}-${span}-01-more`,
  `00-${trace}-${span}-01, 00-${trace}-${span}-01`,
  `00-${trace.toUpperCase()}-${span}-01`,
  `00-${'0'.repeat(32)}-${span}-01`,
  `00-${trace}-${'0'.repeat(16)}-01`,
  `00-${trace}-${span}-1`,
  `00-${trace}\n-${span}-01`,
  '00-'.repeat(5_000),
])('a malformed traceparent is ignored: %j', (header) => {
  expect(parseTraceparent(header)).toBeNull()
})
