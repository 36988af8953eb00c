/** Runs a benchmark: its sides in turns, round after round, every second round in the other order. */
import { type Bench, BenchFailure, type Sample } from './bench.ts'
import { Scope } from './scope.ts'
import { type ClassifiedFigure, classifyFigure } from './verdict.ts'

export interface RunResult {
  readonly figures: readonly ClassifiedFigure[]
  readonly rounds: readonly Readonly<Record<string, Sample>>[]
}

export interface RunBenchOptions {
  readonly quick: boolean
  readonly rounds: number
  readonly log: (line: string) => void
  /** Called with each scope, so that an interrupt can close it. */
  readonly onScope: (scope: Scope) => void
  /** Rejects if the machine is no longer idle. */
  readonly beforeSide: () => Promise<void>
}

export const runBench = async (bench: Bench, { quick, rounds, log, onScope, beforeSide }: RunBenchOptions): Promise<RunResult> => {
  const all: Record<string, Sample>[] = []
  const values = new Map<string, number[]>(bench.figures.map(({ id }) => [id, []]))
  for (let round = 1; round <= rounds; round++) {
    const samples: Record<string, Sample> = {}
    for (const side of round % 2 === 1 ? bench.sides : bench.sides.toReversed()) {
      await beforeSide()
      const scope = new Scope()
      onScope(scope)
      try {
        samples[side.name] = await side.run({ scope, quick, round })
      } finally {
        await scope.close()
      }
      log(`  round ${round}  ${side.name}: ${showSample(samples[side.name] ?? {})}`)
    }
    const derived = bench.derive(samples)
    for (const { id, what } of bench.figures) {
      const value = derived[id]
      if (value === undefined || !Number.isFinite(value)) throw new BenchFailure(`Nothing was measured for "${what}".`)
      values.get(id)?.push(value)
    }
    all.push(samples)
  }
  return { figures: bench.figures.map((figure) => classifyFigure(figure, values.get(figure.id) ?? [])), rounds: all }
}

const showSample = (sample: Sample) =>
  Object.entries(sample)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(', ')
