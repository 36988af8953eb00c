/**
 * Places one pixel, and is gone as soon as it has the answer. Started by `acknowledged.int.test.ts` with a file, a group's id, and where it stands: `outside`
 * of the store, as a server does, or `inside` of the writer's thread, where nothing can run any more between the answer and the end.
 */
import { DatabaseSync } from 'node:sqlite'
import { noFailpoints } from '../../failpoints.ts'
import { paint, testCanvas } from '../store.fixture.ts'
import { migrate } from './schema.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { createSqliteWriter } from './sqlite-writer.ts'

const [file = '', id = '', place = 'outside'] = process.argv.slice(2)
const group = { id, requests: [paint({ gx: 1, gy: 1, color: 1 })], nowMs: Date.now() }

if (place === 'inside') {
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
