/** Gateways that have only watchers: another process takes the placements, and a third publishes. For G6 and G12. */
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
