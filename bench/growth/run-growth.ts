/** Measures growth, shows the costs beside those in the repository, and keeps them unless it was a quick or a busy run. */
import { alignRows, showNumber } from '../framework/table.ts'
import { checkNeeds } from '../setup/needs.ts'
import { writeReport } from '../write-report.ts'
import { acceptedPerSecond, type Costs, costsOf } from './costs.ts'
import { type GrowthOptions, growthNeeds, measureGrowth } from './growth.ts'
import { type Growth, readGrowth, writeGrowth } from './growth-result.ts'

export const growthTitle = 'Curves: memory, CPU, latency and bytes by clients, pixels a second, canvas and commits kept'

const showCosts = (growth: Growth, before: Growth | null): string[] => {
  const known = before && costsOf(before)
  const rows = Object.entries(costsOf(growth)).map(([name, value]) => {
    const kept = known?.[name as keyof Costs]
    return [name, showNumber(value), kept === undefined ? '' : showNumber(kept)]
  })
  const kept = before ? before.at.slice(0, 10) : ''
  const rates = growth.rates.map((rate) => `${showNumber(acceptedPerSecond(rate))} of ${showNumber(rate.offered)}/s`)
  return [...alignRows([['growth', 'cost', kept], ...rows]), `accepted: ${rates.join(', ')}`, '']
}

export const runGrowth = async (options: GrowthOptions & { readonly keep: boolean; readonly print: (line: string) => void }) => {
  await checkNeeds(growthNeeds)
  const growth = await measureGrowth(options)
  for (const line of showCosts(growth, readGrowth())) options.print(line)
  if (!options.keep) return
  writeGrowth(growth)
  writeReport()
}
