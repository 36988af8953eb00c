/**
 * `crowd`: a load of real clients against a running server, which paints a picture, watches it arrive, and gives a verdict by its
 * own account: was anything lost, doubled, or out of order, and does every watcher show the API's board?
 */
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { performance as nodePerformance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { asCanvasId, asEpoch } from '../../lib/brand.ts'
import { tilesOf } from '../../lib/geometry.ts'
import { randomsOf } from '../../lib/randoms.ts'
import { paintsNothing, readPicture } from '../pictures/picture.ts'
import { canvasId, parseArguments, wholeNumber } from './arguments.ts'
import { type Command, type CommandContext, CommandFailure, UsageError } from './command.ts'
import { Histogram } from './crowd/histogram.ts'
import { limitOf } from './crowd/limit.ts'
import { getTokens, type PaintResult, paint } from './crowd/painters.ts'
import { type Click, type Schedule, shuffle } from './crowd/schedule.ts'
import { compare, readLog } from './crowd/verdict.ts'
import { hashOf, type Order, type Report } from './crowd/watcher-process.ts'
import { askJson, configOf, serverUrl } from './running-server.ts'

const help = `fresco crowd [--canvas main] [--painters 20] [--watchers 20] [--rate 100] [--seconds 10] [--picture FILE.png] [--crop X,Y,W,H] [--url URL] [--yes]

A load of real clients against a running server. Guests with tokens paint a picture in random order (or random pixels for --seconds), watchers
follow over sockets. Prints throughput and latencies, counted from when each click was due, and verifies that nothing was lost, doubled or out of
order (exit 1 if so). Start the server with COOLDOWN_MS=0 RATE_LIMITS=off. When the rate is not reached, it says what limits it.

Everybody sees these pixels, and nothing takes them away again. Use a server with a DATA_DIR of its own. In a terminal the command asks for the
board's name before it paints; elsewhere it needs --yes.

  --canvas ID       the canvas (main)
  --painters N      guests who paint (20)
  --watchers N      sockets that watch (20)
  --rate N          clicks a second, all painters together (100)
  --seconds N       how long, without a picture (10)
  --picture FILE    paints this PNG instead, at its own coordinates
  --crop X,Y,W,H    only this part of it
  --url URL         where the server runs; a comma list spreads the crowd over several
  --yes             paints without asking`

const canvasSchema = z.object({
  id: z.string(),
  epoch: z.string(),
  width: z.int(),
  height: z.int(),
  tileSize: z.int(),
  palette: z.array(z.string()),
  background: z.int(),
})
type ShownCanvas = z.infer<typeof canvasSchema>

/** How long watchers may take to be exact after the last answer. */
const settleMs = 20_000
const watchersPerProcess = 500

const readCanvas = (url: string, id: string): Promise<ShownCanvas> =>
  askJson(canvasSchema, { url: new URL(`/api/canvases/${id}`, url), method: 'GET' })

/** Asks for the board's name where somebody can type it. @throws when nobody agrees. */
const confirm = async ({ ask }: CommandContext, options: { id: string; url: string; pixels: number }) => {
  const { id, url, pixels } = options
  const warning = `This paints ${pixels} pixels on the board "${id}" at ${url}. Everybody sees them, and nothing takes them away again.`
  if (!ask) throw new UsageError(`${warning} Add --yes to paint.`)
  if ((await ask(`${warning}\nType the board's name to paint: `)).trim() !== id) throw new CommandFailure('Nothing was painted.')
}

const cropOf = (text: string | undefined): [number, number, number, number] | null => {
  if (text === undefined) return null
  const parts = text.split(',').map(Number)
  const [x = -1, y = -1, width = 0, height = 0] = parts
  if (parts.length !== 4 || !parts.every(Number.isInteger) || x < 0 || y < 0 || width < 1 || height < 1) {
    throw new UsageError(`--crop must be X,Y,W,H in whole pixels, got "${text}".`)
  }
  return [x, y, width, height]
}

const pictureClicks = async (file: string, crop: [number, number, number, number] | null, canvas: ShownCanvas): Promise<Click[]> => {
  const png = await readFile(file).catch((cause: unknown) => {
    throw new CommandFailure(`${file} could not be read.`, { cause })
  })
  const whole = { ...canvas, id: asCanvasId(canvas.id), epoch: asEpoch(canvas.epoch) }
  const rules = { title: '', rev: 0, cooldownMs: 0, maxCharges: 1, startCharges: 1, state: 'open' as const }
  const read = await readPicture({ png, canvas: { ...whole, ...rules }, gx: 0, gy: 0, nearest: false })
  if (!read.ok) throw new CommandFailure(`${file}: ${read.refusal.detail}`)
  const { picture } = read
  const [x, y, width, height] = crop ?? [0, 0, picture.width, picture.height]
  if (x + width > picture.width || y + height > picture.height) throw new CommandFailure(`--crop reaches beyond the picture.`)
  const clicks: Click[] = []
  for (let gy = y; gy < y + height; gy++) {
    for (let gx = x; gx < x + width; gx++) {
      const color = picture.colors[gy * picture.width + gx] ?? paintsNothing
      if (color !== paintsNothing) clicks.push({ gx, gy, color })
    }
  }
  return clicks
}

/** Different places, so that each click can be told from the others when it is shown. */
const randomClicks = (count: number, canvas: ShownCanvas): Click[] => {
  const random = randomsOf(1)
  const places = new Set<number>()
  const most = Math.min(count, canvas.width * canvas.height)
  while (places.size < most) places.add(Math.floor(random() * canvas.width * canvas.height))
  return [...places].map((place) => ({
    gx: place % canvas.width,
    gy: Math.floor(place / canvas.width),
    color: Math.floor(random() * canvas.palette.length),
  }))
}

class WatcherProcesses {
  readonly #children: ChildProcess[] = []

  start(options: { urls: readonly string[]; canvas: { id: string; tileSize: number; tiles: number[] }; watchers: number }) {
    for (let left = options.watchers; left > 0; left -= watchersPerProcess) {
      const child = fork(new URL('./crowd/watcher-process.ts', import.meta.url), { serialization: 'advanced' })
      this.#children.push(child)
      this.#send(child, { kind: 'watch', ...options, watchers: Math.min(left, watchersPerProcess) })
    }
  }

  schedule(schedule: Schedule) {
    for (const child of this.#children) this.#send(child, { kind: 'schedule', ...schedule })
  }

  async report(heads: Record<number, number>, hashes: Record<number, string>): Promise<Report[]> {
    return Promise.all(
      this.#children.map(
        (child) =>
          new Promise<Report>((resolve, reject) => {
            child.once('message', (message) => resolve(message as Report))
            child.once('exit', () => reject(new CommandFailure('A process of watchers ended.')))
            this.#send(child, { kind: 'report', heads, hashes })
          }),
      ),
    )
  }

  end() {
    for (const child of this.#children) if (child.connected) this.#send(child, { kind: 'end' })
  }

  #send(child: ChildProcess, order: Order) {
    child.send(order)
  }
}

const sum = (reports: readonly Report[], value: (report: Report) => number) => reports.reduce((total, report) => total + value(report), 0)

/** What the API shows now: the board's bytes and the seq that they include. */
const readBoards = async (url: string, canvas: string, tiles: readonly number[]) => {
  const heads: Record<number, number> = {}
  const hashes: Record<number, string> = {}
  const boards = new Map<number, Uint8Array>()
  for (const tile of tiles) {
    const response = await fetch(`${url}/api/canvases/${canvas}/tiles/${tile}/board`, { headers: { 'cache-control': 'no-cache' } })
    const bytes = new Uint8Array(await response.arrayBuffer())
    heads[tile] = Number(response.headers.get('fresco-seq'))
    hashes[tile] = hashOf(bytes)
    boards.set(tile, bytes)
  }
  return { heads, hashes, boards }
}

const run = async (context: CommandContext) => {
  const { values } = parseArguments(context.args, {
    canvas: { type: 'string', default: 'main' },
    painters: { type: 'string', default: '20' },
    watchers: { type: 'string', default: '20' },
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string' },
    picture: { type: 'string' },
    crop: { type: 'string' },
    url: { type: 'string' },
    yes: { type: 'boolean', default: false },
  })
  if (values.picture !== undefined && values.seconds !== undefined) throw new UsageError('--seconds is for a crowd without --picture.')
  if (values.picture === undefined && values.crop !== undefined) throw new UsageError('--crop is a part of --picture, which is missing.')
  const id = canvasId(values.canvas)
  const painters = wholeNumber('painters', values.painters, { min: 1, max: 10_000 })
  const watchers = wholeNumber('watchers', values.watchers, { min: 1, max: 10_000 })
  const rate = wholeNumber('rate', values.rate, { min: 1, max: 100_000 })
  const seconds = wholeNumber('seconds', values.seconds ?? '10', { min: 1, max: 86_400 })
  const crop = cropOf(values.crop)
  const urls = (values.url?.split(',') ?? [undefined]).map((url) => serverUrl(url, configOf(context)).origin)
  const url = urls[0] ?? ''

  const canvas = await readCanvas(url, id)
  const tiles = tilesOf(canvas)
  const clicks = shuffle(values.picture ? await pictureClicks(values.picture, crop, canvas) : randomClicks(rate * seconds, canvas), 7)
  if (!values.yes) await confirm(context, { id, url, pixels: clicks.length })
  context.tell(`${painters} painters, ${watchers} watchers, ${clicks.length} pixels at ${rate} a second on "${id}" at ${urls.join(', ')}`)
  const before = await readBoards(url, id, tiles)
  const tokens = await getTokens(urls, painters)
  const crowd = new WatcherProcesses()
  try {
    crowd.start({ urls, canvas: { id, tileSize: canvas.tileSize, tiles }, watchers })
    for (let tries = 0; ; tries++) {
      const ready = sum(await crowd.report({}, {}), (report) => report.ready)
      if (ready === watchers) break
      if (tries === 300)
        throw new CommandFailure(`Only ${ready} of ${watchers} watchers got their board. RATE_LIMITS=off lifts the limit per address.`)
      await wait(200)
    }
    const schedule = { clicks, startAtMs: Date.now() + 1_000, clicksPerSecond: rate }
    crowd.schedule(schedule)
    const utilizationBefore = nodePerformance.eventLoopUtilization()
    const painted = await paint({
      urls,
      canvas: id,
      tokens,
      schedule,
      runId: randomBytes(6).toString('hex'),
      onProgress: (result) => context.tell(progressLine(result, clicks.length, schedule)),
    })
    const paintedMs = Date.now() - schedule.startAtMs
    const { utilization } = nodePerformance.eventLoopUtilization(utilizationBefore)
    const limit = limitOf({ painted, clicks: clicks.length, rate, paintedMs, busyPart: utilization })
    await classify({ context, crowd, url, id, tiles, before: before.heads, painted, paintedMs, watchers, clicks, canvas, limit })
  } finally {
    crowd.end()
  }
}

const progressLine = ({ acknowledged, latency }: PaintResult, all: number, { startAtMs }: Schedule) =>
  `${((Date.now() - startAtMs) / 1_000).toFixed(0).padStart(4)} s   ${acknowledged.size} of ${all} saved${latency.total > 0 ? `   p99 ${latency.percentile(0.99).toFixed(0)} ms` : ''}`

const classify = async (options: {
  context: CommandContext
  crowd: WatcherProcesses
  url: string
  id: string
  tiles: readonly number[]
  before: Record<number, number>
  painted: PaintResult
  paintedMs: number
  watchers: number
  clicks: readonly Click[]
  canvas: ShownCanvas
  limit: string | null
}) => {
  const { context, crowd, url, id, tiles, before, painted, paintedMs, watchers, clicks, canvas, limit } = options
  const settleUntilMs = Date.now() + settleMs
  const endedAtMs = Date.now()
  let reports: Report[]
  let now: Awaited<ReturnType<typeof readBoards>>
  let exact: number
  do {
    await wait(250)
    now = await readBoards(url, id, tiles)
    reports = await crowd.report(now.heads, now.hashes)
    exact = sum(reports, (report) => report.exact)
  } while (exact < watchers && Date.now() < settleUntilMs)

  const logged: string[] = []
  let holes = 0
  for (const tile of tiles) {
    const log = await readLog({ url, canvas: id, tile, after: before[tile] ?? 0 })
    logged.push(...log.ids)
    holes += log.holes
  }
  const { lost, doubled } = compare(painted.acknowledged.values(), logged)
  const wrongColors = clicks.filter(({ gx, gy, color }, index) => {
    if (!painted.acknowledged.has(index)) return false
    const tile = Math.floor(gy / canvas.tileSize) * 256 + Math.floor(gx / canvas.tileSize)
    return now.boards.get(tile)?.[(gy % canvas.tileSize) * canvas.tileSize + (gx % canvas.tileSize)] !== color
  }).length
  const shown = new Histogram()
  for (const report of reports) shown.merge(report.latency)
  const doubledShown = sum(reports, (report) => report.doubled)
  const outOfOrder = sum(reports, (report) => report.outOfOrder) + holes
  const refused = [...painted.refused].map(([code, count]) => `${count} ${code}`).join(', ')
  const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`

  for (const [name, value] of [
    ['saved', `${painted.acknowledged.size} of ${clicks.length}${refused ? ` (refused: ${refused})` : ''}`],
    ['throughput', `${((painted.acknowledged.size * 1_000) / paintedMs).toFixed(0)} pixels/s`],
    ...(limit ? ([['limited by', limit]] as const) : []),
    ['click to answer', `p50 ${ms(painted.latency.percentile(0.5))}, p99 ${ms(painted.latency.percentile(0.99))}`],
    ['click to every watcher', `p50 ${ms(shown.percentile(0.5))}, p99 ${ms(shown.percentile(0.99))} (${shown.total} shown)`],
    ['reconnects', String(sum(reports, (report) => report.reconnects))],
    ['watchers exact', `${exact} of ${watchers}, ${((Date.now() - endedAtMs) / 1_000).toFixed(1)} s after the last answer`],
    ['lost', String(lost)],
    ['doubled', String(doubled + doubledShown)],
    ['out of order', String(outOfOrder)],
    ['pixels of another colour', String(wrongColors)],
  ] as const) {
    context.print(`${name.padEnd(26)}${value}`)
  }
  if (painted.acknowledged.size === 0) throw new CommandFailure('Nothing was painted, so nothing was shown.')
  if (lost + doubled + doubledShown + outOfOrder + wrongColors > 0 || exact < watchers) {
    throw new CommandFailure('The crowd saw something wrong.')
  }
  if (painted.refused.size > 0) throw new CommandFailure('Some clicks were refused.')
}

export const crowdCommand: Command = { name: 'crowd', summary: 'paints and watches with many clients, and verifies', help, run }
