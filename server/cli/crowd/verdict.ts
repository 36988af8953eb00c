/** Compares a run with the API: the log has each acknowledged placement once, and every watcher shows the API's board. */
import { setTimeout as wait } from 'node:timers/promises'
import { positionOf, tileOf, tilesOf } from '../../../lib/geometry.ts'
import { addCounts, percentilesOf } from '../../../lib/time-counts.ts'
import type { ShownCanvas } from './clicks.ts'
import { fetchBoard, fetchFrom } from './fetch.ts'
import type { PaintResult } from './painters.ts'
import type { Click } from './schedule.ts'
import { hashOf, type Report } from './watcher-process.ts'
import { sumOf, type Watchers } from './watchers.ts'

/** How long watchers may take to be exact after the last answer. */
const settleMs = 20_000

export interface CrowdRun {
  readonly url: string
  readonly canvas: ShownCanvas
  readonly clicks: readonly Click[]
  readonly watchers: Watchers
  readonly headsBefore: Readonly<Record<number, number>>
  readonly painted: PaintResult
  readonly paintedMs: number
  /** The bottleneck; null when the rate was reached. */
  readonly limit: string | null
}

type SettledRun = Omit<CrowdRun, 'paintedMs' | 'limit'>

export interface Verdict {
  readonly lines: readonly (readonly [name: string, value: string])[]
  /** A sentence, or null when nothing is wrong. */
  readonly failure: string | null
}

/** The API's board of each tile, with the seq that it includes. */
export const readBoards = async (url: string, canvas: ShownCanvas) => {
  const heads: Record<number, number> = {}
  const hashes: Record<number, string> = {}
  const boards = new Map<number, Uint8Array>()
  for (const tile of tilesOf(canvas)) {
    const response = await fetchBoard(url, canvas.id, tile)
    const bytes = new Uint8Array(await response.arrayBuffer())
    heads[tile] = Number(response.headers.get('fresco-seq'))
    hashes[tile] = hashOf(bytes)
    boards.set(tile, bytes)
  }
  return { heads, hashes, boards }
}

/** Waits until every placement is in the log and every watcher shows the API's boards, or for `settleMs`. */
const settle = async (run: SettledRun) => {
  const { url, canvas, watchers, painted } = run
  const startedAtMs = Date.now()
  let log = await readLog(run)
  for (;;) {
    await wait(250)
    const isLogged = compare([...painted.acknowledged.values()], log.ids).lost === 0
    if (!isLogged) log = await readLog(run)
    const { boards, heads, hashes } = await readBoards(url, canvas)
    const reports = await watchers.report(heads, hashes)
    const exact = sumOf(reports, (report) => report.exact)
    const tookMs = Date.now() - startedAtMs
    if ((isLogged && exact === watchers.count) || tookMs >= settleMs) return { boards, reports, log, exact, tookMs }
  }
}

const readLog = async ({ url, canvas, headsBefore }: SettledRun) => {
  const ids: string[] = []
  let gaps = 0
  for (const tile of tilesOf(canvas)) {
    for (let after = headsBefore[tile] ?? 0; ; ) {
      const response = await fetchFrom(`${url}/api/canvases/${canvas.id}/tiles/${tile}/commits?after=${after}&limit=1000`)
      const { commits } = (await response.json()) as { commits: { seq: number; pixels: { id: string }[] }[] }
      for (const { seq, pixels } of commits) {
        if (seq !== after + 1) gaps++
        after = seq
        for (const { id } of pixels) ids.push(id)
      }
      if (commits.length === 0) break
    }
  }
  return { ids, gaps }
}

const compare = (acknowledged: readonly string[], logged: readonly string[]) => {
  const counts = new Map<string, number>()
  for (const id of logged) counts.set(id, (counts.get(id) ?? 0) + 1)
  return {
    lost: acknowledged.filter((id) => !counts.has(id)).length,
    doubled: acknowledged.length - new Set(acknowledged).size + [...counts.values()].filter((count) => count > 1).length,
  }
}

const countWrongColors = ({ clicks, canvas, painted }: SettledRun, boards: ReadonlyMap<number, Uint8Array>) =>
  clicks.filter((click, index) => {
    const board = boards.get(tileOf(canvas.tileSize, click))
    return painted.acknowledged.has(index) && board?.[positionOf(canvas.tileSize, click)] !== click.color
  }).length

/** Waits until everything has arrived, and counts what is wrong. */
export const verify = async (run: SettledRun) => {
  const { boards, reports, log, exact, tookMs } = await settle(run)
  const inLog = compare([...run.painted.acknowledged.values()], log.ids)
  const wrong = {
    lost: inLog.lost,
    doubled: inLog.doubled + sumOf(reports, (report) => report.doubled),
    'out of order': sumOf(reports, (report) => report.outOfOrder) + log.gaps,
    'pixels of another colour': countWrongColors(run, boards),
  }
  return { wrong, reports, exact, tookMs }
}

export const verdictOf = async (run: CrowdRun): Promise<Verdict> => {
  const { clicks, watchers, painted, paintedMs, limit } = run
  const { wrong, reports, exact, tookMs } = await verify(run)
  const saved = painted.acknowledged.size
  const refused = [...painted.refused].map(([code, count]) => `${count} ${code}`).join(', ')
  const lines = [
    ['saved', `${saved} of ${clicks.length}${refused ? ` (refused: ${refused})` : ''}`],
    ['throughput', `${((saved * 1_000) / paintedMs).toFixed(0)} pixels/s`],
    ...(limit ? ([['limited by', limit]] as const) : []),
    ['click to answer', latencyText(painted.latency)],
    ['click to every watcher', shownText(reports)],
    ['reconnects', String(sumOf(reports, (report) => report.reconnects))],
    ['watchers exact', `${exact} of ${watchers.count}, ${(tookMs / 1_000).toFixed(1)} s after the last answer`],
    ...Object.entries(wrong).map(([name, count]) => [name, String(count)] as const),
  ] as const
  return { lines, failure: failureOf(painted, Object.values(wrong).some((count) => count > 0) || exact < watchers.count) }
}

const failureOf = ({ acknowledged, refused }: PaintResult, isWrong: boolean) => {
  if (acknowledged.size === 0) return 'Nothing was painted, so nothing was shown.'
  if (isWrong) return 'The crowd found mistakes: see the lines above.'
  return refused.size > 0 ? 'Some clicks were refused.' : null
}

const shownText = (reports: readonly Report[]) => {
  const latency = addCounts(reports.map((report) => report.latency))
  return `${latencyText(latency)} (${Object.values(latency).reduce((sum, count) => sum + count, 0)} shown)`
}

const msText = (ms: number) => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`

const latencyText = (counts: Parameters<typeof percentilesOf>[0]) => {
  const { p50, p99 } = percentilesOf(counts)
  return p50 === null || p99 === null ? 'not measured' : `p50 ${msText(p50)}, p99 ${msText(p99)}`
}
