/**
 * Faults for a running cluster. A fault begins, lasts, and is over when its promise resolves. From then on every client must be exact within
 * five seconds, or fifteen after a process hung. All chance comes from the seed.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { type FailpointName, failpointNames } from '../../server/failpoints.ts'
import type { ProxyMode } from '../../server/testing/tcp-proxy.ts'
import type { Random } from '../random.ts'
import type { Cluster, Stack } from './cluster.ts'
import type { Member, Role } from './member.ts'
import { mongoFaults } from './mongo-faults.ts'
import type { RedisKind } from './redis-deployment.ts'
import { redisFaults } from './redis-faults.ts'
import { replicaSetFaults } from './replica-set-faults.ts'

export interface Fault {
  readonly name: string
  readonly kind: 'process' | 'failpoint' | 'clock' | 'network' | 'redis' | 'mongo'
  /** A process hangs: other processes detect it only after timeouts. */
  readonly hangs: boolean
  readonly stacks: readonly Stack[]
  /** The deployments of Redis that can have it; left out: all. */
  readonly redis?: readonly RedisKind[]
  /** Needs proxies between the servers and their services. */
  readonly proxied?: boolean
  /** Needs a database server that the harness started, not the one of MONGODB_TEST_URI. */
  readonly ownMongo?: boolean
  /** Needs a replica set of several members, which MONGODB_TEST_URI names. */
  readonly replicaSet?: boolean
  inject(cluster: Cluster, random: Random): Promise<void>
}

const both: readonly Stack[] = ['services', 'embedded']
const services: readonly Stack[] = ['services']
const roles: readonly Exclude<Role, 'all'>[] = ['web', 'publisher', 'projector']

const anyOf = (cluster: Cluster, role: Role, random: Random): Member => {
  const member = random.pick(cluster.of(role))
  if (!member) throw new Error(`no ${role}`)
  return member
}

/** On the embedded stack one process has all roles, so its faults exist once. */
const perRole = (make: (role: Role, name: string) => Fault): Fault[] => [
  ...roles.map((role) => ({ ...make(role, role), stacks: services })),
  { ...make('all', 'server'), stacks: ['embedded'] },
]

const processFaults = perRole((role, name) => ({
  name: `${name}: SIGKILL, started again`,
  kind: 'process',
  hangs: false,
  stacks: both,
  async inject(cluster, random) {
    const member = anyOf(cluster, role, random)
    await member.kill()
    await wait(random.below(500))
    await member.boot()
  },
}))

const stopFaults = perRole((role, name) => ({
  name: `${name}: SIGSTOP for a while, then SIGCONT`,
  kind: 'process',
  hangs: true,
  stacks: both,
  async inject(cluster, random) {
    const member = anyOf(cluster, role, random)
    member.freeze()
    await wait(1_000 + random.below(3_000))
    member.thaw()
  },
}))

const termFaults = perRole((role, name) => ({
  name: `${name}: SIGTERM, started again`,
  kind: 'process',
  hangs: false,
  stacks: both,
  async inject(cluster, random) {
    const member = anyOf(cluster, role, random)
    const code = await member.terminate()
    await member.boot()
    if (code !== 0) throw new Error(`${member.name} ended with ${code} after SIGTERM:\n${member.output.slice(-2_000)}`)
  },
}))

const frozenPublisher: Fault = {
  name: 'publisher: frozen for longer than its peers wait, then woken',
  kind: 'process',
  hangs: true,
  stacks: services,
  async inject(cluster, random) {
    const member = anyOf(cluster, 'publisher', random)
    member.freeze()
    await wait(8_000)
    member.thaw()
  },
}

const roleOf = (name: FailpointName): Exclude<Role, 'all'> => {
  if (/^(publisher|retention|schedule|webhook)\./.test(name)) return 'publisher'
  return name.startsWith('projector.') ? 'projector' : 'web'
}

const failpointFaults = failpointNames.map(
  (name): Fault => ({
    name: `killed at ${name}`,
    kind: 'failpoint',
    hangs: false,
    stacks: both,
    inject: (cluster, random) => anyOf(cluster, roleOf(name), random).dieAt(name),
  }),
)

const minuteMs = 60_000
const clockFaults = perRole((role, name) => ({
  name: `${name}: a clock that is minutes off`,
  kind: 'clock',
  hangs: false,
  stacks: both,
  async inject(cluster, random) {
    const member = anyOf(cluster, role, random)
    await member.skewClock([(random.chance(0.5) ? 3 : -3) * minuteMs])
    await wait(2_000)
    await member.restart()
  },
})).concat(
  perRole((role, name) => ({
    name: `${name}: a clock that jumps back`,
    kind: 'clock',
    hangs: false,
    stacks: both,
    async inject(cluster, random) {
      const member = anyOf(cluster, role, random)
      await member.skewClock([2 * minuteMs, 0, -2 * minuteMs])
      await wait(6_000)
      await member.restart()
    },
  })),
)

/** The connections of one process, or of all. */
const networkFaults = (['redis', 'mongo'] as const).flatMap((target) =>
  (
    [
      ['slow (200 ms each way)', { kind: 'delay', ms: 200 }, false],
      ['cut', { kind: 'cut' }, false],
      ['half open: accepts and never answers', { kind: 'deaf' }, true],
      ['answers lost after the command was done', { kind: 'dropReplies' }, false],
    ] as const
  ).map(
    ([what, mode, hangs]): Fault => ({
      name: `connection to ${target === 'mongo' ? 'MongoDB' : 'Redis'} ${what}`,
      kind: 'network',
      hangs,
      stacks: services,
      proxied: true,
      ...(target === 'redis' ? { redis: ['single'] } : {}),
      async inject(cluster, random) {
        const members = random.chance(0.5) ? cluster.members : [random.pick(cluster.members)].flatMap((member) => member ?? [])
        const set = (to: ProxyMode) => {
          for (const { proxies } of members) proxies?.[target]?.set(to)
        }
        set(mode)
        // A connection that fails repeatedly loses the answers of different commands.
        for (let times = 0; mode.kind === 'dropReplies' && times < 8; times++) {
          await wait(100 + random.below(150))
          set({ kind: 'pass' })
          await wait(100 + random.below(150))
          set(mode)
        }
        await wait(mode.kind === 'dropReplies' ? 0 : 1_500 + random.below(1_500))
        set({ kind: 'pass' })
      },
    }),
  ),
)

const allFaults: readonly Fault[] = [
  ...processFaults,
  ...stopFaults,
  ...termFaults,
  frozenPublisher,
  ...failpointFaults,
  ...clockFaults,
  ...networkFaults,
  ...redisFaults,
  ...mongoFaults,
  ...replicaSetFaults,
]

export const faultsOf = (stack: Stack, redis: RedisKind = 'single') =>
  allFaults.filter((fault) => fault.stacks.includes(stack) && (fault.redis?.includes(redis) ?? true))
