/** What deploy/Dockerfile's last stage copies: without development packages, tests and source maps, it serves, places and stops. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imageFiles, linkFiles } from '../script/image.ts'
import { nodeFlags } from '../server/testing/as-started.ts'
import { freePort } from '../server/testing/free-port.ts'
import { killAtExit } from '../server/testing/kill-at-exit.ts'
import { Api } from './support/api.ts'
import { expect, test } from './support/fixtures.ts'

const folder = join(import.meta.dirname, '../.cache/image')

test('A7 the files of the container serve a page, place a pixel, and stop with 0', { tag: '@embedded' }, async () => {
  rmSync(folder, { recursive: true, force: true })
  linkFiles(imageFiles(), folder)
  const dataDir = mkdtempSync(join(tmpdir(), 'fresco-image-'))
  const before = readdirSync(folder, { recursive: true }).length
  const port = await freePort()
  const env = { NODE_ENV: 'production' as const, PORT: String(port), DATA_DIR: dataDir, NODE_COMPILE_CACHE: join(dataDir, 'compiled') }
  const child = spawn(process.execPath, [...nodeFlags, 'server/main.ts'], { cwd: folder, env, stdio: 'ignore' })
  killAtExit(child)
  const api = new Api(`http://localhost:${port}`)
  const isReady = () =>
    fetch(`http://localhost:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  await expect.poll(isReady, { timeout: 20_000 }).toBe(true)
  for (const path of ['/', '/admin']) expect((await fetch(`http://localhost:${port}${path}`)).status, path).toBe(200)
  expect((await api.place(3, 4, 5)).status).toBe(201)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  // A container may have a read-only root.
  expect(readdirSync(folder, { recursive: true })).toHaveLength(before)
  for (const each of [folder, dataDir]) rmSync(each, { recursive: true })
})
