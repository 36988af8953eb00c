import { expect, test } from 'vitest'
import type { Bench } from './bench.ts'
import { comparedWith } from './compare.ts'
import { reportOf } from './report.ts'
import { type Result, resultSchema } from './result.ts'
import { classifyFigure } from './verdict.ts'

const figure = { id: 'ratio', what: 'app ÷ bare', unit: '×', better: 'more', pass: 0.25, best: 0.45 } as const
const bench: Bench = { id: 'g99', title: 'A benchmark', method: 'Somehow.', figures: [figure], sides: [], derive: () => ({}) }

const resultOf = (values: number[]): Result =>
  resultSchema.parse({
    id: 'g99',
    at: '2026-11-26T10:00:00.000Z',
    quick: false,
    machine: { cpu: 'A processor', cores: 2, memoryGB: 8, kernel: '6.1', node: 'v24', disk: 'ext4' },
    figures: [classifyFigure(figure, values)],
    rounds: [{}],
  })

test('a figure is shown beside both bounds, with its spread and its machine', () => {
  const report = reportOf({ benches: [bench], resultOf: () => resultOf([0.2, 0.301, 0.5]), growth: '## Cost and growth\n' })
  expect(report).toContain('| G99 app ÷ bare | 0.301× (0.2–0.5) | ≥ 0.25×, 0.45× | pass |')
  expect(report).toContain('Measured on A processor, 2 cores, 8 GB, Linux 6.1, Node v24, ext4; 2026-11-26.')
})

test('a figure that was measured with a stand-in for MongoDB names the stand-in', () => {
  const result = { ...resultOf([0.3]), machine: { ...resultOf([0.3]).machine, database: 'SecantusDB' } }
  const onServices: Bench = { ...bench, needs: ['mongo'] }
  const named: Bench = { ...onServices, id: 'g98', figures: [{ ...figure, what: 'on MongoDB' }] }
  const report = reportOf({ benches: [bench, onServices, named], resultOf: () => result, growth: '' })
  expect(report).toContain('| G99 app ÷ bare | 0.3× ')
  expect(report).toContain('| G99 app ÷ bare (SecantusDB) | 0.3× ')
  expect(report).toContain('| G98 on SecantusDB | 0.3× ')
  expect(report).toContain('G99, G98 used SecantusDB, a stand-in for MongoDB')
})

test('a figure without a result is shown as not measured', () => {
  const report = reportOf({ benches: [bench], resultOf: () => null, growth: '' })
  expect(report).toContain('| G99 app ÷ bare |  | ≥ 0.25×, 0.45× | not measured |')
  expect(report).not.toContain('Measured on')
})

test('a run is compared with the kept result; above 1 is better for every figure', () => {
  const less = { ...figure, better: 'less' } as const
  expect(comparedWith(resultOf([0.2]), classifyFigure(figure, [0.3]))).toBeCloseTo(1.5)
  expect(comparedWith(resultOf([0.2]), classifyFigure(less, [0.1]))).toBeCloseTo(2)
  expect(comparedWith(null, classifyFigure(figure, [0.3]))).toBeNull()
})
