/** Boards in SQLite. For a reader's thread. */
import type { DatabaseSync } from 'node:sqlite'
import { type Board, emptyBoard, undoCommits } from '../../../lib/board.ts'
import { isEmptied } from '../../../lib/erasing.ts'
import type { TileRef } from '../port.ts'
import { query } from './query.ts'
import { type OutboxRow, pixelsOf } from './rows.ts'
import { createCanvasOfTile } from './sqlite-canvases.ts'
import type { Snapshot } from './sqlite-log.ts'
import { createHeadReader } from './tile-head.ts'

/** Pixels that one row describes. Each position in a part, plus one, must be a character below the surrogates. */
const partPixels = 4_096

export const createSqliteBoardReader = (database: DatabaseSync, snapshot: Snapshot) => {
  const canvasOf = createCanvasOfTile(database)
  const headOf = createHeadReader(database)
  const unsequenced = query<Pick<OutboxRow, 'pixels' | 'kind'>>(
    database,
    'SELECT pixels, kind FROM outbox WHERE seq IS NULL AND canvas = ? AND tile = ? ORDER BY at DESC, id DESC',
  )
  // Two characters for each pixel: its position in the part and its color, each plus one. One row for each pixel takes six times as long.
  const colorsOfPart = query<{ pairs: string | null }>(
    database,
    `SELECT group_concat(char(position - ? + 1, color + 1), '') AS pairs FROM pixels
     WHERE canvas = ? AND tile = ? AND position >= ? AND position < ?`,
  )

  const readColors = ({ canvas, tile }: TileRef, colors: Uint8Array) => {
    for (let from = 0; from < colors.length; from += partPixels) {
      const pairs = colorsOfPart.get(from, canvas, tile, from, from + partPixels)?.pairs ?? ''
      for (let index = 0; index < pairs.length; index += 2) colors[from + pairs.charCodeAt(index) - 1] = pairs.charCodeAt(index + 1) - 1
    }
  }

  return {
    readBoard: (ref: TileRef): Board | null =>
      snapshot(() => {
        const canvas = canvasOf(ref)
        if (!canvas) return null
        const board = emptyBoard(canvas)
        if (isEmptied(canvas, ref)) return board
        readColors(ref, board.colors)
        const newestFirst = unsequenced.all(ref.canvas, ref.tile).map((row) => ({ pixels: pixelsOf(row) }))
        undoCommits(board.colors, newestFirst)
        board.seq = headOf(ref)
        return board
      }),
  }
}
