/** The state after the system has come to rest: log and boards from the API, pixels from the database, entries of the stream. */
import type { Redis } from 'ioredis'
import { tileKey } from '../../lib/tile-key.ts'
import { type Entry, type HistoryWriter, packBytes } from '../history-checker/history.ts'
import { type Cluster, charges, cooldownMs } from './cluster.ts'
import { readPixels } from './database.ts'
import { recordSteps } from './record-steps.ts'
import { primariesOf } from './redis-deployment.ts'

export interface ShownCanvas {
  readonly id: string
  readonly epoch: string
  readonly rev: number
  readonly width: number
  readonly height: number
  readonly tileSize: number
  readonly tilesX: number
  readonly tilesY: number
  readonly palette: readonly string[]
  readonly background: number
  readonly cooldownMs: number
  readonly maxCharges: number
  readonly state: string
}

const getJson = async <Body>(url: string, headers: Record<string, string> = {}): Promise<Body> => {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) })
  if (!response.ok) throw new Error(`${url}: ${response.status}`)
  return (await response.json()) as Body
}

export const readCanvas = (url: string) => getJson<ShownCanvas>(`${url}/api/canvases/main`)

/** No charge grows during a run, whatever the cooldown is: each one is an hour or longer. */
export const canvasEntry = ({ epoch, width, height, tileSize, palette, background }: ShownCanvas): Entry => ({
  k: 'canvas',
  epoch,
  width,
  height,
  tileSize,
  palette,
  background,
  cooldownMs,
  charges,
})

export const tilesOf = ({ tilesX, tilesY }: ShownCanvas): number[] =>
  Array.from({ length: tilesX * tilesY }, (_, index) => Math.floor(index / tilesX) * 256 + (index % tilesX))

/** The head of each tile's log. */
export const readHeads = async (url: string, tiles: readonly number[]) =>
  new Map(
    await Promise.all(
      tiles.map(async (tile) => {
        const { head } = await getJson<{ head: number }>(`${url}/api/canvases/main/tiles/${tile}/commits?after=${2 ** 40}&limit=1`)
        return [tile, head] as const
      }),
    ),
  )

/** Commits that are not published yet, of all tiles and processes. */
export const readBacklog = async (url: string): Promise<number> => {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) })
  const waiting = [...(await response.text()).matchAll(/^fresco_outbox_backlog\{state="(?:unsequenced|unpublished)"\} (\d+)$/gm)]
  if (waiting.length !== 2) throw new Error('no backlog among the metrics')
  return waiting.reduce((sum, match) => sum + Number(match[1]), 0)
}

interface LogPage {
  readonly epoch: string
  readonly next: number
  readonly commits: readonly {
    readonly seq: number
    readonly at: string
    readonly cause: string
    readonly pixels: readonly { gx: number; gy: number; color: number; by: string | null; id: string }[]
  }[]
}

const recordLog = async (url: string, tile: number, history: HistoryWriter) => {
  for (let after = 0; ; ) {
    const page = await getJson<LogPage>(`${url}/api/canvases/main/tiles/${tile}/commits?after=${after}&limit=1000`)
    for (const { seq, at, cause, pixels } of page.commits) {
      const shown = pixels.map(({ gx, gy, color, by, id }) => [gx, gy, color, by ?? '', id] as const)
      history.add({ k: 'logged', tile, epoch: page.epoch, seq, atMs: Date.parse(at), cause, pixels: shown })
    }
    if (page.commits.length === 0) return
    after = page.next
  }
}

export const recordFinalState = async (cluster: Cluster, canvas: ShownCanvas, history: HistoryWriter) => {
  const [first] = cluster.of('web')
  if (!first) throw new Error('no web process')
  history.add(canvasEntry(canvas))
  for (const tile of tilesOf(canvas)) await recordLog(first.url, tile, history)
  history.add({ k: 'finalRev', rev: (await readCanvas(first.url)).rev })
  const bearer = { authorization: `Bearer ${first.adminToken}` }
  const { dead } = await getJson<{ dead: { id: string; tile: number; seq: number }[] }>(`${first.url}/api/admin/outbox/dead`, bearer)
  for (const { id, tile, seq } of dead) history.add({ k: 'dead', id, tile, seq })
  await recordSteps(cluster, history)
  for (const member of cluster.of('web')) {
    for (const tile of tilesOf(canvas)) {
      const response = await fetch(`${member.url}/api/canvases/main/tiles/${tile}/board`, { headers: { 'cache-control': 'no-cache' } })
      const bytes = packBytes(new Uint8Array(await response.arrayBuffer()))
      const [epoch, seq] = [response.headers.get('fresco-epoch') ?? '', Number(response.headers.get('fresco-seq'))]
      history.add({ k: 'final', source: member.name, tile, epoch, seq, bytes })
    }
  }
  const painted = await readPixels(cluster)
  for (const tile of tilesOf(canvas)) {
    const board = new Uint8Array(canvas.tileSize ** 2).fill(canvas.background)
    for (const { position, color } of painted.filter((pixel) => pixel.tile === tile)) board[position] = color
    history.add({ k: 'database', tile, bytes: packBytes(board) })
  }
}

/** Stream entries whose (tile, seq) occurred before, or that follow a higher seq. Null if the stream is in the process. */
export const countStreamDuplicates = async ({ services }: Cluster): Promise<number | null> => {
  if (!services) return null
  let duplicates = 0
  for (const primary of await primariesOf(services.redis)) {
    const client = services.redis.clientOf(primary)
    for (const stream of await client.keys('*pixels:events')) duplicates += await countDuplicatesIn(client, stream)
  }
  return duplicates
}

const countDuplicatesIn = async (client: Redis, stream: string) => {
  const last = new Map<string, number>()
  let duplicates = 0
  for (let from = '-'; ; ) {
    const entries = await client.xrange(stream, from, '+', 'COUNT', 1_000)
    for (const [, fields] of entries) {
      const [, canvas, epoch, tile, seq] = JSON.parse(fields[fields.indexOf('m') + 1] ?? '[]') as [string, string, string, number, number]
      const key = `${epoch}/${tileKey({ canvas, tile })}`
      if (seq <= (last.get(key) ?? 0)) duplicates++
      last.set(key, Math.max(seq, last.get(key) ?? 0))
    }
    const end = entries.at(-1)?.[0]
    if (entries.length < 1_000 || !end) return duplicates
    from = `(${end}`
  }
}
