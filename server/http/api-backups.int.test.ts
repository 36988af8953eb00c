/** An operator reads the state of the backups, and asks for one. */
import { afterEach, expect, test } from 'vitest'
import { noBackups } from '../../lib/backups.ts'
import { adminToken, type Fixture, type FixtureOptions, startApi } from './api.fixture.ts'

let api: Fixture
afterEach(() => api.close())

const backups = { dir: '/backups', intervalMs: 3_600_000, keep: 7, verifyMs: 0 }
const start = async (options: FixtureOptions = { backups }) => {
  api = await startApi(options)
}
const ask = async (method: string, headers: Record<string, string> = { authorization: `Bearer ${adminToken}` }) => {
  const answer = await fetch(`${api.url}/api/admin/backups`, { method, headers })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

test('only an admin reads the backups or asks for one', async () => {
  await start()
  for (const method of ['GET', 'POST']) expect((await ask(method, {})).status).toBe(401)
  expect((await api.store.getBackups()).requestedAtMs).toBeNull()
})

test('a request for a backup is saved once, and refused while a backup or a verification runs', async () => {
  await start()
  expect(await ask('GET')).toMatchObject({ status: 200, body: { state: 'never', folder: '/backups', isRequested: false } })
  for (let time = 0; time < 2; time++) expect(await ask('POST')).toEqual({ status: 202, body: { requested: true } })
  expect((await ask('GET')).body).toMatchObject({ isRequested: true })
  for (const kind of ['backup', 'verify'] as const) {
    const { rev } = await api.store.getBackups()
    const run = { process: 'a', beats: 0, kind, startedAtMs: 0, bytes: 7 }
    await api.store.saveBackups({ ...noBackups, rev: rev + 1, run })
    expect(await ask('POST')).toMatchObject({ status: 409, body: { code: 'backup_running' } })
    expect((await ask('GET')).body).toMatchObject({ running: { kind, bytes: 7 }, isRequested: false })
  }
})

test('without a folder nothing can be requested', async () => {
  await start({})
  expect((await ask('GET')).body).toMatchObject({ state: 'off', folder: null, nextAt: null })
  expect(await ask('POST')).toMatchObject({ status: 409, body: { code: 'backups_off' } })
})

test('the answer has the reason of a failure, and the backups from new to old', async () => {
  await start()
  const { nowMs } = api.clock
  const entry = (agoMs: number, ok: boolean) => ({ name: `b${agoMs}`, atMs: nowMs - agoMs, bytes: 1, verified: { atMs: nowMs, ok } })
  const problem = { code: 'disk_full', detail: 'Full.', atMs: nowMs } as const
  await api.store.saveBackups({ ...noBackups, rev: 1, entries: [entry(9, true), entry(1, false)], problem, verifiedAtMs: nowMs })
  expect((await ask('GET')).body).toMatchObject({
    state: 'failed',
    problem: { code: 'disk_full', detail: 'Full.', at: new Date(nowMs).toISOString() },
    verifiedAt: new Date(nowMs).toISOString(),
    backups: [
      { name: 'b1', verified: { ok: false } },
      { name: 'b9', verified: { ok: true } },
    ],
  })
})
