/**
 * Compares the server's log and board with a load: every acknowledged pixel is in the log once, and the fold of the log is the board.
 * Waits until all acknowledged pixels are published. Load processes call it outside of the measured time.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { positionOf, tileOf } from '../../lib/geometry.ts'
import type { Answered } from './posts.ts'
import type { KnownBoard } from './watcher.ts'

interface LogPixel {
  readonly gx: number
  readonly gy: number
  readonly color: number
  readonly id: string
}

export interface Verified {
  readonly acknowledged: number
  readonly head: number
  readonly commits: number
}

const maxSettleMs = 30_000

export const readCanvas = async (port: number) => {
  const response = await fetch(`http://127.0.0.1:${port}/api/canvases/main`)
  return (await response.json()) as {
    tileSize: number
    width: number
    height: number
    background: number
    palette: string[]
    epoch: string
  }
}

export const readBoard = async (port: number, tile = 0): Promise<KnownBoard> => {
  const response = await fetch(`http://127.0.0.1:${port}/api/canvases/main/tiles/${tile}/board`, {
    headers: { 'cache-control': 'no-cache' },
  })
  if (response.status !== 200) throw new Error(`board: ${response.status} ${await response.text()}`)
  return {
    epoch: response.headers.get('fresco-epoch') ?? '',
    seq: Number(response.headers.get('fresco-seq')),
    colors: new Uint8Array(await response.arrayBuffer()),
  }
}

/** The commits after `after`, folded into `colors`. */
const readLog = async (options: { port: number; after: number; tileSize: number; colors: Uint8Array; ids: Map<string, number> }) => {
  const { port, tileSize, colors, ids } = options
  let seq = options.after
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/api/canvases/main/tiles/0/commits?after=${seq}&limit=1000`)
    if (response.status !== 200) throw new Error(`log: ${response.status} ${await response.text()}`)
    const { commits } = (await response.json()) as { commits: { seq: number; pixels: LogPixel[] }[] }
    if (commits.length === 0) return seq
    for (const commit of commits) {
      if (commit.seq !== seq + 1) throw new Error(`the log has a hole: ${commit.seq} follows ${seq}`)
      seq = commit.seq
      for (const { gx, gy, color, id } of commit.pixels) {
        colors[positionOf(tileSize, { gx, gy })] = color
        ids.set(id, (ids.get(id) ?? 0) + 1)
      }
    }
  }
}

/** `before`: the board at the start of the load. @throws a sentence that names what is lost, doubled or different. */
export const verify = async (options: {
  port: number
  before: KnownBoard
  answered: readonly Answered[]
  /** Whether no position was placed twice, so that each click can be found on the board. */
  eachPlaceOnce: boolean
  readonly settleMs?: number
}): Promise<Verified> => {
  const { port, before, answered, eachPlaceOnce, settleMs = maxSettleMs } = options
  const { tileSize } = await readCanvas(port)
  const colors = before.colors.slice()
  const ids = new Map<string, number>()
  const deadline = Date.now() + settleMs
  let seq = before.seq
  for (;;) {
    seq = await readLog({ port, after: seq, tileSize, colors, ids })
    if (ids.size >= answered.length) break
    if (Date.now() > deadline) throw new Error(`${answered.length - ids.size} of ${answered.length} acknowledged pixels are not in the log`)
    await wait(50)
  }
  const lost = answered.filter(({ id }) => !ids.has(id)).length
  const doubled = [...ids.values()].filter((count) => count > 1).length + answered.length - new Set(answered.map(({ id }) => id)).size
  if (lost + doubled > 0) throw new Error(`${lost} lost, ${doubled} doubled of ${answered.length}`)
  let board = await readBoard(port)
  while (board.seq < seq && Date.now() < deadline) {
    await wait(20)
    board = await readBoard(port)
  }
  if (board.epoch !== before.epoch || board.seq !== seq) throw new Error(`the board is at seq ${board.seq}, the log at ${seq}`)
  if (!Buffer.from(board.colors).equals(Buffer.from(colors))) throw new Error('the board is not the fold of the log')
  if (eachPlaceOnce) {
    for (const { click } of answered) {
      if (tileOf(tileSize, click) !== 0) continue
      const shown = board.colors[positionOf(tileSize, click)]
      if (shown !== click.color) throw new Error(`the pixel at ${click.gx}, ${click.gy} is ${shown} and was painted ${click.color}`)
    }
  }
  return { acknowledged: answered.length, head: seq, commits: seq - before.seq }
}
