/**
 * Bounds the stream and its groups. The groups of stopped gateways are removed, and entries that every live group has read are trimmed, except a
 * reserve for late readers. Entries wait for a slow group up to absolute bounds; beyond them, its gateway reads from the store.
 */
import type { Redis } from 'ioredis'
import type { GroupInfo } from '../port.ts'
import { heartbeatField, type Member, readConsumers, readGroups } from './groups.ts'
import type { RedisNames } from './keys.ts'

const reserve = 10_000
const absoluteBound = 200_000
const maxBytes = 64 * 2 ** 20
/** Entries that are kept whatever their size. */
const leastKept = 100
/** What Redis needs for an entry that is delivered and not acknowledged (measured on 7.0). It is not part of the entry. */
const bytesPerPending = 600

/** After so many checks without a heartbeat, the process of a group has ended. */
const checksOfDeadGroup = 3
/** After so many checks without a heartbeat, a member of a shared group that holds no entry is removed. */
const checksOfDeadMember = 60

const isFieldOf = (group: string) => (field: string) => field.startsWith(heartbeatField(group, ''))

/**
 * A member is alive while its heartbeat changes. Checks are counted instead of seconds, so an outage of Redis, a failover or a changed clock
 * removes no live member. How Redis counts `idle` differs between versions, so it is not used.
 */
export class StreamTrimming {
  readonly #redis: Redis
  readonly #names: RedisNames
  /** By heartbeat field: its value, and in how many checks it has not changed. */
  #seen: ReadonlyMap<string, { beat: string; unchangedChecks: number }> = new Map()

  constructor(redis: Redis, names: RedisNames) {
    this.#redis = redis
    this.#names = names
  }

  /** Removes groups and members that have no process any more, then trims. */
  async step(): Promise<{ removed: string[] }> {
    const groups = await readGroups(this.#redis, this.#names)
    const members: Member[] = []
    for (const { name, kind } of groups) {
      if (kind === 'projection') members.push(...(await readConsumers(this.#redis, this.#names, name)))
    }
    await this.#check(groups, members)
    const removed = groups.filter(({ name, kind }) => kind === 'broadcast' && !this.#isAlive(name)).map(({ name }) => name)
    for (const group of removed) await this.#remove(group)
    await this.#removeDead(members)
    await this.trim()
    return { removed }
  }

  async trim() {
    const groups = await readGroups(this.#redis, this.#names)
    const unread = groups.filter(({ name }) => this.#isAlive(name)).map(({ lag }) => lag ?? absoluteBound)
    await this.#trimTo(Math.min(absoluteBound, Math.max(0, ...unread) + reserve))
    const pending = groups.reduce((sum, group) => sum + group.pending, 0)
    await this.#trimBytes(pending * bytesPerPending)
  }

  /** Entries differ in size, so their mean is measured again after each cut. */
  async #trimBytes(pendingBytes: number) {
    for (;;) {
      const length = await this.#redis.xlen(this.#names.stream)
      const memory = await this.#redis.call('MEMORY', 'USAGE', this.#names.stream, 'SAMPLES', '0')
      const bytes = Number(memory ?? 0) - pendingBytes
      if (bytes <= maxBytes || length <= leastKept) return
      const kept = Math.max(leastKept, Math.floor((length * maxBytes) / bytes))
      if ((await this.#trimTo(kept)) === 0) return
    }
  }

  /** Redis removes whole nodes, and at most 10,000 entries a call, so that no other command waits for long. */
  async #trimTo(maxLength: number): Promise<number> {
    let all = 0
    for (;;) {
      const removed = await this.#redis.xtrim(this.#names.stream, 'MAXLEN', '~', maxLength)
      if (removed === 0) return all
      all += removed
    }
  }

  /** Groups and members without a heartbeat are checked, too: their processes may have stopped before the first one. */
  async #check(groups: readonly GroupInfo[], members: readonly Member[]) {
    const beats = await this.#redis.hgetall(this.#names.heartbeats)
    for (const { group, name } of members) beats[heartbeatField(group, name)] ??= ''
    for (const { name } of groups) {
      if (!Object.keys(beats).some(isFieldOf(name))) beats[heartbeatField(name, '')] = ''
    }
    const checked = Object.entries(beats).map(([field, beat]) => {
      const before = this.#seen.get(field)
      return [field, { beat, unchangedChecks: before?.beat === beat ? before.unchangedChecks + 1 : 0 }] as const
    })
    this.#seen = new Map(checked)
    const orphans = checked.filter(
      ([field, { unchangedChecks }]) => unchangedChecks >= checksOfDeadMember && !groups.some(({ name }) => isFieldOf(name)(field)),
    )
    if (orphans.length > 0) await this.#redis.hdel(this.#names.heartbeats, ...orphans.map(([field]) => field))
  }

  #fieldsOf(group: string) {
    return [...this.#seen.keys()].filter(isFieldOf(group))
  }

  #unchangedChecks(field: string) {
    return this.#seen.get(field)?.unchangedChecks ?? 0
  }

  /** A group that is new since the last check is alive. */
  #isAlive(group: string) {
    const fields = this.#fieldsOf(group)
    return fields.length === 0 || fields.some((field) => this.#unchangedChecks(field) < checksOfDeadGroup)
  }

  async #remove(group: string) {
    await this.#redis.xgroup('DESTROY', this.#names.stream, group)
    await this.#redis.hdel(this.#names.groupKinds, group)
    await this.#redis.hdel(this.#names.heartbeats, ...this.#fieldsOf(group))
  }

  async #removeDead(members: readonly Member[]) {
    for (const { group, name, pending } of members) {
      const field = heartbeatField(group, name)
      if (pending > 0 || this.#unchangedChecks(field) < checksOfDeadMember) continue
      await this.#redis.xgroup('DELCONSUMER', this.#names.stream, group, name)
      await this.#redis.hdel(this.#names.heartbeats, field)
    }
  }
}
