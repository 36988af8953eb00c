/**
 * The growth of the SQLite file for each commit that is kept.
 *
 *     keep-commits.ts FILE COMMITS PIXELS
 *
 * Every position is painted twice. The first time adds rows to `pixels`, so the second time only the log grows. Afterwards the history is
 * projected, and only the history grows.
 */
import { DatabaseSync } from 'node:sqlite'
import { asTile } from '../../lib/brand.ts'
import { canvasOf, painterOf } from '../../lib/canvas.fixture.ts'
import { positionOf } from '../../lib/geometry.ts'
import { silentLogger } from '../../server/observability/log.ts'
import { createGroupIds } from '../../server/placement/group-id.ts'
import { LogProjection } from '../../server/projecting/log-projection.ts'
import { openSqliteStore } from '../../server/store/sqlite/sqlite-store.ts'
import { EmbeddedStream } from '../../server/stream/embedded/embedded-stream.ts'
import { createClicks } from '../load/clicks.ts'
import { createPublisher } from '../setup/publisher.ts'

const [file = '', commits = '', pixels = ''] = process.argv.slice(2)
const count = Number(commits)
const perCommit = Number(pixels)
const { now } = Date
const tile = asTile(0)
const canvas = canvasOf({ width: 1_024, height: 1_024, tileSize: 1_024, cooldownMs: 0 })
const click = createClicks({ x: 0, y: 0, width: 1_024, height: 1_024 }, 3)

const store = await openSqliteStore({ file })
const stream = new EmbeddedStream()
const newGroupId = createGroupIds({ now })
const publisher = createPublisher({ store, stream })
await store.ensureCanvas(canvas)

/** Ids as long as those of guests. */
const painters = Array.from({ length: perCommit }, (_, index) => painterOf(String(index).padStart(16, '0')))

const paintOnce = async () => {
  for (let commit = 0; commit < count; commit++) {
    const requests = painters.map((painter, index) => {
      const { gx, gy, color } = click(commit * perCommit + index)
      return { painter, canvas: canvas.id, pixels: [{ gx, gy, color: color + 1 }], cause: 'paint' as const }
    })
    const outcomes = await store.place({ id: newGroupId(), requests, nowMs: now() })
    if (outcomes.some((outcome) => outcome.kind !== 'done' || outcome.placed !== 1)) throw new Error('a pixel was refused')
  }
  while ((await publisher.step()) === 'more');
}

/** The used bytes of the file, including those in the write-ahead log. */
const usedBytes = () => {
  const database = new DatabaseSync(file, { readOnly: true })
  const pragma = (name: string) => Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
  const bytes = (pragma('page_count') - pragma('freelist_count')) * pragma('page_size')
  database.close()
  return bytes
}

await paintOnce()
const once = usedBytes()
await paintOnce()
const twice = usedBytes()
const heads = await store.readHeads(canvas.id)
await new LogProjection({ name: 'history', store, logger: silentLogger }).catchUp(canvas, heads)
const projected = usedBytes()

const { unsequenced, unpublished } = await store.backlog()
const position = positionOf(canvas.tileSize, click(0))
const history = await store.projections.readHistory({ canvas: canvas.id, tile, position, limit: 10 })
if (heads.get(tile) !== 2 * count || unsequenced + unpublished > 0 || history.length !== 2) {
  throw new Error(
    `the log has ${heads.get(tile)} of ${2 * count} commits, ${unsequenced + unpublished} wait; ${history.length} of 2 in the history`,
  )
}
await stream.close()
await store.close()
process.send?.({ logBytes: (twice - once) / count, historyBytes: (projected - twice) / (2 * count) })
