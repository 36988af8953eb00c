/** Canvases in SQLite. */
import type { DatabaseSync } from 'node:sqlite'
import type { CanvasId } from '../../../lib/brand.ts'
import type { Canvas, CanvasChange } from '../../../lib/canvas.ts'
import { hasTile } from '../../../lib/geometry.ts'
import type { TileRef } from '../port.ts'
import { query } from './query.ts'
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

/** Null when the canvas has no such tile, too. */
export const createCanvasOfTile = (database: DatabaseSync) => {
  const getCanvas = createCanvasReader(database)
  return ({ canvas: id, tile }: TileRef): Canvas | null => {
    const canvas = getCanvas(id)
    return canvas && hasTile(canvas, tile) ? canvas : null
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

/** For the writer's thread. */
export const createSqliteCanvases = (database: DatabaseSync, transaction: Transaction) => {
  const getCanvas = createCanvasReader(database)
  const add = database.prepare('INSERT INTO canvases (id, made, body) SELECT ?, count(*), ? FROM canvases')
  const save = database.prepare('UPDATE canvases SET body = ? WHERE id = ?')
  return {
    ensureCanvas: (canvas: Canvas): Canvas =>
      transaction(() => {
        const stored = getCanvas(canvas.id)
        if (!stored) add.run(canvas.id, JSON.stringify(canvas))
        return stored ?? canvas
      }),

    updateCanvas: (id: CanvasId, change: CanvasChange): Canvas | null =>
      transaction(() => {
        const canvas = getCanvas(id)
        if (!canvas) return null
        const changed = { ...canvas, ...change, rev: canvas.rev + 1 }
        save.run(JSON.stringify(changed), id)
        return changed
      }),
  }
}
