/** The arguments of `crowd --report`, and what must be said before it starts. */
import { rm, stat, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { wholeNumber } from '../arguments.ts'
import { type CommandContext, CommandFailure, UsageError } from '../command.ts'
import { configOf, readAdminToken, requestJson, serverUrl } from '../running-server.ts'
import { isThisMachine, type ReportOptions } from './report-run.ts'
import { type AdminServer, leftBoards } from './scratch-board.ts'
import { readOverview } from './usage-samples.ts'

export interface ReportArguments {
  readonly report: string
  readonly painters?: string | undefined
  readonly watchers?: string | undefined
  readonly every?: string | undefined
  readonly url?: string | undefined
  readonly yes: boolean
  readonly canvas?: string | undefined
  readonly rate?: string | undefined
  readonly seconds?: string | undefined
  readonly picture?: string | undefined
  readonly crop?: string | undefined
}

const limited =
  'RATE_LIMITS is on: an address may open 100 sockets, send 100 requests a second and get 60 tokens a minute, and all of this crowd has one address. Start the server with RATE_LIMITS=off.'

const sharedNote =
  'The load test and the server share this machine. Each takes CPU that the other lacks, so the server alone may carry more.'

const refuseOthers = ({ canvas, rate, seconds, picture, crop }: ReportArguments) => {
  const other = Object.entries({ canvas, rate, seconds, picture, crop }).find(([, value]) => value !== undefined)
  if (other) throw new UsageError(`--${other[0]} is for a crowd without --report, which chooses it.`)
}

/** Before minutes of work, and without leaving an empty file. @throws {CommandFailure} */
const checkFile = async (file: string) => {
  try {
    await writeFile(file, '', { flag: 'a' })
    if ((await stat(file)).size === 0) await rm(file)
  } catch (cause) {
    throw new CommandFailure(`${file} cannot be written (${(cause as Error).message}). Nothing was started.`, { cause })
  }
}

const settingsSchema = z.object({ settings: z.array(z.object({ name: z.string(), value: z.string().nullable() })) })

const hasLimits = async ({ url, headers }: AdminServer): Promise<boolean> => {
  const { settings } = await requestJson(settingsSchema, { url: new URL('/api/admin/settings', url), method: 'GET', headers })
  return settings.find(({ name }) => name === 'RATE_LIMITS')?.value !== 'off'
}

/** Asks before it starts. @throws {UsageError | CommandFailure} */
export const reportOptions = async (context: CommandContext, values: ReportArguments): Promise<ReportOptions> => {
  refuseOthers(values)
  const painters = wholeNumber('painters', values.painters ?? '1000', { min: 1, max: 10_000 })
  const watchers = wholeNumber('watchers', values.watchers ?? '1000', { min: 1, max: 10_000 })
  const everySeconds = wholeNumber('every', values.every ?? '5', { min: 1, max: 86_400 })
  const config = configOf(context)
  const urls = (values.url?.split(',') ?? [undefined]).map((url) => serverUrl(url, config).origin)
  const url = new URL(urls[0] ?? '')
  const server = { url, headers: { authorization: `Bearer ${await readAdminToken(config)}` } }
  const overview = await readOverview(server)
  const isLimited = await hasLimits(server)
  if (isLimited) {
    if (painters > 60 || watchers > 100) throw new CommandFailure(`${limited} Nothing was started.`)
  }
  for (const id of await leftBoards(server)) {
    context.progress(`The board "${id}" is left of an earlier load test. Delete it: fresco canvas delete ${id} --confirm ${id}`)
  }
  const notes = [...(isLimited ? [limited] : []), ...(isThisMachine(url) ? [sharedNote] : [])]
  for (const note of notes) context.progress(note)
  if (!values.yes) await confirm(context, { url: url.origin, painters, watchers })
  await checkFile(values.report)
  return { file: values.report, server, urls, painters, watchers, everySeconds, overview, notes }
}

const confirm = async ({ ask }: CommandContext, { url, painters, watchers }: { url: string; painters: number; watchers: number }) => {
  const warning = `This loads the server at ${url} until it is slow for everybody, with ${painters} painters and ${watchers} watchers, for about three minutes. It creates a board and deletes it at the end.`
  if (!ask) throw new UsageError(`${warning} Add --yes to start.`)
  if ((await ask(`${warning}\nType "load" to start: `)).trim() !== 'load') throw new CommandFailure('Nothing was started.')
}
