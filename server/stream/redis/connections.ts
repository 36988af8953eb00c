/**
 * Connections to Redis, each named for its use. A command without a connection fails at once instead of waiting in a queue, and a command without an
 * answer fails after its deadline. The breaker then closes the connection.
 */
import { Redis, type RedisOptions } from 'ioredis'
import type { Logger } from '../../observability/log.ts'
import { StreamError } from '../port.ts'
import { asStreamError } from './breaker.ts'
import type { RedisNames } from './keys.ts'
import { connectorTo } from './node-connector.ts'
import { type RedisAddress, type RedisHost, redisAddress } from './redis-address.ts'
import { QuietSentinelConnector } from './sentinel-connector.ts'

export interface ConnectionOptions {
  readonly url: string
  /** `REDIS_PREFIX`. */
  readonly prefix?: string | undefined
  /** Certificates of the authorities that TLS trusts, as PEM; left out: those of Node. */
  readonly ca?: string | undefined
  /** For the Sentinels themselves; the user and password in `url` are those of the servers. */
  readonly sentinelAuth?: { readonly username: string | null; readonly password: string | null } | undefined
  readonly logger: Logger
  /** Of a Redis Cluster: finds the node to connect to. Left out: the address in `url`. */
  readonly primary?: () => Promise<RedisHost>
}

/** How long an answer may take before the connection counts as hung. */
const commandTimeoutMs = 2_000
const maxRetryMs = 1_000
/** A server that hangs does not answer a close either. */
const disconnectTimeoutMs = 100

/** Why a client has no connection; nothing while it has one. */
const lastErrors = new WeakMap<Redis, string>()

const addressOptions = ({ ca, sentinelAuth }: ConnectionOptions, address: RedisAddress): RedisOptions => {
  const { hosts, primary, username, password, database, isTls } = address
  const tls = ca === undefined ? {} : { ca }
  const shared = { db: database, ...(username && { username }), ...(password && { password }), ...(isTls && { tls }) }
  if (primary === null) return { ...shared, ...hosts[0] } as RedisOptions
  return {
    ...shared,
    Connector: QuietSentinelConnector,
    sentinels: [...hosts],
    name: primary,
    ...(sentinelAuth?.username && { sentinelUsername: sentinelAuth.username }),
    ...(sentinelAuth?.password && { sentinelPassword: sentinelAuth.password }),
    ...(isTls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
    // Shorter than `whenReady` waits, so that the next Sentinel has its turn.
    sentinelCommandTimeout: 1_000,
    // The old primary takes writes for seconds after a failover, and loses them.
    failoverDetector: true,
    // `whenReady` queries the Sentinels again.
    sentinelRetryStrategy: () => null,
  }
}

export const connect = (options: ConnectionOptions, name: string): Redis => {
  const address = redisAddress(options.url)
  const client: Redis = new Redis({
    ...addressOptions(options, address),
    connectionName: `fresco-${name}`,
    replyMapping: 'legacy',
    lazyConnect: true,
    disableClientInfo: true,
    // With RESP3 `general` can subscribe and still send commands. With RESP2 replies are lists, as the documentation of XREADGROUP shows them.
    protocol: name === 'general' ? 3 : 2,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // `RedisSignals` subscribes at each 'ready'. When a connection closes while ioredis subscribes automatically, the rejection ends the process.
    autoResubscribe: false,
    connectTimeout: 2_000,
    disconnectTimeout: disconnectTimeoutMs,
    // A blocked read takes longer. The reader has its deadline.
    ...(name === 'reader' ? {} : { commandTimeout: commandTimeoutMs }),
    retryStrategy: (attempt) => Math.min(maxRetryMs, 50 * 2 ** Math.min(attempt, 6)) * (0.5 + Math.random() / 2),
    // READONLY: the server became a replica. MOVED: another node has the slot. CLUSTERDOWN: the node is cut off from its cluster.
    reconnectOnError: (error) => /READONLY|MOVED|CLUSTERDOWN/.test(error.message),
    ...(options.primary && { Connector: connectorTo(options.primary) }),
  })
  // ioredis reports the same error again with each attempt, so it is logged for developers only. The loops log the consequence.
  const note = (error: Error, reason: string) => {
    lastErrors.set(client, reason)
    options.logger.debug({ event: 'redis_error', connection: name, err: error })
  }
  client.on('error', (error: Error) => {
    const before = lastErrors.get(client)
    // The error of a single Sentinel is more precise.
    note(error, before && error.message.startsWith('All sentinels') ? before : error.message)
  })
  client.on('sentinelError', (error: Error) => note(error, error.message))
  // ioredis reports no error when a server that the Sentinels name is not the primary.
  const silent =
    address.primary === null ? 'it does not answer' : 'the server that the Sentinels name is not the primary, or does not answer'
  client.on('connect', () => lastErrors.set(client, silent))
  client.on('ready', () => lastErrors.delete(client))
  return client
}

/** Resolves when the connection can be used, and closes it when it takes longer. @throws {StreamError} */
export const whenReady = async (client: Redis, timeoutMs = 2_000): Promise<void> => {
  if (client.status === 'ready') return
  if (client.status === 'wait' || client.status === 'end') client.connect().catch(() => undefined)
  await new Promise<void>((resolve, reject) => {
    const settle = (act: () => void) => () => {
      clearTimeout(timer)
      client.off('ready', ready).off('end', ended)
      act()
    }
    const fail = () => reject(new StreamError('unavailable', lastErrors.get(client) ?? 'it does not answer'))
    const ready = settle(resolve)
    const ended = settle(fail)
    const late = settle(() => {
      client.disconnect(true)
      fail()
    })
    const timer = setTimeout(late, timeoutMs)
    client.on('ready', ready).on('end', ended)
  })
}

/** Writes a key, because a Redis that is paused for writes still answers a PING. @throws when there is no answer, or an error. */
export const probe = async (client: Redis, names: RedisNames): Promise<void> => {
  await client.set(names.probe, '1', 'EX', 1)
}

/** Turns failures into `unavailable`, for calls without a breaker. */
export const guarded = async <Result>(run: () => Promise<Result>): Promise<Result> => {
  try {
    return await run()
  } catch (cause) {
    throw asStreamError(cause)
  }
}
