import { expect, test } from 'vitest'
import type { Reading } from '../observability/readings.ts'
import { nameWith, quantile, StatsdValues, tagsOf } from './statsd-values.ts'

const described = { help: 'h', unit: '' }
const counter = (value: number): Reading => ({ ...described, name: 'c_total', kind: 'counter', values: [{ labels: { code: 'x' }, value }] })
const histogram = (counts: number[], sum: number): Reading => ({
  ...described,
  name: 'h_seconds',
  kind: 'histogram',
  values: [{ labels: {}, bounds: [0.1, 1], counts, sum, count: counts.reduce((total, count) => total + count, 0) }],
})
const shown = (values: ReturnType<StatsdValues['next']>) => values.map(({ name, type, value }) => `${name} ${type} ${value}`)

test('a counter is sent as the increase since the last time, and not at all without one', () => {
  const values = new StatsdValues()
  expect(shown(values.next([counter(3)]))).toEqual(['c_total count 3'])
  expect(values.next([counter(3)])).toEqual([])
  expect(shown(values.next([counter(5)]))).toEqual(['c_total count 2'])
})

test('a gauge is sent each time', () => {
  const values = new StatsdValues()
  const gauge: Reading = { ...described, name: 'g', kind: 'gauge', values: [{ labels: {}, value: 0 }] }
  expect([...shown(values.next([gauge])), ...shown(values.next([gauge]))]).toEqual(['g gauge 0', 'g gauge 0'])
})

test('a histogram is sent as count, sum and percentiles of the observations since the last time', () => {
  const values = new StatsdValues()
  expect(shown(values.next([histogram([2, 0, 0], 0.1)]))).toEqual([
    'h_seconds.count count 2',
    'h_seconds.sum count 0.1',
    'h_seconds.p50 gauge 0.05',
    'h_seconds.p95 gauge 0.095',
    'h_seconds.p99 gauge 0.099',
  ])
  expect(values.next([histogram([2, 0, 0], 0.1)])).toEqual([])
  expect(shown(values.next([histogram([2, 4, 0], 2.1)]))).toEqual([
    'h_seconds.count count 4',
    'h_seconds.sum count 2',
    'h_seconds.p50 gauge 0.55',
    'h_seconds.p95 gauge 0.955',
    'h_seconds.p99 gauge 0.991',
  ])
})

test('an observation above the last bound counts as the last bound', () => {
  expect(quantile(0.5, [0.1, 1], [0, 0, 7])).toBe(1)
  expect(quantile(0.5, [], [7])).toBe(0)
})

test('the values of labels cannot break the format', () => {
  const hostile = { route: '/api/canvases/:id', code: 'a|b,c#d@e\nf:1|g', none: '' }
  expect(tagsOf(hostile)).toEqual(['route:/api/canvases/:id', 'code:a_b_c_d_e_f:1_g', 'none:'])
  expect(nameWith('n', hostile)).toBe('n._api_canvases__id.a_b_c_d_e_f_1_g.none')
  expect(tagsOf({ long: 'x'.repeat(1_000) })[0]).toHaveLength('long:'.length + 200)
})
