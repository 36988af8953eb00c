/** A data folder with a painted board of `side` × `side`, published and projected, and the bytes of each tile. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { defaultTileSize, tilesOf } from '../../lib/geometry.ts'
import { BenchFailure } from '../framework/bench.ts'
import type { Scope } from '../framework/scope.ts'
import { readBoard } from '../load/verify.ts'
import type { KnownBoard } from '../load/watcher.ts'
import { bothCores } from '../setup/cores.ts'
import { Fresco } from '../setup/fresco.ts'
import { publishedBoard, upload } from '../setup/painted.ts'
import { benchPicture, croppedPicture, place2017 } from '../setup/picture.ts'

const pictureSide = 1_000
/** On larger boards only the middle is painted: painting the largest board whole takes half of the benchmark's time. */
const maxPaintedSide = 2_000
const projectingMs = 120_000

export interface PaintedSide {
  readonly dataDir: string
  readonly env: Readonly<Record<string, string>>
  readonly pixels: number
  readonly boards: ReadonlyMap<number, KnownBoard>
}

/** The positions of the picture's copies. */
const copiesOf = (side: number): { gx: number; gy: number }[] => {
  if (side <= pictureSide) return [{ gx: 0, gy: 0 }]
  const times = side <= maxPaintedSide ? Math.floor(side / pictureSide) : 1
  const start = (side - times * pictureSide) / 2
  const steps = Array.from({ length: times }, (_, step) => start + step * pictureSide)
  return steps.flatMap((gy) => steps.map((gx) => ({ gx, gy })))
}

/** Whether history and statistics have reached the heads. Reads the file directly, which is faster than requests to the server. */
const isProjected = (file: string) => {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const count = (sql: string) => Number(database.prepare(sql).get()?.['count'] ?? 0)
    const commits = count('SELECT sum(tail) AS count FROM tails')
    const behind = ['history', 'stats'].filter((name) => count(`SELECT sum(seq) AS count FROM cursors WHERE name = '${name}'`) < commits)
    return commits > 0 && behind.length === 0
  } finally {
    database.close()
  }
}

export const paintSide = async (scope: Scope, side: number): Promise<PaintedSide> => {
  const env = { CANVAS_WIDTH: String(side), CANVAS_HEIGHT: String(side), CANVAS_PALETTE: place2017.join(',') }
  const server = await Fresco.start({ scope, core: bothCores, env })
  const { png } = benchPicture()
  const part = side < pictureSide ? croppedPicture(png, side) : png
  const copies = copiesOf(side)
  for (const copy of copies) await upload(server, { png: part, ...copy })
  await publishedBoard(server)
  for (const deadline = Date.now() + projectingMs; !isProjected(join(server.dataDir, 'fresco.db')); await wait(200)) {
    if (Date.now() > deadline) throw new BenchFailure(`The board of ${side} × ${side} is not projected after ${projectingMs / 1_000} s.`)
  }
  const boards = new Map<number, KnownBoard>()
  for (const tile of tilesOf({ width: side, height: side, tileSize: defaultTileSize(side, side) })) {
    boards.set(tile, await readBoard(server.port, tile))
  }
  // A regular exit leaves one file with all of the data.
  await server.child.end('SIGTERM')
  return { dataDir: server.dataDir, env, pixels: copies.length * Math.min(side, pictureSide) ** 2, boards }
}
