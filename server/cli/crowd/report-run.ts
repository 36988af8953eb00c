/** A load test on a scratch board, with a report. The board is deleted at the end, also after an error or Ctrl-C. */
import { writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { cpus, totalmem } from 'node:os'
import { tilesOf } from '../../../lib/geometry.ts'
import { isLoopback } from '../../http/client-address.ts'
import { version } from '../../version.ts'
import { type CommandContext, CommandFailure } from '../command.ts'
import { type Capacity, capacityOf } from './capacity.ts'
import { randomClicks, type ShownCanvas } from './clicks.ts'
import { runLoad } from './load-run.ts'
import { maxClicks } from './load-steps.ts'
import { getTokens } from './painters.ts'
import { reportHtml } from './report-html.ts'
import { type AdminServer, createScratchBoard, deleteScratchBoard } from './scratch-board.ts'
import { type SampledOverview, UsageSamples } from './usage-samples.ts'
import { readBoards, verify } from './verdict.ts'
import { Watchers } from './watchers.ts'

export interface ReportOptions {
  readonly file: string
  readonly server: AdminServer
  readonly urls: readonly string[]
  readonly painters: number
  readonly watchers: number
  readonly everySeconds: number
  readonly overview: SampledOverview
  /** What the reader must know about the figures. */
  readonly notes: readonly string[]
}

/** Aborted by the first signal. A second one ends the process at once. */
const watchSignals = (progress: (line: string) => void) => {
  const controller = new AbortController()
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const stop = () => {
    if (controller.signal.aborted) process.exit(1)
    progress('Stopping. The scratch board is being deleted.')
    controller.abort()
  }
  for (const name of names) process.on(name, stop)
  return {
    signal: controller.signal,
    end() {
      for (const name of names) process.off(name, stop)
    },
  }
}

export const isThisMachine = ({ hostname }: URL) => {
  const name = hostname.replace(/^\[|\]$/g, '')
  return name === 'localhost' || (isIP(name) !== 0 && isLoopback(name))
}

/** Prints the verdict. @throws {CommandFailure} when it was stopped, or the delivery had mistakes. */
export const runReport = async (context: CommandContext, options: ReportOptions) => {
  const signals = watchSignals(context.progress)
  try {
    const canvas = await createScratchBoard(options.server)
    try {
      await measure(context, options, { canvas, signal: signals.signal })
    } finally {
      await deleteScratchBoard(options.server, canvas.id)
    }
  } finally {
    signals.end()
  }
}

const isEmbedded = ({ mode }: SampledOverview) => mode.store === 'sqlite' && mode.stream === 'embedded'

interface Board {
  readonly canvas: ShownCanvas
  readonly signal: AbortSignal
}

const stopped = () => new CommandFailure('Stopped. There is no report.')

const measure = async ({ print, progress }: CommandContext, options: ReportOptions, { canvas, signal }: Board) => {
  const { server, urls } = options
  const url = urls[0] ?? ''
  progress(`Board ${canvas.id}: ${options.watchers} watchers connect, and ${options.painters} painters get tokens.`)
  const { heads: headsBefore } = await readBoards(url, canvas)
  const tokens = await getTokens(urls, options.painters)
  const { id, tileSize } = canvas
  const watchers = new Watchers({ urls, canvas: { id, tileSize, tiles: tilesOf(canvas) }, watchers: options.watchers })
  const usage = new UsageSamples(server)
  try {
    const ready = watchers.ready()
    await Promise.race([ready, new Promise((_, reject) => signal.addEventListener('abort', () => reject(stopped())))])
    const load = await runLoad({ urls, canvas, clicks: randomClicks(maxClicks, canvas), tokens, watchers, usage, signal, progress })
    if (signal.aborted) throw stopped()
    progress('Verifying that nothing was lost, doubled or out of order.')
    const { wrong, exact } = await verify({ url, canvas, watchers, headsBefore, clicks: load.clicks, painted: load.painted })
    const isShared = urls.some((each) => isThisMachine(new URL(each)))
    const capacity = capacityOf({ ...options, steps: load.steps, cores: usage.cores, isShared, isEmbedded: isEmbedded(options.overview) })
    const { steps } = load
    const environment = environmentOf(options, usage.cores, isShared)
    const html = reportHtml({ ...options, at: new Date(), capacity, steps, samples: usage.samples, environment, wrong, exact })
    await writeFile(options.file, html).catch((cause: Error) => {
      throw new CommandFailure(`${capacity.verdict}\n${options.file} could not be written (${cause.message}).`, { cause })
    })
    printVerdict(print, { capacity, wrong, file: options.file })
    const isWrong = exact < options.watchers || Object.values(wrong).some((count) => count > 0)
    if (isWrong) throw new CommandFailure('The crowd found mistakes: see the report.')
  } catch (error) {
    throw signal.aborted ? stopped() : error
  } finally {
    usage.end()
    watchers.end()
  }
}

const printVerdict = (
  print: CommandContext['print'],
  { capacity, wrong, file }: { capacity: Capacity; wrong: Readonly<Record<string, number>>; file: string },
) => {
  print(capacity.verdict)
  print(capacity.derivation)
  const counts = Object.entries(wrong).map(([name, count]) => `${count} ${name}`)
  print(`${counts.join(', ')}.`)
  print(`Report: ${file}`)
}

const environmentOf = ({ overview, urls }: ReportOptions, cores: number, isShared: boolean): [string, string][] => {
  const { mode, processes } = overview
  return [
    ['Fresco', overview.version],
    ['load test', `Fresco ${version}, Node ${process.versions.node}`],
    ['store', mode.store],
    ['stream', mode.stream],
    ['processes', processes.map(({ id, roles }) => `${id}: ${roles.join(', ')}`).join(' · ') || 'unknown'],
    ['address', urls.join(', ')],
    ['machine of the load test', `${cpus()[0]?.model ?? 'unknown'}, ${cores} cores, ${Math.round(totalmem() / 2 ** 30)} GB`],
    ['server and load test', isShared ? 'share this machine' : 'are on different machines, or cannot be told apart'],
  ]
}
