/** A load test with a report leaves no board behind, and starts only where its figures mean something. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { readConfig } from '../../config.ts'
import { adminToken, closeAll, closers, startServer } from '../../started-server.fixture.ts'
import { runCommand } from '../run-command.ts'

vi.mock('../../pages.ts', () => ({
  createPages: () => ({ handle: async () => undefined, ready: Promise.resolve(), close: async () => undefined }),
}))
afterEach(closeAll)

const setUp = async (environment: Record<string, string> = {}) => {
  const url = await startServer({ RATE_LIMITS: 'off', ...environment })
  const folder = mkdtempSync(join(tmpdir(), 'fresco-report-'))
  closers.push(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'report.html')
  const err: string[] = []
  const onProgress: { call: (line: string) => void } = { call: () => undefined }
  const run = (args: readonly string[], typed: string | null = null) =>
    runCommand({
      args: ['crowd', '--url', url, ...args],
      config: () => readConfig({ ADMIN_TOKEN: adminToken, DATA_DIR: folder }),
      print: (line) => void err.push(line),
      progress(line) {
        err.push(line)
        onProgress.call(line)
      },
      ask: typed === null ? null : async () => typed,
      now: () => performance.now(),
    })
  const boards = async () => {
    const response = await fetch(`${url}/api/admin/canvases`, { headers: { authorization: `Bearer ${adminToken}` } })
    return ((await response.json()) as { canvases: { id: string; erasing?: string | null }[] }).canvases.filter(({ erasing }) => !erasing)
  }
  return { url, file, run, boards, onProgress, text: () => err.join('\n') }
}

test('a load test that is stopped deletes its board, and says that there is no report', async () => {
  const { file, run, boards, onProgress, text } = await setUp()
  let during: string[] = []
  onProgress.call = (line) => {
    if (!line.includes('carried')) return
    void boards().then((all) => {
      during = all.map(({ id }) => id)
      process.emit('SIGHUP')
    })
  }
  expect(await run(['--report', file, '--painters', '5', '--watchers', '5', '--yes'])).toBe(1)
  expect(during).toEqual(['main', expect.stringMatching(/^load-test-[0-9a-f]{8}$/)])
  expect((await boards()).map(({ id }) => id)).toEqual(['main'])
  expect(text()).toContain('Stopped. There is no report.')
  expect(existsSync(file)).toBe(false)
}, 60_000)

test('with rate limits a large load test does not start, and names the setting', async () => {
  const { file, run, boards, text } = await setUp({ RATE_LIMITS: 'on' })
  expect(await run(['--report', file, '--yes'])).toBe(1)
  expect(text()).toContain('RATE_LIMITS is on')
  expect(await boards()).toHaveLength(1)
})

test('a load test asks before it starts, and checks that its file can be written', async () => {
  const { file, run, boards, text } = await setUp()
  expect(await run(['--report', file])).toBe(2)
  expect(await run(['--report', file], 'no')).toBe(1)
  expect(await run(['--report', join(file, 'nowhere.html')], 'load')).toBe(1)
  expect(text()).toContain('Nothing was started.')
  expect(await run(['--report', file, '--rate', '5', '--yes'])).toBe(2)
  expect(text()).toContain('--rate is for a crowd without --report')
  expect(await boards()).toHaveLength(1)
})
