/** Runs `backup` and `restore` for tests, and gives each test a painted store and a folder. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach } from 'vitest'
import { describeOnPaintedStores, type PaintedSetup } from '../audit/painted-store.fixture.ts'
import { runCommand } from '../cli/run-command.ts'
import { readConfig } from '../config.ts'
import { retentionMs, type TestStore } from '../store/test-stores.fixture.ts'

const configOf = (env: Readonly<Record<string, string>>) => {
  const result = readConfig(env)
  // Commits of 1970 must not expire.
  return result.ok ? { ...result, config: { ...result.config, outboxRetentionMs: retentionMs } } : result
}

export const run = async ({ env }: TestStore, args: readonly string[], onProgress: (line: string) => void = () => undefined) => {
  const out: string[] = []
  const err: string[] = []
  const progress = (line: string) => {
    err.push(line)
    onProgress(line)
  }
  const code = await runCommand({
    args,
    config: () => configOf(env),
    print: (line) => void out.push(line),
    progress,
    ask: null,
    now: () => 0,
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

export const epochOf = async (under: TestStore) => {
  const store = await under.openReading()
  const [canvas] = await store.listCanvases()
  await store.close()
  return canvas?.epoch ?? ''
}

/** Starts a `backup` process that stops in the middle (`held`) until `finish`, which resolves to its output. */
export const holdBackup = (env: NodeJS.ProcessEnv, folder: string) => {
  const args = ['--import', new URL('./held-backup.fixture.ts', import.meta.url).href, 'server/cli/main.ts', 'backup', folder]
  const running = promisify(execFile)(process.execPath, args, { env })
  const held = Promise.race([
    new Promise((resolve) => running.child.stdout?.once('data', resolve)),
    running.then(() => Promise.reject(new Error('the backup ended before it was held'))),
  ])
  return {
    held,
    async finish() {
      writeFileSync(`${folder}.release`, '')
      return (await running).stdout
    },
  }
}

export interface BackupSetup {
  readonly painted: PaintedSetup
  /** A folder for the test, and one in it that does not exist yet. */
  parent: string
  folder: string
}

export const describeBackups = (title: string, define: (setup: BackupSetup) => void) =>
  describeOnPaintedStores(title, (painted) => {
    const setup = { painted } as BackupSetup
    beforeEach(() => {
      setup.parent = mkdtempSync(join(tmpdir(), 'fresco-backup-'))
      setup.folder = join(setup.parent, 'monday')
    })
    afterEach(() => rmSync(setup.parent, { recursive: true, force: true }))
    define(setup)
  })
