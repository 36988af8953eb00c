/**
 * Finds the node of a Redis Cluster that has a partition's keys. All keys of a partition have one hash tag and so one slot, and a plain connection to
 * the slot's primary is enough. After a failover or a resharding the commands fail, the connection is made anew, and the node is found again.
 */
import type { Redis } from 'ioredis'
import { type ConnectionOptions, connect, whenReady } from './connections.ts'
import { type RedisHost, redisAddress } from './redis-address.ts'

const askTimeoutMs = 1_000

const askNode = async <Answer>(options: ConnectionOptions, ask: (client: Redis) => Promise<Answer>): Promise<Answer> => {
  const client = connect(options, 'cluster')
  try {
    await whenReady(client, askTimeoutMs)
    return await ask(client)
  } finally {
    client.disconnect()
  }
}

/** The first answer. @throws the first error when there is none. */
const anyOf = async <Answer>(answers: readonly Promise<Answer>[]): Promise<Answer> => {
  try {
    return await Promise.any(answers)
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error
  }
}

/** Whether the servers that answer are nodes of a Redis Cluster. @throws when none answers. */
export const kindOf = async (servers: readonly ConnectionOptions[]): Promise<'cluster' | 'plain' | 'mixed'> => {
  const asks = servers.map((server) =>
    askNode(server, async (client) => ((await client.info('cluster')).includes('cluster_enabled:1') ? 'cluster' : 'plain')),
  )
  const first = await anyOf(asks)
  const answers = await Promise.allSettled(asks)
  return answers.every((answer) => answer.status === 'rejected' || answer.value === first) ? first : 'mixed'
}

export class ClusterNodes {
  readonly #named: readonly [ConnectionOptions, ...ConnectionOptions[]]
  /** As the cluster reported them. */
  #reported: readonly RedisHost[] = []

  /** Some of the nodes. */
  constructor(named: readonly [ConnectionOptions, ...ConnectionOptions[]]) {
    this.#named = named
  }

  /** The primary of the key's slot. @throws when no node answers, or no node has the slot. */
  async primaryOf(key: string): Promise<RedisHost> {
    const [first] = this.#named
    const reported = this.#reported.map((node) => ({ ...first, primary: async () => node }))
    const { slot, ranges } = await anyOf([...this.#named, ...reported].map((node) => readSlots(node, key)))
    this.#reported = ranges.map(({ node }) => node)
    const range = ranges.find(({ first: from, last }) => from <= slot && slot <= last)
    if (!range) throw new Error(`No node of the Redis Cluster has slot ${slot}.`)
    return range.node
  }
}

const readSlots = (options: ConnectionOptions, key: string) =>
  askNode(options, async (client) => {
    const [slot, rows] = await Promise.all([client.cluster('KEYSLOT', key), client.cluster('SLOTS')])
    // A node that does not report its own host is reached as it was here.
    const self = (await options.primary?.())?.host ?? redisAddress(options.url).hosts[0]?.host ?? ''
    const ranges = rows.flatMap(([first, last, primary]) =>
      primary ? [{ first, last, node: { host: primary[0] || self, port: primary[1] } }] : [],
    )
    return { slot, ranges }
  })
