/** Faults of MongoDB: a server that ends or hangs, and a failover that takes back what no majority has confirmed. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { needsMajority } from '../../server/testing/mongo-failover.fixture.ts'
import type { Random } from '../random.ts'
import type { Services } from './cluster.ts'
import type { Fault } from './faults.ts'

type Act = (services: Services, random: Random) => Promise<void>

const mongoFault = (name: string, act: Act, { hangs = false, proxied = false } = {}): Fault => ({
  name: `MongoDB: ${name}`,
  kind: 'mongo',
  hangs,
  stacks: ['services'],
  ownMongo: true,
  ...(proxied ? { proxied } : {}),
  inject({ services }, random) {
    if (!services) throw new Error('this stack has no services')
    return act(services, random)
  },
})

/**
 * The primary is cut off from its replicas for a moment. It accepts writes, and confirms those that need no majority. Then another member becomes
 * the primary, without these writes.
 */
const rollBack: Act = async ({ mongo, mongoProxy }, random) => {
  const { folder } = mongo
  if (folder === null || !mongoProxy) throw new Error('only a MongoDB that the harness started can be rolled back, behind its proxy')
  const { promise: over, resolve: end } = Promise.withResolvers<void>()
  const kept = mkdtempSync(join(tmpdir(), 'fresco-kept-'))
  try {
    mongoProxy.onCommand = (command) => (needsMajority(command) ? { kind: 'hold', until: () => over } : { kind: 'pass' })
    await mongo.freeze()
    cpSync(folder, kept, { recursive: true })
    mongo.thaw()
    await wait(200 + random.below(1_000))
    await mongo.kill()
    rmSync(folder, { recursive: true, force: true })
    cpSync(kept, folder, { recursive: true })
    await mongo.boot()
  } finally {
    mongoProxy.onCommand = () => ({ kind: 'pass' })
    end()
    rmSync(kept, { recursive: true, force: true })
  }
}

export const mongoFaults: readonly Fault[] = [
  mongoFault('killed and started again', async ({ mongo }, random) => {
    await mongo.kill()
    await wait(random.below(1_000))
    await mongo.boot()
  }),
  mongoFault(
    'hung (SIGSTOP)',
    async ({ mongo }, random) => {
      await mongo.freeze()
      await wait(2_000 + random.below(3_000))
      mongo.thaw()
    },
    { hangs: true },
  ),
  mongoFault('failover with a rollback', rollBack, { proxied: true }),
]
