/** Gateways with nothing but watchers: placements go to another process, and publishing is done by a third. What G6 and G12 share. */
import type { Scope } from '../framework/scope.ts'
import { Fresco } from './fresco.ts'
import { startServices } from './services.ts'

export interface Gateways {
  readonly commitQueue: Fresco
  readonly gateways: readonly Fresco[]
  readonly redisUrl: string
}

export const startGateways = async (scope: Scope, count: number): Promise<Gateways> => {
  const env = await startServices(scope)
  const start = (roles: string) => Fresco.start({ scope, env: { ...env, ROLES: roles } })
  await start('publisher,projector')
  const commitQueue = await start('web')
  const gateways: Fresco[] = []
  while (gateways.length < count) gateways.push(await start('web'))
  return { commitQueue, gateways, redisUrl: env.REDIS_URL }
}
