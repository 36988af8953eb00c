import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StoreError } from '../port.ts'
import { sqliteFaultOf, sqliteMessageOf } from './sqlite-fault.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fresco-fault-'))
  file = join(folder, 'fresco.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const errorOf = (run: () => void): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

/** Fills a database up to its page limit, instead of filling a disk. */
const fill = (database: DatabaseSync) => {
  database.exec('CREATE TABLE t (bytes BLOB); PRAGMA max_page_count = 2')
  return errorOf(() => database.exec('INSERT INTO t VALUES (zeroblob(100000))'))
}

test('a full disk is distinguished from a held lock, even as the cause of another error', () => {
  const database = new DatabaseSync(file)
  const full = fill(database)
  expect(sqliteFaultOf(full, file)).toBe('disk_full')
  const outer = new StoreError('unavailable', 'The transaction was not saved.', { cause: full })
  expect(sqliteFaultOf(outer, file)).toBe('disk_full')
  expect(sqliteMessageOf(outer)).toBe('The transaction was not saved. (database or disk is full)')

  const other = new DatabaseSync(file)
  database.exec('BEGIN IMMEDIATE')
  expect(
    sqliteFaultOf(
      errorOf(() => other.exec('PRAGMA busy_timeout = 0; BEGIN IMMEDIATE')),
      file,
    ),
  ).toBeNull()
  expect(sqliteFaultOf(new Error('something else'), file)).toBeNull()
  for (const each of [other, database]) each.close()
})

test('a read-only database is reported as such, and the trial leaves no file behind', () => {
  new DatabaseSync(file).close()
  const database = new DatabaseSync(file, { readOnly: true })
  const refused = errorOf(() => database.exec('CREATE TABLE t (a)'))
  expect(sqliteFaultOf(refused, file)).toBe('read_only')
  database.close()
  expect(readdirSync(folder)).toEqual(['fresco.db'])
})

test('an I/O error is explained by the error of the operating system', () => {
  const error = Object.assign(new Error('disk I/O error'), { errcode: 778 })
  expect(sqliteFaultOf(error, file)).toBe('io_error')
  expect(sqliteFaultOf(error, join(folder, 'not-there', 'fresco.db'))).toBe('missing')
})
