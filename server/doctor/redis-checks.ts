/** Checks of each Redis server, over a connection of their own: version, role, eviction, rights, persistence, and whose keys it holds. */
import type { Redis } from 'ioredis'
import type { Canvas } from '../../lib/canvas.ts'
import type { Finding } from '../../lib/checks.ts'
import { reachRedis } from '../stream/redis/check-redis.ts'
import { type ConnectionOptions, connect } from '../stream/redis/connections.ts'
import { readHeads } from '../stream/redis/heads.ts'
import { redisNames } from '../stream/redis/keys.ts'
import { redisAddress } from '../stream/redis/redis-address.ts'
import { findMissing } from '../stream/redis/rights.ts'
import { findTargets, type TargetOptions } from '../stream/redis/targets.ts'
import { bytesText, type Check, ok, once, problem, reasonOf, unknown, warning } from './check.ts'

interface Server {
  readonly name: string
  readonly connection: ConnectionOptions
  readonly client: Redis
  readonly info: string
}

const oldestMajor = 7
const wantedBytes = 100 * 2 ** 20

const valueIn = (info: string, name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1]

export const assessRedis = (server: string, info: string): Finding => {
  const version = valueIn(info, 'redis_version') ?? String(oldestMajor)
  if (Number.parseInt(version, 10) < oldestMajor) return problem('redis_old', { server, version })
  if (valueIn(info, 'role') === 'slave') return problem('redis_replica', { server })
  const policy = valueIn(info, 'maxmemory_policy') ?? 'noeviction'
  if (policy !== 'noeviction') return problem('redis_evicts', { server, policy })
  const limit = Number(valueIn(info, 'maxmemory') ?? 0)
  return limit > 0 && limit < wantedBytes ? warning('redis_small', { server, limit: bytesText(limit) }) : ok('redis', { server, version })
}

export const assessPersistence = (info: string): Finding => {
  if (valueIn(info, 'aof_enabled') === '1') return ok('redis_aof')
  return Number(valueIn(info, 'rdb_saves') ?? 0) > 0 || valueIn(info, 'rdb_last_bgsave_time_sec') !== '-1'
    ? ok('redis_rdb')
    : ok('redis_not_persistent')
}

const checkRights = async ({ client, connection }: Server): Promise<Finding> => {
  const { username, database } = redisAddress(connection.url)
  const { rights, commands } = await findMissing(client, redisNames(connection), database)
  if (commands.length > 0) return problem('redis_commands_missing', { commands: commands.join(', ') })
  if (rights.length > 0) return problem('redis_rights_missing', { user: username ?? 'default', rights: rights.join(' ') })
  return ok('redis_rights')
}

type NamedCanvas = Pick<Canvas, 'id' | 'epoch'>

/** A board that is started over has another epoch for a moment. */
const checkKeys = async (server: Server, canvases: () => Promise<readonly NamedCanvas[]>): Promise<Finding> => {
  for (const { id } of await canvases()) {
    const { epoch } = await readHeads(server.client, redisNames(server.connection), id)
    if (epoch === null) continue
    const now = (await canvases()).find((canvas) => canvas.id === id)
    if (now && now.epoch !== epoch) return problem('redis_foreign', { board: id })
  }
  return ok('redis_own')
}

export interface RedisOptions extends TargetOptions {
  /** Null when the canvases cannot be read. */
  readonly canvases: (() => Promise<readonly NamedCanvas[]>) | null
}

/** One finding for all servers: the first that is not well. */
const worstOf = (findings: readonly Finding[]): Finding =>
  findings.find(({ status }) => status === 'problem') ?? findings.find(({ status }) => status !== 'ok') ?? findings[0] ?? ok('redis_own')

/** `close` ends all connections. */
export const redisChecks = ({ canvases, ...options }: RedisOptions) => {
  const clients: Redis[] = []
  const connectTo = async (name: string, connection: ConnectionOptions): Promise<Server> => {
    const client = connect(connection, 'general')
    clients.push(client)
    await reachRedis(client).catch((error: unknown) => {
      throw Object.assign(new Error(reasonOf(error)), { server: name })
    })
    return { name, connection, client, info: await client.info().catch(() => '') }
  }
  const open = once(async () => {
    const targets = await findTargets(options)
    return Promise.all(targets.map((target) => connectTo(target.server(), target.connection)))
  })
  const behind = (check: (server: Server) => Finding | Promise<Finding>) => async (): Promise<Finding> => {
    try {
      return worstOf(await Promise.all((await open()).map(check)))
    } catch (error) {
      const { server = 'REDIS_URL' } = error as { server?: string }
      return problem('redis_unreachable', { server, reason: reasonOf(error) })
    }
  }
  const checks: Check[] = [
    { code: 'redis', check: behind(({ name, info }) => assessRedis(name, info)) },
    { code: 'redis_rights', check: behind(checkRights) },
    { code: 'redis_persistence', check: behind(({ info }) => assessPersistence(info)) },
    { code: 'redis_shared', check: behind((server) => (canvases ? checkKeys(server, canvases) : unknown('no_server'))) },
  ]
  return {
    checks,
    close() {
      for (const client of clients) client.disconnect()
    },
  }
}
