/**
 * `crowd`: puts the load of real clients on a running server. They paint a picture and watch it arrive. Then the command checks that no
 * placement was lost, doubled or out of order, and that every watcher shows the API's board.
 */
import { randomBytes } from 'node:crypto'
import { performance as nodePerformance } from 'node:perf_hooks'
import { tilesOf } from '../../lib/geometry.ts'
import { percentilesOf } from '../../lib/time-counts.ts'
import { canvasId, parseArguments, wholeNumber } from './arguments.ts'
import { type Command, type CommandContext, CommandFailure, UsageError } from './command.ts'
import { canvasSchema, cropOf, pictureClicks, randomClicks, type ShownCanvas } from './crowd/clicks.ts'
import { limitOf } from './crowd/limit.ts'
import { getTokens, type PaintResult, paint } from './crowd/painters.ts'
import { reportOptions } from './crowd/report-options.ts'
import { runReport } from './crowd/report-run.ts'
import { type Click, type Schedule, shuffle } from './crowd/schedule.ts'
import { readBoards, verdictOf } from './crowd/verdict.ts'
import { Watchers } from './crowd/watchers.ts'
import { configOf, requestJson, serverUrl } from './running-server.ts'

const help = `fresco crowd [--canvas main] [--painters 20] [--watchers 20] [--rate 100] [--seconds 10] [--picture FILE.png] [--crop X,Y,W,H] [--url URL] [--yes]
fresco crowd --report FILE.html [--painters 1000] [--watchers 1000] [--every 5] [--url URL] [--yes]

Puts the load of real clients on a running server. Guests with tokens paint a picture in random order, or random pixels for --seconds.
Watchers follow over sockets. Prints the throughput, and latencies from the scheduled time of each click. Exits 1 if a placement was lost,
doubled or out of order. Start the server with COOLDOWN_MS=0 RATE_LIMITS=off. Below the rate, the command prints the bottleneck.

Everybody sees these pixels, and they cannot be removed. Use a server with a DATA_DIR of its own. In a terminal the command asks for the
board's name before it paints; elsewhere it needs --yes.

  --canvas ID       the canvas (main)
  --painters N      guests who paint (20)
  --watchers N      sockets that watch (20)
  --rate N          clicks a second, all painters together (100)
  --seconds N       how long, without a picture (10)
  --picture FILE    paints this PNG instead, at its own coordinates
  --crop X,Y,W,H    only this part of it
  --url URL         the server; a comma list distributes the crowd over several
  --yes             paints without asking

With --report, the crowd paints on a board of its own, which is deleted at the end, and nobody else's board changes. The load rises in steps
until the p99 of the answer or of the delivery passes 500 ms, or clicks are refused because of load. The highest carried load is then held.
FILE gets the figures, and a verdict: how many painters and watchers this machine carries, and what bounds it. It takes about three minutes, and
needs the admin token and RATE_LIMITS=off.

  --every S         a painter places one pixel in S seconds (5)`

/** Asks for the board's name in a terminal. @throws if the answer is another one. */
const confirm = async ({ ask }: CommandContext, options: { id: string; url: string; pixels: number }) => {
  const { id, url, pixels } = options
  const warning = `This paints ${pixels} pixels on the board "${id}" at ${url}. Everybody sees them, and they cannot be removed.`
  if (!ask) throw new UsageError(`${warning} Add --yes to paint.`)
  if ((await ask(`${warning}\nType the board's name to paint: `)).trim() !== id) throw new CommandFailure('Nothing was painted.')
}

const run = async (context: CommandContext) => {
  const { values } = parseArguments(context.args, {
    canvas: { type: 'string' },
    painters: { type: 'string' },
    watchers: { type: 'string' },
    rate: { type: 'string' },
    report: { type: 'string' },
    every: { type: 'string' },
    seconds: { type: 'string' },
    picture: { type: 'string' },
    crop: { type: 'string' },
    url: { type: 'string' },
    yes: { type: 'boolean', default: false },
  })
  if (values.report !== undefined) return runReport(context, await reportOptions(context, { ...values, report: values.report }))
  if (values.every !== undefined) throw new UsageError('--every is for a crowd with --report.')
  if (values.picture !== undefined && values.seconds !== undefined) throw new UsageError('--seconds is for a crowd without --picture.')
  if (values.picture === undefined && values.crop !== undefined) throw new UsageError('--crop is a part of --picture, which is missing.')
  const id = canvasId(values.canvas ?? 'main')
  const painters = wholeNumber('painters', values.painters ?? '20', { min: 1, max: 10_000 })
  const watchers = wholeNumber('watchers', values.watchers ?? '20', { min: 1, max: 10_000 })
  const rate = wholeNumber('rate', values.rate ?? '100', { min: 1, max: 100_000 })
  const seconds = wholeNumber('seconds', values.seconds ?? '10', { min: 1, max: 86_400 })
  const crop = cropOf(values.crop)
  const urls = (values.url?.split(',') ?? [undefined]).map((url) => serverUrl(url, configOf(context)).origin)
  const url = urls[0] ?? ''

  const canvas = await requestJson(canvasSchema, { url: new URL(`/api/canvases/${id}`, url), method: 'GET' })
  const clicks = shuffle(values.picture ? await pictureClicks(values.picture, crop, canvas) : randomClicks(rate * seconds, canvas), 7)
  if (!values.yes) await confirm(context, { id, url, pixels: clicks.length })
  context.progress(
    `${painters} painters, ${watchers} watchers, ${clicks.length} pixels at ${rate} a second on "${id}" at ${urls.join(', ')}`,
  )
  await runCrowd(context, { urls, canvas, clicks, painters, watchers, rate })
}

interface CrowdOptions {
  readonly urls: readonly string[]
  readonly canvas: ShownCanvas
  readonly clicks: readonly Click[]
  readonly painters: number
  readonly watchers: number
  readonly rate: number
}

const runCrowd = async ({ print, progress }: CommandContext, options: CrowdOptions) => {
  const { urls, canvas, clicks, rate } = options
  const url = urls[0] ?? ''
  const { heads: headsBefore } = await readBoards(url, canvas)
  const tokens = await getTokens(urls, options.painters)
  const { id, tileSize } = canvas
  const watchers = new Watchers({ urls, canvas: { id, tileSize, tiles: tilesOf(canvas) }, watchers: options.watchers })
  try {
    await watchers.ready()
    const schedule = { clicks, startAtMs: Date.now() + 1_000, clicksPerSecond: rate }
    watchers.schedule(schedule)
    const utilizationBefore = nodePerformance.eventLoopUtilization()
    const onProgress = (result: PaintResult) => progress(progressLine(result, schedule))
    const painted = await paint({
      urls,
      canvas: id,
      tokens,
      schedule,
      keys: { runId: randomBytes(6).toString('hex'), first: 0 },
      onProgress,
    })
    const paintedMs = Date.now() - schedule.startAtMs
    const { utilization } = nodePerformance.eventLoopUtilization(utilizationBefore)
    const limit = limitOf({ painted, clicks: clicks.length, rate, paintedMs, busyPart: utilization })
    const { lines, failure } = await verdictOf({ url, canvas, clicks, watchers, headsBefore, painted, paintedMs, limit })
    for (const [name, value] of lines) print(`${name.padEnd(26)}${value}`)
    if (failure) throw new CommandFailure(failure)
  } finally {
    watchers.end()
  }
}

const progressLine = ({ acknowledged, latency }: PaintResult, { startAtMs, clicks }: Schedule) => {
  const seconds = ((Date.now() - startAtMs) / 1_000).toFixed(0).padStart(4)
  const { p99 } = percentilesOf(latency)
  return `${seconds} s   ${acknowledged.size} of ${clicks.length} saved${p99 === null ? '' : `   p99 ${p99.toFixed(0)} ms`}`
}

export const crowdCommand: Command = { name: 'crowd', summary: 'paints and watches with many clients, and verifies', help, run }
