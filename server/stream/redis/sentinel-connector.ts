/** Finds the primary through Sentinels as ioredis does, and writes nothing to the console. */
import { type Redis, type RedisOptions, SentinelConnector } from 'ioredis'

interface ConnectsToSentinels {
  connectToSentinel(endpoint: unknown, options?: unknown): Redis
}

/** ioredis declares the method as private. */
const Base = SentinelConnector as unknown as new (options: unknown) => ConnectsToSentinels

class Quiet extends Base {
  /** The failover detector of ioredis listens to no errors, and ioredis writes an error without a listener to the console. */
  override connectToSentinel(endpoint: unknown, options?: unknown) {
    return super.connectToSentinel(endpoint, options).on('error', () => undefined)
  }
}

export const QuietSentinelConnector = Quiet as unknown as NonNullable<RedisOptions['Connector']>
