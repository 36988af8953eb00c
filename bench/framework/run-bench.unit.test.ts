import { expect, test } from 'vitest'
import { type Bench, of } from './bench.ts'
import { runBench } from './run-bench.ts'

const figure = { id: 'ratio', what: 'a ÷ b', unit: '×', better: 'more', pass: 1, best: 2 } as const

const benchOf = (change: Partial<Bench> = {}, log: string[] = []): Bench => ({
  id: 'g99',
  title: '',
  method: '',
  figures: [figure],
  sides: ['a', 'b'].map((name) => ({
    name,
    async run({ scope, round }) {
      log.push(`${name}${round}`)
      scope.defer(() => void log.push(`end of ${name}${round}`))
      return { value: name === 'a' ? 2 * round : round }
    },
  })),
  derive: (samples) => ({ ratio: of(samples, 'a', 'value') / of(samples, 'b', 'value') }),
  ...change,
})

const options = { quick: true, rounds: 3, log: () => undefined, onScope: () => undefined, beforeSide: async () => undefined }

test('sides take turns, every second round in the other order, and each ends before the next begins', async () => {
  const log: string[] = []
  const { figures } = await runBench(benchOf({}, log), options)
  expect(log.filter((line) => !line.startsWith('end'))).toEqual(['a1', 'b1', 'b2', 'a2', 'a3', 'b3'])
  expect(log.slice(0, 4)).toEqual(['a1', 'end of a1', 'b1', 'end of b1'])
  expect(figures[0]).toMatchObject({ values: [2, 2, 2], median: 2, verdict: 'best' })
})

test('a benchmark without measurements has no figure', async () => {
  await expect(runBench(benchOf({ derive: () => ({}) }), options)).rejects.toThrow('Nothing was measured for "a ÷ b"')
  await expect(runBench(benchOf({ derive: () => ({ ratio: 1 / 0 }) }), options)).rejects.toThrow('Nothing was measured')
  await expect(runBench(benchOf({ derive: (samples) => ({ ratio: of(samples, 'a', 'other') }) }), options)).rejects.toThrow(
    'did not measure',
  )
})

test('a failing side ends the benchmark, and what it started is stopped', async () => {
  const log: string[] = []
  const failing = {
    name: 'a',
    run: async ({ scope }: { scope: { defer(stop: () => void): void } }) => {
      scope.defer(() => void log.push('first'))
      scope.defer(() => void log.push('second'))
      throw new Error('two pixels are lost')
    },
  }
  await expect(runBench(benchOf({ sides: [failing] }), options)).rejects.toThrow('two pixels are lost')
  expect(log).toEqual(['second', 'first'])
})
