/**
 * Compares what clients received and showed with the log (A2, A3, A4). A frame must hold exactly the changes of `from..to`; a board and a screen
 * must be the fold at their seq; an applied frame must continue the client's seq. The rule is written out here again on purpose, and does not
 * come from `lib/client-rule.ts`: a mistake there must not hide itself.
 */
import { decodePixels } from '../../lib/codec.ts'
import type { Findings } from './findings.ts'
import { type Entry, type History, unpackBytes } from './history.ts'
import { type Logs, partsOf, pointToTile } from './logs.ts'
import type { TileLog } from './tile-log.ts'

export interface ClientCounts {
  clients: number
  frames: number
  boards: number
  /** Differences that a dead letter explains: it may have been shown until its pixels were set again. */
  excused: number
}

type Of<Kind extends Entry['k']> = Extract<Entry, { k: Kind }>

export const checkClients = (history: History, logs: Logs, findings: Findings): ClientCounts => {
  const counts: ClientCounts = { clients: 0, frames: 0, boards: 0, excused: 0 }
  const check = new ClientCheck(logs, findings, counts)
  for (const entry of history()) {
    if (entry.k === 'frame') check.frame(entry)
    else if (entry.k === 'commit') check.commit(entry)
    else if (entry.k === 'board') check.board(entry)
    else if (entry.k === 'shown') check.shown(entry)
    else if (entry.k === 'final') check.final(entry)
    else if (entry.k === 'database') check.database(entry)
  }
  check.end()
  return counts
}

class ClientCheck {
  readonly #logs: Logs
  readonly #findings: Findings
  readonly #counts: ClientCounts
  /** The seq of each client in each tile. */
  readonly #seqs = new Map<string, number>()
  readonly #ended = new Set<string>()
  readonly #clients = new Set<number>()

  constructor(logs: Logs, findings: Findings, counts: ClientCounts) {
    this.#logs = logs
    this.#findings = findings
    this.#counts = counts
  }

  frame(entry: Of<'frame'>) {
    const { w, tile, from, to, data } = entry
    const where = `client ${w} tile ${tile} frame ${from} to ${to}`
    const log = this.#logOf(tile, to, where)
    this.#follow(entry, { from, to }, where)
    if (!log) return
    const { positions, colors } = decodePixels(Buffer.from(data, 'base64'), log.cells)
    this.#counts.frames++
    const expected = log.changes(from, to)
    for (let i = 0; i < positions.length; i++) {
      const [position, color] = [positions[i] as number, colors[i] as number]
      const right = expected.get(position)
      expected.delete(position)
      if (right === color || this.#isExcused(log, position, to)) continue
      if (right === undefined) this.#findings.add('ghost', `${where}: position ${position} did not change there`)
      else this.#findings.add('differing', `${where}: position ${position} is ${color}, and the log says ${right}`)
    }
    for (const position of expected.keys()) {
      if (!this.#isExcused(log, position, to)) this.#findings.add('differing', `${where} leaves out position ${position}`)
    }
  }

  commit(entry: Of<'commit'>) {
    const { w, tile, seq, pixels, whole } = entry
    const where = `client ${w} tile ${tile} commit ${seq}`
    const log = this.#logOf(tile, seq, where)
    if (whole) this.#follow(entry, { from: seq, to: seq }, where)
    if (!log) return
    this.#counts.frames++
    const [start, end] = log.range(seq)
    if (log.causes[seq - 1] === 'skipped') {
      if (pixels.length > 0) this.#counts.excused++
      return
    }
    if (whole && pixels.length !== end - start) {
      this.#findings.add('differing', `${where} has ${pixels.length} pixels, and the log has ${end - start}`)
    }
    for (const [gx, gy, hex, id] of pixels) {
      const parts = partsOf(id)
      const index = start + parts.index
      const color = this.#logs.canvas.palette.indexOf(hex)
      const place = pointToTile(this.#logs.canvas, gx, gy)
      if (parts.commit !== log.ids[seq - 1] || index >= end) {
        const elsewhere = this.#logs.commits.get(parts.commit)
        if (elsewhere) this.#findings.add('doubled', `${where} shows ${id}, which is tile ${elsewhere.log.tile} seq ${elsewhere.seq}`)
        else this.#findings.add('ghost', `${where} shows ${id}, which was never committed`)
      } else if (log.pixel(index).color !== color || log.pixel(index).position !== place.position || place.tile !== tile) {
        this.#findings.add('differing', `${where} shows ${hex} at ${gx}, ${gy}, and the log has something else`)
      }
    }
  }

  board(entry: Of<'board'>) {
    const { w, tile, seq } = entry
    const key = `${w}/${tile}`
    const before = this.#seqs.get(key) ?? 0
    if (seq < before) this.#findings.add('outOfOrder', `client ${w} tile ${tile} goes back from ${before} to ${seq}`)
    this.#setSeq(w, tile, seq)
    this.#compare(entry, `client ${w} tile ${tile} fetched board ${seq}`, 'differing')
  }

  shown(entry: Of<'shown'>) {
    const { w, tile, seq, last } = entry
    const key = `${w}/${tile}`
    const head = this.#logs.tiles.get(tile)?.head ?? 0
    if (seq !== (this.#seqs.get(key) ?? seq))
      this.#findings.add('differing', `client ${w} tile ${tile} says ${seq} and was given something else`)
    this.#setSeq(w, tile, seq)
    if (last) {
      this.#ended.add(key)
      if (seq < head) this.#findings.add('lost', `client ${w} tile ${tile} ends at ${seq} of ${head}`)
    }
    this.#compare(entry, `client ${w} tile ${tile} shows at ${seq}`, 'differing')
  }

  final(entry: Of<'final'>) {
    const head = this.#logs.tiles.get(entry.tile)?.head ?? 0
    if (entry.seq < head) this.#findings.add('lost', `${entry.source} tile ${entry.tile} ends at ${entry.seq} of ${head}`)
    this.#compare(entry, `${entry.source} tile ${entry.tile} board ${entry.seq}`, 'differing')
  }

  /** The database has a pixel without a commit, or a commit without its pixel. */
  database({ tile, bytes }: Of<'database'>) {
    const seq = this.#logs.tiles.get(tile)?.head ?? 0
    this.#compare({ tile, seq, bytes }, `the database tile ${tile}`, 'torn')
  }

  end() {
    this.#counts.clients = this.#clients.size
    for (const key of this.#seqs.keys()) {
      if (!this.#ended.has(key)) this.#findings.add('lost', `client and tile ${key} has no final screen`)
    }
  }

  #setSeq(w: number, tile: number, seq: number) {
    this.#clients.add(w)
    this.#seqs.set(`${w}/${tile}`, seq)
  }

  /** The client rule: an applied frame continues the client's seq. */
  #follow({ w, tile, did, before }: Of<'frame'> | Of<'commit'>, { from, to }: { from: number; to: number }, where: string) {
    if (did !== 'applied') return
    const stands = this.#seqs.get(`${w}/${tile}`) ?? before
    if (to <= stands) this.#findings.add('doubled', `${where} was applied at ${stands}`)
    else if (from > stands + 1 || before !== stands) this.#findings.add('outOfOrder', `${where} was applied at ${stands}`)
    this.#setSeq(w, tile, Math.max(to, stands))
  }

  #logOf(tile: number, seq: number, where: string): TileLog | null {
    const log = this.#logs.tiles.get(tile)
    if (log && seq <= log.head) return log
    this.#findings.add('ghost', `${where} is beyond the log, which ends at ${log?.head ?? 0}`)
    return null
  }

  #isExcused(log: TileLog, position: number, seq: number) {
    if (log.skipped.length === 0 || !log.mayShowDeadLetter(position, seq)) return false
    this.#counts.excused++
    return true
  }

  #compare(
    { tile, seq, bytes, epoch }: { tile: number; seq: number; bytes: string; epoch?: string },
    where: string,
    wrong: 'differing' | 'torn',
  ) {
    this.#counts.boards++
    const { canvas } = this.#logs
    if (epoch !== undefined && epoch !== canvas.epoch) return this.#findings.add('differing', `${where} is of epoch ${epoch}`)
    const shown = unpackBytes(bytes)
    const log = this.#logs.tiles.get(tile)
    if (seq > (log?.head ?? 0)) return this.#findings.add('ghost', `${where} is beyond the log, which ends at ${log?.head ?? 0}`)
    const fold = log?.foldAt(seq) ?? new Uint8Array(canvas.tileSize ** 2).fill(canvas.background)
    if (shown.length === fold.length && Buffer.compare(shown, fold) === 0) return
    if (shown.length !== fold.length) return this.#findings.add('differing', `${where} has ${shown.length} bytes`)
    let different = 0
    let first = -1
    for (let position = 0; position < fold.length; position++) {
      if (shown[position] === fold[position] || (log && this.#isExcused(log, position, seq))) continue
      if (different++ === 0) first = position
    }
    if (different === 0) return
    this.#findings.add(wrong, `${where}: ${different} pixels, the first at position ${first}: ${shown[first]} instead of ${fold[first]}`)
  }
}
