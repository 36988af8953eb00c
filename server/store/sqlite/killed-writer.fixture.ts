/**
 * A process of `acknowledged.int.test.ts`: places one pixel and kills itself after the answer. Its arguments are a file, the id of a group, and a mode.
 * `store` calls the store as a server does. `writer` calls the writer itself, so that nothing can run between the answer and the kill.
 */
import { DatabaseSync } from 'node:sqlite'
import { noFailpoints } from '../../failpoints.ts'
import { paint, testCanvas } from '../store.fixture.ts'
import { migrate } from './schema.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { createSqliteWriter } from './sqlite-writer.ts'

const [file = '', id = '', mode = 'store'] = process.argv.slice(2)
const group = { id, requests: [paint({ gx: 1, gy: 1, color: 1 })], nowMs: Date.now() }

if (mode === 'writer') {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  migrate(database)
  const writer = createSqliteWriter({ database, file, failpoints: noFailpoints })
  writer.ensureCanvas(testCanvas())
  writer.place(group)
} else {
  const store = await openSqliteStore({ file })
  await store.ensureCanvas(testCanvas())
  await store.place(group)
}
process.kill(process.pid, 'SIGKILL')
