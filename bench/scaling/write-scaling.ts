/** docs/SCALING.md from the kept results. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BenchFailure } from '../framework/bench.ts'
import { showMachine } from '../framework/machine.ts'
import { type Result, readResult } from '../framework/result.ts'
import { type Growth, readGrowth } from '../growth/growth-result.ts'
import { scalingDocument } from './document.ts'
import { place2022, tenTimes } from './event.ts'
import { type Measured, measuredOf, neededResults } from './measured.ts'
import { asBuilt, planFor } from './plan.ts'

const seed = 2_022

/** How closely the simulations look: all of a day's seconds, and so many of single placements. */
export interface Closeness {
  readonly peakSeconds: number
  readonly everySeconds: number
}

const usual: Closeness = { peakSeconds: 20, everySeconds: 1 }

export interface Results {
  readonly growth: Growth | null
  readonly resultOf: (id: string) => Result | null
}

/** @throws {BenchFailure} that says which results are missing. */
export const readMeasured = ({ growth, resultOf }: Results): { measured: Measured; machine: string } => {
  const [g2, g6] = ['g2', 'g6'].map(resultOf)
  if (g2 && g6 && growth) {
    return { measured: measuredOf({ g2, g6, growth }), machine: `${showMachine(growth.machine)}; ${growth.at.slice(0, 10)}` }
  }
  const missing = neededResults.filter((id) => (id === 'growth' ? !growth : !resultOf(id)))
  throw new BenchFailure(
    `docs/SCALING.md was not written: there are no results of ${missing.join(', ')}. npm run bench -- ${missing.join(' ')}`,
  )
}

export const scalingOf = (results: Results, closeness: Closeness = usual): string => {
  const { measured, machine } = readMeasured(results)
  const plans = [place2022, tenTimes].map((event) => planFor({ measured, event, seed, ...closeness }))
  return scalingDocument({ measured, plans, asBuilt: asBuilt(measured, place2022), seed, peakSeconds: closeness.peakSeconds, machine })
}

export const writeScaling = (tell: (line: string) => void) => {
  const text = scalingOf({ growth: readGrowth(), resultOf: readResult })
  const file = join(import.meta.dirname, '../../docs/SCALING.md')
  writeFileSync(file, text)
  tell(`  wrote ${file}`)
}
