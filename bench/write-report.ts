import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { benches } from './benches.ts'
import { plotSvg } from './framework/plot.ts'
import { reportOf } from './framework/report.ts'
import { readResult } from './framework/result.ts'
import { growthPlots } from './growth/growth-plots.ts'
import { readGrowth } from './growth/growth-result.ts'
import { growthSection } from './growth/growth-section.ts'

const docs = join(import.meta.dirname, '../docs')

/** Writes docs/PERFORMANCE.md and docs/plots from the kept results. */
export const writeReport = () => {
  const growth = readGrowth()
  if (growth) {
    mkdirSync(join(docs, 'plots'), { recursive: true })
    for (const { name, plot } of growthPlots(growth)) writeFileSync(join(docs, 'plots', `${name}.svg`), plotSvg(plot))
  }
  writeFileSync(join(docs, 'PERFORMANCE.md'), reportOf({ benches, resultOf: readResult, growth: growthSection(growth) }))
}
