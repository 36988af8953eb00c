/**
 * A simulated replica set: three proxies before one server, which all have the same data. They answer the commands of a replica set as MongoDB
 * documents them. A step-down makes another proxy the primary, and `fsync` with `lock` on two of them stalls the majority.
 */
import mongoose from 'mongoose'
import { replies, stallMajority } from '../../server/testing/mongo-failover.fixture.ts'
import type { Document } from '../../server/testing/mongo-messages.fixture.ts'
import { type CommandFate, type MongoCommand, MongoProxy } from '../../server/testing/mongo-proxy.fixture.ts'

const name = 'simulated'
const electionMs = 500
const pass: CommandFate = { kind: 'pass' }
const answer = (reply: Document): CommandFate => ({ kind: 'refuse', reply: { ok: 1, ...reply } })

export class SimulatedSet {
  readonly #proxies: MongoProxy[] = []
  readonly #locked = new Set<MongoProxy>()
  #primary: MongoProxy | null = null
  #elections = 1
  #stall: ReturnType<typeof stallMajority> | null = null
  stepDowns = 0
  locksReplication = true
  /** Writes that no majority confirmed at first. */
  stalled = 0
  /** What tests change in the answers of all members, by command. */
  readonly changes: Record<string, (reply: Document) => Document> = {}

  private constructor() {}

  static async start(port: number): Promise<SimulatedSet> {
    const set = new SimulatedSet()
    for (let count = 0; count < 3; count++) {
      const proxy = await MongoProxy.start(port, { maxRecorded: 0 })
      proxy.onHello = (reply) => ({ ...reply, ...set.#hello(proxy) })
      proxy.onCommand = (command) => set.#fate(proxy, command)
      set.#proxies.push(proxy)
    }
    set.#primary = set.#proxies[0] ?? null
    return set
  }

  get hosts() {
    return this.#proxies.map(({ port }) => `127.0.0.1:${port}`)
  }

  get uri() {
    return `mongodb://${this.hosts.join(',')}/?replicaSet=${name}`
  }

  get primary() {
    return this.#primary && `127.0.0.1:${this.#primary.port}`
  }

  get locks() {
    return this.#locked.size
  }

  async close() {
    this.#stall?.end()
    await Promise.all(this.#proxies.map((proxy) => proxy.close()))
  }

  #hello(proxy: MongoProxy): Document {
    const isPrimary = proxy === this.#primary
    const { primary } = this
    const state = { ismaster: isPrimary, isWritablePrimary: isPrimary, secondary: !isPrimary, ...(primary ? { primary } : {}) }
    const electionId = new mongoose.mongo.ObjectId(this.#elections.toString(16).padStart(24, '0'))
    const hello = {
      setName: name,
      setVersion: 1,
      hosts: this.hosts,
      me: `127.0.0.1:${proxy.port}`,
      ...state,
      ...(isPrimary ? { electionId } : {}),
    }
    return this.changes['hello']?.(hello) ?? hello
  }

  #fate(proxy: MongoProxy, command: MongoCommand): CommandFate {
    const own = this.#ownReply(proxy, command)
    if (own) return answer(this.changes[command.name]?.(own) ?? own)
    if (proxy !== this.#primary && !/^(buildInfo|connectionStatus|ping|endSessions)$/i.test(command.name)) {
      return { kind: 'refuse', reply: replies.notWritablePrimary }
    }
    const fate = this.#stall?.fate(command) ?? pass
    if (fate.kind !== 'pass') this.stalled++
    return fate
  }

  /** Null for a command that the server answers. */
  #ownReply(proxy: MongoProxy, { name: command, body }: MongoCommand): Document | null {
    switch (command) {
      case 'replSetGetConfig':
        return { config: { _id: name, members: this.hosts.map((host, _id) => ({ _id, host, arbiterOnly: false, priority: 1, votes: 1 })) } }
      case 'replSetGetStatus':
        return {
          members: this.#proxies.map((each, index) => ({
            name: this.hosts[index],
            stateStr: each === this.#primary ? 'PRIMARY' : 'SECONDARY',
          })),
        }
      case 'getParameter':
        return { featureCompatibilityVersion: { version: '8.0' }, transactionLifetimeLimitSeconds: 60 }
      case 'getDefaultRWConcern':
        return { defaultWriteConcern: { w: 'majority', wtimeout: 0 }, defaultReadConcern: { level: 'local' } }
      case 'currentOp':
        return { inprog: [], ...(this.#locked.has(proxy) ? { fsyncLock: true } : {}) }
      case 'replSetFreeze':
        return {}
      case 'replSetStepDown':
        return proxy === this.#primary ? this.#stepDown(proxy) : replies.notWritablePrimary
      case 'fsync':
        return body['lock'] === true ? this.#lock(proxy) : {}
      case 'fsyncUnlock':
        return this.#unlock(proxy)
      default:
        return null
    }
  }

  #stepDown(old: MongoProxy) {
    this.stepDowns++
    this.#primary = null
    const elect = () => {
      this.#elections++
      this.#primary = this.#proxies[(this.#proxies.indexOf(old) + 1) % this.#proxies.length] ?? null
    }
    setTimeout(elect, electionMs)
    return {}
  }

  #lock(proxy: MongoProxy) {
    this.#locked.add(proxy)
    if (this.locksReplication && this.#locked.size > 1) this.#stall ??= stallMajority()
    return { lockCount: 1 }
  }

  #unlock(proxy: MongoProxy) {
    if (!this.#locked.delete(proxy)) return { ok: 0, code: 20, codeName: 'IllegalOperation', errmsg: 'fsyncUnlock called when not locked' }
    this.#stall?.end()
    this.#stall = null
    return { lockCount: 0 }
  }
}
