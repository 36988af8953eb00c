/** The program of a round as a child of the server. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSqliteTestStore, type TestStore } from '../store/test-stores.fixture.ts'
import { killAtExit } from '../testing/kill-at-exit.ts'
import type { RoundRequest } from './round.ts'
import { createRoundStarter } from './start-round.ts'

const request: RoundRequest = { kind: 'backup', installation: 'abcdefgh', startedAtMs: 0, entries: [], floorBytes: 0 }
const heldBy = `--import=${new URL('./held-round.fixture.ts', import.meta.url).href}`

let under: TestStore
let dir: string
let env: NodeJS.ProcessEnv
beforeEach(async () => {
  under = createSqliteTestStore()
  await (await under.open()).close()
  dir = mkdtempSync(join(tmpdir(), 'fresco-backups-'))
  env = { ...process.env, ...under.env, BACKUP_DIR: dir }
})
afterEach(async () => {
  await under.dispose()
  rmSync(dir, { recursive: true, force: true })
})

const start = (change: Readonly<Record<string, string>> = {}, signal = new AbortController().signal) =>
  createRoundStarter({ env: { ...env, ...change } })(request, { signal, onBytes: () => undefined })
const folders = () => readdir(dir).catch(() => [])
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('its result is read, and a wrong environment is a failure with the reason', async () => {
  expect(await start()).toMatchObject({ problem: null, made: { name: 'fresco-1970-01-01T00-00-00Z-abcdefgh' } })
  expect(await start({ BACKUP_KEEP: 'many' })).toMatchObject({
    problem: { code: 'failed', detail: expect.stringContaining('BACKUP_KEEP must be') },
  })
})

test('it ends with the signal, also while it copies the database', async () => {
  const controller = new AbortController()
  const started = start({ NODE_OPTIONS: heldBy }, controller.signal)
  await vi.waitFor(async () => expect(await folders()).toHaveLength(1), { timeout: 20_000 })
  controller.abort()
  expect(await started).toBeNull()
})

test('a program that is killed is a failure with its last words', async () => {
  const program = `data:text/javascript,process.stderr.write('out of memory'); process.kill(process.pid, 'SIGKILL')`
  expect(await start({ NODE_OPTIONS: `--import=${encodeURI(program)}` })).toMatchObject({
    problem: { code: 'interrupted', detail: 'The program ended early (SIGKILL). out of memory' },
  })
})

test('it ends when the server is killed, also while it copies the database', async () => {
  const module = new URL('./start-round.ts', import.meta.url).href
  const options = `{ signal: new AbortController().signal, onBytes: () => undefined }`
  const env2 = `{ ...process.env, NODE_OPTIONS: ${JSON.stringify(heldBy)} }`
  const code = `const { createRoundStarter } = await import(${JSON.stringify(module)})
    const result = await createRoundStarter({ env: ${env2} })(${JSON.stringify(request)}, ${options})
    console.log(JSON.stringify(result))`
  const server: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', code], { env, stdio: 'ignore' })
  killAtExit(server)
  await vi.waitFor(async () => expect(await folders()).toHaveLength(1), { timeout: 20_000 })
  const pid = await childOf(server.pid ?? 0)
  expect(isAlive(pid)).toBe(true)
  server.kill('SIGKILL')
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 })
})

const childOf = async (parent: number): Promise<number> => {
  const children = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8')
  return Number(children.trim().split(' ')[0])
}
