/** How a store grows with the commits that it keeps. */
import { join } from 'node:path'
import type { RunOptions } from '../framework/bench.ts'
import { makeFolder, runProgram } from '../setup/program.ts'
import type { Growth } from './growth-result.ts'

export const growByCommit = async ({ scope, quick }: RunOptions): Promise<Growth['commits']> => {
  const sizes = [
    { pixels: 1, commits: quick ? 1_000 : 5_000 },
    { pixels: 256, commits: quick ? 40 : 250 },
  ]
  const points: Growth['commits'] = []
  for (const { pixels, commits } of sizes) {
    const args = [join(makeFolder(scope), 'fresco.db'), String(commits), String(pixels)]
    const { logBytes = Number.NaN, historyBytes = Number.NaN } = await runProgram({ scope, program: 'programs/keep-commits.ts', args })
    points.push({ pixels, logBytes, historyBytes })
  }
  return points
}
