/**
 * A MongoDB for tests: the one that MONGODB_TEST_URI names, or the binary of MONGODB_TEST_SERVER, started on a free port with a
 * temporary folder. Without either, tests skip, or fail under REQUIRE_SERVICES=1.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../testing/free-port.ts'
import { freezeProcess } from '../../testing/freeze-process.ts'
import { killAtExit } from '../../testing/kill-at-exit.ts'
import { changeMongoUri, parseMongoUri } from './mongo-uri.fixture.ts'

/** @throws when there is none under REQUIRE_SERVICES=1. */
export const hasTestMongo = () => {
  const isThere = Boolean(process.env['MONGODB_TEST_URI'] ?? process.env['MONGODB_TEST_SERVER'])
  if (!isThere && process.env['REQUIRE_SERVICES'] === '1') throw new Error('no MongoDB: set MONGODB_TEST_URI or MONGODB_TEST_SERVER')
  return isThere
}

const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

/** A server that the test started, and may kill, freeze and start again on its files. */
interface OwnServer {
  readonly port: number
  readonly folder: string
  readonly syncs: boolean
}

export class TestMongo {
  readonly #baseUri: string
  readonly #own: OwnServer | null
  #child: ChildProcess | null = null

  private constructor(baseUri: string, own: OwnServer | null) {
    this.#baseUri = baseUri
    this.#own = own
  }

  /** `syncs`: each commit is on disk before the server answers. Otherwise a kill loses the newest commits. */
  static async start({ syncs = true }: { syncs?: boolean } = {}): Promise<TestMongo> {
    const uri = process.env['MONGODB_TEST_URI']
    if (uri) return new TestMongo(uri, null)
    const port = await freePort()
    const mongo = new TestMongo(`mongodb://127.0.0.1:${port}/`, { port, folder: mkdtempSync(join(tmpdir(), 'fresco-mongo-')), syncs })
    await mongo.boot()
    return mongo
  }

  /** Whether the test started the server. A test must not kill the server of MONGODB_TEST_URI. */
  get isOwn() {
    return this.#own !== null
  }

  /** The process id, for signals. */
  get pid() {
    return this.#child?.pid
  }

  /** Whether `start` starts a server. */
  static startsItsOwn() {
    return !process.env['MONGODB_TEST_URI']
  }

  /** The port of a server that the test started; null for the server of MONGODB_TEST_URI. */
  get port() {
    return this.#own?.port ?? null
  }

  /** The data folder of a server that the test started. */
  get folder() {
    return this.#own?.folder ?? null
  }

  /** Starts the server on its folder, and waits until it listens. */
  async boot() {
    if (!this.#own) return
    const { port, folder, syncs } = this.#own
    const args = ['--port', String(port), '--storage-path', folder, ...(syncs ? ['--sync-on-commit'] : [])]
    const child = spawn(process.env['MONGODB_TEST_SERVER'] ?? '', args, { stdio: 'ignore' })
    this.#child = child
    killAtExit(child)
    while (!(await isListening(port))) {
      if (child.exitCode !== null) throw new Error(`the MongoDB server ended with ${child.exitCode}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** From now on the server accepts connections and commands, and answers none. */
  async freeze() {
    if (this.#child?.pid) await freezeProcess(this.#child.pid)
  }

  thaw() {
    this.#child?.kill('SIGCONT')
  }

  async kill() {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  /** The URI of a database of this name. A database that MONGODB_TEST_URI names is a prefix of it. */
  uri(name: string) {
    const prefix = parseMongoUri(this.#baseUri)?.database
    return changeMongoUri(this.#baseUri, { database: prefix ? `${prefix}-${name}` : name })
  }

  /** The URI of one member of the replica set. */
  memberUri(host: string) {
    return changeMongoUri(this.#baseUri, { hosts: host }, { directConnection: 'true' })
  }

  async dispose() {
    await this.kill()
    if (this.#own) rmSync(this.#own.folder, { recursive: true, force: true })
  }
}
