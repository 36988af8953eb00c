/** Places one pixel, and is gone as soon as it has the answer. Started by `acknowledged.int.test.ts` with a file and a group's id. */
import { paint, testCanvas } from '../fixtures.ts'
import { openSqliteStore } from './sqlite-store.ts'

const [file = '', id = ''] = process.argv.slice(2)
const store = await openSqliteStore({ file })
await store.ensureCanvas(testCanvas())
await store.place({ id, requests: [paint({ gx: 1, gy: 1, color: 1 })], nowMs: Date.now() })
process.kill(process.pid, 'SIGKILL')
