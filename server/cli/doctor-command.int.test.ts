import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../store/sqlite/schema.ts'
import { adminToken, folder, json, problem, run, setUp, standIn, tearDown, withoutServer } from './run-command.fixture.ts'

beforeEach(setUp)
afterEach(tearDown)

const result = (check: string, status: string, finding: string, params = {}) => ({ check, subject: null, status, finding, params })
const report = (...results: object[]) => ({ report: { at: '2026-01-01T00:00:00.000Z', tookMs: 12, results } })
const node = result('node', 'ok', 'node', { version: '24.1.0' })
const fromServer = { ADMIN_TOKEN: 'b7f1c9d04e6a8352b7f1c9d04e6a8353' }

test('doctor prints the findings of a running server with their remedies, problems first', async () => {
  standIn.willAnswer(
    json(
      200,
      report(node, result('forwarding', 'problem', 'forwarding_ignored', { proxies: 2 }), result('quantum', 'warning', 'entangled')),
    ),
  )
  const { code, out, err } = await run(['doctor'])
  expect(code).toBe(1)
  expect(err).toBe('There is a problem.')
  expect(out.split('\n')).toEqual([
    'Problem      Forwarded addresses: 2 proxies add addresses, and TRUST_PROXY is 0. All painters count as one address.',
    '             Remedy: Set TRUST_PROXY to 2.',
    'Warning      quantum: entangled {}',
    'Well         Node.js: Node 24.1.0.',
    '3 checks: 1 problem, 1 warning, 0 not checked, 1 well.',
  ])
  expect(standIn.asked).toMatchObject([{ method: 'GET', url: '/api/admin/checks', headers: { authorization: `Bearer ${adminToken}` } }])
})

test('doctor --json prints one object, and exits 0 without a problem', async () => {
  standIn.willAnswer(json(200, report(node)))
  const { code, out } = await run(['doctor', '--json'])
  expect([code, JSON.parse(out)]).toEqual([0, { ...report(node).report, ok: true }])
})

test('without a server, doctor checks what it can, changes nothing, and lists the rest as not checked', async () => {
  const database = new DatabaseSync(join(folder, 'fresco.db'))
  migrate(database)
  database.close()
  await withoutServer(async () => {
    const { code, out, err } = await run(['doctor', '--json'], { ...fromServer, PUBLIC_URL: `http://127.0.0.1:1` })
    expect(err).toContain('Is it running?')
    const found = JSON.parse(out) as { results: { check: string; finding: string }[] }
    const findings = Object.fromEntries(found.results.map(({ check, finding }) => [check, finding]))
    expect(findings).toMatchObject({
      reachable: 'no_server',
      websocket: 'no_server',
      processes: 'no_server',
      database: 'database',
      indexes: 'indexes',
      files: 'files_readable',
    })
    // The file was made with the usual rights, so others can read it.
    expect(code).toBe(1)
  })
})

test('without a server, doctor finds a database of a newer Fresco, a changed index and a folder that others may write to', async () => {
  const database = new DatabaseSync(join(folder, 'fresco.db'))
  migrate(database)
  database.exec('DROP INDEX outbox_log')
  database.close()
  mkdirSync(join(folder, 'open'), { mode: 0o777 })
  await withoutServer(async () => {
    const { out } = await run(['doctor'], fromServer)
    expect(out).toContain('Indexes are missing: index outbox_log.')
    writeFileSync(join(folder, 'fresco.db'), 'no database'.repeat(1_000))
    expect((await run(['doctor'], fromServer)).out).toContain('The database cannot be used: file is not a database')
  })
})

test('with --url, doctor does not check another installation instead', async () => {
  standIn.willAnswer(problem(401, 'Only for admins.'))
  expect(await run(['doctor', '--url', standIn.url])).toEqual({ code: 1, out: '', err: 'Only for admins.' })
})
