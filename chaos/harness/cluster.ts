/** The system under test: the store, the stream, and server processes of each role. */
import { randomBytes } from 'node:crypto'
import { parseMongoUri } from '../../server/store/mongo/mongo-uri.fixture.ts'
import { TestMongo } from '../../server/store/mongo/test-mongo.fixture.ts'
import { MongoProxy } from '../../server/testing/mongo-proxy.fixture.ts'
import { TcpProxy } from '../../server/testing/tcp-proxy.ts'
import { Member, type Role } from './member.ts'
import { type RedisDeployment, type RedisKind, startRedis } from './redis-deployment.ts'
import { webhookEnv } from './webhook-receiver.ts'

export type Stack = 'services' | 'embedded'

export interface ClusterSize {
  readonly webs: number
  readonly publishers: number
  readonly projectors: number
}

/** A painter starts with all charges and gains none during a run, so that the check of A5 is exact. */
export const charges = 64
export const cooldownMs = 3_600_000
const canvasEnv = {
  CANVAS_WIDTH: '256',
  CANVAS_HEIGHT: '256',
  CANVAS_TILE_SIZE: '128',
  COOLDOWN_MS: String(cooldownMs),
  MAX_CHARGES: String(charges),
  START_CHARGES: String(charges),
  RATE_LIMITS: 'off',
}

export interface ClusterOptions {
  readonly stack: Stack
  /** The deployment of Redis, on the stack `services`. */
  readonly redis: RedisKind
  readonly size: ClusterSize
  readonly proxied: boolean
  /** For every process, in addition to the common environment. */
  readonly env?: Record<string, string>
  /** The checkout whose code every process runs at first; left out: this one. */
  readonly folder?: string
}

export interface Services {
  readonly mongo: TestMongo
  /** Between the proxies of the processes and MongoDB: it reads commands and replies. Null without proxies. */
  readonly mongoProxy: MongoProxy | null
  readonly redis: RedisDeployment
  readonly database: string
}

export class Cluster {
  readonly stack: Stack
  readonly members: Member[] = []
  readonly services: Services | null
  /** Processes that ended although the harness did not end them. */
  readonly crashes: string[] = []

  private constructor(stack: Stack, services: Services | null) {
    this.stack = stack
    this.services = services
  }

  /** The running clusters. A program that exits early must dispose of them. */
  static readonly running = new Set<Cluster>()

  static async start(options: ClusterOptions): Promise<Cluster> {
    const cluster = new Cluster(options.stack, options.stack === 'services' ? await startServices(options) : null)
    Cluster.running.add(cluster)
    try {
      await cluster.#fill(options)
    } catch (error) {
      await cluster.dispose()
      throw error
    }
    return cluster
  }

  of(role: Role): Member[] {
    return this.members.filter((member) => member.role === role || member.role === 'all')
  }

  get urls() {
    return this.of('web').map(({ url }) => url)
  }

  /** Environment for commands that use the store and the stream directly. */
  get directEnv(): Record<string, string> {
    if (!this.services) return { DATA_DIR: this.members[0]?.dataDir ?? '' }
    const { mongo, redis, database } = this.services
    return { ...secrets, MONGODB_URI: mongo.uri(database), ...redis.env }
  }

  async dispose() {
    Cluster.running.delete(this)
    await Promise.all(this.members.map((member) => member.dispose()))
    await this.services?.redis.dispose()
    await this.services?.mongoProxy?.close()
    await this.services?.mongo.dispose()
  }

  async #fill({ size, ...options }: ClusterOptions) {
    if (!this.services) await this.#add('all', 1, options)
    else {
      await this.#add('web', size.webs, options)
      await this.#add('publisher', size.publishers, options)
      await this.#add('projector', size.projectors, options)
    }
    // The first process creates the canvas; the others may start at the same time.
    const [first, ...others] = this.members
    await first?.boot()
    await Promise.all(others.map((member) => member.boot()))
  }

  async #add(role: Role, count: number, { env: own = {}, folder }: Pick<ClusterOptions, 'env' | 'folder'>) {
    for (let number = 1; number <= count; number++) {
      const { mongoProxy, redis } = this.services ?? {}
      const proxies = mongoProxy && redis ? await startProxies(mongoProxy, redis) : null
      const env = {
        ...canvasEnv,
        ...webhookEnv,
        ...this.directEnv,
        ...(role === 'all' ? {} : { ROLES: role }),
        ...proxiedEnv(this.services, proxies),
        ...own,
      }
      const { DATA_DIR: _own, ...rest } = env as Record<string, string>
      const onCrash = (what: string) => void this.crashes.push(what)
      this.members.push(await Member.prepare({ name: `${role} ${number}`, role, env: rest, proxies, onCrash, ...(folder && { folder }) }))
    }
  }
}

const secrets = {
  ADMIN_TOKEN: 'the admin token of the fault harness, which is no secret',
  SESSION_SECRET: 'the session secret of the fault harness',
}

const startServices = async ({ redis: kind, proxied }: ClusterOptions): Promise<Services> => {
  const [mongo, redis] = await Promise.all([TestMongo.start(), startRedis(kind)])
  const mongoProxy = proxied ? await MongoProxy.start(mongo.port ?? portOf(mongo.uri('x')), { maxRecorded: 0 }) : null
  return { mongo, mongoProxy, redis, database: `fresco-chaos-${randomBytes(4).toString('hex')}` }
}

/** The proxies lead to one server on this machine. */
const portOf = (uri: string) => {
  const port = /^(?:127\.0\.0\.1|localhost):(\d+)$/.exec(parseMongoUri(uri)?.hosts ?? '')?.[1]
  if (!port) throw new Error('MONGODB_TEST_URI names no single server on this machine, which the proxies need: use --direct')
  return Number(port)
}

/** Only a single Redis has a proxy. The other deployments report the addresses of their servers, which lead past a proxy. */
const startProxies = async (mongoProxy: MongoProxy, redis: RedisDeployment) => ({
  mongo: await TcpProxy.start(mongoProxy.port),
  redis: redis.kind === 'single' ? await TcpProxy.start(redis.servers[0].port) : null,
})

const proxiedEnv = (services: Services | null, proxies: Member['proxies']): Record<string, string> =>
  services && proxies
    ? {
        // Otherwise the driver would get the address from the server and bypass the proxy.
        MONGODB_URI: `mongodb://127.0.0.1:${proxies.mongo.port}/${services.database}?directConnection=true`,
        ...(proxies.redis ? { REDIS_URL: `redis://127.0.0.1:${proxies.redis.port}` } : {}),
      }
    : {}
