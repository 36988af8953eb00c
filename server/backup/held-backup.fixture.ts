/**
 * Loaded into a `backup` process before its own code. It holds the backup in the middle, after its snapshot: it prints `held`, and continues when
 * the file `<folder>.release` exists. It also continues when a failed test has removed the folder.
 */
import { existsSync, writeSync } from 'node:fs'
import { constants, DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import mongoose from 'mongoose'

const pollMs = 10
const folder = String(process.argv.at(-1))
const isReleased = () => existsSync(`${folder}.release`) || !existsSync(folder)
const reportHeld = () => void writeSync(1, 'held\n')

/** SQLite authorizes the copying of each table after VACUUM has begun to read. */
const prepare = DatabaseSync.prototype.prepare
DatabaseSync.prototype.prepare = function (sql, ...rest) {
  if (sql.startsWith('VACUUM INTO')) {
    this.setAuthorizer((action) => {
      if (action !== constants.SQLITE_INSERT || isReleased()) return constants.SQLITE_OK
      reportHeld()
      while (!isReleased()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMs)
      return constants.SQLITE_OK
    })
  }
  return prepare.call(this, sql, ...rest)
}

/** A page of commits is read after all pages of pixels. */
const { FindCursor } = mongoose.mongo
const toArray = FindCursor.prototype.toArray
FindCursor.prototype.toArray = async function () {
  if (this.namespace.collection === 'outboxes' && !isReleased()) {
    reportHeld()
    while (!isReleased()) await wait(pollMs)
  }
  return toArray.call(this)
}
