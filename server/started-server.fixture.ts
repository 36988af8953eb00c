/** A whole server in this process, without pages, for tests of what reaches clients. The test mocks `pages.ts`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { monotonicNow } from './clock.ts'
import { readConfig } from './config.ts'
import { createContainer } from './container.ts'
import type { Lifecycle } from './lifecycle.ts'
import { silentLogger } from './observability/log.ts'
import { createUnexpectedErrors } from './observability/unexpected-errors.ts'

export const adminToken = 'an-admin-token-for-this-test-only'
/** Called in the reverse order by `closeAll`. */
export const closers: (() => Promise<void> | void)[] = []
/** For `afterEach`. */
export const closeAll = async () => {
  for (const close of closers.splice(0).reverse()) await close()
}

/** Its address. */
export const startServer = async (environment: Readonly<Record<string, string>>) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'fresco-canvas-changes-'))
  const fixed = { DATA_DIR: dataDir, PORT: '0', HOST: '127.0.0.1', CANVAS_WIDTH: '64', CANVAS_HEIGHT: '64', ADMIN_TOKEN: adminToken }
  const result = readConfig({ ...fixed, SESSION_SECRET: 'a-session-secret-for-this-test-only', ...environment })
  if (!result.ok) throw new Error(result.mistakes.join('\n'))
  const stops: (() => Promise<void> | void)[] = []
  const lifecycle: Lifecycle = {
    onStop: (_name, stop) => void stops.unshift(stop),
    stop: async () => 'clean',
    listenForSignals: () => undefined,
    fail: async (_reason, error) => expect.unreachable(String(error)),
  }
  const errors = createUnexpectedErrors({ logger: silentLogger, monotonicNow })
  const container = await createContainer({ config: result.config, logger: silentLogger, lifecycle, errors, dev: false })
  closers.push(async () => {
    for (const stop of stops) await stop()
    rmSync(dataDir, { recursive: true })
  })
  return `http://127.0.0.1:${(await container.listen()).port}`
}
