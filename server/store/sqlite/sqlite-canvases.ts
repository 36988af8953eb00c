/** Canvases in SQLite. */
import type { DatabaseSync } from 'node:sqlite'
import type { CanvasId } from '../../../lib/brand.ts'
import { type Canvas, canvasLimits } from '../../../lib/canvas.ts'
import type { Commit } from '../../../lib/commit.ts'
import { type CanvasUpdate, type CanvasUpdateOutcome, canvasOfLog, planCanvasUpdate } from '../../../lib/control-log.ts'
import { isErased, isGone } from '../../../lib/erasing.ts'
import { encodeContent } from '../entry-content.ts'
import type { CanvasCreation, TileRef } from '../port.ts'
import { followedFromCreation, followedName } from '../webhooks-port.ts'
import { query } from './query.ts'
import { createSettingWriter } from './settings.ts'
import type { Transaction } from './transactions.ts'

interface CanvasRow {
  readonly body: string
}

const canvasOf = ({ body }: CanvasRow) => JSON.parse(body) as Canvas

export const createCanvasReader = (database: DatabaseSync) => {
  const canvas = query<CanvasRow>(database, 'SELECT body FROM canvases WHERE id = ?')
  return (id: CanvasId): Canvas | null => {
    const row = canvas.get(id)
    return row ? canvasOf(row) : null
  }
}

/** Null when the canvas has no such log or is being deleted, too. */
export const createCanvasOfTile = (database: DatabaseSync) => {
  const getCanvas = createCanvasReader(database)
  return ({ canvas: id, tile }: TileRef): Canvas | null => {
    const canvas = getCanvas(id)
    return isGone(canvas) ? null : canvasOfLog(canvas, tile)
  }
}

/** Whether a row of the outbox is of an erased board, for one batch of rows. */
export const createErasedFilter = (database: DatabaseSync) => {
  const getCanvas = createCanvasReader(database)
  return () => {
    const canvases = new Map<CanvasId, Canvas | null>()
    return (row: Pick<Commit, 'canvas' | 'tile' | 'epoch'>) => {
      if (!canvases.has(row.canvas)) canvases.set(row.canvas, getCanvas(row.canvas))
      return isErased(canvases.get(row.canvas) ?? null, row)
    }
  }
}

/** For the reader's thread. */
export const createSqliteCanvasReader = (database: DatabaseSync) => {
  const canvases = query<CanvasRow>(database, 'SELECT body FROM canvases ORDER BY made')
  return {
    getCanvas: createCanvasReader(database),
    listCanvases: (): Canvas[] => canvases.all().map(canvasOf),
  }
}

/** Adds an unsequenced entry to the outbox. */
export const createEntryWriter = (database: DatabaseSync) => {
  const add = database.prepare('INSERT INTO outbox (id, canvas, tile, epoch, at, cause, pixels, kind) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  return (entry: Commit) => {
    const { id, canvas, tile, epoch, atMs, cause } = entry
    const { kind, bytes } = encodeContent(entry)
    add.run(id, canvas, tile, epoch, atMs, cause, bytes, kind)
  }
}

/** Saves a changed canvas and its entry, inside a transaction. */
export const createChangeWriter = (database: DatabaseSync) => {
  const save = database.prepare('UPDATE canvases SET body = ? WHERE id = ?')
  const addEntry = createEntryWriter(database)
  return ({ canvas, entry }: ReturnType<typeof planCanvasUpdate>) => {
    save.run(JSON.stringify(canvas), canvas.id)
    addEntry(entry)
  }
}

/** For the writer's thread. */
export const createSqliteCanvases = (database: DatabaseSync, transaction: Transaction) => {
  const getCanvas = createCanvasReader(database)
  const add = database.prepare('INSERT INTO canvases (id, made, body) SELECT ?, coalesce(max(made) + 1, 0), ? FROM canvases')
  const count = query<{ canvases: number }>(database, 'SELECT count(*) AS canvases FROM canvases')
  const saveChange = createChangeWriter(database)
  const saveSetting = createSettingWriter(database)
  const addCanvas = (canvas: Canvas) => {
    add.run(canvas.id, JSON.stringify(canvas))
    saveSetting(followedName(canvas.id), JSON.stringify(followedFromCreation(canvas)))
  }
  return {
    ensureCanvas: (canvas: Canvas): Canvas =>
      transaction(() => {
        const stored = getCanvas(canvas.id)
        if (!stored) addCanvas(canvas)
        return stored ?? canvas
      }),

    createCanvas: (canvas: Canvas): CanvasCreation =>
      transaction(() => {
        if (getCanvas(canvas.id)) return 'exists'
        if ((count.get()?.canvases ?? 0) >= canvasLimits.maxCanvases) return 'limit'
        addCanvas(canvas)
        return 'created'
      }),

    updateCanvas: (update: CanvasUpdate): CanvasUpdateOutcome =>
      transaction(() => {
        const canvas = getCanvas(update.id)
        if (isGone(canvas)) return { kind: 'not_found' }
        if (canvas.rev !== update.rev) return { kind: 'stale', canvas }
        const plan = planCanvasUpdate(canvas, update)
        saveChange(plan)
        return { kind: 'updated', canvas: plan.canvas }
      }),
  }
}
