import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { asSeq } from '../../../lib/brand.ts'
import { describeStore } from '../contract.ts'
import { paint, testCanvas } from '../store.fixture.ts'
import type { Migration } from './copy-before-migration.ts'
import { migrate, schemaVersion } from './schema.ts'
import { openSqliteStore } from './sqlite-store.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fresco-sqlite-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describeStore('the SQLite store', async () => {
  const file = join(folder, 'fresco.db')
  let store = await openSqliteStore({ file })
  return {
    store,
    async addUnknown({ id, canvas, tile, epoch, atMs, cause, content }) {
      const database = new DatabaseSync(file)
      database
        .prepare('INSERT INTO outbox (id, canvas, tile, epoch, at, cause, pixels, kind) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
        .run(id, canvas, tile, epoch, atMs, cause, content.bytes, content.kind)
      database.close()
    },
    async reopen() {
      await store.close()
      store = await openSqliteStore({ file })
      return store
    },
    dispose: () => store.close(),
  }
})

const file = () => join(folder, 'fresco.db')

const refusal = 'Another Fresco process uses'

/** A process that opens the store and keeps it open until it is killed. `prefix` is a command that starts it, such as `unshare`. */
const holdInChild = async (path: string, prefix: readonly string[] = []) => {
  const module = JSON.stringify(new URL('./sqlite-store.ts', import.meta.url))
  const script = `import(${module}).then(async (m) => { await m.openSqliteStore({ file: ${JSON.stringify(path)} }); process.stdout.write('open') })`
  const [command = '', ...args] = [...prefix, process.execPath, '-e', script]
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return {
    async kill() {
      // Standard output closes when the last process ends, which may be the one that `unshare` started.
      const ended = once(child.stdout, 'close')
      child.kill('SIGKILL')
      await ended
    },
  }
}

test('a second server on the same file is refused with advice, and can start after the first has stopped', async () => {
  const store = await openSqliteStore({ file: file() })
  await expect(openSqliteStore({ file: file() })).rejects.toThrow(/Another Fresco process uses .*fresco\.db.* Stop it first/)
  // The refused server has not released the lock of the first one.
  await expect(openSqliteStore({ file: file() })).rejects.toThrow(refusal)
  await store.close()
  const again = await openSqliteStore({ file: file() })
  await again.close()
})

test('a killed process no longer holds the lock', async () => {
  const child = await holdInChild(file())
  await expect(openSqliteStore({ file: file() })).rejects.toThrow(refusal)
  await child.kill()
  const store = await openSqliteStore({ file: file() })
  await store.close()
})

const ownPids = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child']
const canUnshare = spawnSync(ownPids[0] ?? '', [...ownPids.slice(1), 'true']).status === 0
test.skipIf(!canUnshare)('the lock holds across containers, which do not share process ids', async () => {
  const container = await holdInChild(file(), ownPids)
  await expect(openSqliteStore({ file: file() })).rejects.toThrow(refusal)
  await container.kill()
  const store = await openSqliteStore({ file: file() })
  await store.close()
})

test('a lock file of an older Fresco, with a process id, is ignored', async () => {
  writeFileSync(`${file()}.lock`, JSON.stringify({ pid: process.pid, startedAt: null }))
  await (await openSqliteStore({ file: file() })).close()
})

test('a symbolic link to the database has the same lock', async () => {
  await (await openSqliteStore({ file: file() })).close()
  const link = join(folder, 'link.db')
  symlinkSync(file(), link)
  const store = await openSqliteStore({ file: link })
  await expect(openSqliteStore({ file: file() })).rejects.toThrow(refusal)
  await store.close()
})

test('a damaged lock file is named in the error', async () => {
  writeFileSync(join(folder, 'fresco.lock.db'), 'x'.repeat(4_096))
  await expect(openSqliteStore({ file: file() })).rejects.toThrow(/lock file .*fresco\.lock\.db cannot be used/)
})

test('only the owner can read the database, its log and the lock file', async () => {
  const store = await openSqliteStore({ file: file() })
  await store.ensureCanvas(testCanvas())
  for (const name of [file(), `${file()}-wal`, join(folder, 'fresco.lock.db')]) expect(statSync(name).mode & 0o777).toBe(0o600)
  await store.close()
})

test('a file of a newer Fresco is refused', async () => {
  const database = new DatabaseSync(file())
  database.exec('PRAGMA user_version = 999')
  database.close()
  await expect(openSqliteStore({ file: file() })).rejects.toThrow('written by a newer Fresco')
})

test('an older file is copied before its migration, and only the owner can read the copy', async () => {
  const older = new DatabaseSync(file())
  migrate(older, 4)
  older.prepare('INSERT INTO canvases VALUES (?, 0, ?)').run('main', JSON.stringify(testCanvas()))
  older.close()
  const migrations: Migration[] = []
  const onMigration = (migration: Migration) => void migrations.push(migration)
  const migrated = await openSqliteStore({ file: file(), onMigration })
  expect(await migrated.listCanvases()).toHaveLength(1)
  await migrated.close()
  await (await openSqliteStore({ file: file(), onMigration })).close()
  expect(migrations).toEqual([{ from: 4, to: schemaVersion, copy: expect.stringContaining(`${file()}.schema-4.`) }])
  const copy = new DatabaseSync(migrations[0]?.copy ?? '', { readOnly: true })
  expect(copy.prepare('PRAGMA user_version').get()).toEqual({ user_version: 4 })
  expect(copy.prepare('SELECT count(*) AS rows FROM canvases').get()).toEqual({ rows: 1 })
  copy.close()
  expect(statSync(migrations[0]?.copy ?? '').mode & 0o777).toBe(0o600)
})

test('a folder instead of a file is refused with the reason', async () => {
  await expect(openSqliteStore({ file: folder })).rejects.toThrow('cannot be opened')
})

test('A1 a transaction that fails before its commit changes nothing', async () => {
  const store = await openSqliteStore({ file: file(), failpoints: { 'placement.before-commit': 'throw' } })
  await store.ensureCanvas(testCanvas({ cooldownMs: 1_000 }))
  const requests = [paint({ gx: 1, gy: 1, color: 1 })]
  await expect(store.place({ id: 'group0000', requests, nowMs: 1 })).rejects.toMatchObject({ code: 'unavailable' })
  expect(await store.backlog()).toMatchObject({ unsequenced: 0 })
  expect(await store.getCharges(requests[0]?.painter.id as never, testCanvas().id)).toBeNull()
  await store.close()
})

test('A1 a failure after the commit is reported as an unknown outcome', async () => {
  const store = await openSqliteStore({ file: file(), failpoints: { 'placement.after-commit': 'throw' } })
  await store.ensureCanvas(testCanvas())
  const requests = [paint({ gx: 1, gy: 1, color: 1 })]
  await expect(store.place({ id: 'group0000', requests, nowMs: 1 })).rejects.toMatchObject({ code: 'outcome_unknown' })
  expect(await store.backlog()).toMatchObject({ unsequenced: 1 })
  await store.close()
})

test('A3 commits whose seqs a power failure has taken back get the same seqs again, before new commits', async () => {
  const store = await openSqliteStore({ file: file() })
  await store.ensureCanvas(testCanvas())
  await store.place({ id: 'group0000', requests: [paint({ gx: 1, gy: 1, color: 1 })], nowMs: 1_000 })
  await store.place({ id: 'group0001', requests: [paint({ gx: 2, gy: 1, color: 2 })], nowMs: 1_001 })
  // A copy of the files before the commits get their seqs.
  const copy = join(folder, 'copy.db')
  for (const part of ['', '-wal']) cpSync(`${file()}${part}`, `${copy}${part}`)
  await store.sequence({ limit: 10 })
  const before = await store.getUnpublished({ limit: 10 })
  await store.close()

  const after = await openSqliteStore({ file: copy })
  // The clock was set back.
  await after.place({ id: 'group0002', requests: [paint({ gx: 3, gy: 1, color: 3 })], nowMs: 1 })
  await after.sequence({ limit: 10 })
  const again = await after.getUnpublished({ limit: 10 })
  await after.close()
  expect(before.map(({ id, seq }) => [id, seq])).toEqual([
    ['group0000-0', 1],
    ['group0001-0', 2],
  ])
  expect(again.map(({ id, seq, attempts }) => [id, seq, attempts])).toEqual([
    ['group0000-0', 1, 0],
    ['group0001-0', 2, 0],
    ['group0002-0', 3, 1],
  ])
})

test('counts of cells from before there were blocks belong to the sums, and a reset removes them', async () => {
  let store = await openSqliteStore({ file: file() })
  const { id: canvas, epoch, tileSize } = await store.ensureCanvas(testCanvas())
  await store.place({
    id: 'group0000',
    requests: [
      paint([
        { gx: 1, gy: 1, color: 1 },
        { gx: 17, gy: 1, color: 1 },
      ]),
    ],
    nowMs: 1_000,
  })
  const { fresh } = await store.sequence({ limit: 10 })
  await store.close()
  const database = new DatabaseSync(file())
  database.prepare('INSERT INTO stats_cells (canvas, cell, placed) VALUES (?, ?, ?), (?, ?, ?)').run(canvas, 0, 7, canvas, 9, 2)
  database.close()

  store = await openSqliteStore({ file: file() })
  const cells = async () => (await store.projections.readStats({ canvas, maxPainters: 1, sinceMs: 0 })).cells
  const [commit] = fresh
  if (!commit) throw new Error('nothing was sequenced')
  const { tile, seq } = commit
  await store.projections.project({ name: 'stats', canvas, tile, epoch, tileSize, after: asSeq(0), to: seq, commits: fresh })
  expect(await cells()).toEqual(
    new Map([
      [0, 8],
      [1, 1],
      [9, 2],
    ]),
  )
  await store.projections.reset({ name: 'stats', canvas })
  expect(await cells()).toEqual(new Map())
  await store.close()
})
