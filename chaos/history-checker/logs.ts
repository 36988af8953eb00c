/** First pass over a history: the canvas, the final log of every tile, and the violations within the log itself. */
import type { Findings } from './findings.ts'
import type { Entry, History } from './history.ts'
import { TileLog } from './tile-log.ts'

export type RecordedCanvas = Extract<Entry, { k: 'canvas' }>

export interface Logs {
  readonly canvas: RecordedCanvas
  readonly tiles: ReadonlyMap<number, TileLog>
  /** The tile and seq of each commit. */
  readonly commits: ReadonlyMap<string, { readonly log: TileLog; readonly seq: number }>
  /** An index for each painter, so that a placement takes four bytes for it. */
  readonly painters: ReadonlyMap<string, number>
  readonly dead: ReadonlySet<string>
}

/** The commit and the index in a placement's id. */
export const partsOf = (id: string): { commit: string; index: number } => {
  const dot = id.lastIndexOf('.')
  return { commit: id.slice(0, dot), index: Number(id.slice(dot + 1)) }
}

export const pointToTile = ({ tileSize }: RecordedCanvas, gx: number, gy: number) => ({
  tile: Math.floor(gy / tileSize) * 256 + Math.floor(gx / tileSize),
  position: (gy % tileSize) * tileSize + (gx % tileSize),
})

const newLog = ({ tileSize, background }: RecordedCanvas, tile: number) => new TileLog({ tile, cells: tileSize * tileSize, background })

/** @throws if the log comes before the canvas. */
export const readLogs = (history: History, findings: Findings): Logs => {
  let canvas: RecordedCanvas | null = null
  const tiles = new Map<number, TileLog>()
  const commits = new Map<string, { log: TileLog; seq: number }>()
  const painters = new Map<string, number>()
  const dead = new Set<string>()
  const lastAtMs = new Map<number, Float64Array>()

  const add = (recorded: RecordedCanvas, entry: Extract<Entry, { k: 'logged' }>) => {
    const log = tiles.get(entry.tile) ?? newLog(recorded, entry.tile)
    tiles.set(entry.tile, log)
    const times = lastAtMs.get(entry.tile) ?? new Float64Array(log.cells)
    lastAtMs.set(entry.tile, times)
    const where = `tile ${entry.tile} seq ${entry.seq}`
    if (entry.epoch !== recorded.epoch) findings.add('differing', `${where} is of epoch ${entry.epoch}`)
    if (entry.seq <= log.head) return findings.add('doubled', `${where} is in the log twice`)
    while (entry.seq > log.head + 1) {
      findings.add('lost', `tile ${entry.tile} seq ${log.head + 1} is a hole in the log`)
      log.add({ id: '', cause: 'hole', pixels: [] })
    }
    const id = partsOf(entry.pixels[0]?.[4] ?? '').commit
    if (commits.has(id)) findings.add('doubled', `${where}: commit ${id} is in the log already`)
    const pixels = entry.pixels.map(([gx, gy, color, by, placement], index) => {
      const { tile, position } = pointToTile(recorded, gx, gy)
      const parts = partsOf(placement)
      if (tile !== entry.tile || parts.commit !== id || parts.index !== index)
        findings.add('torn', `${where} holds ${placement} at ${index}`)
      if (entry.atMs <= (times[position] ?? 0))
        findings.add('outOfOrder', `${where} is not later than what it painted over at ${gx}, ${gy}`)
      times[position] = entry.atMs
      const painter = painters.get(by) ?? painters.size
      painters.set(by, painter)
      return { position, color, painter }
    })
    log.add({ id, cause: entry.cause, pixels })
    if (id !== '') commits.set(id, { log, seq: log.head })
  }

  for (const entry of history()) {
    if (entry.k === 'canvas') canvas = entry
    else if (entry.k === 'dead') dead.add(entry.id)
    else if (entry.k === 'logged') {
      if (!canvas) throw new Error('the history begins without a canvas')
      add(canvas, entry)
    }
  }
  if (!canvas) throw new Error('the history names no canvas')
  return { canvas, tiles, commits, painters, dead }
}
