/** Statements on canvases, pixels and the outbox that placing and dead letters share. For the writer's thread. */
import type { DatabaseSync } from 'node:sqlite'
import type { Position } from '../../../lib/brand.ts'
import type { PixelRow } from '../../../lib/dead-letter.ts'
import type { PixelWrite } from '../../../lib/group-commits.ts'
import type { TileRef } from '../port.ts'
import { query } from './query.ts'
import { createCanvasReader, createEntryWriter } from './sqlite-canvases.ts'

export const createBoardTables = (database: DatabaseSync) => {
  const pixel = query<PixelRow>(database, 'SELECT color, at AS atMs, cause FROM pixels WHERE canvas = ? AND tile = ? AND position = ?')
  const savePixel = database.prepare(
    `INSERT INTO pixels (canvas, tile, position, color, painter, at, cause) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET color = excluded.color, painter = excluded.painter, at = excluded.at, cause = excluded.cause`,
  )
  return {
    getCanvas: createCanvasReader(database),
    getPixel: ({ canvas, tile }: TileRef, position: Position): PixelRow | null => pixel.get(canvas, tile, position) ?? null,
    savePixel({ canvas, tile, position, color, by, atMs, cause }: PixelWrite) {
      savePixel.run(canvas, tile, position, color, by, atMs, cause)
    },
    addCommit: createEntryWriter(database),
  }
}

export type BoardTables = ReturnType<typeof createBoardTables>
