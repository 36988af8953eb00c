/** What each step of a pixel costs on MongoDB and Redis: input for docs/SCALING.md. */
import type { RunOptions } from '../framework/bench.ts'
import { askProgram } from '../setup/program.ts'
import { startServices } from '../setup/services.ts'
import { type Growth, growthSchema } from './growth-result.ts'

export const measureServices = async ({ scope, quick }: RunOptions): Promise<Growth['services']> => {
  const { MONGODB_URI, REDIS_URL } = await startServices(scope)
  const args = [MONGODB_URI, REDIS_URL, quick ? '12' : '400']
  return growthSchema.shape.services.parse(await askProgram({ scope, program: 'programs/service-costs.ts', args }))
}
