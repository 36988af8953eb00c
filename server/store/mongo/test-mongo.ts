/**
 * A MongoDB for tests: the one that MONGODB_TEST_URI names, or the binary of MONGODB_TEST_SERVER, started on a free port with a
 * temporary folder. Null when there is neither: then tests skip, by name, or fail under REQUIRE_SERVICES=1.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../free-port.ts'

export const hasTestMongo = () => Boolean(process.env['MONGODB_TEST_URI'] ?? process.env['MONGODB_TEST_SERVER'])

const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

export class TestMongo {
  readonly #baseUri: string
  readonly #child: ChildProcess | null
  readonly #folder: string | null

  private constructor(baseUri: string, child: ChildProcess | null, folder: string | null) {
    this.#baseUri = baseUri
    this.#child = child
    this.#folder = folder
  }

  static async start(): Promise<TestMongo> {
    const uri = process.env['MONGODB_TEST_URI']
    if (uri) return new TestMongo(uri, null, null)
    const port = await freePort()
    const folder = mkdtempSync(join(tmpdir(), 'fresco-mongo-'))
    const child = spawn(process.env['MONGODB_TEST_SERVER'] ?? '', ['--port', String(port), '--storage-path', folder, '--sync-on-commit'], {
      stdio: 'ignore',
    })
    while (!(await isListening(port))) {
      if (child.exitCode !== null) throw new Error(`the MongoDB server ended with ${child.exitCode}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return new TestMongo(`mongodb://127.0.0.1:${port}/`, child, folder)
  }

  /** The address of a database of this name. */
  uri(database: string) {
    const url = new URL(this.#baseUri)
    url.pathname = `/${database}`
    return url.href
  }

  async dispose() {
    if (this.#child && this.#child.exitCode === null) {
      const ended = once(this.#child, 'exit')
      this.#child.kill('SIGKILL')
      await ended
    }
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true })
  }
}
