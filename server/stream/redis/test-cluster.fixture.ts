/** A Redis Cluster for one test: each primary has a part of the slots, and the first ones have a replica each. */
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from '../../testing/free-port.ts'
import { TestRedis } from './test-redis.fixture.ts'

const slots = 16_384

export class TestCluster {
  readonly primaries: readonly TestRedis[]
  readonly replicas: readonly TestRedis[]

  private constructor(primaries: readonly TestRedis[], replicas: readonly TestRedis[]) {
    this.primaries = primaries
    this.replicas = replicas
  }

  /** When a node is down, the other nodes serve their slots. A killed node restarts with all its data. */
  static async start({ primaries = 3, replicas = 0 } = {}): Promise<TestCluster> {
    const node = async () =>
      TestRedis.start([
        ...['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())],
        ...['--cluster-node-timeout', '1000', '--cluster-require-full-coverage', 'no', '--appendfsync', 'always'],
      ])
    const nodes: TestRedis[] = []
    for (let i = 0; i < primaries + replicas; i++) nodes.push(await node())
    const cluster = new TestCluster(nodes.slice(0, primaries), nodes.slice(primaries))
    await cluster.#joinNodes()
    return cluster
  }

  get urls() {
    return this.primaries.map(({ url }) => url)
  }

  async dispose() {
    for (const node of [...this.primaries, ...this.replicas]) await node.dispose()
  }

  async #joinNodes() {
    const [first, ...others] = [...this.primaries, ...this.replicas].map(({ url }) => new Redis(url)) as [Redis, ...Redis[]]
    const clients = [first, ...others]
    const primaries = clients.slice(0, this.primaries.length)
    const replicas = clients.slice(this.primaries.length)
    const [, port = '', busPort = ''] = /:(\d+)@(\d+)/.exec(String(await first.cluster('NODES'))) ?? []
    for (const client of others) await client.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort)
    const firstSlot = (index: number) => Math.ceil((index * slots) / primaries.length)
    for (const [index, client] of primaries.entries()) {
      await client.call('CLUSTER', 'ADDSLOTSRANGE', String(firstSlot(index)), String(firstSlot(index + 1) - 1))
    }
    const reports = async (client: Redis, words: string) =>
      `${await client.cluster('INFO')}${await client.info('replication')}`.includes(words)
    const allReport = async (words: string, of = clients) => {
      for (const client of of) while (!(await reports(client, words))) await wait(100)
    }
    await allReport(`cluster_known_nodes:${clients.length}`)
    for (const [index, client] of replicas.entries()) {
      await client.call('CLUSTER', 'REPLICATE', String(await primaries[index]?.call('CLUSTER', 'MYID')))
    }
    await allReport('cluster_state:ok')
    await allReport('master_link_status:up', replicas)
    for (const client of clients) client.disconnect()
  }
}
