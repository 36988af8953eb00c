/** A real file, damaged in each way that the audit says it finds. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { asCanvasId, asSeq, asTile } from '../../lib/brand.ts'
import { randomsOf } from '../../lib/randoms.ts'
import { paint, testCanvas } from '../store/fixtures.ts'
import { openSqliteReader, openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { audit } from './audit.ts'
import type { Finding } from './finding.ts'

const main = asCanvasId('main')
const nowMs = 1_000_000
const retentionMs = 500_000

let folder: string
let file: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fresco-audit-'))
  file = join(folder, 'fresco.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Sixty placements over four tiles, on few pixels, so that most of them overwrite; all published but the last two, one of which has no number. */
const paintSome = async () => {
  const store = await openSqliteStore({ file })
  await store.ensureCanvas(testCanvas())
  const random = randomsOf(5)
  const pick = (from: readonly number[]) => from[Math.floor(random() * from.length)] ?? 0
  const place = (index: number) =>
    store.place({
      id: `group${String(index).padStart(8, '0')}`,
      requests: [paint({ gx: pick([0, 1, 64, 99]), gy: pick([0, 1, 64, 69]), color: pick([0, 1, 2, 3]) })],
      nowMs: nowMs - 1_000 + index,
    })
  for (let index = 0; index < 58; index++) await place(index)
  await store.sequence({ limit: 100 })
  await store.markAsPublished(await store.getUnpublished({ limit: 100 }), nowMs)
  await place(58)
  await store.sequence({ limit: 100 })
  await place(59)
  return store
}

const runAudit = async (options: { tails?: Map<number, number>; nowMs?: number } = {}) => {
  const store = await openSqliteReader(file)
  const findings: Finding[] = []
  const tails = new Map([...(options.tails ?? [])].map(([tile, seq]) => [asTile(tile), asSeq(seq)]))
  const report = await audit({
    store,
    stream: { tails: async () => tails },
    retentionMs,
    now: () => options.nowMs ?? nowMs,
    onFinding: (finding) => findings.push(finding),
  })
  await store.close()
  return { report, kinds: [...new Set(findings.map(({ kind }) => kind))], findings }
}

const damage = (sql: string) => {
  const database = new DatabaseSync(file)
  expect(Number(database.prepare(sql).run().changes)).toBeGreaterThan(0)
  database.close()
}

describe('A2 A3 A4 the audit', () => {
  test('finds nothing on a live store, also where pixels are ahead of their numbers', async () => {
    const store = await paintSome()
    const { report, findings } = await runAudit()
    expect(findings).toEqual([])
    expect(report).toMatchObject({ canvases: 1, tiles: 4, commits: 59, pixels: 4 * 64 * 64, pending: 2, findings: 0 })
    await store.close()
  })

  test('finds nothing where the old end of the log has expired, and compares what is left', async () => {
    const store = await paintSome()
    await store.trim({ publishedBeforeMs: nowMs + 1, keysBeforeMs: 0 })
    const { report, findings } = await runAudit()
    expect(findings).toEqual([])
    expect(report).toMatchObject({ tiles: 4, commits: 1, pixels: 1 })
    await store.close()
  })

  test('an empty store is well', async () => {
    await (await openSqliteStore({ file })).close()
    expect((await runAudit()).report).toMatchObject({ canvases: 0, findings: 0 })
  })

  test.each([
    ['a commit is deleted', 'DELETE FROM outbox WHERE tile = 0 AND seq = 3', 'hole'],
    ['a pixel is changed', 'UPDATE pixels SET color = 3 - color WHERE tile = 0', 'pixel_differs'],
    ['a pixel appears that nobody painted', "INSERT INTO pixels VALUES ('main', 0, 99, 1, 'p_x', 1, 'paint')", 'pixel_differs'],
    ['a pixel vanishes', 'DELETE FROM pixels WHERE tile = 0 AND color <> 0', 'pixel_differs'],
    ['a commit gets another number', 'UPDATE outbox SET seq = 1000 WHERE tile = 0 AND seq = 3', 'hole'],
    ["a commit's time is changed", 'UPDATE outbox SET at = 1 WHERE tile = 0 AND seq > 10', 'order'],
    ['commits are of another epoch', "UPDATE outbox SET epoch = 'epoch999' WHERE tile = 1", 'other_epoch'],
    ['commits are not published', 'UPDATE outbox SET published_at = NULL WHERE seq = 2', 'not_published'],
  ] as const)('%s: %s', async (_what, sql, kind) => {
    await (await paintSome()).close()
    damage(sql)
    const { kinds } = await runAudit({ nowMs: nowMs + 120_000 })
    expect(kinds).toContain(kind)
  })

  test('the log is turned around: what commits say they replaced no longer fits, nor does their time', async () => {
    await (await paintSome()).close()
    damage('UPDATE outbox SET seq = 1001 + (SELECT max(seq) FROM outbox WHERE tile = 0) - seq WHERE tile = 0')
    damage('UPDATE outbox SET seq = seq - 1000 WHERE tile = 0 AND seq > 1000')
    const { kinds } = await runAudit()
    expect(kinds).toContain('previous_differs')
    expect(kinds).toContain('order')
  })

  test('a stream that knows more than the store is told', async () => {
    const store = await paintSome()
    const head = (await store.readHeads(main)).get(asTile(0)) ?? 0
    expect((await runAudit({ tails: new Map([[0, head]]) })).kinds).toEqual([])
    expect((await runAudit({ tails: new Map([[0, head + 1]]) })).kinds).toEqual(['stream_ahead'])
    await store.close()
  })

  test('a database that is not there is not made', async () => {
    await expect(openSqliteReader(join(folder, 'none.db'))).rejects.toThrow('There is no database')
  })
})
