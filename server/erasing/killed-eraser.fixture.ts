/** A process that starts to erase the board `main`, and kills itself at the failpoint. Arguments: the store's kind and place, what, the failpoint. */
import { asCanvasId, asEpoch } from '../../lib/brand.ts'
import { type Erasing, planErasing } from '../../lib/erasing.ts'
import { createFailpoints, type FailpointName } from '../failpoints.ts'
import { silentLogger } from '../observability/log.ts'
import { openMongoStore } from '../store/mongo/mongo-store.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { BoardEraser } from './board-eraser.ts'

const [kind, place = '', erasing, failpoint] = process.argv.slice(2)
const store =
  kind === 'sqlite'
    ? await openSqliteStore({ file: place })
    : await openMongoStore({ uri: place, retentionMs: 2_000_000_000_000, logger: silentLogger, now: Date.now, random: Math.random })
const main = asCanvasId('main')
const rev = (await store.getCanvas(main))?.rev ?? 0
const change = planErasing(erasing as Erasing, asEpoch('epoch002'))
await store.updateCanvas({ id: main, change, rev, groupId: 'beginning0', nowMs: Date.now() })
const eraser = new BoardEraser({
  ...{ store, logger: silentLogger, clock: { now: Date.now, monotonicNow: Date.now }, newGroupId: () => 'killedend0' },
  failpoints: createFailpoints({ [failpoint as FailpointName]: 'kill' }),
  rowsAtOnce: 20,
})
await eraser.erase(main, new AbortController().signal)
