/**
 * Connections to Redis, each named for its use. All of them fail fast: a command on a dead connection is refused at once instead
 * of waiting in a queue, so that whoever sent it can back off, and one that gets no answer in time is given up. The breaker then throws
 * the connection away.
 */
import { Redis } from 'ioredis'
import type { Logger } from '../../observability/log.ts'
import { StreamError } from '../port.ts'
import { asStreamError } from './breaker.ts'
import type { RedisNames } from './keys.ts'

export interface ConnectionOptions {
  readonly url: string
  /** `REDIS_PREFIX`. */
  readonly prefix?: string | undefined
  readonly logger: Logger
}

/** How long an answer may take before the connection counts as hung. */
const commandTimeoutMs = 2_000
const maxRetryMs = 1_000
/** A hung peer does not answer a polite close either. */
const disconnectTimeoutMs = 100

export const connect = ({ url, logger }: ConnectionOptions, name: string): Redis => {
  const client = new Redis(url, {
    connectionName: `fresco-${name}`,
    lazyConnect: true,
    // RESP3 lets `general` subscribe and go on with commands; with RESP2 answers are lists, as the Lua scripts and XREADGROUP
    // are documented.
    protocol: name === 'general' ? 3 : 2,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // Whoever subscribes does so at each 'ready'. What ioredis does by itself nobody catches: a connection that dies meanwhile would end the process.
    autoResubscribe: false,
    connectTimeout: 2_000,
    disconnectTimeout: disconnectTimeoutMs,
    // A blocked read waits longer than any command may; its own deadline is in the reader.
    ...(name === 'reader' ? {} : { commandTimeout: commandTimeoutMs }),
    retryStrategy: (attempt) => Math.min(maxRetryMs, 50 * 2 ** Math.min(attempt, 6)) * (0.5 + Math.random() / 2),
    // After a failover the old connection leads to what is a replica now.
    reconnectOnError: (error) => error.message.includes('READONLY'),
  })
  // ioredis tells the same trouble again with each attempt; the loops say what it means.
  client.on('error', (error: Error) => logger.debug({ event: 'redis_error', connection: name, err: error }))
  return client
}

/** Resolves when the connection can be used. One that cannot within the time is thrown away. @throws {StreamError} */
export const whenReady = async (client: Redis, timeoutMs = 2_000): Promise<void> => {
  if (client.status === 'ready') return
  if (client.status === 'wait' || client.status === 'end') client.connect().catch(() => undefined)
  await new Promise<void>((resolve, reject) => {
    const settle = (act: () => void) => () => {
      clearTimeout(timer)
      client.off('ready', ready).off('end', ended)
      act()
    }
    const fail = () => reject(new StreamError('unavailable', 'Redis cannot be reached.'))
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

/** Whether Redis carries out a write: one that is paused for writes only answers a PING. @throws when there is no answer, or an error. */
export const probe = async (client: Redis, names: RedisNames): Promise<void> => {
  await client.set(names.probe, '1', 'EX', 1)
}

/** For whoever asks once: failures become `unavailable`. */
export const guarded = async <Result>(run: () => Promise<Result>): Promise<Result> => {
  try {
    return await run()
  } catch (cause) {
    throw asStreamError(cause)
  }
}
