/** What Redis and Fresco's own hash report about the consumer groups of the stream. */
import type { Redis } from 'ioredis'
import type { GroupInfo } from '../port.ts'
import type { RedisNames } from './keys.ts'

/** Empty when there is no stream yet. */
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

export interface Member {
  readonly group: string
  readonly name: string
  readonly pending: number
}

export const readConsumers = async (redis: Redis, names: RedisNames, group: string): Promise<Member[]> => {
  const rows = (await redis.xinfo('CONSUMERS', names.stream, group)) as unknown[][]
  return rows.map((row) => ({ group, name: String(valueIn(row, 'name')), pending: Number(valueIn(row, 'pending')) }))
}

/** `row` is a flat list of names and values, as `XINFO` answers. */
const valueIn = (row: readonly unknown[], name: string) => row[row.indexOf(name) + 1]

/** A member's field in the hash of heartbeats. */
export const heartbeatField = (group: string, consumer: string) => `${group} ${consumer}`
