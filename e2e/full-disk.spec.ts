import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './support/fixtures.ts'

/** The size limit for the server's files. A write beyond it fails as on a full disk. It is the soft limit, which can be raised again. */
const limitFiles = (pid: number | undefined, bytes: number | 'unlimited') =>
  expect(spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]).status).toBe(0)

test('A1 a full disk is reported by readiness, metrics, log and /admin, and the server recovers automatically', {
  tag: '@embedded',
}, async ({ server, api, page }) => {
  await api.token()
  const metric = async (name: string) => {
    const text = await (await fetch(`${server.url}/metrics`)).text()
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length + 1),
    )
  }
  const readiness = async () => (await fetch(`${server.url}/readyz`)).status
  await page.goto(`${server.url}/admin`)
  await page.getByLabel('Admin token').fill(server.adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Every pixel is delivered' })).toBeVisible()
  expect(await metric('fresco_store_writable')).toBe(1)
  expect(await metric('fresco_disk_free_bytes')).toBeGreaterThan(0)

  limitFiles(server.pid, 100_000)
  const answers = new Map<number, number>()
  for (let index = 0; (answers.get(503) ?? 0) < 100; index++) {
    expect(index).toBeLessThan(5_000)
    const { status } = await api.place(index % 200, Math.floor(index / 200) % 120, 5)
    answers.set(status, (answers.get(status) ?? 0) + 1)
  }
  expect([...answers.keys()].filter((status) => status !== 201 && status !== 503)).toEqual([])
  expect(await readiness()).toBe(503)
  await expect.poll(() => metric('fresco_store_up')).toBe(0)
  expect(await metric('fresco_store_writable')).toBe(0)
  expect(await metric('fresco_write_failures_total{part="store",reason="file_too_large"}')).toBeGreaterThanOrEqual(100)
  await expect(page.getByRole('heading', { name: 'A file may not grow any more' })).toBeVisible()
  const lines = () => server.output.split('\n').filter((line) => line.includes('"level":40') || line.includes('"level":50'))
  expect(lines().length, lines().join('\n')).toBeLessThan(4)
  expect(lines()[0]).toContain('"event":"store_cannot_write","reason":"file_too_large"')
  expect(server.output).not.toContain('"stack"')

  limitFiles(server.pid, 'unlimited')
  await expect.poll(readiness, { timeout: 20_000 }).toBe(200)
  expect((await api.place(7, 7, 3)).status).toBe(201)
  expect(server.output).toContain('"event":"store_can_write_again"')
  await expect(page.getByRole('heading', { name: 'Every pixel is delivered' })).toBeVisible()
  expect(readFileSync(join(server.dataDir, 'admin-token'), 'utf8')).toContain(server.adminToken)
})
