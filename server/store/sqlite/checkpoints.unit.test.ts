import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keepCheckpointing, nextPauseMs } from './checkpoints.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fresco-checkpoints-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the pause adapts so that a checkpoint copies about 2,000 pages, between 0.25 and 4 seconds', () => {
  expect(nextPauseMs(1_000, 2_000)).toBe(1_000)
  expect(nextPauseMs(1_000, 4_000)).toBe(500)
  expect(nextPauseMs(1_000, 100_000)).toBe(250)
  expect(nextPauseMs(1_000, 1_000)).toBe(2_000)
  expect(nextPauseMs(1_000, 0)).toBe(4_000)
})

test('checkpoints copy the log into the database beside an open connection, and closing ends them without an error', async () => {
  const file = join(folder, 'a.db')
  const open = () => {
    const database = new DatabaseSync(file)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0')
    return database
  }
  const writer = open()
  writer.exec('CREATE TABLE t (x INTEGER PRIMARY KEY, body TEXT) STRICT')
  for (let x = 0; x < 200; x++) writer.prepare('INSERT INTO t VALUES (?, ?)').run(x, 'x'.repeat(2_000))
  const before = statSync(file).size
  const beside = open()
  keepCheckpointing(beside)
  await vi.waitFor(() => expect(statSync(file).size).toBeGreaterThan(before + 300_000), 5_000)
  beside.close()
  writer.exec("INSERT INTO t VALUES (1000, 'after it')")
  expect(writer.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 201 })
  writer.close()
})
