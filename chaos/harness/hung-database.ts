/**
 * Starts a MongoDB server of the harness again when it has hung. SecantusDB holds the lock of a collection while a write outside of transactions
 * waits for a transaction. If that transaction then writes to the same collection, both wait for ever, and with them every write to it. MongoDB has no
 * such lock. The restart loses nothing that was acknowledged, because each commit is on disk.
 */
import { setTimeout as wait } from 'node:timers/promises'
import mongoose from 'mongoose'
import type { Services } from './cluster.ts'

/** No fault of the harness stops MongoDB for so long. */
export const hungAfterMs = 25_000
const checksUntilHung = 12

/** The commands that were not answered, with their beginning in milliseconds of `performance.now()`. */
type Unanswered = Map<string, number>

export class HungDatabaseWatch {
  #restarts = 0
  readonly #services: Pick<Services, 'mongo' | 'database'>
  readonly #print: (line: string) => void
  readonly #afterMs: number
  readonly #stopped = new AbortController()
  readonly #ended: Promise<void>

  /** Watches a server that the harness has started. */
  constructor(options: {
    services: Pick<Services, 'mongo' | 'database'>
    print: (line: string) => void
    afterMs?: number
  }) {
    const { services, print, afterMs = hungAfterMs } = options
    this.#services = services
    this.#print = print
    this.#afterMs = afterMs
    this.#ended = services.mongo.isOwn ? this.#watch() : Promise.resolve()
  }

  get restarts() {
    return this.#restarts
  }

  async stop() {
    this.#stopped.abort()
    await this.#ended
  }

  async #watch() {
    const { mongo, database } = this.#services
    while (!this.#stopped.signal.aborted) {
      const connection = mongoose.createConnection(mongo.uri(database), { maxPoolSize: 50, socketTimeoutMS: 0 })
      connection.on('error', () => undefined)
      const hung = await this.#untilHung(connection).catch(() => null)
      if (hung !== null) {
        this.#print(`        MongoDB hung: ${hung} was not answered for ${this.#afterMs / 1_000} s; killed and started again`)
        this.#restarts++
        await mongo.kill()
        await mongo.boot()
      }
      // After the restart, because closing waits for an answer of the server.
      await connection.close(true).catch(() => undefined)
    }
  }

  /** Returns what was not answered. Null when the watch was stopped. */
  async #untilHung(connection: mongoose.Connection): Promise<string | null> {
    await connection.asPromise()
    const unanswered: Unanswered = new Map()
    const ask = (what: string, command: () => Promise<unknown>) => {
      if (unanswered.has(what)) return
      unanswered.set(what, performance.now())
      const answered = () => unanswered.delete(what)
      command().then(answered, answered)
    }
    let names: string[] = []
    while (!this.#stopped.signal.aborted) {
      ask('the list of collections', async () => {
        names = (await connection.listCollections()).map(({ name }) => name)
      })
      for (const name of names) ask(`a write to ${name}`, () => changeNothing(connection, name))
      await wait(this.#afterMs / checksUntilHung, undefined, { signal: this.#stopped.signal }).catch(() => undefined)
      const [hung] = [...unanswered].find(([, sinceMs]) => performance.now() - sinceMs > this.#afterMs) ?? []
      if (hung) return hung
    }
    return null
  }
}

const changeNothing = (connection: mongoose.Connection, name: string) =>
  connection.collection<{ _id: string }>(name).updateOne({ _id: 'of no document' }, { $set: { watched: true } })
