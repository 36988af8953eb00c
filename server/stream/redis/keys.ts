/**
 * The names of everything that Fresco keeps in Redis, built in one place. Keys belong to a database; channels belong to none, so
 * the channel carries the database's number. `REDIS_PREFIX` begins all of them, for two installations in one database.
 */
import type { CanvasId } from '../../../lib/brand.ts'
import { redisAddress } from './redis-address.ts'

export interface RedisNames {
  readonly stream: string
  /** Hash: `epoch`, and for each tile number the seq of its last entry. */
  heads(canvas: CanvasId): string
  /** Hash: what kind each consumer group is. */
  readonly groupKinds: string
  /** Hash: for each member of a group a value that changes while its process is alive. It has no expiry, so that `volatile-…` evicts it no sooner. */
  readonly heartbeats: string
  readonly signals: string
  /** Written once at start, to find out whether Redis takes writes. */
  readonly probe: string
}

export const redisNames = ({ url, prefix = '' }: { url: string; prefix?: string | undefined }): RedisNames => {
  const { database } = redisAddress(url)
  return {
    stream: `${prefix}pixels:events`,
    heads: (canvas) => `${prefix}fresco:tails:${canvas}`,
    groupKinds: `${prefix}fresco:groups`,
    heartbeats: `${prefix}fresco:heartbeats`,
    signals: `${prefix}fresco:signals:${database}`,
    probe: `${prefix}fresco:probe`,
  }
}
