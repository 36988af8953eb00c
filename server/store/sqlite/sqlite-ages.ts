/** The ages of a tile's pixels in SQLite. For a thread that reads whole boards. */
import type { DatabaseSync } from 'node:sqlite'
import { createAgeCodes } from '../../../lib/ages.ts'
import { isEmptied } from '../../../lib/erasing.ts'
import type { Store } from '../port.ts'
import { query } from './query.ts'
import { createCanvasOfTile } from './sqlite-canvases.ts'
import type { Snapshot } from './sqlite-log.ts'

/** Pixels that one row describes, as in `sqlite-boards.ts`. */
const partPixels = 4_096
/** Two characters hold the seconds, each below the surrogates. */
const secondsInChar = 50_000

export const createSqliteAgeReader = (database: DatabaseSync, snapshot: Snapshot) => {
  const canvasOf = createCanvasOfTile(database)
  const codeOf = createAgeCodes()
  const agesOfPart = query<{ triples: string | null }>(
    database,
    `SELECT group_concat(char(position - ? + 1, age / ${secondsInChar} + 1, age % ${secondsInChar} + 1), '') AS triples FROM (
       SELECT position, min(max(0, (? - at) / 1000), ${secondsInChar ** 2 - 1}) AS age FROM pixels
       WHERE canvas = ? AND tile = ? AND position >= ? AND position < ? AND cause <> 'skipped' AND painter <> '')`,
  )
  return {
    readAges: ({ nowMs, ...ref }: Parameters<Store['readAges']>[0]): Awaited<ReturnType<Store['readAges']>> =>
      snapshot(() => {
        const canvas = canvasOf(ref)
        if (!canvas) return null
        const codes = new Uint8Array(canvas.tileSize ** 2)
        if (isEmptied(canvas, ref)) return { epoch: canvas.epoch, codes }
        for (let from = 0; from < codes.length; from += partPixels) {
          const triples = agesOfPart.get(from, nowMs, ref.canvas, ref.tile, from, from + partPixels)?.triples ?? ''
          for (let index = 0; index < triples.length; index += 3) {
            const at = (offset: number) => triples.charCodeAt(index + offset) - 1
            codes[from + at(0)] = codeOf(at(1) * secondsInChar + at(2))
          }
        }
        return { epoch: canvas.epoch, codes }
      }),
  }
}
