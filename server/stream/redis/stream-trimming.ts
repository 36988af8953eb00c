/**
 * Bounds the stream and its groups. The groups of stopped gateways are removed, and entries that every live group has read are trimmed, except a
 * reserve for late readers. Entries wait for a slow group up to an absolute bound; beyond it, its gateway reads from the store.
 */
import type { Redis } from 'ioredis'
import type { GroupInfo } from '../port.ts'
import type { RedisNames } from './keys.ts'

const reserve = 10_000
const absoluteBound = 200_000
/** Members of a shared group that asked for nothing that long and hold nothing: their processes are gone. */
const removedAfterMs = 10 * 60_000

/** Everything that XINFO GROUPS and our own notes tell of the groups; empty when there is no stream yet. */
export const readGroups = async (redis: Redis, names: RedisNames): Promise<GroupInfo[]> => {
  let rows: unknown[][]
  try {
    rows = (await redis.xinfo('GROUPS', names.stream)) as unknown[][]
  } catch (error) {
    if (error instanceof Error && error.message.includes('no such key')) return []
    throw error
  }
  const kinds = await redis.hgetall(names.groupKinds)
  return rows.map((row) => {
    const value = (name: string) => valueIn(row, name)
    const name = String(value('name'))
    const lag = value('lag')
    return {
      name,
      kind: kinds[name] === 'broadcast' ? 'broadcast' : 'projection',
      consumers: Number(value('consumers')),
      pending: Number(value('pending')),
      lag: lag === null || lag === undefined ? null : Number(lag),
      lastDeliveredId: String(value('last-delivered-id')),
    }
  })
}

/** `row` is a flat list of names and values, as `XINFO` answers. */
const valueIn = (row: readonly unknown[], name: string) => row[row.indexOf(name) + 1]

const removeIdleMembers = async (redis: Redis, names: RedisNames, group: string) => {
  const rows = (await redis.xinfo('CONSUMERS', names.stream, group)) as unknown[][]
  for (const row of rows) {
    if (Number(valueIn(row, 'pending')) > 0 || Number(valueIn(row, 'idle')) < removedAfterMs) continue
    await redis.xgroup('DELCONSUMER', names.stream, group, String(valueIn(row, 'name')))
  }
}

export const trimStream = async (redis: Redis, names: RedisNames): Promise<{ removed: string[] }> => {
  const removed: string[] = []
  let slowest = 0
  for (const { name, kind, lag } of await readGroups(redis, names)) {
    const isAlive = (await redis.exists(names.heartbeat(name))) === 1
    if (!isAlive && kind === 'broadcast') {
      await redis.xgroup('DESTROY', names.stream, name)
      await redis.hdel(names.groupKinds, name)
      removed.push(name)
    } else {
      if (isAlive) slowest = Math.max(slowest, lag ?? absoluteBound)
      if (kind === 'projection') await removeIdleMembers(redis, names, name)
    }
  }
  await redis.xtrim(names.stream, 'MAXLEN', '~', Math.min(absoluteBound, slowest + reserve))
  return { removed }
}
