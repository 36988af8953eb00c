/**
 * What keeps the stream and its groups in bounds: groups of gateways that are gone are removed, and entries that every live group
 * has read are trimmed, beyond a reserve for latecomers. One that lags is waited for up to an absolute bound; past it, its gateway
 * heals from the store.
 */
import type { Redis } from 'ioredis'
import type { GroupInfo } from '../port.ts'
import { groupKindsKey, heartbeatKey, streamKey } from './keys.ts'

const reserve = 10_000
const absoluteBound = 200_000

/** Everything that XINFO GROUPS and our own notes tell of the groups; empty when there is no stream yet. */
export const readGroups = async (redis: Redis): Promise<GroupInfo[]> => {
  let rows: unknown[][]
  try {
    rows = (await redis.xinfo('GROUPS', streamKey)) as unknown[][]
  } catch (error) {
    if (error instanceof Error && error.message.includes('no such key')) return []
    throw error
  }
  const kinds = await redis.hgetall(groupKindsKey)
  return rows.map((row) => {
    const value = (name: string) => row[row.indexOf(name) + 1]
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

export const keepUp = async (redis: Redis): Promise<{ removed: string[] }> => {
  const removed: string[] = []
  let slowest = 0
  for (const { name, kind, lag } of await readGroups(redis)) {
    const isAlive = (await redis.exists(heartbeatKey(name))) === 1
    if (!isAlive && kind === 'broadcast') {
      await redis.xgroup('DESTROY', streamKey, name)
      await redis.hdel(groupKindsKey, name)
      removed.push(name)
    } else if (isAlive) {
      slowest = Math.max(slowest, lag ?? absoluteBound)
    }
  }
  await redis.xtrim(streamKey, 'MAXLEN', '~', Math.min(absoluteBound, slowest + reserve))
  return { removed }
}
