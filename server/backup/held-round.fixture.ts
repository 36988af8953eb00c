/** Loaded into a process before its own code. A copy of a SQLite database prints the process id to stderr, and then blocks for good. */
import { writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

const prepare = DatabaseSync.prototype.prepare
DatabaseSync.prototype.prepare = function (sql, ...rest) {
  if (sql.startsWith('VACUUM INTO')) {
    writeSync(2, `held ${process.pid}\n`)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  }
  return prepare.call(this, sql, ...rest)
}
