/**
 * Baseline of G2: the minimum of a durable placement on SQLite. One transaction per placement writes the pixel and its outbox document, with
 * Fresco's pragmas, and without HTTP, painters or rules.
 *
 *     driver-sqlite.ts FILE MS
 */
import { DatabaseSync } from 'node:sqlite'
import { createClicks } from '../load/clicks.ts'

const [file = '', ms = ''] = process.argv.slice(2)
const database = new DatabaseSync(file)
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000')
database.exec(`
  CREATE TABLE pixels (tile INTEGER NOT NULL, position INTEGER NOT NULL, color INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (tile, position)) STRICT, WITHOUT ROWID;
  CREATE TABLE outbox (id TEXT PRIMARY KEY, tile INTEGER NOT NULL, at INTEGER NOT NULL, position INTEGER NOT NULL, color INTEGER NOT NULL) STRICT;
`)
const begin = database.prepare('BEGIN IMMEDIATE')
const commit = database.prepare('COMMIT')
const savePixel = database.prepare(
  'INSERT INTO pixels VALUES (0, ?, ?, ?) ON CONFLICT DO UPDATE SET color = excluded.color, at = excluded.at',
)
const saveCommit = database.prepare('INSERT INTO outbox VALUES (?, 0, ?, ?, ?)')
const click = createClicks({ x: 0, y: 0, width: 1_000, height: 1_000 }, 16)

const place = (index: number) => {
  const { gx, gy, color } = click(index)
  const at = Date.now()
  begin.run()
  savePixel.run(gy * 1_024 + gx, color, at)
  saveCommit.run(`${at}-${index}`, at, gy * 1_024 + gx, color)
  commit.run()
}

let count = 0
const runFor = (time: number) => {
  const start = performance.now()
  const first = count
  while (performance.now() - start < time) place(count++)
  return ((count - first) * 1_000) / (performance.now() - start)
}
runFor(300)
const perSecond = runFor(Number(ms))
const saved = Number(database.prepare('SELECT count(*) AS count FROM outbox').get()?.['count'])
if (saved !== count) throw new Error(`${saved} of ${count} are saved`)
process.send?.({ perSecond, count })
