/** Removes the rows of erased boards in SQLite, in parts. For the writer's thread. */
import type { DatabaseSync } from 'node:sqlite'
import type { CanvasId, Epoch } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import { controlTile } from '../../../lib/control-log.ts'
import { type EraseStep, firstPlace, nothingLeft, placeAfter, type StepDone } from '../erase-steps.ts'
import type { ErasePlace, Store } from '../port.ts'
import { followedName } from '../webhooks-port.ts'
import { query } from './query.ts'
import { createCanvasReader } from './sqlite-canvases.ts'
import type { Transaction } from './transactions.ts'

type Step = (canvas: Canvas) => EraseStep<StepDone>

/** A snapshot can be a megabyte. */
const snapshotsAtOnce = 8

export const createSqliteErasing = (database: DatabaseSync, transactions: { transaction: Transaction; lightTransaction: Transaction }) => {
  const getCanvas = createCanvasReader(database)
  const steps = createSteps(database)
  const removal = ['outbox', 'tails', 'cursors'].map((table) => database.prepare(`DELETE FROM ${table} WHERE canvas = ?`))
  const removeCanvas = database.prepare('DELETE FROM canvases WHERE id = ?')
  const removeSetting = database.prepare('DELETE FROM settings WHERE name = ?')

  return {
    eraseRows: ({ id, limit, from }: Parameters<Store['eraseRows']>[0]) =>
      transactions.lightTransaction(() => {
        const canvas = getCanvas(id)
        let [removed, next]: [number, ErasePlace | null] = [0, from ?? firstPlace]
        while (canvas?.erasing != null && next && removed < limit) {
          const done = steps[next.step]?.(canvas)({ limit: limit - removed, after: next.after }) ?? nothingLeft
          removed += done.removed
          next = placeAfter(next, done, steps.length)
        }
        return { removed, next: canvas?.erasing == null ? null : next }
      }),

    removeCanvas: ({ id, epoch }: { id: CanvasId; epoch: Epoch }): boolean =>
      transactions.transaction(() => {
        const canvas = getCanvas(id)
        if (canvas?.erasing !== 'delete' || canvas.epoch !== epoch) return false
        for (const each of removal) each.run(id)
        removeCanvas.run(id)
        removeSetting.run(followedName(id))
        return true
      }),
  }
}

/** The control log goes on in the new epoch, so its entries of that epoch and its durable head stay. */
const createSteps = (database: DatabaseSync): readonly Step[] => {
  const ofTile = `NOT (tile = ${controlTile} AND epoch = ?)`
  const rowsOf = (table: string, condition: string) =>
    database.prepare(`DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE canvas = ? AND ${condition} LIMIT ?)`)
  const outbox = ['seq IS NULL', 'seq IS NOT NULL'].map((state) => rowsOf('outbox', `${state} AND ${ofTile}`))
  const deadLetters = rowsOf('dead_letters', ofTile)
  const keyed = (table: string, key: string, condition = 'true') =>
    database.prepare(`DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE canvas = ? AND ${condition} LIMIT ?)`)

  const until = (limit: number, removed: number | bigint): StepDone => ({
    removed: Number(removed),
    after: Number(removed) < limit ? null : '',
  })
  const byEpoch =
    (statement: ReturnType<typeof rowsOf>): Step =>
    ({ id, epoch }) =>
    ({ limit }) =>
      until(limit, statement.run(id, epoch, limit).changes)
  const all =
    (statement: ReturnType<typeof keyed>, atOnce = Number.POSITIVE_INFINITY): Step =>
    ({ id }) =>
    ({ limit }) => {
      const most = Math.min(limit, atOnce)
      return until(most, statement.run(id, most).changes)
    }

  return [
    byEpoch(deadLetters),
    ...outbox.map(byEpoch),
    all(keyed('pixels', 'canvas, tile, position')),
    all(keyed('history', 'canvas, tile, position, at')),
    all(keyed('snapshots', 'canvas, tile, epoch, seq'), snapshotsAtOnce),
    all(keyed('stats_painters', 'canvas, painter')),
    all(keyed('stats_minutes', 'canvas, minute')),
    all(keyed('stats_cells', 'canvas, cell')),
    all(keyed('stats_blocks', 'canvas, block')),
    all(keyed('profiles', 'canvas, painter')),
    ...['template_counts', 'template_pictures'].map((table) => createTemplatePartsStep(database, table)),
    all(keyed('templates', 'id')),
    all(keyed('cursors', 'name, canvas, tile')),
    all(keyed('tails', 'canvas, tile', `tile <> ${controlTile}`)),
    createChargesStep(database),
  ]
}

/** Of what belongs to the templates of a board. A picture can be a megabyte. */
const createTemplatePartsStep = (database: DatabaseSync, table: string): Step => {
  const remove = database.prepare(
    `DELETE FROM ${table} WHERE template IN
       (SELECT template FROM ${table} JOIN templates ON templates.id = template WHERE canvas = ? LIMIT ?)`,
  )
  return ({ id }) =>
    ({ limit }) => {
      const most = Math.min(limit, snapshotsAtOnce)
      const removed = Number(remove.run(id, most).changes)
      return { removed, after: removed === 0 ? null : '' }
    }
}

interface ChargeKey {
  readonly painter: string
  readonly canvas: string
}

/** How many times more rows of charges are read than removed: they are by painter, and have no index by canvas. */
const readFactor = 10

const createChargesStep = (database: DatabaseSync): Step => {
  const page = query<ChargeKey>(
    database,
    'SELECT painter, canvas FROM charges WHERE (painter, canvas) > (?, ?) ORDER BY painter, canvas LIMIT ?',
  )
  const remove = database.prepare('DELETE FROM charges WHERE painter = ? AND canvas = ?')
  return ({ id }) =>
    ({ limit, after }) => {
      const [painter = '', canvas = ''] = after.split('/')
      const rows = page.all(painter, canvas, limit * readFactor)
      const found = rows.filter((row) => row.canvas === id).slice(0, limit)
      for (const row of found) remove.run(row.painter, row.canvas)
      // With `limit` found rows, later rows of the page may belong to the canvas, too.
      const last = found.length === limit ? found.at(-1) : rows.at(-1)
      const isEnd = found.length < limit && rows.length < limit * readFactor
      return { removed: found.length, after: isEnd || !last ? null : `${last.painter}/${last.canvas}` }
    }
}
