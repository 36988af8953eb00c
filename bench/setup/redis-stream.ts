/** Redis's own statistics of a run: commands, connections, and entries of the stream. */
import { Redis } from 'ioredis'
import { tileKey } from '../../lib/tile-key.ts'
import { decodeEntry } from '../../server/stream/redis/entry.ts'
import { redisNames } from '../../server/stream/redis/keys.ts'
import type { Scope } from '../framework/scope.ts'

const names = redisNames({ url: 'redis://localhost' })

const page = 1_000

export class RedisStatistics {
  readonly #redis: Redis

  constructor(scope: Scope, url: string) {
    this.#redis = new Redis(url)
    scope.defer(() => this.#redis.disconnect())
  }

  /** Commands that Redis has run, with those inside Lua scripts and without this one. */
  async commands(): Promise<number> {
    const count = /total_commands_processed:(\d+)/.exec(await this.#redis.info('stats'))?.[1]
    if (count === undefined) throw new Error('Redis does not report total_commands_processed')
    return Number(count)
  }

  /** CPU that the server has used since its start. */
  async usage(): Promise<{ cpuSeconds: number }> {
    const info = await this.#redis.info('cpu')
    const seconds = ['user', 'sys'].map((kind) => Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(info)?.[1]))
    if (!seconds.every(Number.isFinite)) throw new Error('Redis does not report used_cpu_user and used_cpu_sys')
    return { cpuSeconds: seconds.reduce((sum, each) => sum + each, 0) }
  }

  /** Entries in the stream. It costs Redis almost nothing. */
  async length(): Promise<number> {
    return this.#redis.xlen(names.stream)
  }

  /** How many entries repeat a tile's seq, and how many entries there are. */
  async entries(): Promise<{ count: number; duplicates: number; outOfOrder: number }> {
    const heads = new Map<string, number>()
    const result = { count: 0, duplicates: 0, outOfOrder: 0 }
    for (let start = '-'; ; ) {
      const rows = await this.#redis.xrangeBuffer(names.stream, start, '+', 'COUNT', page)
      for (const [, fields] of rows) {
        const commit = decodeEntry(fields)
        if (!commit) throw new Error('an entry of the stream is no commit')
        const key = tileKey(commit)
        const head = heads.get(key) ?? 0
        result.count++
        if (commit.seq <= head) result.duplicates++
        else if (commit.seq !== head + 1) result.outOfOrder++
        heads.set(key, Math.max(head, commit.seq))
      }
      const last = rows.at(-1)?.[0]
      if (rows.length < page || !last) return result
      start = `(${last.toString()}`
    }
  }
}
