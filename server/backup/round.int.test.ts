/** Rounds of the scheduled backups, on good and bad folders. */
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BackupEntry } from '../../lib/backups.ts'
import { createSqliteTestStore, retentionMs, type TestStore } from '../store/test-stores.fixture.ts'
import { folderNameOf } from './backup-folder.ts'
import { type RoundRequest, runRound } from './round.ts'
import { makeScratch } from './scratch-folder.ts'

const installation = 'abcdefgh'
const startMs = Date.parse('2026-03-01T04:00:00Z')
const longAgo = new Date('2026-01-01')

let under: TestStore
let dir: string
beforeEach(async () => {
  under = createSqliteTestStore()
  await (await under.open()).close()
  dir = mkdtempSync(join(tmpdir(), 'fresco-backups-'))
})
afterEach(async () => {
  await under.dispose()
  rmSync(dir, { recursive: true, force: true })
})

const run = (request: Partial<RoundRequest> = {}, options: { dir?: string; keep?: number; mongodbUri?: string } = {}) =>
  runRound(
    { kind: 'backup', installation, startedAtMs: startMs, entries: [], floorBytes: 0, ...request },
    {
      config: { dataDir: under.env['DATA_DIR'] ?? '', mongodbUri: options.mongodbUri ?? null, outboxRetentionMs: retentionMs },
      backups: { dir: options.dir ?? dir, intervalMs: 1, keep: options.keep ?? 7, verifyMs: 1 },
      onFolder: () => undefined,
    },
  )

/** Backups on following days. */
const runDays = async (days: number, keep: number) => {
  let entries: readonly BackupEntry[] = []
  for (let day = 0; day < days; day++) {
    const result = await run({ startedAtMs: startMs + day * 86_400_000, entries }, { keep })
    expect(result.problem).toBeNull()
    entries = result.entries ?? []
  }
  return entries
}

test('a backup is named by its time in UTC, is verified by a restore, and leaves nothing else', async () => {
  const made = await run()
  const name = 'fresco-2026-03-01T04-00-00Z-abcdefgh'
  expect(made).toMatchObject({ problem: null, made: { name }, entries: [{ name, atMs: startMs, verified: null }] })
  const verified = await run({ kind: 'verify', entries: made.entries ?? [], startedAtMs: startMs + 5 })
  expect(verified).toMatchObject({ problem: null, verified: name, entries: [{ verified: { atMs: startMs + 5, ok: true } }] })
  expect(await readdir(dir)).toEqual([name])
  await writeFile(join(dir, name, 'fresco.db'), 'damage')
  expect(await run({ kind: 'verify', entries: verified.entries ?? [] })).toMatchObject({
    problem: { code: 'damaged', detail: expect.stringContaining('damaged') },
    verified: null,
    entries: [{ name, verified: { ok: false } }],
  })
  expect(await readdir(dir)).toEqual([name])
})

test('the oldest backups beyond those that are kept are removed after a new one, and never before', async () => {
  const entries = await runDays(4, 2)
  expect(entries.map(({ atMs }) => atMs).sort()).toEqual([startMs + 2 * 86_400_000, startMs + 3 * 86_400_000])
  const names = await readdir(dir)
  expect(await run({ entries, startedAtMs: startMs + 9 * 86_400_000, floorBytes: 2 ** 60 }, { keep: 1 })).toMatchObject({
    problem: { code: 'disk_full', detail: expect.stringMatching(/are free in .* are needed/) },
    removed: [],
  })
  expect(await readdir(dir)).toEqual(names)
})

describe('in a folder with other things', () => {
  const foreign = folderNameOf(startMs - 5_000, 'otherone')
  const withNote = folderNameOf(startMs - 9_000, installation)
  const linked = folderNameOf(startMs - 8_000, installation)
  const interrupted = folderNameOf(startMs - 7_000, installation)
  const running = folderNameOf(startMs - 6_000, installation)

  beforeEach(async () => {
    const made = await run({ startedAtMs: startMs - 9_000 })
    expect(made.problem).toBeNull()
    await writeFile(join(dir, withNote, 'note.txt'), 'mine')
    const elsewhere = join(dir, 'holidays')
    for (const name of [elsewhere, ...[foreign, interrupted, running].map((one) => join(dir, one))]) {
      await mkdir(name)
      await writeFile(join(name, 'fresco.db'), 'a')
    }
    await symlink(elsewhere, join(dir, linked))
    for (const name of [foreign, interrupted, 'holidays']) {
      for (const path of [join(dir, name, 'fresco.db'), join(dir, name)]) await utimes(path, longAgo, longAgo)
    }
  })

  test('only what this Fresco made is removed, and only when nobody writes it any more', async () => {
    const { removed, entries, problem, made } = await run({}, { keep: 1 })
    expect(problem).toBeNull()
    expect(removed).toEqual([interrupted])
    expect(entries?.map(({ name }) => name).sort()).toEqual([withNote, made?.name].sort())
    expect((await readdir(dir)).sort()).toEqual([foreign, withNote, linked, running, 'holidays', made?.name].sort())
    expect(await readdir(join(dir, withNote))).toContain('manifest.json')
    expect(await readdir(join(dir, 'holidays'))).toEqual(['fresco.db'])
  })

  test('the scratch of a killed verification of this installation is removed, and no other', async () => {
    const scratch = (name: string) => `.fresco-verify-${name}`
    const kept = ['otherone-00', 'manual-01', `${installation}-02.lock.db`]
    for (const name of [`${installation}-03`, 'otherone-00', 'manual-01', 'manual-04']) await mkdir(join(dir, scratch(name)))
    const old = ['05.lock.db', '05.lock.db-journal', '06.lock.db-journal'].map((name) => `${installation}-${name}`)
    for (const name of [`${installation}-02.lock.db`, ...old]) await writeFile(join(dir, scratch(name)), '')
    for (const name of ['otherone-00', 'manual-04', ...old]) await utimes(join(dir, scratch(name)), longAgo, longAgo)
    const running = await makeScratch(dir, installation)
    await utimes(running.folder, longAgo, longAgo)
    const isScratch = (name: string) => name.startsWith('.')
    expect((await run({ kind: 'check' })).problem).toBeNull()
    const left = (await readdir(dir)).filter(isScratch)
    expect(left.filter((name) => !join(dir, name).startsWith(running.folder)).sort()).toEqual(kept.map(scratch).sort())
    expect(left.filter((name) => join(dir, name).startsWith(running.folder))).toContain(basename(running.folder))
    await running.remove()
    expect((await readdir(dir)).filter(isScratch).sort()).toEqual(kept.map(scratch).sort())
  })
})

describe('a bad folder', () => {
  const gone = () => join(dir, 'gone')
  const file = async () => {
    await writeFile(join(dir, 'file'), '')
    return join(dir, 'file')
  }
  const withoutRename = async () => {
    await mkdir(join(dir, `.fresco-probe-${installation}.renamed`, 'full'), { recursive: true })
    return dir
  }
  test.each([
    ['that is missing', gone, 'folder_missing', 'is missing'],
    ['that is a file', file, 'folder_missing', 'is not a folder'],
    ['that cannot be written', () => '/sys', 'folder_not_writable', 'cannot write in /sys'],
    ['on which files cannot be renamed', withoutRename, 'folder_cannot_rename', 'cannot be renamed'],
  ])('%s is named with its reason', async (_, make, code, detail) => {
    const result = await run({}, { dir: await make() })
    expect(result).toMatchObject({ made: null, problem: { code, detail: expect.stringContaining(detail) } })
  })

  test('a backup that fails leaves no folder', async () => {
    await under.change({ sql: 'PRAGMA user_version = 9999', mongo: async () => undefined })
    expect(await run()).toMatchObject({ problem: { code: 'failed', detail: expect.stringContaining('schema version') } })
    expect(await readdir(dir)).toEqual([])
  })

  test('a database server that is away is named', async () => {
    const result = await run({}, { mongodbUri: 'mongodb://127.0.0.1:9/fresco?serverSelectionTimeoutMS=200' })
    expect(result).toMatchObject({ problem: { code: 'store_unavailable', detail: expect.stringContaining('MongoDB cannot be used') } })
    expect(await readdir(dir)).toEqual([])
  })
})
