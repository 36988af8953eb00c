/**
 * `npm run bench -- growth`: curves by clients, rate, canvas and commits. `costs.ts` computes costs from them. It has no bounds and one round.
 * Each part starts from an empty state, and fails if it cannot measure a value.
 */
import type { Need, RunOptions } from '../framework/bench.ts'
import { describeMachine } from '../framework/machine.ts'
import { Scope } from '../framework/scope.ts'
import { growByCanvas } from './by-canvas.ts'
import { growByClients } from './by-clients.ts'
import { growByCommit } from './by-commit.ts'
import { growByRate } from './by-rate.ts'
import { type Growth, growthSchema } from './growth-result.ts'
import { measureServices } from './service-costs.ts'

export const growthNeeds: readonly Need[] = ['mongo', 'redis']

export interface GrowthOptions {
  readonly quick: boolean
  readonly log: (line: string) => void
  /** Called with each scope, so that an interrupt can close it. */
  readonly onScope: (scope: Scope) => void
  /** Rejects if the machine is no longer idle. */
  readonly beforePart: () => Promise<void>
}

export const measureGrowth = async ({ quick, log, onScope, beforePart }: GrowthOptions): Promise<Growth> => {
  const part = async <Result>(name: string, measure: (run: RunOptions) => Promise<Result>): Promise<Result> => {
    await beforePart()
    const scope = new Scope()
    onScope(scope)
    const startMs = performance.now()
    try {
      return await measure({ scope, quick, round: 1 })
    } finally {
      await scope.close()
      log(`  ${name}: ${Math.round((performance.now() - startMs) / 1_000)} s`)
    }
  }
  return growthSchema.parse({
    at: new Date().toISOString(),
    quick,
    machine: describeMachine(),
    clients: await part('by clients', growByClients),
    ...(await part('by pixels a second', growByRate)),
    canvases: await part('by canvas', growByCanvas),
    commits: await part('by commits kept', growByCommit),
    services: await part('MongoDB and Redis', measureServices),
  })
}
