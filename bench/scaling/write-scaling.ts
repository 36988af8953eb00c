/** Writes docs/SCALING.md from the kept results. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BenchFailure } from '../framework/bench.ts'
import type { Machine } from '../framework/machine.ts'
import { type Result, readResult } from '../framework/result.ts'
import { type Growth, readGrowth } from '../growth/growth-result.ts'
import { scalingDocument } from './document.ts'
import { place2022, tenTimes } from './event.ts'
import { type Measured, measuredOf, neededResults } from './measured.ts'
import { limitsOf, planFor } from './plan.ts'

export interface Results {
  readonly growth: Growth | null
  readonly resultOf: (id: string) => Result | null
}

/** @throws {BenchFailure} that names the missing results. */
export const readMeasured = ({ growth, resultOf }: Results): { measured: Measured; machine: Machine; date: string } => {
  const [g2, g6] = ['g2', 'g6'].map(resultOf)
  if (g2 && g6 && growth) return { measured: measuredOf({ g2, g6, growth }), machine: growth.machine, date: growth.at.slice(0, 10) }
  const missing = neededResults.filter((id) => (id === 'growth' ? !growth : !resultOf(id)))
  throw new BenchFailure(
    `docs/SCALING.md was not written: there are no results of ${missing.join(', ')}. npm run bench -- ${missing.join(' ')}`,
  )
}

export const scalingOf = (results: Results): string => {
  const { measured, machine, date } = readMeasured(results)
  const plans = [place2022, tenTimes].map((event) => planFor({ measured, event }))
  return scalingDocument({ measured, plans, limits: limitsOf(measured, place2022), machine, date })
}

export const writeScaling = (print: (line: string) => void) => {
  const text = scalingOf({ growth: readGrowth(), resultOf: readResult })
  const file = join(import.meta.dirname, '../../docs/SCALING.md')
  writeFileSync(file, text)
  print(`  wrote ${file}`)
}
