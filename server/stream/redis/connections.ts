/**
 * Connections to Redis, each named for its use. All of them fail fast: a command on a dead connection is refused at once instead
 * of waiting in a queue, so that whoever sent it can back off, and one that gets no answer in time is given up together with its
 * connection.
 */
import { Redis } from 'ioredis'
import type { Logger } from '../../observability/log.ts'
import { StreamError } from '../port.ts'

export interface ConnectionOptions {
  readonly url: string
  readonly logger: Logger
}

/** How long an answer may take before the connection counts as hung. */
const commandTimeoutMs = 2_000
const maxRetryMs = 2_000

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
    connectTimeout: 2_000,
    // A blocked read waits longer than any command may; its own deadline is in the reader.
    ...(name === 'reader' ? {} : { commandTimeout: commandTimeoutMs }),
    retryStrategy: (attempt) => Math.min(maxRetryMs, 50 * 2 ** Math.min(attempt, 6)) * (0.5 + Math.random() / 2),
  })
  // ioredis tells the same trouble again with each attempt; the loops say what it means.
  client.on('error', (error: Error) => logger.debug({ event: 'redis_error', connection: name, err: error }))
  return client
}

/** Resolves when the connection can be used. @throws {StreamError} when it cannot within the time. */
export const whenReady = async (client: Redis, timeoutMs = 2_000): Promise<void> => {
  if (client.status === 'ready') return
  if (client.status === 'wait' || client.status === 'end') client.connect().catch(() => undefined)
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      client.off('ready', ready)
    }
    const ready = () => {
      stop()
      resolve()
    }
    const timer = setTimeout(() => {
      stop()
      reject(new StreamError('unavailable', 'Redis cannot be reached.'))
    }, timeoutMs)
    client.on('ready', ready)
  })
}

/** What every call to Redis goes through: its failures become `unavailable`. */
export const guarded = async <Result>(run: () => Promise<Result>): Promise<Result> => {
  try {
    return await run()
  } catch (cause) {
    if (cause instanceof StreamError) throw cause
    throw new StreamError('unavailable', cause instanceof Error ? cause.message : 'Redis failed', { cause })
  }
}
