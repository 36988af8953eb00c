import { expect, test, vi } from 'vitest'
import type { PixelOutcome, RequestOutcome } from '../../lib/plan-group.ts'
import { streamCommit } from '../stream/contract.ts'
import { createPixelTracing, maxRequestSpans, type PixelSpan } from './pixel-tracing.ts'
import { traceIdsOf } from './trace-ids.ts'

const setUp = (ratio = 1) => {
  const clock = { nowMs: 0 }
  const spans: PixelSpan[] = []
  const onError = vi.fn()
  const write = vi.fn((span: PixelSpan) => void spans.push(span))
  const tracing = createPixelTracing({ ratio, monotonicNow: () => clock.nowMs, write, onError })
  return { clock, spans, onError, write, tracing }
}

const placed = (...ids: string[]): RequestOutcome => ({
  kind: 'done',
  placed: ids.length,
  results: ids.map((id): PixelOutcome => ({ ok: true, placement: { id, canvas: 'main', tile: 0 } as never })),
})
const refused: RequestOutcome = { kind: 'refused', refusal: { code: 'cooldown', detail: 'Wait.' } }

test('a commit has the spans of its requests and of the transaction', () => {
  const { clock, spans, tracing } = setUp()
  const [one, two, other] = [tracing.begin('one', null), tracing.begin('two', null), tracing.begin('other', null)]
  clock.nowMs = 9
  tracing.committed({
    id: 'group000',
    outcomes: [placed('group000-0.0'), refused, placed('group000-0.1', 'group000-1.0')],
    traces: [one, other, two],
    beganAtMs: 4,
  })
  expect(spans.map(({ name, ids, beganAtMs, endedAtMs }) => [name, ids.traceId, beganAtMs, endedAtMs])).toEqual([
    ...['one', 'two', 'transaction'].map((name) => [name, traceIdsOf('group000-0').traceId, name === 'transaction' ? 4 : 0, 9]),
    ...['two', 'transaction'].map((name) => [name, traceIdsOf('group000-1').traceId, name === 'transaction' ? 4 : 0, 9]),
  ])
})

test('a repeated request, whose pixel another group has saved, has no spans', () => {
  const { spans, tracing } = setUp()
  tracing.committed({ id: 'group001', outcomes: [placed('group000-0.0')], traces: [tracing.begin('again', null)], beganAtMs: 0 })
  expect(spans).toEqual([])
})

test('A6 a commit of many requests has 32 of their spans', () => {
  const { spans, tracing } = setUp()
  const outcomes = Array.from({ length: 100 }, (_, index) => placed(`group000-0.${index}`))
  tracing.committed({ id: 'group000', outcomes, traces: outcomes.map(() => tracing.begin('one', null)), beganAtMs: 0 })
  expect(spans.filter(({ name }) => name === 'one')).toHaveLength(maxRequestSpans)
  expect(spans[0]?.attributes['fresco.placements']).toBe(100)
})

test('steps of imports and of entries without pixels have no spans', () => {
  const { spans, tracing } = setUp()
  tracing.ended('append', [streamCommit(1), streamCommit(2, { cause: 'picture' }), streamCommit(3, { pixels: [] })], 0)
  expect(spans.map(({ attributes }) => attributes['fresco.seq'])).toEqual([1])
})

test('an error of tracing fails nothing', () => {
  const { write, onError, tracing } = setUp()
  write.mockImplementation(() => {
    throw new Error('broken')
  })
  tracing.committed({ id: 'group000', outcomes: [placed('group000-0.0')], traces: [null], beganAtMs: 0 })
  tracing.ended('emit', [streamCommit(1)], 0)
  expect(onError).toHaveBeenCalledTimes(2)
})
