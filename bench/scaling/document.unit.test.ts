import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Result, readResult, resultSchema } from '../framework/result.ts'
import { growthFixture } from '../growth/growth.fixture.ts'
import { readGrowth } from '../growth/growth-result.ts'
import { measuredOf } from './measured.ts'
import { readMeasured, scalingOf } from './write-scaling.ts'

const resultOf = (id: string, sides: Result['rounds'][number]): Result => ({
  id,
  at: '2026-11-26T10:00:00.000Z',
  quick: false,
  machine: growthFixture.machine,
  figures: resultSchema.shape.figures.parse([
    { id: 'f', what: '', unit: '', better: 'more', pass: 1, best: 2, values: [1], median: 1, min: 1, max: 1, verdict: 'pass' },
  ]),
  rounds: [sides],
})

const results: Readonly<Record<string, Result>> = {
  g2: resultOf('g2', { 'app on MongoDB': { perSecond: 5_000 } }),
  g6: resultOf('g6', { app: { microseconds: 8 } }),
}
const known = (id: string) => results[id] ?? null

test('costs come from the benchmarks that measured them', () => {
  const { g2, g6 } = results
  if (!g2 || !g6) throw new Error('the fixtures are there')
  const measured = measuredOf({ g2, g6, growth: growthFixture })
  expect(measured.webMicroseconds).toBe(200)
  expect(measured.frameMicroseconds).toBe(8)
  expect(measured.maxClients).toBe(5_010)
})

test('every missing result is named, and a result without its value is refused', () => {
  expect(() => readMeasured({ growth: null, resultOf: () => null })).toThrow('g2, g6, growth')
  expect(() => readMeasured({ growth: growthFixture, resultOf: (id) => (id === 'g6' ? null : known(id)) })).toThrow('no results of g6.')
  const without = (id: string) => (id === 'g6' ? resultOf('g6', { app: {} }) : known(id))
  expect(() => readMeasured({ growth: growthFixture, resultOf: without })).toThrow('no "microseconds" of "app"')
})

test('the document has both events, the costs, the assumptions and the gaps, and names a stand-in for MongoDB', () => {
  const document = scalingOf({ growth: growthFixture, resultOf: known })
  for (const heading of ['Processes', 'Traffic and disk', 'Measured', 'Published', 'Assumed', 'Not measured']) {
    expect(document).toContain(`\n## ${heading}\n`)
  }
  expect(document).toContain('**r/place 2022** ')
  expect(document).toContain('**ten times that** ')
  expect(document).not.toMatch(/NaN|undefined|Infinity|\[object/)
  expect(document).not.toContain('stand-in')
  expect(scalingOf({ growth: growthFixture, resultOf: known })).toBe(document)
  const machine = { ...growthFixture.machine, database: 'SecantusDB' }
  const withStandIn = scalingOf({ growth: { ...growthFixture, machine }, resultOf: known })
  expect(withStandIn).toContain('SecantusDB, a stand-in for MongoDB')
  expect(withStandIn).toContain('G2 (SecantusDB)')
})

test('docs/SCALING.md is what the kept results give', () => {
  expect(readFileSync(join(import.meta.dirname, '../../docs/SCALING.md'), 'utf8')).toBe(
    scalingOf({ growth: readGrowth(), resultOf: readResult }),
  )
})
