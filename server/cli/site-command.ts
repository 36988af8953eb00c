/** `site`: shows the settings that all pages have in common, and changes them. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { printable, printableLines } from '../../lib/printable.ts'
import { type SiteSettings, siteLimits } from '../../lib/site.ts'
import { canvasId, parseArguments, wholeNumber } from './arguments.ts'
import { type Command, type CommandContext, CommandFailure, UsageError } from './command.ts'
import { configOf, readAdminToken, requestJson, serverUrl } from './running-server.ts'

const { maxName, maxDescription, maxContact, maxPrivacy, maxLogoBytes, maxLogoSide } = siteLimits

const help = `fresco site show [--url URL]
fresco site set [SETTINGS] [--rev N] [--url URL]

Shows what all pages of a running server have in common, or changes it.
Everybody who opens a page has the change within two seconds. What is not given
stays as it is.

  --name TEXT           1 to ${maxName} characters
  --description TEXT    for visitors and search engines, at most ${maxDescription} characters
  --contact TEXT        how visitors reach you, in Markdown, at most ${maxContact} characters
  --privacy-file FILE   the privacy policy, in Markdown, at most ${maxPrivacy} characters
  --accent COLOR        #RRGGBB, or none for Fresco's own
  --default-board ID    the board of the start page, or none: then it is the only
                        listed board, or a list of them
  --logo FILE.png       at most ${maxLogoBytes / 1_024} KiB and ${maxLogoSide} pixels a side, or none
  --rev N               change nothing if the settings have another rev (the newest)
  --url URL             the server (http://localhost:PORT)

An empty text, such as --contact "", removes it.
The operator's token is ADMIN_TOKEN, or the one in DATA_DIR.`

const siteSchema = z.object({
  name: z.string(),
  description: z.string(),
  contact: z.string(),
  privacy: z.string(),
  accent: z.string().nullable(),
  logo: z.string().nullable(),
  defaultCanvas: z.string().nullable(),
  rev: z.int(),
})
type Site = z.infer<typeof siteSchema>

const text = { type: 'string' } as const
const settingOptions = {
  name: text,
  description: text,
  contact: text,
  'privacy-file': text,
  accent: text,
  'default-board': text,
  logo: text,
} as const
type Values = Partial<Record<keyof typeof settingOptions, string>>

const run = async (context: CommandContext) => {
  const [action, ...args] = context.args
  switch (action) {
    case 'show':
      return show(context, args)
    case 'set':
      return set(context, args)
    default:
      throw new UsageError(action === undefined ? 'show or set is missing.' : `There is no "site ${action}", only show and set.`)
  }
}

const show = async (context: CommandContext, args: readonly string[]) => {
  const { values } = parseArguments(args, { url: text })
  const server = await serverOf(context, values.url)
  print(context, await requestSite(server))
}

const set = async (context: CommandContext, args: readonly string[]) => {
  const { values } = parseArguments(args, { ...settingOptions, rev: text, url: text })
  const { rev: wantedRev, url, ...settings } = values
  if (Object.keys(settings).length === 0) throw new UsageError('Give something to change, such as --name.')
  const givenRev = wantedRev === undefined ? null : wholeNumber('rev', wantedRev, { min: 0, max: 999_999_999_999_999 })
  const change = await changeOf(settings)
  if (givenRev !== null && Object.keys(change).length === 0) throw new UsageError('--rev is for the settings other than the logo.')
  const logo = settings.logo === undefined || settings.logo === 'none' ? null : await read(settings.logo)
  const server = await serverOf(context, url)
  let site: Site | null = null
  if (Object.keys(change).length > 0) {
    const rev = givenRev ?? (await requestSite(server)).rev
    site = await request(server, { method: 'PATCH', path: '', rev, type: 'application/json', body: encode(change) })
  }
  if (logo) site = await request(server, { method: 'PUT', path: '/logo', type: 'image/png', body: logo })
  else if (settings.logo === 'none') site = await request(server, { method: 'DELETE', path: '/logo' })
  if (site) print(context, site)
}

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

const read = (file: string) =>
  readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new CommandFailure(`${file} could not be read (${cause.code}).`, { cause })
  })

/** What is given, and nothing else. */
const changeOf = async (values: Values): Promise<Partial<SiteSettings>> => {
  const board = values['default-board']
  const file = values['privacy-file']
  const change = {
    name: values.name,
    description: values.description,
    contact: values.contact,
    privacy: file === undefined ? undefined : (await read(file)).toString('utf8'),
    accent: values.accent === 'none' ? null : values.accent,
    defaultCanvas: board === 'none' ? null : board && canvasId(board, '--default-board'),
  }
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}

const serverOf = async (context: CommandContext, url: string | undefined) => {
  const config = configOf(context)
  return { url: serverUrl(url, config), headers: { authorization: `Bearer ${await readAdminToken(config)}` } }
}
type Server = Awaited<ReturnType<typeof serverOf>>

interface SiteRequest {
  readonly method: 'GET' | 'PATCH' | 'PUT' | 'DELETE'
  readonly path: '' | '/logo'
  readonly rev?: number
  readonly type?: string
  readonly body?: Uint8Array
}

const request = ({ url, headers }: Server, { method, path, rev, type, body }: SiteRequest): Promise<Site> =>
  requestJson(siteSchema, {
    url: new URL(`/api/admin/site${path}`, url),
    method,
    headers: { ...headers, ...(type && { 'content-type': type }), ...(rev !== undefined && { 'if-match': String(rev) }) },
    ...(body && { body }),
  })

const requestSite = (server: Server) => request(server, { method: 'GET', path: '' })

const print = ({ print }: CommandContext, { name, description, contact, privacy, accent, logo, defaultCanvas, rev }: Site) => {
  const lines = [
    ['name', name],
    ['description', description],
    ['contact', contact],
    ['accent', accent],
    ['logo', logo && 'yes'],
    ['default board', defaultCanvas],
    ['rev', String(rev)],
  ] as const
  for (const [title, value] of lines) print(`${`${title}:`.padEnd(16)}${printable(value || 'none')}`)
  print(`${'privacy:'.padEnd(16)}${privacy === '' ? 'none' : `${[...privacy].length} characters`}`)
  if (privacy !== '') print(printableLines(privacy))
}

export const siteCommand: Command = { name: 'site', summary: 'shows and changes the settings of all pages of a running server', help, run }
